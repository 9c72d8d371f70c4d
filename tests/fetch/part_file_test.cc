#include "fetch/part_file.h"

#include <gmock/gmock.h>

#include <thread>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

void never() { ADD_FAILURE() << "nobody else holds the file"; }
bool not_there() { return false; }

class Part : public ::testing::Test {
 protected:
  ScratchFolder folder_;
  const fs::path destination_ = folder_ / "net.pth";
  const fs::path path_ = folder_ / "net.pth.part";
};

TEST_F(Part, IsKeptUntilItIsPublished) {
  {
    PartFile part(destination_, never, not_there);
    part.append("one ");
  }
  {
    PartFile part(destination_, never, not_there);
    EXPECT_EQ(part.size(), 4);
    part.append("two");
    EXPECT_EQ(part.size(), 7);
    part.publish();
  }
  EXPECT_EQ(read_file(destination_), "one two");
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Part, LeavesNothingIfItIsEmpty) {
  {
    PartFile part(destination_, never, not_there);
    part.append("wrong");
    part.clear();
    EXPECT_EQ(part.size(), 0);
    EXPECT_TRUE(fs::exists(path_));
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Part, TheSecondWaitsAndFindsTheFileThere) {
  auto first = std::make_unique<PartFile>(destination_, never, not_there);
  first->append("whole");
  int waits = 0;
  const PartFile second(
      destination_,
      [&] {
        if (++waits == 3) first->publish();
      },
      [&] { return fs::exists(destination_); });
  EXPECT_EQ(waits, 3);
  EXPECT_FALSE(second.held());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Part, TheSecondGoesOnWhereTheFirstStopped) {
  auto first = std::make_unique<PartFile>(destination_, never, not_there);
  first->append("half");
  const PartFile second(
      destination_, [&] { first.reset(); }, not_there);
  EXPECT_TRUE(second.held());
  EXPECT_EQ(second.size(), 4);
}

TEST_F(Part, WaitingMayBeGivenUp) {
  struct Stopped {};
  const PartFile first(destination_, never, not_there);
  EXPECT_THROW(PartFile(
                   destination_, [] { throw Stopped{}; }, not_there),
               Stopped);
}

TEST_F(Part, SaysWhatCannotBeWritten) {
  fs::create_directory(path_);
  EXPECT_THAT(error_message(ErrorKind::kIo, [&] { PartFile(destination_, never, not_there); }),
              HasSubstr("cannot write " + path_.string()));
  EXPECT_THAT(
      error_message(ErrorKind::kIo, [&] { PartFile(folder_ / "no/net.pth", never, not_there); }),
      HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace fool

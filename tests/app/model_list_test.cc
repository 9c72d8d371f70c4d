#include "app/model_list.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ModelList, CommasPartNames) {
  EXPECT_THAT(model_list("lenet"), ElementsAre("lenet"));
  EXPECT_THAT(model_list("a,b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(model_list(""), ElementsAre(""));
}

TEST(ModelList, AFileWithACommaInItsNameIsOneNetwork) {
  const ScratchFolder scratch;
  const std::string file = (scratch / "a,b.json").string();
  write_file(file, "{}");
  EXPECT_THAT(model_list(file), ElementsAre(file));
}

TEST(ModelList, RefusesEmptyAndRepeatedNames) {
  for (const char* text : {"a,", ",a", "a,,b", ","}) {
    EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { model_list(text); }),
                HasSubstr("expected networks with commas between them"))
        << text;
  }
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { model_list("a,b,a"); }),
              HasSubstr("model: a is named twice in \"a,b,a\""));
}

TEST(ModelList, FilesBecomeAbsolute) {
  const ScratchFolder scratch;
  write_file(scratch / "a.json", "{}");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  const std::string found = with_absolute_files("a.json,lenet");
  std::filesystem::current_path(before);
  EXPECT_EQ(found, (scratch / "a.json").string() + ",lenet");
}

}  // namespace
}  // namespace fool

#include "app/new_file.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(NewFile, MayNotBeThereUnlessItMayBeReplaced) {
  const ScratchFolder scratch;
  const std::string file = (scratch.path() / "a.csv").string();
  require_new_file("--csv", file, ".csv", false);
  write_file(file, "mine");
  EXPECT_THAT(
      error_message(ErrorKind::kIo, [&] { require_new_file("--csv", file, ".csv", false); }),
      HasSubstr("a.csv is already there; choose another --csv, or --force to replace it"));
  require_new_file("--csv", file, ".csv", true);
}

TEST(NewFile, HasItsEnding) {
  EXPECT_THAT(
      error_message(ErrorKind::kUsage, [] { require_new_file("--csv", "run.json", ".csv", true); }),
      HasSubstr("--csv run.json: expected a name that ends in .csv"));
}

}  // namespace
}  // namespace fool

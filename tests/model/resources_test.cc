#include <gmock/gmock.h>

#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Resources, ABuildTreeUsesTheSources) {
  const ScopedVariable unset("FOOL_DATA_HOME", "");
  EXPECT_EQ(resource_folder("models"), std::filesystem::path(FOOL_SOURCE_DIR) / "models");
}

TEST(Resources, AnInstalledTreeComesFirst) {
  const ScopedVariable unset("FOOL_DATA_HOME", "");
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  const auto share = program.parent_path().parent_path() / "share";
  const auto installed = share / "fool" / "resources-test";
  const bool had_share = std::filesystem::exists(share);
  std::filesystem::create_directories(installed);
  EXPECT_EQ(resource_folder("resources-test"), installed);
  std::filesystem::remove_all(had_share ? installed : share);
}

TEST(Resources, TheVariableOverrides) {
  const ScratchFolder folder;
  const ScopedVariable home("FOOL_DATA_HOME", folder.path().string());
  EXPECT_THAT(error_message(ErrorKind::kIo, [] { resource_folder("models"); }),
              AllOf(HasSubstr("looked for " + (folder / "models").string()),
                    HasSubstr("set FOOL_DATA_HOME")));
  std::filesystem::create_directory(folder / "models");
  EXPECT_EQ(resource_folder("models"), folder / "models");
}

}  // namespace
}  // namespace fool

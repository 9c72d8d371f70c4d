#include "classify/classifier_info.h"

#include <gtest/gtest.h>

#include "classify/random_network.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

TEST(ClassifierInfo, SaysWhatCanChangeTheLastBits) {
  const ScratchFolder folder;
  write_file(folder / "net.pt", "weights");
  ModelSpec spec = colour_spec(folder / "net.pt", 8, 5);
  spec.options = {{"padding", 1}};
  const ClassifierInfo info = make_classifier_info(spec, "a backend", "a library");
  EXPECT_EQ(info.name, "net");
  EXPECT_EQ(info.classes, 5);
  EXPECT_EQ(info.shape, (ImageShape{8, 8, 3}));
  EXPECT_EQ(info.fingerprint.at("weights_sha256"), sha256_hex("weights"));
  EXPECT_EQ(info.fingerprint.at("backend"), "a backend");
  EXPECT_EQ(info.fingerprint.at("library"), "a library");
  EXPECT_EQ(info.fingerprint.at("channels"), "BGR");
  EXPECT_EQ(info.fingerprint.at("options"), spec.options);
  spec.sha256 = std::string(64, 'a');  // verified before: not computed again
  EXPECT_EQ(make_classifier_info(spec, "", "").fingerprint.at("weights_sha256"), spec.sha256);
}

}  // namespace
}  // namespace fool

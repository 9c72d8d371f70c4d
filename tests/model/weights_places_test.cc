#include "fool/model/weights_places.h"

#include <gmock/gmock.h>

#include "fakes/environment.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Places : public ::testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes = "12345") const {
    fs::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  ModelSpec spec() const {
    ModelSpec result;
    result.name = "net";
    result.format = "pytorch";
    result.weights = folder_ / "cards/net-1234.pth";
    result.other_digest = {HashKind::kSha256, "12345678"};
    result.card = folder_ / "cards/net.json";
    result.classes = 2;
    result.other_files = {{"net-old.pth", "other", {HashKind::kSha1, "ab"}, 5, {}}};
    return result;
  }

  ScratchFolder folder_;
  ScopedVariable home_{"HOME", (folder_ / "home").string()};
  ScopedVariable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
  ScopedVariable torch_{"TORCH_HOME", (folder_ / "torch").string()};
  ScopedVariable hub_{"HF_HUB_CACHE", ""};
  ScopedVariable hugging_face_{"HF_HOME", (folder_ / "hf").string()};
};

TEST_F(Places, TorchHubsThreeFolders) {
  const WeightsFile file{"net.pth", "pytorch", {}, 0, {}};
  EXPECT_THAT(copies_in_other_caches(file), IsEmpty());
  const fs::path old = put("home/.torch/models/net.pth");
  const fs::path usual = put("cache/torch/hub/checkpoints/net.pth");
  const fs::path named = put("torch/hub/checkpoints/net.pth");
  EXPECT_THAT(copies_in_other_caches(file), ElementsAre(named, usual, old));
}

TEST_F(Places, AFileOfAnotherSizeIsAnotherFile) {
  put("torch/hub/checkpoints/net.pth", "1234");
  const fs::path whole = put("cache/torch/hub/checkpoints/net.pth", "12345");
  EXPECT_THAT(copies_in_other_caches({"net.pth", "pytorch", {}, 5, {}}), ElementsAre(whole));
}

TEST_F(Places, HuggingFacesSnapshots) {
  const WeightsFile file{
      "net.safetensors",
      "safetensors",
      {},
      0,
      {"https://download.example/net.safetensors", "https://huggingface.co/nonsense",
       "https://huggingface.co/timm/net.tv_in1k/resolve/main/model.safetensors"}};
  const std::string snapshot = "hub/models--timm--net.tv_in1k/snapshots/0123/model.safetensors";
  const fs::path home = put("hf/" + snapshot);
  EXPECT_THAT(copies_in_other_caches(file), ElementsAre(home));
  {
    const ScopedVariable hub("HF_HUB_CACHE", (folder_ / "elsewhere/hub").string());
    EXPECT_THAT(copies_in_other_caches(file), IsEmpty());
    const fs::path elsewhere = put("elsewhere/" + snapshot);
    EXPECT_THAT(copies_in_other_caches(file), ElementsAre(elsewhere));
  }
  const ScopedVariable unset("HF_HOME", "");
  const fs::path usual = put("cache/huggingface/" + snapshot);
  EXPECT_THAT(copies_in_other_caches(file), ElementsAre(usual));
}

TEST_F(Places, FoldersComeBeforeOtherCachesAndTheMainFileBeforeOthers) {
  ModelSpec net = spec();
  locate_weights(net, {folder_ / "a", folder_ / "b"});
  EXPECT_EQ(net.weights, folder_ / "cards/net-1234.pth");  // nowhere: as it was

  const fs::path other_in_hub = put("torch/hub/checkpoints/net-old.pth");
  locate_weights(net, {folder_ / "a", folder_ / "b"});
  EXPECT_EQ(net.weights, other_in_hub);
  EXPECT_EQ(net.format, "other");
  EXPECT_EQ(net.digest().text(), "sha1 beginning with ab");

  net = spec();
  const fs::path in_hub = put("torch/hub/checkpoints/net-1234.pth");
  locate_weights(net, {folder_ / "a", folder_ / "b"});
  EXPECT_EQ(net.weights, in_hub);
  const fs::path in_b = put("b/net-1234.pth");
  locate_weights(net, {folder_ / "a", folder_ / "b"});
  EXPECT_EQ(net.weights, in_b);
  EXPECT_EQ(net.format, "pytorch");
}

TEST_F(Places, AnotherFileHasAFormatAndAHashOfItsOwn) {
  ModelSpec net = spec();
  net.sha256 = std::string(64, 'a');
  const std::vector<WeightsFile> files = weights_files(net);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].file, "net-1234.pth");
  EXPECT_EQ(files[0].digest.hex, net.sha256);
  adopt_weights(net, files[1], "/anywhere/net-old.pth");
  EXPECT_EQ(net.weights, "/anywhere/net-old.pth");
  EXPECT_EQ(net.format, "other");
  EXPECT_EQ(net.bytes, 5);
  EXPECT_EQ(net.sha256, "");
  EXPECT_EQ(net.digest().text(), "sha1 beginning with ab");
}

TEST_F(Places, LabelsOfTheRightLengthAreTaken) {
  ModelSpec net = spec();
  net.labels_file = folder_ / "cards/classes.txt";
  locate_labels(net, {folder_ / "a", folder_ / "b"});
  EXPECT_THAT(net.labels, IsEmpty());
  put("a/classes.txt", "one\n");
  const fs::path right = put("b/classes.txt", "one\ntwo\n");
  locate_labels(net, {folder_ / "a", folder_ / "b"});
  EXPECT_THAT(net.labels, ElementsAre("one", "two"));
  EXPECT_EQ(net.labels_file, right);
}

}  // namespace
}  // namespace fool

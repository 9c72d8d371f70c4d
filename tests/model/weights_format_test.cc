#include <gmock/gmock.h>

#include <cstdlib>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"
#include "model/checkpoint_writer.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

WeightsFormat format_of(const std::string& bytes) { return weights_format_of(bytes, "w"); }

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { format_of(bytes); });
}

std::string safetensors() {
  const std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  return bytes_of(static_cast<std::uint64_t>(header.size())) + header + "x";
}

TEST(WeightsFormat, IsToldByTheContent) {
  EXPECT_EQ(format_of(safetensors()), WeightsFormat::kSafetensors);
  EXPECT_EQ(format_of(zip_checkpoint(small_checkpoint())), WeightsFormat::kTorchZip);
  EXPECT_EQ(format_of(stream_checkpoint(small_checkpoint())), WeightsFormat::kTorchStream);
  EXPECT_EQ(format_of(tar_checkpoint(small_checkpoint())), WeightsFormat::kTorchTar);
  EXPECT_EQ(format_of(PickleWriter().empty_dict().stop()), WeightsFormat::kPickle);
  EXPECT_EQ(format_of("\x93NUMPY\x01"), WeightsFormat::kNumpy);
  EXPECT_EQ(format_of(zip_of({{"a.npy", ""}, {"b.npy", "", 8}})), WeightsFormat::kNumpy);
  EXPECT_EQ(format_of("\x89HDF\r\n\x1a\n...."), WeightsFormat::kHdf5);
  EXPECT_EQ(format_of(std::string(1024, 'u') + "\x89HDF\r\n\x1a\n"), WeightsFormat::kHdf5);
  EXPECT_EQ(format_of(zip_of({{"config.json", ""}, {"model.weights.h5", ""}})),
            WeightsFormat::kHdf5);
}

TEST(WeightsFormat, TorchScriptIsToldFromCheckpoints) {
  EXPECT_EQ(
      format_of(zip_of({{"net/data.pkl", ""}, {"net/constants.pkl", ""}, {"net/code/a.py", ""}})),
      WeightsFormat::kTorchScript);
  EXPECT_EQ(format_of(zip_of({{"net/data.pkl", ""}, {"other/constants.pkl", ""}})),
            WeightsFormat::kTorchZip);
  EXPECT_EQ(
      format_of(zip_of({{"net/model.json", ""}, {"net/code/a.py", ""}, {"net/tensors/0", ""}})),
      WeightsFormat::kTorchScript);
}

// ModelProto{ir_version: 8, producer_name: "pytorch", graph: {...}, opset_import: {...}}
TEST(WeightsFormat, Onnx) {
  EXPECT_EQ(format_of(std::string("\x08\x08\x12\x07pytorch\x3a\x02\x0a\0B\x02\x10\x0d", 19)),
            WeightsFormat::kOnnx);
}

// NetParameter{name: "net", layer: {...}, layer: {...}}, and with layers of version 1.
TEST(WeightsFormat, Caffe) {
  EXPECT_EQ(format_of("\x0a\x03net\xa2\x06\x03\x0a\x01"
                      "a\xa2\x06\x03\x0a\x01"
                      "b"),
            WeightsFormat::kCaffe);
  EXPECT_EQ(format_of("\x0a\x03net\x12\x02hi\x12\x02ho"), WeightsFormat::kCaffe);
}

TEST(WeightsFormat, OtherFilesAreNamed) {
  const auto says = [](const std::string& bytes, const std::string& what) {
    EXPECT_THAT(message_for(bytes), HasSubstr(what)) << bytes;
  };
  says("", "w: the file is empty; known: safetensors, PyTorch (.pth, .pt), Torch");
  says("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer instead");
  says("<!DOCTYPE html><html>", "w: not weights: this is a web page; the download did not give");
  says("\x1f\x8b\x08...", "compressed by gzip; unpack it");
  says("{\"name\": \"lenet\"}", "a JSON file; a model card");
  says(std::string("\x1c\0\0\0TFL3....", 12), "a TensorFlow Lite file");
  says("name: \"LeNet\"\nlayer {\n", "w: the file is of no known format");
  says("just some text", "w: the file is of no known format");
  says(zip_of({{"a.txt", "b"}}),
       "w: is a zip archive of something other than a PyTorch checkpoint");
  says(zip_of({{"m/models/model.json", ""}, {"m/data/weights/0", ""}}),
       "w: is an exported PyTorch program (.pt2)");
  says("PK\3\4 and then nothing", "w: is a zip archive without its end; the file is truncated");
}

TEST(WeightsFormat, FormatsHaveNames) {
  EXPECT_EQ(format_name(WeightsFormat::kTorchTar), "a PyTorch checkpoint (tar, 2016-2017)");
  EXPECT_EQ(format_name(WeightsFormat::kPickle), "a Python pickle that PyTorch did not write");
}

TEST(WeightsFormat, OfAFile) {
  const ScratchFolder folder;
  write_file(folder / "weights.onnx", safetensors());
  EXPECT_EQ(weights_format(folder / "weights.onnx"), WeightsFormat::kSafetensors);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { weights_format(folder / "none.pth"); }),
              HasSubstr("none.pth"));
}

TEST(WeightsFormat, OfRealFiles) {
  const char* path = std::getenv("FOOL_MODEL_PATH");
  const std::filesystem::path folder = path == nullptr ? "" : path;
  int found = 0;
  for (const auto& [name, format] : std::map<std::string, WeightsFormat>{
           {"mcunet_in3.pth", WeightsFormat::kTorchStream},
           {"mcunet_in3.torchscript.pt", WeightsFormat::kTorchScript},
           {"squeezenet1_1.torchscript.pt", WeightsFormat::kTorchScript},
           {"squeezenet1_1.safetensors", WeightsFormat::kSafetensors}}) {
    if (!std::filesystem::exists(folder / name)) continue;
    EXPECT_EQ(weights_format(folder / name), format) << name;
    ++found;
  }
  if (found == 0) GTEST_SKIP() << "no weights in FOOL_MODEL_PATH";
}

}  // namespace
}  // namespace fool

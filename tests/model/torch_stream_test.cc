#include <gmock/gmock.h>

#include <cstdlib>
#include <cstring>

#include "fakes/expect_error.h"
#include "fool/core/files.h"
#include "model/checkpoint_writer.h"
#include "model/torch_files.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { read_torch_stream(bytes, "w.pth"); });
}

// A stream with this main pickle and these keys; the storages follow.
std::string stream(const std::string& pickle, const std::vector<std::string>& keys) {
  PickleWriter list;
  list.empty_list().mark();
  for (const std::string& key : keys) list.text(key);
  return stream_head() + pickle + list.appends().stop();
}

std::string small_pickle() {
  return state_dict_pickle(small_checkpoint(), TensorsAs::kCallsInStreams);
}

TEST(TorchStream, TensorsAreViewsOfTheFile) {
  const std::string bytes = stream_checkpoint(small_checkpoint());
  EXPECT_TRUE(looks_like_torch_stream(bytes));
  const NamedTensors read = read_torch_stream(bytes, "w");
  ASSERT_EQ(read.tensors.size(), 2U);
  const TensorView& weight = read.tensors.at("fc.weight");
  EXPECT_THAT(weight.shape, ElementsAre(2, 3));
  EXPECT_EQ(weight.bytes, bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_GE(weight.bytes.data(), bytes.data());
  EXPECT_LT(weight.bytes.data(), bytes.data() + bytes.size());
  EXPECT_EQ(read.tensors.at("fc.count").bytes, bytes_of(std::int64_t{-7}));
}

TEST(TorchStream, NewerPickleProtocols) {
  std::string bytes = stream_checkpoint(small_checkpoint());
  bytes.replace(0, 2, std::string("\x80\x04\x95\x0d\0\0\0\0\0\0\0", 11));
  EXPECT_TRUE(looks_like_torch_stream(bytes));
  EXPECT_EQ(read_torch_stream(bytes, "w").tensors.size(), 2U);
}

TEST(TorchStream, RefusesEveryTruncation) {
  const std::string whole = stream_checkpoint(small_checkpoint());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(message_for(whole.substr(0, length)), HasSubstr("w.pth: ")) << length;
  }
}

TEST(TorchStream, RefusesOtherPickles) {
  const std::string number = PickleWriter().integer(5).stop();
  const std::string magic = stream_head().substr(0, 15);
  EXPECT_FALSE(looks_like_torch_stream(number));
  EXPECT_THAT(message_for(number), HasSubstr("w.pth: does not begin with PyTorch's magic number"));
  EXPECT_THAT(message_for(magic + number), HasSubstr("expected version 1001"));
  EXPECT_THAT(message_for(stream_head() + small_pickle() + number),
              HasSubstr("expected the list of storages, found a number"));
}

TEST(TorchStream, RefusesStrangeStorages) {
  const std::string floats = bytes_of(std::vector<float>(6));
  const auto six = bytes_of(std::int64_t{6});
  EXPECT_THAT(message_for(stream(small_pickle(), {"0", "2"}) + six + floats),
              HasSubstr("w.pth: storage 2: belongs to no tensor"));
  EXPECT_THAT(message_for(stream(small_pickle(), {"0"}) + six + floats),
              HasSubstr("tensor fc.count: its storage 1 is not in the file"));
  EXPECT_THAT(message_for(stream(small_pickle(), {"0"}) + bytes_of(std::int64_t{-6}) + floats),
              HasSubstr("w.pth: storage 0: is said to have -6 elements"));
  EXPECT_THAT(message_for(stream(small_pickle(), {"0"}) + bytes_of(INT64_MAX) + floats),
              HasSubstr("w.pth: storage 0: is said to have 9223372036854775807 elements"));
  EXPECT_THAT(message_for(stream(small_pickle(), {"0"}) + bytes_of(INT64_MAX / 4) + floats),
              HasSubstr("9223372036854775804 bytes are expected"));
  EXPECT_THAT(message_for(stream(small_pickle(), {"0", "1"}) + bytes_of(std::int64_t{5}) +
                          floats.substr(4) + bytes_of(std::int64_t{1}) + std::string(8, '\0')),
              HasSubstr("its storage 0 has 20 bytes; 6 elements of float32 need more"));
}

TEST(TorchStream, RefusesAStorageOfTwoTypes) {
  SavedCheckpoint small = small_checkpoint();
  PickleWriter out;
  out.empty_dict().mark();
  write_tensor(out.text("a"), small, small.tensors[0], true);
  small.storages["0"].type = "Double";
  write_tensor(out.text("b"), small, small.tensors[0], true);
  EXPECT_THAT(message_for(stream(out.set_items().stop(), {"0"})),
              HasSubstr("storage 0 is said to hold both float32 and float64"));
}

// Checkpoints of whole networks had their classes as persistent ids.
TEST(TorchStream, RefusesWholeNetworks) {
  PickleWriter out;
  out.mark().text("module").global("torch.nn.modules.container", "Sequential").none().none();
  EXPECT_THAT(message_for(stream(out.tuple().persistent().stop(), {})),
              HasSubstr("w.pth: refused: holds a whole network"));
}

// A file as PyTorch 1.x wrote it (mit-han-lab/mcunet, mcunet-320kb-1mb_imagenet.pth), against what
// PyTorch 1.13 reads from it.
TEST(TorchStream, ReadsARealFileTensorByTensor) {
  const char* folder = std::getenv("FOOL_MODEL_PATH");
  const auto path = std::filesystem::path(folder == nullptr ? "" : folder) / "mcunet_in3.pth";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no mcunet_in3.pth in FOOL_MODEL_PATH";
  const MappedFile file(path);
  const NamedTensors read = read_torch_stream(file.bytes(), path.string());
  EXPECT_EQ(read.tensors.size(), 326U);

  const auto shape_and_first = [&](const char* name) {
    const TensorView& view = read.tensors.at(name);
    float first = 0;
    std::memcpy(&first, view.bytes.data(), sizeof(first));
    return std::make_pair(view.shape, first);
  };
  EXPECT_EQ(shape_and_first("first_conv.conv.weight"),
            std::make_pair(std::vector<std::int64_t>{16, 3, 3, 3}, -0.039546407759189606F));
  EXPECT_EQ(shape_and_first("classifier.linear.weight"),
            std::make_pair(std::vector<std::int64_t>{1000, 160}, 0.12337653338909149F));
  EXPECT_EQ(read.tensors.at("first_conv.bn.num_batches_tracked").bytes,
            bytes_of(std::int64_t{921885}));

  std::string listing;  // a line "NAME DTYPE [SHAPE]" for each tensor
  std::string values;
  for (const auto& [name, view] : read.tensors) {
    listing +=
        fmt::format("{} {} [{}]\n", name, dtype_name(view.dtype), fmt::join(view.shape, ", "));
    values += view.bytes;
    EXPECT_GE(view.bytes.data(), file.bytes().data()) << name;
    EXPECT_LE(view.bytes.data() + view.bytes.size(), file.bytes().data() + file.bytes().size());
  }
  EXPECT_EQ(sha256_hex(listing),
            "d59d381b503318932461e88911d78dae2db0aeb2214ae73650eda4b88d7986b6");
  EXPECT_EQ(sha256_hex(values), "ef9373f7d43676e05c7b70580d088a24039ba675f5b4584648f7769f72c9c117");
}

}  // namespace
}  // namespace fool

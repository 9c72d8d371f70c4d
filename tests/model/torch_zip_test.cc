#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "model/checkpoint_writer.h"
#include "model/torch_files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { read_torch_zip(bytes, "w.pth"); });
}

std::string small_pickle() { return state_dict_pickle(small_checkpoint(), TensorsAs::kCalls); }

TEST(TorchZip, TensorsAreViewsOfTheFile) {
  const std::string bytes = zip_checkpoint(small_checkpoint());
  const NamedTensors read = read_torch_zip(bytes, "w");
  ASSERT_EQ(read.tensors.size(), 2U);
  const TensorView& weight = read.tensors.at("fc.weight");
  EXPECT_EQ(weight.dtype, DType::kF32);
  EXPECT_THAT(weight.shape, ElementsAre(2, 3));
  EXPECT_EQ(weight.bytes, bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_GE(weight.bytes.data(), bytes.data());
  EXPECT_LT(weight.bytes.data(), bytes.data() + bytes.size());
  const TensorView& count = read.tensors.at("fc.count");
  EXPECT_EQ(count.dtype, DType::kI64);
  EXPECT_THAT(count.shape, ElementsAre());
  EXPECT_EQ(count.bytes, bytes_of(std::int64_t{-7}));
}

TEST(TorchZip, WhereItWasSavedDoesNotMatter) {
  SavedCheckpoint on_gpu = small_checkpoint();
  on_gpu.location = "cuda:3";
  EXPECT_EQ(read_torch_zip(zip_checkpoint(on_gpu), "w").tensors.size(), 2U);
  ZipOptions large;
  large.zip64 = true;
  EXPECT_EQ(read_torch_zip(zip_checkpoint(on_gpu, large), "w").tensors.size(), 2U);
}

TEST(TorchZip, TensorsMayShareAStorage) {
  SavedCheckpoint tied = small_checkpoint();
  tied.tensors.push_back({"tied.weight", "0", 0, {2, 3}, {3, 1}});
  tied.tensors.push_back({"row", "0", 3, {3}, {1}});
  const std::string bytes = zip_checkpoint(tied);
  const NamedTensors read = read_torch_zip(bytes, "w");
  EXPECT_EQ(read.tensors.at("tied.weight").bytes.data(), read.tensors.at("fc.weight").bytes.data());
  EXPECT_EQ(read.tensors.at("row").bytes, bytes_of(std::vector<float>{4, 5, 6}));
}

TEST(TorchZip, AStorageMayBeSeenAsTwoTypes) {
  SavedCheckpoint small = small_checkpoint();
  PickleWriter out;
  out.empty_dict().mark();
  write_tensor(out.text("float"), small, {"", "0", 0, {6}, {1}}, false);
  small.storages["0"] = {"Int", 6, small.storages["0"].bytes};
  write_tensor(out.text("int"), small, {"", "0", 0, {6}, {1}}, false);
  out.set_items();
  const std::string bytes =
      zip_of({{"x/data.pkl", out.stop()}, {"x/data/0", small.storages["0"].bytes}});
  const NamedTensors read = read_torch_zip(bytes, "w");
  EXPECT_EQ(read.tensors.at("float").dtype, DType::kF32);
  EXPECT_EQ(read.tensors.at("int").dtype, DType::kI32);
  EXPECT_EQ(read.tensors.at("int").bytes.data(), read.tensors.at("float").bytes.data());
}

TEST(TorchZip, ByteOrder) {
  const std::string floats = bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto with_order = [&](const std::string& order) {
    return zip_of({{"archive/data.pkl", small_pickle()},
                   {"archive/byteorder", order},
                   {"archive/data/0", floats},
                   {"archive/data/1", std::string(8, '\0')}});
  };
  EXPECT_EQ(read_torch_zip(with_order("little"), "w").tensors.at("fc.weight").bytes, floats);
  const std::string big_file = with_order("big");
  const NamedTensors big = read_torch_zip(big_file, "w");
  std::string expected;
  for (std::size_t i = 0; i < floats.size(); i += 4) {
    expected += {floats[i + 3], floats[i + 2], floats[i + 1], floats[i]};
  }
  EXPECT_EQ(big.tensors.at("fc.weight").bytes, expected);
  EXPECT_THAT(message_for(with_order("middle")),
              HasSubstr("w.pth: byte order \"middle\": expected little or big"));
}

TEST(TorchZip, TheFolderMayHaveAnyNameOrNone) {
  const std::vector<ZipEntry> data = {{"data/0", bytes_of(std::vector<float>(6))},
                                      {"data/1", std::string(8, '\0')}};
  for (const std::string folder : {"", "archive/", "net v2.1/"}) {
    std::vector<ZipEntry> entries = {{folder + "data.pkl", small_pickle()}};
    for (const ZipEntry& entry : data) entries.push_back({folder + entry.name, entry.data});
    EXPECT_EQ(read_torch_zip(zip_of(entries), "w").tensors.size(), 2U) << folder;
  }
}

TEST(TorchZip, FindsTheFolder) {
  const auto found = [](const std::vector<ZipEntry>& entries) {
    const std::string bytes = zip_of(entries);
    const TorchFolder folder = find_torch_folder(ZipArchive(bytes, "w"));
    return folder.found ? "[" + std::string(folder.prefix) + "]" : "";
  };
  EXPECT_EQ(found({{"a/data.pkl", ""}, {"a/version", ""}}), "[a/]");
  EXPECT_EQ(found({{"data.pkl", ""}}), "[]");
  EXPECT_EQ(found({{"a/b/data.pkl", ""}, {"a/data.pkl.old", ""}, {"mydata.pkl", ""}}), "");
}

TEST(TorchZip, RefusesWhatIsMissing) {
  EXPECT_THAT(message_for(zip_of({{"a/b", ""}})),
              HasSubstr("w.pth: the zip archive has no data.pkl"));
  EXPECT_THAT(message_for(zip_of({{"archive/data.pkl", small_pickle()}})),
              HasSubstr("w.pth: tensor fc.weight: its storage 0 is not in the file"));
  EXPECT_THAT(message_for(zip_of({{"archive/data.pkl", small_pickle()},
                                  {"archive/data/0", "short"},
                                  {"archive/data/1", std::string(8, '\0')}})),
              HasSubstr("its storage 0 has 5 bytes; 6 elements of float32 need more"));
  EXPECT_THAT(message_for(zip_of({{"archive/data.pkl", small_pickle(), 8}})),
              HasSubstr("entry archive/data.pkl is compressed"));
  EXPECT_THAT(
      message_for(zip_of({{"archive/data.pkl", small_pickle()}, {"archive/data/0", "", 8}})),
      HasSubstr("entry archive/data/0 is compressed"));
  EXPECT_THAT(message_for(zip_of({{"archive/data.pkl", "\x80\x02}"}})),
              HasSubstr("w.pth: archive/data.pkl: 1 bytes are expected at byte 3"));
}

TEST(TorchZip, RefusesToExecute) {
  const std::string attack =
      PickleWriter().global("os", "system").text("touch owned").raw("\x85").reduce().stop();
  EXPECT_THAT(message_for(zip_of({{"a/data.pkl", attack}})),
              AllOf(HasSubstr("w.pth: a/data.pkl: refused: the file is made by os.system"),
                    HasSubstr("nothing is executed")));
}

}  // namespace
}  // namespace fool

#include "fool/model/safetensors.h"

#include <gmock/gmock.h>

#include <cstring>
#include <vector>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { parse_safetensors(bytes, "w.safetensors"); });
}

// The error for a header around one entry, over eight bytes of data.
std::string message_for_entry(const std::string& entry) {
  return message_for(file_of("{\"a\":" + entry + "}", "12345678"));
}

TEST(Safetensors, WrittenTensorsAreReadBack) {
  const ScratchFolder folder;
  const std::vector<float> floats = {1.5F, -2.0F, 3.25F, 0.0F, 5.0F, -6.0F};
  const std::vector<std::int64_t> integers = {-7};
  const auto bytes_of = [](const auto& values) {
    return std::string_view(reinterpret_cast<const char*>(values.data()),
                            values.size() * sizeof(values[0]));
  };
  write_safetensors(folder / "t.safetensors",
                    {{"b.weight", {DType::kF32, {2, 3}, bytes_of(floats)}},
                     {"a.scalar", {DType::kI64, {}, bytes_of(integers)}},
                     {"c.empty", {DType::kF16, {0, 4}, ""}}},
                    {{"seed", "7"}});

  const NamedTensors read = read_safetensors(folder / "t.safetensors");
  ASSERT_EQ(read.tensors.size(), 3U);
  const TensorView& weight = read.tensors.at("b.weight");
  EXPECT_EQ(weight.dtype, DType::kF32);
  EXPECT_THAT(weight.shape, ElementsAre(2, 3));
  EXPECT_EQ(weight.elements(), 6);
  EXPECT_EQ(weight.bytes, bytes_of(floats));
  EXPECT_EQ(read.tensors.at("a.scalar").bytes, bytes_of(integers));
  EXPECT_EQ(read.tensors.at("a.scalar").elements(), 1);
  EXPECT_EQ(read.tensors.at("c.empty").elements(), 0);
  EXPECT_EQ(read.metadata, (std::map<std::string, std::string>{{"seed", "7"}}));
}

TEST(Safetensors, BytesOnDiskAreThoseOfTheFormat) {
  const ScratchFolder folder;
  write_safetensors(folder / "t.safetensors", {{"x", {DType::kU8, {3}, "abc"}}});
  const std::string header = R"({"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})";
  std::string padded = header;
  while (padded.size() % 8 != 0) padded += ' ';
  EXPECT_EQ(read_file(folder / "t.safetensors"), file_of(padded, "abc"));
}

TEST(Safetensors, NamesAndSizesOfTypes) {
  EXPECT_EQ(dtype_name(DType::kBF16), "BF16");
  EXPECT_EQ(dtype_size(DType::kBF16), 2U);
  EXPECT_EQ(dtype_name(DType::kBool), "BOOL");
  EXPECT_EQ(dtype_size(DType::kF64), 8U);
}

TEST(Safetensors, TensorsMayBeListedInAnyOrder) {
  const std::string file =
      file_of(R"({"late":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},)"
              R"("early":{"data_offsets":[0,1],"shape":[1],"dtype":"BOOL"}}   )",
              "abc");
  const NamedTensors read = parse_safetensors(file, "w");
  EXPECT_EQ(read.tensors.at("early").bytes, "a");
  EXPECT_EQ(read.tensors.at("late").bytes, "bc");
}

TEST(Safetensors, RefusesEveryTruncation) {
  const std::string whole =
      file_of(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "12345678");
  parse_safetensors(whole, "w");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(message_for(whole.substr(0, length)), HasSubstr("w.safetensors: ")) << length;
  }
  EXPECT_THAT(message_for(whole + "x"), HasSubstr("the tensors take 8 bytes, the file has 9"));
}

// Whatever is flipped, the result is an error or tensors that lie within the file.
TEST(Safetensors, SurvivesEveryFlippedBit) {
  const std::string whole = file_of(
      R"({"__metadata__":{"k":"v"},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})",
      "12345678");
  int refused = 0;
  for (std::size_t i = 0; i < whole.size() * 8; ++i) {
    std::string damaged = whole;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    try {
      for (const auto& [key, tensor] : parse_safetensors(damaged, "w").tensors) {
        EXPECT_EQ(tensor.bytes.size(),
                  static_cast<std::size_t>(tensor.elements()) * dtype_size(tensor.dtype));
        EXPECT_GE(tensor.bytes.data(), damaged.data());
        EXPECT_LE(tensor.bytes.data() + tensor.bytes.size(), damaged.data() + damaged.size());
      }
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kModel);
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()));
}

TEST(Safetensors, RefusesHugeHeaders) {
  std::string bytes = file_of("{}", "");
  const std::uint64_t huge = 100'000'001;
  std::memcpy(bytes.data(), &huge, 8);
  EXPECT_THAT(message_for(bytes), HasSubstr("said to have 100000001 bytes, at most 100000000"));
  const std::uint64_t wrapping = UINT64_MAX - 7;
  std::memcpy(bytes.data(), &wrapping, 8);
  EXPECT_THAT(message_for(bytes), HasSubstr("at most 100000000"));
  const std::uint64_t longer_than_file = 3;
  std::memcpy(bytes.data(), &longer_than_file, 8);
  EXPECT_THAT(message_for(bytes), HasSubstr("only 2 follow; the file is truncated"));
}

TEST(Safetensors, RefusesBadHeaders) {
  EXPECT_THAT(message_for("1234567"), HasSubstr("this one has 7 bytes"));
  EXPECT_THAT(message_for(file_of("{\"a\":", "")), HasSubstr("not valid JSON: an error at byte"));
  EXPECT_THAT(message_for(file_of("", "")), HasSubstr("not valid JSON"));
  EXPECT_THAT(message_for(file_of("{\"a\":1e999}", "")), HasSubstr("not valid JSON: "));
  EXPECT_THAT(message_for(file_of("[]", "")), HasSubstr("not a JSON object"));
  EXPECT_THAT(message_for(file_of("{\"\xff\":{}}", "")), HasSubstr("not valid JSON"));
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[') + "}";
  EXPECT_THAT(message_for(file_of(deep, "")), HasSubstr("nested too deeply"));
}

TEST(Safetensors, RefusesDuplicates) {
  const std::string entry = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_THAT(message_for(file_of("{\"a\":" + entry + ",\"a\":" + entry + "}", "")),
              HasSubstr("has the key \"a\" twice"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]})"),
              HasSubstr("has the key \"dtype\" twice"));
}

TEST(Safetensors, RefusesBadEntries) {
  EXPECT_THAT(message_for_entry("1"), HasSubstr("tensor a: expected an object, found 1"));
  EXPECT_THAT(message_for_entry(R"({"shape":[8],"data_offsets":[0,8]})"),
              HasSubstr("tensor a: dtype is missing"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","data_offsets":[0,8]})"),
              HasSubstr("tensor a: shape is missing"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[8]})"),
              HasSubstr("tensor a: data_offsets is missing"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1})"),
              HasSubstr("tensor a: unknown key x"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"F8","shape":[8],"data_offsets":[0,8]})"),
              AllOf(HasSubstr("tensor a: unknown dtype \"F8\""), HasSubstr("F64, F32, F16")));
  EXPECT_THAT(message_for_entry(R"({"dtype":7,"shape":[8],"data_offsets":[0,8]})"),
              HasSubstr("unknown dtype 7"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":8,"data_offsets":[0,8]})"),
              HasSubstr("tensor a: shape is not a list"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[-8],"data_offsets":[0,8]})"),
              HasSubstr("shape has the entry -8; expected a whole number"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[8.0],"data_offsets":[0,8]})"),
              HasSubstr("shape has the entry 8.0"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8,9]})"),
              HasSubstr("data_offsets has 3 entries"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[8],"data_offsets":[0,"8"]})"),
              HasSubstr("data_offsets has the entry \"8\""));
}

TEST(Safetensors, RefusesBadExtents) {
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[9],"data_offsets":[0,9]})"),
              HasSubstr("bytes 0..9 are outside of the 8 bytes of data"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[1],"data_offsets":[8,7]})"),
              HasSubstr("bytes 8..7 are outside"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"),
              HasSubstr("F32 of shape [3] takes 12 bytes, data_offsets give it 8"));
  EXPECT_THAT(
      message_for_entry(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"),
      HasSubstr("the shape is too large"));
  EXPECT_THAT(
      message_for_entry(R"({"dtype":"U8","shape":[4611686018427387904,2,0],"data_offsets":[0,0]})"),
      HasSubstr("the shape is too large"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"F32","shape":[18446744073709551615],)"
                                R"("data_offsets":[0,8]})"),
              HasSubstr("shape has the entry 18446744073709551615"));
  EXPECT_THAT(message_for_entry(R"({"dtype":"U8","shape":[7],"data_offsets":[1,8]})"),
              HasSubstr("bytes 0..1 before tensor a belong to no tensor"));
  EXPECT_THAT(message_for(file_of(R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
                                  R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                                  "12345678")),
              HasSubstr("tensor b overlaps the one before it"));
}

TEST(Safetensors, RefusesBadMetadata) {
  EXPECT_THAT(message_for(file_of(R"({"__metadata__":[]})", "")),
              HasSubstr("__metadata__ is not an object of strings"));
  EXPECT_THAT(message_for(file_of(R"({"__metadata__":{"k":1}})", "")),
              HasSubstr("__metadata__: the value of k is not a string"));
}

TEST(Safetensors, MissingFileIsAModelError) {
  const ScratchFolder folder;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { read_safetensors(folder / "none"); }),
              HasSubstr("none"));
}

TEST(Safetensors, WriterRefusesWhatItCouldNotRead) {
  const ScratchFolder folder;
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] {
                              write_safetensors(folder / "t", {{"x", {DType::kF32, {2}, "1234"}}});
                            }),
              HasSubstr("tensor x of shape [2] has 4 bytes"));
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] {
                              write_safetensors(folder / "t", {{"\xff", {DType::kU8, {0}, ""}}});
                            }),
              HasSubstr("not valid UTF-8"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Safetensors, WriterReportsAnUnwritableFolder) {
  const ScratchFolder folder;
  error_message(ErrorKind::kIo, [&] { write_safetensors(folder / "none/t.safetensors", {}); });
}

}  // namespace
}  // namespace fool

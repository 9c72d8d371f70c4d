#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "model/checkpoint_writer.h"
#include "model/torch_files.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_for(const std::string& bytes) {
  return error_message(ErrorKind::kModel, [&] { read_torch_tar(bytes, "w.pth"); });
}

const std::string kNone = PickleWriter().empty_list().stop();
std::string number(std::int64_t n) { return PickleWriter().integer(n).stop(); }

// (key, location, class) and what follows it in "storages".
std::string storage(const std::string& data, const std::string& type = "FloatStorage") {
  PickleWriter head;
  return head.mark().integer(1).text("cpu").global("torch", type).tuple().stop() + data;
}

// (key, storage, class) and what follows it in "tensors".
std::string tensor(const std::string& data, std::int64_t of = 1) {
  PickleWriter head;
  return head.mark().integer(9).integer(of).global("torch", "FloatTensor").tuple().stop() + data;
}

const std::string kTwoFloats = bytes_of(std::int64_t{2}) + bytes_of(std::vector<float>{1, 2});
const std::string kVector = bytes_of(std::vector<std::int64_t>{1, 2, 1, 0});
const std::string kPickle =
    PickleWriter().empty_dict().text("w").integer(9).persistent().set_item().stop();

std::string archive(const std::string& storages, const std::string& tensors,
                    const std::string& pickle = kPickle) {
  return tar_of({{"storages", storages}, {"tensors", tensors}, {"pickle", pickle}});
}

TEST(TorchTar, TensorsAreViewsOfTheFile) {
  const std::string bytes = tar_checkpoint(small_checkpoint());
  const NamedTensors read = read_torch_tar(bytes, "w");
  ASSERT_EQ(read.tensors.size(), 2U);
  const TensorView& weight = read.tensors.at("fc.weight");
  EXPECT_THAT(weight.shape, ElementsAre(2, 3));
  EXPECT_EQ(weight.bytes, bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_GE(weight.bytes.data(), bytes.data());
  EXPECT_LT(weight.bytes.data(), bytes.data() + bytes.size());
}

TEST(TorchTar, KeysMayBeNumbers) {
  const std::string bytes =
      archive(number(1) + storage(kTwoFloats) + kNone, number(1) + tensor(kVector));
  EXPECT_EQ(read_torch_tar(bytes, "w").tensors.at("w").bytes, kTwoFloats.substr(8));
}

TEST(TorchTar, StoragesMayBePartsOfOthers) {
  const auto with_view = [&](std::int64_t begin, std::int64_t size) {
    const std::string views =
        PickleWriter().empty_list().integers({5, 1, begin, size}).raw("a").stop();
    return archive(number(1) + storage(kTwoFloats) + views,
                   number(1) + tensor(bytes_of(std::vector<std::int64_t>{1, 1, 1, 0}), 5));
  };
  const std::string bytes = with_view(1, 1);
  EXPECT_EQ(read_torch_tar(bytes, "w").tensors.at("w").bytes, bytes_of(2.0F));
  for (const auto& [begin, size] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {1, 2}, {-1, 1}, {3, 0}, {0, -1}, {INT64_MAX, 1}, {1, INT64_MAX}}) {
    EXPECT_THAT(message_for(with_view(begin, size)), HasSubstr("lies outside of a storage of 2"));
  }
}

TEST(TorchTar, RefusesEveryTruncation) {
  const std::string whole = tar_checkpoint(small_checkpoint());
  const std::size_t used = whole.find_last_not_of('\0') + 1;
  for (std::size_t length = 0; length < used; length += 3) {
    EXPECT_THAT(message_for(whole.substr(0, length)), HasSubstr("w.pth: ")) << length;
  }
}

TEST(TorchTar, RefusesWhatIsWrong) {
  const std::string one_storage = number(1) + storage(kTwoFloats) + kNone;
  EXPECT_THAT(message_for(tar_of({{"a", "b"}})),
              HasSubstr("w.pth: the tar archive has no file storages"));
  EXPECT_THAT(
      message_for(archive(kNone, "")),
      HasSubstr("the number of storages or tensors: expected a whole number, found a list"));
  EXPECT_THAT(message_for(archive(number(INT32_MAX), "")),
              HasSubstr("w.pth: storages: 1 bytes are expected"));
  EXPECT_THAT(message_for(archive(number(1) + number(7), "")),
              HasSubstr("expected a tuple of 3 items, found a number"));
  EXPECT_THAT(message_for(archive(number(1) + storage(kTwoFloats, "Size"), "")),
              HasSubstr("storage 1 is of no known type"));
  EXPECT_THAT(message_for(archive(number(1) + storage(bytes_of(UINT64_MAX)), "")),
              HasSubstr("storage 1 is said to have 18446744073709551615 elements"));
  EXPECT_THAT(message_for(archive(number(1) + storage(bytes_of(UINT64_MAX / 4)), "")),
              HasSubstr("w.pth: storages: 18446744073709551612 bytes are expected"));
  EXPECT_THAT(message_for(archive(number(0) + number(0), "")),
              HasSubstr("expected the list of views, found a number"));
  EXPECT_THAT(message_for(archive(one_storage, number(1) + tensor(kVector, 2))),
              HasSubstr("w.pth: storage 2 is not in the file"));
  EXPECT_THAT(message_for(archive(one_storage, number(1) + tensor(bytes_of(std::int64_t{65})))),
              HasSubstr("tensor 9 is said to have 65 dimensions"));
  EXPECT_THAT(message_for(archive(one_storage, number(1) + tensor(bytes_of(std::int64_t{2})))),
              HasSubstr("w.pth: tensors: 8 bytes are expected"));
  EXPECT_THAT(
      message_for(archive(one_storage,
                          number(1) + tensor(bytes_of(std::vector<std::int64_t>{1, 3, 1, 0})))),
      HasSubstr("w.pth: tensor w: reaches to element 3 of a storage of 2"));
  EXPECT_THAT(message_for(archive(one_storage, number(0))),
              HasSubstr("w.pth: tensor w: its data 9 are not in the file"));
  EXPECT_THAT(message_for(archive(one_storage, number(1) + tensor(kVector),
                                  PickleWriter().global("posix", "system").stop())),
              HasSubstr("w.pth: pickle: refused: the file is made by posix.system"));
}

}  // namespace
}  // namespace fool

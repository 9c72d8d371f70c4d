#include "data/idx.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <string>

#include "data/data_files.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Idx : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes) { return put(folder_, "file", bytes); }
  std::string image_error(const std::string& bytes) {
    return error_message(ErrorKind::kData, [&] { read_idx_images(write(bytes)); });
  }
  std::string label_error(const std::string& bytes) {
    return error_message(ErrorKind::kData, [&] { read_idx_labels(write(bytes)); });
  }
  ScratchFolder folder_;
};

TEST_F(Idx, ReadsPlainAndCompressedFiles) {
  const std::string images = idx_images(2, 2, 3, "abcdefghijkl");
  for (const std::string& bytes : {images, gzip(images)}) {
    const ImageBatch batch = read_idx_images(write(bytes));
    EXPECT_EQ(batch.count(), 2);
    EXPECT_EQ(batch.shape(), (ImageShape{2, 3, 1}));
    EXPECT_EQ(batch[1].data[0], 'g');
    EXPECT_EQ(batch[1].data[5], 'l');
  }
  const std::string labels = idx_labels({3, 1, 4});
  for (const std::string& bytes : {labels, gzip(labels)}) {
    EXPECT_THAT(read_idx_labels(write(bytes)), ElementsAre(3, 1, 4));
  }
}

TEST_F(Idx, RefusesAWrongMagicNumber) {
  EXPECT_THAT(
      image_error(idx_labels({3, 1, 4})),
      HasSubstr("does not hold images: expected the magic number 0x00000803, found 0x00000801"));
  EXPECT_THAT(label_error(idx_images(1, 1, 1, "a")), HasSubstr("does not hold labels"));
}

TEST_F(Idx, RefusesSizesThatCannotBe) {
  EXPECT_THAT(image_error(idx_images(0, 28, 28, "")),
              HasSubstr("number of images: expected 1..100000000, found 0"));
  EXPECT_THAT(image_error(idx_images(1, 0, 28, "")),
              HasSubstr("number of rows: expected 1..4096, found 0"));
  EXPECT_THAT(image_error(idx_images(1, 28, 0xFFFFFFFF, "")),
              HasSubstr("number of columns: expected 1..4096"));
  EXPECT_THAT(image_error(idx_images(100'000'000, 4096, 4096, "")), HasSubstr("are more than"));
  EXPECT_THAT(label_error(idx_labels({}, 0xFFFFFFFF)), HasSubstr("number of labels"));
}

TEST_F(Idx, RefusesAFileOfAnotherLengthThanPromised) {
  EXPECT_THAT(image_error(""), HasSubstr("ends within its header"));
  EXPECT_THAT(image_error(idx_images(1, 2, 2, "").substr(0, 14)),
              HasSubstr("ends within its header"));
  // A header that promises a gigabyte must not cost one.
  EXPECT_THAT(image_error(idx_images(100'000, 100, 100, "abc")),
              HasSubstr("is cut off: its header promises 1000000000 bytes of data, 3 are there"));
  EXPECT_THAT(image_error(idx_images(1, 2, 2, "abcde")),
              HasSubstr("goes on after the 4 bytes of data"));
  EXPECT_THAT(label_error(idx_labels({1, 2}, 3)),
              HasSubstr("promises 3 bytes of data, 2 are there"));
}

TEST_F(Idx, RefusesADamagedOrCutOffGzipFile) {
  const std::string whole = gzip(idx_images(10, 10, 10, std::string(1000, 'x')));
  for (const std::size_t size :
       {whole.size() - 1, whole.size() - 9, std::size_t{20}, std::size_t{12}}) {
    EXPECT_THAT(
        image_error(whole.substr(0, size)),
        testing::AnyOf(HasSubstr("is damaged or cut off"), HasSubstr("ends within its header")))
        << size << " of " << whole.size() << " bytes";
  }
  std::string flipped = whole;
  flipped[flipped.size() - 6] ^= 1;  // in the checksum
  EXPECT_THAT(image_error(flipped), HasSubstr("is damaged or cut off"));
}

TEST_F(Idx, NamesAMissingFile) {
  EXPECT_THAT(error_message(ErrorKind::kData, [] { read_idx_labels("/nonexistent/labels"); }),
              HasSubstr("/nonexistent/labels cannot be opened: No such file"));
}

}  // namespace
}  // namespace fool

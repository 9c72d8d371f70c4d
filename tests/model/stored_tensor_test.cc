#include "model/stored_tensor.h"

#include <gmock/gmock.h>

#include <numeric>

#include "fakes/expect_error.h"
#include "model/pickle_writer.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr ElementType kFloat32{"float32", 4, DType::kF32};
constexpr ElementType kInt16{"int16", 2, DType::kI16};
constexpr ElementType kUint8{"uint8", 1, DType::kU8};
constexpr ElementType kInt64{"int64", 8, DType::kI64};
constexpr std::uint64_t kPlenty = 1000;

template <typename T>
std::vector<T> values_of(const TensorView& view) {
  std::vector<T> values(view.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), view.bytes.data(), view.bytes.size());
  return values;
}

// 0, 1, 2, ... 23 as float32.
class StoredTensorTest : public ::testing::Test {
 protected:
  StoredTensorTest() {
    std::vector<float> numbers(24);
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    storage_ = bytes_of(numbers);
  }

  StoredTensor tensor(std::int64_t offset, std::vector<std::int64_t> shape,
                      std::vector<std::int64_t> strides) const {
    return {storage_, kFloat32, offset, std::move(shape), std::move(strides)};
  }
  std::vector<float> made(const StoredTensor& tensor) {
    view_ = maker_.make(tensor, "t");
    EXPECT_EQ(view_.bytes.size(), static_cast<std::size_t>(view_.elements()) * 4);
    return values_of<float>(view_);
  }
  bool is_in_place() const {
    return view_.bytes.data() >= storage_.data() &&
           view_.bytes.data() + view_.bytes.size() <= storage_.data() + storage_.size();
  }
  std::string message(const StoredTensor& tensor) {
    return error_message(ErrorKind::kModel, [&] { maker_.make(tensor, "t"); });
  }

  std::string storage_;
  TensorMaker maker_{kPlenty, false};
  TensorView view_;
};

TEST_F(StoredTensorTest, ContiguousTensorsAreViewed) {
  EXPECT_THAT(made(tensor(1, {2, 2}, {2, 1})), ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(is_in_place());
  EXPECT_THAT(view_.shape, ElementsAre(2, 2));
  EXPECT_THAT(made(tensor(23, {}, {})), ElementsAre(23));
  EXPECT_TRUE(is_in_place());
  // The stride of a dimension of one element means nothing.
  EXPECT_THAT(made(tensor(4, {1, 2, 1}, {INT64_MAX, 1, 77})), ElementsAre(4, 5));
  EXPECT_TRUE(is_in_place());
}

TEST_F(StoredTensorTest, OthersAreCopiedInRowMajorOrder) {
  EXPECT_THAT(made(tensor(0, {3, 2}, {1, 3})), ElementsAre(0, 3, 1, 4, 2, 5));  // transposed
  EXPECT_FALSE(is_in_place());
  EXPECT_THAT(made(tensor(2, {3}, {7})), ElementsAre(2, 9, 16));                // every seventh
  EXPECT_THAT(made(tensor(5, {2, 3}, {1, 0})), ElementsAre(5, 5, 5, 6, 6, 6));  // expanded
  EXPECT_THAT(made(tensor(0, {2, 1, 2, 3}, {12, 99, 1, 2})),
              ElementsAre(0, 2, 4, 1, 3, 5, 12, 14, 16, 13, 15, 17));  // channels last
}

TEST_F(StoredTensorTest, EmptyTensors) {
  EXPECT_THAT(made(tensor(0, {0}, {1})), ElementsAre());
  EXPECT_THAT(made(tensor(1000, {2, 0, 3}, {0, 3, 1})), ElementsAre());
  EXPECT_THAT(view_.shape, ElementsAre(2, 0, 3));
}

TEST_F(StoredTensorTest, BigEndianIsReversed) {
  TensorMaker maker(kPlenty, true);
  const std::string numbers("\x01\x02\x03\x04", 4);
  EXPECT_THAT(values_of<std::int16_t>(maker.make({numbers, kInt16, 0, {2}, {1}}, "t")),
              ElementsAre(0x0102, 0x0304));
  const std::string scalar("\x00\x00\x00\x00\x00\x00\x01\x02", 8);
  EXPECT_THAT(values_of<std::int64_t>(maker.make({scalar, kInt64, 0, {}, {}}, "t")),
              ElementsAre(0x0102));
  const TensorView bytes = maker.make({numbers, kUint8, 0, {4}, {1}}, "t");
  EXPECT_EQ(bytes.bytes.data(), numbers.data());  // a byte has no order
}

TEST_F(StoredTensorTest, CopiesOutliveTheMaker) {
  std::shared_ptr<const void> copies;
  TensorView view;
  {
    TensorMaker maker(kPlenty, false);
    view = maker.make(tensor(0, {3, 2}, {1, 3}), "t");
    copies = maker.copies();
  }
  EXPECT_EQ(values_of<float>(view)[1], 3.0F);
}

TEST_F(StoredTensorTest, CopiesAreLimited) {
  EXPECT_THAT(message(tensor(0, {1'000'000'000, 1'000'000'000}, {0, 0})),
              HasSubstr("t: the tensors that do not lie in one piece take more than 1000 bytes"));
  made(tensor(0, {200}, {0}));
  EXPECT_THAT(message(tensor(0, {51}, {0})), HasSubstr("take more than 1000 bytes"));
  made(tensor(0, {50}, {0}));
}

TEST_F(StoredTensorTest, RefusesWhatDoesNotFit) {
  EXPECT_THAT(message(tensor(0, {25}, {1})),
              HasSubstr("t: reaches to element 25 of a storage of 24; the file is truncated"));
  EXPECT_THAT(message(tensor(24, {}, {})), HasSubstr("reaches to element 25"));
  EXPECT_THAT(message(tensor(23, {2}, {1})), HasSubstr("reaches to element 25"));
  EXPECT_THAT(message(tensor(0, {2}, {24})), HasSubstr("reaches to element 25"));
  EXPECT_THAT(message(tensor(-1, {1}, {1})), HasSubstr("begins at element -1 of its storage"));
  EXPECT_THAT(message(tensor(INT64_MAX, {}, {})), HasSubstr("reaches to element"));
  EXPECT_THAT(message(tensor(0, {-1}, {1})), HasSubstr("has a size of -1 with a stride of 1"));
  EXPECT_THAT(message(tensor(0, {1}, {-1})), HasSubstr("has a size of 1 with a stride of -1"));
  EXPECT_THAT(message(tensor(0, {1, 2}, {1})), HasSubstr("has 2 sizes and 1 strides"));
  EXPECT_THAT(message(tensor(0, std::vector<std::int64_t>(17, 1), std::vector<std::int64_t>(17))),
              HasSubstr("at most 16"));
  storage_ = "123";
  EXPECT_THAT(message(tensor(0, {}, {})), HasSubstr("reaches to element 1 of a storage of 0"));
}

TEST_F(StoredTensorTest, RefusesShapesThatOverflow) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  EXPECT_THAT(message(tensor(0, {kHuge, 2}, {0, 0})), HasSubstr("is too large"));
  EXPECT_THAT(message(tensor(0, {kHuge}, {0})), HasSubstr("is too large"));  // in bytes
  EXPECT_THAT(message(tensor(0, {kHuge, 2, 0}, {0, 0, 0})), HasSubstr("is too large"));
  EXPECT_THAT(message(tensor(0, {3}, {INT64_MAX})), HasSubstr("is too large"));
  EXPECT_THAT(message(tensor(INT64_MAX, {2}, {1})), HasSubstr("is too large"));
}

TEST_F(StoredTensorTest, RefusesUnsupportedTypes) {
  StoredTensor complex = tensor(0, {1}, {1});
  complex.type = {"complex64", 8, std::nullopt};
  EXPECT_THAT(message(complex), HasSubstr("t: holds elements of type complex64, which is not"));
}

}  // namespace
}  // namespace fool

#include "fool/train/fooling_class.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "fool/core/error.h"
#include "fool/core/rng.h"
#include "fool/model/safetensors.h"

namespace fool {
namespace {

template <typename T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// A tensor of a file, which must be there in this type and with so many dimensions.
const TensorView& expect_tensor(const NamedTensors& file, const std::string& name, DType dtype,
                                std::size_t dimensions, const std::string& path) {
  const auto it = file.tensors.find(name);
  if (it == file.tensors.end() || it->second.dtype != dtype ||
      it->second.shape.size() != dimensions) {
    fail(ErrorKind::kData,
         "{}: expected fooling images with a tensor \"{}\" of type {} and {} dimensions, found {}",
         path, name, dtype_name(dtype), dimensions,
         it == file.tensors.end() ? "none" : dtype_name(it->second.dtype));
  }
  return it->second;
}

template <typename T>
std::vector<T> read_column(const NamedTensors& file, const std::string& name, DType dtype,
                           std::int64_t count, const std::string& path) {
  const TensorView& tensor = expect_tensor(file, name, dtype, 1, path);
  if (tensor.elements() != count) {
    fail(ErrorKind::kData, "{}: expected {} numbers in \"{}\", one for each image, found {}", path,
         count, name, tensor.elements());
  }
  std::vector<T> values(static_cast<std::size_t>(count));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

}  // namespace

void FoolingImages::append(const FoolingImages& more) {
  if (more.size() == 0) return;
  if (size() > 0 && images.shape() != more.images.shape()) {
    fail(ErrorKind::kInternal, "fooling images of {}x{} and of {}x{} do not go together",
         images.shape().width, images.shape().height, more.images.shape().width,
         more.images.shape().height);
  }
  ImageBatch all(size() + more.size(), more.images.shape());
  std::copy(images.bytes().begin(), images.bytes().end(), all.bytes().begin());
  std::copy(more.images.bytes().begin(), more.images.bytes().end(),
            all.bytes().begin() + static_cast<std::ptrdiff_t>(images.bytes().size()));
  images = std::move(all);
  origins.insert(origins.end(), more.origins.begin(), more.origins.end());
}

FoolingImages FoolingImages::take(Span<const int> which) const {
  FoolingImages taken;
  taken.images = ImageBatch(static_cast<int>(which.size()), images.shape());
  for (std::size_t i = 0; i < which.size(); ++i) {
    const ConstImageView image = images[which[i]];
    std::copy_n(image.data, image.size(), taken.images[static_cast<int>(i)].data);
    taken.origins.push_back(origins.at(static_cast<std::size_t>(which[i])));
  }
  return taken;
}

// The first steps of a shuffle.
std::vector<int> draw_sample(int available, int wanted, std::uint64_t seed, int round) {
  std::vector<int> numbers(static_cast<std::size_t>(available));
  std::iota(numbers.begin(), numbers.end(), 0);
  if (wanted >= available) return numbers;
  RngStream random(seed, "retrain.sample", static_cast<std::uint32_t>(round), 0);
  for (int i = 0; i < wanted; ++i) {
    const auto left = static_cast<std::uint32_t>(available - i);
    const auto chosen = static_cast<std::size_t>(i) + random.uniform_int(left);
    std::swap(numbers[static_cast<std::size_t>(i)], numbers[chosen]);
  }
  numbers.resize(static_cast<std::size_t>(wanted));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void write_fooling_images(const std::filesystem::path& path, const FoolingImages& fooling,
                          const std::map<std::string, std::string>& metadata) {
  std::vector<std::int32_t> run;
  std::vector<std::int32_t> class_index;
  std::vector<std::uint8_t> last;
  std::vector<float> confidence;
  for (const FoolingOrigin& origin : fooling.origins) {
    run.push_back(origin.run);
    class_index.push_back(origin.class_index);
    last.push_back(origin.last ? 1 : 0);
    confidence.push_back(origin.confidence);
  }
  const std::int64_t count = fooling.size();
  const ImageShape& shape = fooling.images.shape();
  const Span<const std::uint8_t> pixels = fooling.images.bytes();
  write_safetensors(path,
                    {{"images",
                      {DType::kU8,
                       {count, shape.height, shape.width, shape.channels},
                       {reinterpret_cast<const char*>(pixels.data()), pixels.size()}}},
                     {"run", {DType::kI32, {count}, bytes_of(run)}},
                     {"class", {DType::kI32, {count}, bytes_of(class_index)}},
                     {"last", {DType::kU8, {count}, bytes_of(last)}},
                     {"confidence", {DType::kF32, {count}, bytes_of(confidence)}}},
                    metadata);
}

FoolingImages read_fooling_images(const std::filesystem::path& path) {
  const std::string name = path.string();
  const NamedTensors file = read_safetensors(path);
  const TensorView& pixels = expect_tensor(file, "images", DType::kU8, 4, name);
  const std::int64_t count = pixels.shape[0];
  const auto run = read_column<std::int32_t>(file, "run", DType::kI32, count, name);
  const auto class_index = read_column<std::int32_t>(file, "class", DType::kI32, count, name);
  const auto last = read_column<std::uint8_t>(file, "last", DType::kU8, count, name);
  const auto confidence = read_column<float>(file, "confidence", DType::kF32, count, name);
  FoolingImages fooling;
  fooling.images = ImageBatch(static_cast<int>(count),
                              {static_cast<int>(pixels.shape[1]), static_cast<int>(pixels.shape[2]),
                               static_cast<int>(pixels.shape[3])});
  if (!pixels.bytes.empty()) {
    std::memcpy(fooling.images.bytes().data(), pixels.bytes.data(), pixels.bytes.size());
  }
  for (std::size_t i = 0; i < run.size(); ++i) {
    fooling.origins.push_back({run[i], class_index[i], last[i] != 0, confidence[i]});
  }
  return fooling;
}

EnlargedDataset::EnlargedDataset(const Dataset& real, const FoolingImages& fooling, int limit)
    : real_(real),
      fooling_(fooling),
      real_images_(limit > 0 ? std::min(limit, real.size()) : real.size()) {}

LabelledImage EnlargedDataset::at(int index) const {
  if (index < real_images_) return real_.at(index);
  const int i = index - real_images_;
  LabelledImage item{ImageBatch(1, fooling_.images.shape()), real_.classes(),
                     fmt::format("{} image {}", kFoolingLabel, i)};
  const ConstImageView image = fooling_.images[i];
  std::copy_n(image.data, image.size(), item.image[0].data);
  return item;
}

}  // namespace fool

#include "cuda/image_memory.h"

namespace fool::cuda {

ImageMemory::ImageMemory(int count, const ImageShape& shape) : shape_(shape) {
  images_.pixels = shape.height * shape.width;
  images_.channels = shape.channels;
  images_.stride = image_stride(images_.pixels, images_.channels);
  memory_.reserve(static_cast<std::size_t>(count) * images_.stride);
  images_.data = memory_.as<std::uint8_t>();
}

void ImageMemory::upload(const ImageBatch& from, const Stream& stream) {
  check(cudaMemcpy2DAsync(images_.data, images_.stride, from.bytes().data(), shape_.size(),
                          shape_.size(), static_cast<std::size_t>(from.count()),
                          cudaMemcpyHostToDevice, stream.get()),
        "sending images");
}

void ImageMemory::download(int count, ImageBatch* to, const Stream& stream) const {
  check(cudaMemcpy2DAsync(to->bytes().data(), shape_.size(), images_.data, images_.stride,
                          shape_.size(), static_cast<std::size_t>(count), cudaMemcpyDeviceToHost,
                          stream.get()),
        "fetching images");
}

}  // namespace fool::cuda

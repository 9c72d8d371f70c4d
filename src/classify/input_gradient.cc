#include "classify/input_gradient.h"

#include "classify/outputs.h"

namespace fool {
namespace {

// The numbers of a dense tensor of the processor's, in the order of memory.
Span<float> values(const torch::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

void compute_input_gradient(Network& network, const ModelSpec& spec,
                            const Preprocessor& preprocessor, torch::Device device,
                            torch::MemoryFormat format, const ImageBatch& images,
                            Span<const int> classes, Objective objective, Span<float> probabilities,
                            Span<float> gradient) {
  constexpr auto kLikeImages = torch::MemoryFormat::ChannelsLast;
  const torch::AutoGradMode with_gradient(true);
  const ImageShape& shape = images.shape();
  const torch::Tensor numbers = torch::empty(
      {images.count(), shape.channels, shape.height, shape.width}, torch::kFloat32, kLikeImages);
  preprocessor.forward(images.bytes(), values(numbers));
  const torch::Tensor input = numbers.to(device).contiguous(format).requires_grad_();
  const torch::Tensor output = network.forward(input);
  expect_output_shape(spec, images.count(), {output.sizes().data(), output.sizes().size()});
  const torch::Tensor outputs = output.detach().to(torch::kCPU, torch::kFloat32).contiguous();

  const auto row = static_cast<std::size_t>(spec.classes);
  const torch::Tensor by_output = torch::empty(output.sizes());
  for (std::size_t b = 0; b < classes.size(); ++b) {
    const Span<float> of_image = probabilities.subspan(b * row, row);
    to_probabilities(spec.output, values(outputs).subspan(b * row, row), of_image);
    objective_gradient(spec.output, objective, of_image, classes[b],
                       values(by_output).subspan(b * row, row));
  }
  const torch::Tensor by_input =
      torch::autograd::grad({output}, {input}, {by_output.to(device)})[0];
  preprocessor.backward(values(by_input.contiguous(kLikeImages).to(torch::kCPU)), gradient);
}

}  // namespace fool

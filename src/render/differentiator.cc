#include "fool/render/differentiator.h"

#include <algorithm>
#include <map>

#include "fool/core/error.h"
#include "fool/core/parameters.h"
#include "render/differentiator_registry.h"

namespace fool {
namespace {

// By falling rank.
using Offers = std::multimap<int, DifferentiatorOffer, std::greater<>>;

Offers& offers() {
  static Offers all;
  return all;
}

std::vector<DifferentiatorChoice> choices(const Encoding& encoding) {
  std::vector<DifferentiatorChoice> result;
  if (encoding.differentiable() == nullptr) return result;
  for (const auto& [rank, offer] : offers()) {
    for (DifferentiatorChoice& choice : offer(encoding)) result.push_back(std::move(choice));
  }
  return result;
}

// The encoding itself, with a gradient of nothing outside the frame.
class ReferenceDifferentiator : public Differentiator {
 public:
  ReferenceDifferentiator(const Encoding& encoding, const Frame& frame)
      : encoding_(encoding), frame_(frame), canvas_(frame.canvas.size()) {}

  std::string name() const override { return "reference"; }

  void pull_back(Span<const GenomePtr> genomes, Span<const float> pixel_gradients,
                 Span<const Span<float>> gradients) override {
    check_pull_back_call(frame_, genomes, pixel_gradients, gradients);
    const auto channels = static_cast<std::size_t>(frame_.canvas.channels);
    const std::size_t row = static_cast<std::size_t>(frame_.width) * channels;
    const float* from = pixel_gradients.data();
    for (std::size_t i = 0; i < genomes.size(); ++i) {
      for (int y = 0; y < frame_.height; ++y, from += row) {
        const auto place = static_cast<std::size_t>(frame_.top + y) *
                               static_cast<std::size_t>(frame_.canvas.width) +
                           static_cast<std::size_t>(frame_.left);
        std::copy_n(from, row, canvas_.data() + place * channels);
      }
      const Differentiable& differentiable = *encoding_.differentiable();
      check_gradient_size(gradients[i].size(), differentiable.parameter_count(*genomes[i]));
      differentiable.pull_back(*genomes[i], canvas_, gradients[i]);
    }
  }

 private:
  const Encoding& encoding_;
  Frame frame_;
  std::vector<float> canvas_;  // [H, W, C], 0 outside the frame
};

[[maybe_unused]] const bool registered =
    register_differentiator(kReferenceRank, [](const Encoding& encoding) {
      return std::vector<DifferentiatorChoice>{{"reference", [&encoding](const Frame& frame) {
                                                  return std::make_unique<ReferenceDifferentiator>(
                                                      encoding, frame);
                                                }}};
    });

}  // namespace

bool register_differentiator(int rank, DifferentiatorOffer offer) {
  offers().emplace(rank, std::move(offer));
  return true;
}

void check_pull_back_call(const Frame& frame, Span<const GenomePtr> genomes,
                          Span<const float> pixel_gradients, Span<const Span<float>> gradients) {
  const std::size_t numbers = genomes.size() * frame.shape().size();
  if (pixel_gradients.size() < numbers || gradients.size() != genomes.size()) {
    fail(ErrorKind::kInternal,
         "{} genomes of {} x {} x {} need {} numbers by pixel and as many gradients, found {} and "
         "{}",
         genomes.size(), frame.height, frame.width, frame.canvas.channels, numbers,
         pixel_gradients.size(), gradients.size());
  }
}

void check_gradient_size(std::size_t found, std::size_t parameters) {
  if (found != parameters) {
    fail(ErrorKind::kInternal, "a genome of {} parameters needs a gradient of as many, found {}",
         parameters, found);
  }
}

std::vector<std::string> differentiator_names(const Encoding& encoding) {
  std::vector<std::string> names;
  for (const DifferentiatorChoice& choice : choices(encoding)) names.push_back(choice.name);
  return names;
}

std::unique_ptr<Differentiator> make_differentiator(const std::string& name,
                                                    const Encoding& encoding, const Frame& frame) {
  if (encoding.differentiable() == nullptr) {
    fail(ErrorKind::kConfig,
         "the {} encoding has no gradient; a search that follows gradients needs another one, such "
         "as dense-cppn",
         encoding.name());
  }
  check_frame(frame, encoding);
  if (frame.canvas != encoding.shape()) {
    fail(ErrorKind::kInternal,
         "the {} encoding has gradients by the pixels of {} x {} images, not of {} x {}",
         encoding.name(), encoding.shape().height, encoding.shape().width, frame.canvas.height,
         frame.canvas.width);
  }
  const std::vector<DifferentiatorChoice> all = choices(encoding);
  for (const DifferentiatorChoice& choice : all) {
    const bool is_kind = choice.name.compare(0, name.size() + 1, name + "-") == 0;
    if (name == "auto" || name == choice.name || is_kind) return choice.make(frame);
  }
  const std::vector<std::string> known = differentiator_names(encoding);
  fail(ErrorKind::kConfig,
       "nothing named \"{}\" differentiates the {} encoding on this machine{}; known: auto, {}",
       name, encoding.name(), did_you_mean(name, known), fmt::join(known, ", "));
}

}  // namespace fool

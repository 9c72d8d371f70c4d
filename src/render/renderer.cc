#include "fool/render/renderer.h"

#include <map>

#include "fool/core/error.h"
#include "fool/core/parameters.h"
#include "render/renderer_registry.h"

namespace fool {
namespace {

// By falling rank.
using Offers = std::multimap<int, RendererOffer, std::greater<>>;

Offers& offers() {
  static Offers all;
  return all;
}

std::vector<RendererChoice> choices(const Encoding& encoding) {
  std::vector<RendererChoice> result;
  for (const auto& [rank, offer] : offers()) {
    for (RendererChoice& choice : offer(encoding)) result.push_back(std::move(choice));
  }
  return result;
}

}  // namespace

bool register_renderer(int rank, RendererOffer offer) {
  offers().emplace(rank, std::move(offer));
  return true;
}

void check_render_call(const Frame& frame, Span<const GenomePtr> genomes, const ImageBatch& out) {
  if (genomes.size() > static_cast<std::size_t>(out.count()) || out.shape() != frame.shape()) {
    fail(ErrorKind::kInternal,
         "{} genomes of {} x {} x {} cannot be drawn into {} images of {} x {} x {}",
         genomes.size(), frame.height, frame.width, frame.canvas.channels, out.count(),
         out.shape().height, out.shape().width, out.shape().channels);
  }
}

std::vector<std::string> renderer_names(const Encoding& encoding) {
  std::vector<std::string> names;
  for (const RendererChoice& choice : choices(encoding)) names.push_back(choice.name);
  return names;
}

std::unique_ptr<Renderer> make_renderer(const std::string& name, const Encoding& encoding) {
  return make_renderer(name, encoding, Frame::whole(encoding.shape()));
}

void check_frame(const Frame& frame, const Encoding& encoding) {
  if (frame.top < 0 || frame.left < 0 || frame.height < 1 || frame.width < 1 ||
      frame.top > frame.canvas.height - frame.height ||
      frame.left > frame.canvas.width - frame.width ||
      frame.canvas.channels != encoding.shape().channels) {
    fail(ErrorKind::kInternal,
         "{} x {} x {} pixels from row {} and column {} on are no part of an image of {} x {} x {}",
         frame.height, frame.width, encoding.shape().channels, frame.top, frame.left,
         frame.canvas.height, frame.canvas.width, frame.canvas.channels);
  }
}

std::unique_ptr<Renderer> make_renderer(const std::string& name, const Encoding& encoding,
                                        const Frame& frame) {
  check_frame(frame, encoding);
  for (const RendererChoice& choice : choices(encoding)) {
    const bool is_kind = choice.name.compare(0, name.size() + 1, name + "-") == 0;
    if (name == "auto" || name == choice.name || is_kind) return choice.make(frame);
  }
  const std::vector<std::string> known = renderer_names(encoding);
  fail(ErrorKind::kConfig,
       "there is no renderer \"{}\" for the {} encoding on this machine{}; known: auto, {}", name,
       encoding.name(), did_you_mean(name, known), fmt::join(known, ", "));
}

}  // namespace fool

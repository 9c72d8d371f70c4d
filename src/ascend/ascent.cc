#include "fool/ascend/ascent.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>

#include "ascend/ascender.h"
#include "ascend/starts.h"
#include "fool/core/error.h"

namespace fool {
namespace {

// Below this, what is left of a probability's gradient in float32 is nothing or close to it.
constexpr float kHopeless = 1e-30F;

// A task on its way.
struct Climb {
  AscentRecord record;
  std::unique_ptr<Ascender> ascender;
  ImageBatch start;  // one image
  float best = -1.0F;
  bool stopped = false;
};

double distance(ConstImageView image, ConstImageView other) {
  double sum = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    const int difference = image.data[i] - other.data[i];
    sum += static_cast<double>(difference) * difference;
  }
  return std::sqrt(sum);
}

double norm(ConstImageView image, Span<const float> mean) {
  double sum = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    const double x =
        static_cast<double>(image.data[i]) - static_cast<double>(mean[i % mean.size()]);
    sum += x * x;
  }
  return std::sqrt(sum);
}

// One block from its starts to its records.
class BlockAscent {
 public:
  BlockAscent(const AscentBlock& block, const AscentContext& context, Classifier& network,
              const AscentWatcher& watcher)
      : settings_(context.settings.at(static_cast<std::size_t>(block.setting))),
        context_(context),
        network_(network),
        watcher_(watcher),
        shape_(network.info().shape),
        classes_(static_cast<std::size_t>(network.info().classes)) {
    for (const AscentTask& task : block.tasks) climbs_.push_back(begin(task));
  }

  std::vector<AscentRecord> run() {
    for (int i = 0; i < settings_.iterations; ++i) {
      if (watcher_.stop && watcher_.stop()) break;
      if (!iterate(i)) break;
    }
    finish();
    std::vector<AscentRecord> records;
    for (Climb& climb : climbs_) {
      if (climb.record.best_at.reached()) records.push_back(std::move(climb.record));
    }
    return records;
  }

 private:
  Climb begin(const AscentTask& task) const {
    const std::vector<float> levels = start_levels(settings_, context_, shape_, task.start);
    Climb climb;
    climb.record.task = task;
    if (settings_.method == AscentMethod::kPixels) {
      climb.ascender = make_pixel_ascender(settings_, shape_, context_.mean, levels);
    } else {
      const std::size_t index = static_cast<std::size_t>(task.start) * classes_ +
                                static_cast<std::size_t>(task.class_index);
      climb.ascender = make_fourier_ascender(settings_, shape_, levels, context_.seed,
                                             static_cast<std::uint32_t>(index));
    }
    climb.start = ImageBatch(1, shape_);
    climb.ascender->draw(climb.start[0]);
    return climb;
  }

  // False if nobody climbs any more.
  bool iterate(int iteration) {
    std::vector<Climb*> live;
    for (Climb& climb : climbs_) {
      if (!climb.stopped) live.push_back(&climb);
    }
    if (live.empty()) return false;
    const int count = static_cast<int>(live.size());
    if (images_.count() != count) images_ = ImageBatch(count, shape_);
    std::vector<int> wanted;
    for (int b = 0; b < count; ++b) {
      Climb& climb = *live[static_cast<std::size_t>(b)];
      climb.ascender->draw_view(iteration, images_[b]);
      wanted.push_back(climb.record.task.class_index);
    }
    probabilities_.resize(live.size() * classes_);
    gradient_.resize(live.size() * shape_.size());
    network_.input_gradient(images_, wanted, settings_.objective, probabilities_, gradient_);
    std::vector<float> own;  // of the views
    for (std::size_t b = 0; b < live.size(); ++b) {
      own.push_back(probabilities_[b * classes_ + static_cast<std::size_t>(wanted[b])]);
    }
    look(iteration, live);
    const bool last = iteration + 1 == settings_.iterations;
    for (std::size_t b = 0; b < live.size(); ++b) {
      Climb& climb = *live[b];
      ++climb.record.iterations;
      const Span<const float> slope =
          Span<const float>(gradient_).subspan(b * shape_.size(), shape_.size());
      if (!climb.stopped && !last) step(climb, iteration, own[b], slope);
    }
    if (watcher_.on_images) watcher_.on_images(count);
    return true;
  }

  // Takes down how the images themselves do, which are in images_ or drawn now and then.
  void look(int iteration, const std::vector<Climb*>& live) {
    if (!live.front()->ascender->sees_image()) {
      const bool last = iteration + 1 == settings_.iterations;
      if (iteration % settings_.check_every != 0 && !last) return;
      for (std::size_t b = 0; b < live.size(); ++b) {
        live[b]->ascender->draw(images_[static_cast<int>(b)]);
      }
      network_.classify(images_, probabilities_);
    }
    for (std::size_t b = 0; b < live.size(); ++b) {
      observe(*live[b], iteration, images_[static_cast<int>(b)],
              Span<const float>(probabilities_).subspan(b * classes_, classes_));
    }
  }

  void observe(Climb& climb, int iteration, ConstImageView image, Span<const float> row) const {
    AscentRecord& record = climb.record;
    const float p = row[static_cast<std::size_t>(record.task.class_index)];
    AscentMoment now;  // computed if it is of interest
    const auto reach = [&](AscentMoment& moment) {
      if (!now.reached()) {
        now = {iteration, norm(image, context_.mean), distance(image, climb.start[0])};
      }
      moment = now;
    };
    const bool first_choice = p >= *std::max_element(row.begin(), row.end());
    for (std::size_t m = 0; m < kAscentMilestones; ++m) {
      const bool there = m == 0 ? first_choice : p > kAscentConfidences[m - 1];
      if (there && !record.milestones[m].reached()) reach(record.milestones[m]);
    }
    if (p > climb.best) {
      climb.best = p;
      reach(record.best_at);
      if (record.best.count() == 0) record.best = ImageBatch(1, shape_);
      std::copy_n(image.data, image.size(), record.best[0].data);
    }
    if (settings_.stop_at > 0 && static_cast<double>(p) >= settings_.stop_at) climb.stopped = true;
  }

  void step(Climb& climb, int iteration, float p, Span<const float> slope) const {
    const double change = climb.ascender->step(iteration, p, slope);
    const bool vanished =
        std::all_of(slope.begin(), slope.end(), [](float g) { return g == 0.0F; });
    const bool stands = vanished || change <= 0;
    // All steps together would not change a pixel.
    const bool too_small = p < kAscentConfidences.back() && change * settings_.iterations < 0.5;
    if ((stands || too_small) && climb.record.trouble == GradientTrouble::kNone) {
      climb.record.trouble = p >= 1.0F       ? GradientTrouble::kCertain
                             : p < kHopeless ? GradientTrouble::kHopeless
                             : vanished      ? GradientTrouble::kDead
                                             : GradientTrouble::kTooSmall;
      climb.record.trouble_at = iteration;
    }
    if (stands && climb.ascender->rests()) climb.stopped = true;
  }

  // The images that are kept are scored as `fool verify` will.
  void finish() {
    std::vector<AscentRecord*> made;
    int skipped = 0;
    for (Climb& climb : climbs_) {
      climb.record.complete = climb.stopped || climb.record.iterations == settings_.iterations;
      if (climb.stopped) skipped += settings_.iterations - climb.record.iterations;
      if (climb.record.best_at.reached()) made.push_back(&climb.record);
    }
    if (watcher_.on_images && skipped > 0) watcher_.on_images(skipped);
    if (made.empty()) return;
    ImageBatch best(static_cast<int>(made.size()), shape_);
    for (std::size_t b = 0; b < made.size(); ++b) {
      const ConstImageView image = std::as_const(made[b]->best)[0];
      std::copy_n(image.data, image.size(), best[static_cast<int>(b)].data);
    }
    probabilities_.resize(made.size() * classes_);
    network_.classify(best, probabilities_);
    for (std::size_t b = 0; b < made.size(); ++b) {
      made[b]->confidence =
          probabilities_[b * classes_ + static_cast<std::size_t>(made[b]->task.class_index)];
    }
  }

  const AscentSettings& settings_;
  const AscentContext& context_;
  Classifier& network_;
  const AscentWatcher& watcher_;
  ImageShape shape_;
  std::size_t classes_;
  std::vector<Climb> climbs_;
  ImageBatch images_;                 // of those that still climb
  std::vector<float> probabilities_;  // [B, K]
  std::vector<float> gradient_;       // [B, H, W, C]
};

}  // namespace

std::vector<AscentBlock> plan_ascent(int settings, const std::vector<AscentTask>& tasks,
                                     int block) {
  std::vector<AscentBlock> blocks;
  for (int s = 0; s < settings; ++s) {
    for (std::size_t first = 0; first < tasks.size(); first += static_cast<std::size_t>(block)) {
      const std::size_t end = std::min(first + static_cast<std::size_t>(block), tasks.size());
      blocks.push_back({s,
                        {tasks.begin() + static_cast<std::ptrdiff_t>(first),
                         tasks.begin() + static_cast<std::ptrdiff_t>(end)}});
    }
  }
  return blocks;
}

void expect_gradients(const Classifier& network) {
  if (network.info().differentiable) return;
  fail(ErrorKind::kUsage,
       "{}: what runs this network gives no gradients, which an ascent needs; LibTorch does: "
       "safetensors, PyTorch's and TorchScript's files, and Caffe's of built-in networks; on a "
       "device with evaluate.precision float32",
       network.info().name);
}

void run_ascent(const std::vector<AscentBlock>& blocks, const AscentContext& context,
                const Classifier& network, WorkerPool& pool, const AscentWatcher& watcher) {
  expect_gradients(network);
  std::vector<std::unique_ptr<Classifier>> clones(static_cast<std::size_t>(pool.workers()));
  for (auto& clone : clones) clone = network.clone();
  std::mutex one_at_a_time;
  pool.for_each(static_cast<int>(blocks.size()), [&](int worker, int k) {
    if (watcher.stop && watcher.stop()) return;
    Classifier& own = *clones[static_cast<std::size_t>(worker)];
    std::vector<AscentRecord> records =
        BlockAscent(blocks[static_cast<std::size_t>(k)], context, own, watcher).run();
    if (!watcher.on_block || records.empty()) return;
    const std::lock_guard<std::mutex> lock(one_at_a_time);
    watcher.on_block(k, std::move(records));
  });
}

std::string explain(GradientTrouble trouble) {
  switch (trouble) {
    case GradientTrouble::kNone:
      return "";
    case GradientTrouble::kCertain:
      return "the gradient is zero, as the confidence is 1 in float32: there is nothing left to "
             "gain";
    case GradientTrouble::kHopeless:
      return "the gradient is lost in float32, as the confidence is next to 0 there; try "
             "--objective log_probability or logit, or another --start";
    case GradientTrouble::kDead:
      return "the gradient is zero at all pixels although the confidence is neither 0 nor 1: no "
             "unit on the way lets it through (ReLUs that are all off at this image, outputs that "
             "are rounded); try another --start or --objective logit, and see with fool models "
             "check whether the network gets the range of input that it was trained with";
    case GradientTrouble::kTooSmall:
      return "the gradient is so small that steps of ascend.max_step times it change no pixel; "
             "try --objective log_probability or another --start";
  }
  return "";
}

const char* name_of(GradientTrouble trouble) {
  switch (trouble) {
    case GradientTrouble::kNone:
      return "";
    case GradientTrouble::kCertain:
      return "certain";
    case GradientTrouble::kHopeless:
      return "hopeless";
    case GradientTrouble::kDead:
      return "dead";
    case GradientTrouble::kTooSmall:
      return "too small";
  }
  return "";
}

}  // namespace fool

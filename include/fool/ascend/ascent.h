// Gradient ascent: images changed step by step along the gradient of a network's output, until the
// network is sure of a class. Knows no files and no flags.
//
// The 8-bit image is what is scored and differentiated; its gradient moves numbers with fractions,
// from which the next 8-bit image is rounded. So what is kept has the confidence that was measured.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fool/ascend/settings.h"
#include "fool/classify/classifier.h"
#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/core/worker_pool.h"

namespace fool {

// One image to be made.
struct AscentTask {
  int class_index = 0;
  int start = 0;  // the number of its start; the same one is the same image for every class
};

// A moment of an ascent, of the 8-bit image.
struct AscentMoment {
  int iteration = -1;   // -1: never; 0: the start
  double norm = 0;      // of the image less the mean colour, in levels
  double distance = 0;  // from the start

  bool reached() const { return iteration >= 0; }
};

// The first iteration at which the class is the network's first choice, then at which its
// confidence is above each of these.
inline constexpr std::array<float, 4> kAscentConfidences = {0.9F, 0.99F, 0.999F, 0.9999F};
inline constexpr std::size_t kAscentMilestones = kAscentConfidences.size() + 1;
inline constexpr std::array<const char*, kAscentMilestones> kAscentMilestoneNames = {
    "majority", "90", "99", "999", "9999"};

// Why a gradient was of no use.
enum class GradientTrouble {
  kNone,
  kCertain,   // the confidence is 1 in float32: there is nothing left to gain
  kHopeless,  // zero or lost in float32, as the confidence is next to 0
  kDead,      // zero although the confidence is neither 0 nor 1: nothing gets to the pixels
  kTooSmall,  // steps of max_step times it change no pixel
};

struct AscentRecord {
  AscentTask task;
  int iterations = 0;       // images scored; fewer than the settings' where it stopped
  bool complete = false;    // false: interrupted
  float confidence = 0.0F;  // of `best`, by Classifier::classify
  AscentMoment best_at;
  ImageBatch best;  // one image: the first of those with the highest confidence
  std::array<AscentMoment, kAscentMilestones> milestones;
  GradientTrouble trouble = GradientTrouble::kNone;  // the first one
  int trouble_at = -1;                               // iteration
};

// Tasks that go through the network together; part of the experiment, since batches of another
// composition can have other last bits.
struct AscentBlock {
  int setting = 0;  // index into AscentContext::settings
  std::vector<AscentTask> tasks;
};

struct AscentContext {
  std::vector<AscentSettings> settings;
  std::vector<float> mean;  // [C], levels of 0..255: the colour that X = 0 stands for
  std::uint64_t seed = 1;
  ImageBatch start_image;  // one of the network's shape; for AscentStart::kImage
};

// All functions are called by the workers and may be empty.
struct AscentWatcher {
  // So many images were scored, or will not be since their ascent has stopped.
  std::function<void(int images)> on_images;
  // A block is done, as far as it got; one call at a time.
  std::function<void(int block, std::vector<AscentRecord> records)> on_block;
  // Asked before every iteration: when it says yes, the blocks in hand end as they are, and no
  // others begin.
  std::function<bool()> stop;
};

// tasks[kB, (k+1)B) of each setting are a block; settings one after the other.
std::vector<AscentBlock> plan_ascent(int settings, const std::vector<AscentTask>& tasks, int block);

// Throws Error(kUsage) for a network that gives no gradients.
void expect_gradients(const Classifier& network);

// Runs the blocks, each on one of the pool's workers with a clone of the network. The records do
// not depend on the number of workers. Throws Error(kUsage) for a network that gives no gradients,
// or none of the objective; whatever on_block throws.
void run_ascent(const std::vector<AscentBlock>& blocks, const AscentContext& context,
                const Classifier& network, WorkerPool& pool, const AscentWatcher& watcher);

// What happened and what to do about it, for people: "the gradient is zero: ...".
std::string explain(GradientTrouble trouble);
const char* name_of(GradientTrouble trouble);  // "dead", for tables; "" for kNone
inline constexpr std::array<GradientTrouble, 5> kGradientTroubles = {
    GradientTrouble::kNone, GradientTrouble::kCertain, GradientTrouble::kHopeless,
    GradientTrouble::kDead, GradientTrouble::kTooSmall};

}  // namespace fool

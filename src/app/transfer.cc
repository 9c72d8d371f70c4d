#include "app/transfer.h"

#include <algorithm>
#include <utility>

#include "app/experiment.h"
#include "app/measurement.h"
#include "fool/core/error.h"
#include "fool/data/resize.h"

namespace fool {
namespace {

constexpr int kBlock = 20;           // images per forward pass, as a run's by default
constexpr int kBlocksPerWorker = 4;  // between two looks at the clock

// What a worker makes of one block.
struct Block {
  std::vector<TransferImage> images;
  std::vector<TransferScore> scores;
  int resized = 0;
};

Block score_block(const TransferSource& source, int first, int end, Classifier& network) {
  const ImageShape& shape = network.info().shape;
  const int classes = network.info().classes;
  Block block;
  ImageBatch batch(end - first, shape);
  for (int i = first; i < end; ++i) {
    TransferImage image = source.read(i);
    if (image.target_class < 0 || image.target_class >= classes) {
      fail(ErrorKind::kData, "{}: made for class {}; {} has the classes 0..{}", image.path,
           image.target_class, network.info().name, classes - 1);
    }
    const ImageBatch& own = image.image;
    if (own.shape().height != shape.height || own.shape().width != shape.width) ++block.resized;
    const ImageBatch fitted = PhotoRule::whole_photo_resized().apply(std::as_const(own)[0], shape);
    std::copy(fitted.bytes().begin(), fitted.bytes().end(), batch[i - first].data);
    image.image = ImageBatch();
    block.images.push_back(std::move(image));
  }
  std::vector<float> probabilities(block.images.size() * static_cast<std::size_t>(classes));
  network.classify(batch, probabilities);
  for (std::size_t i = 0; i < block.images.size(); ++i) {
    const float* row = probabilities.data() + i * static_cast<std::size_t>(classes);
    const float* top = std::max_element(row, row + classes);
    block.scores.push_back({static_cast<int>(top - row), *top, row[block.images[i].target_class]});
  }
  return block;
}

}  // namespace

std::unique_ptr<Classifier> with_crops_of(const TransferSource& source, const Classifier& network) {
  if (!source.crops) return network.clone();
  const ImageShape& input = network.info().shape;
  const int canvas = source.crops->at("size");
  if (canvas >= input.height && canvas >= input.width) {
    return with_crops(network.clone(), *source.crops);
  }
  // The images are too small for its crops, and are enlarged to what it takes by itself.
  return with_crops(network.clone(), {{"size", 0}, {"crops", source.crops->at("crops")}});
}

ScoredSource score_source(const TransferSource& source, const Classifier& network, WorkerPool& pool,
                          const std::function<void(int done)>& progress) {
  const std::unique_ptr<Classifier> first_clone = with_crops_of(source, network);
  std::vector<std::unique_ptr<Classifier>> clones;
  for (int i = 0; i < pool.workers(); ++i) clones.push_back(first_clone->clone());
  ScoredSource result;
  const int round = kBlock * kBlocksPerWorker * pool.workers();
  for (int first = 0; first < source.images; first += round) {
    const int count = std::min(round, source.images - first);
    std::vector<Block> blocks(static_cast<std::size_t>((count + kBlock - 1) / kBlock));
    pool.for_each(static_cast<int>(blocks.size()), [&](int worker, int k) {
      const int begin = first + k * kBlock;
      blocks[static_cast<std::size_t>(k)] =
          score_block(source, begin, std::min(begin + kBlock, source.images),
                      *clones[static_cast<std::size_t>(worker)]);
    });
    for (Block& block : blocks) {
      std::move(block.images.begin(), block.images.end(), std::back_inserter(result.images));
      result.scores.insert(result.scores.end(), block.scores.begin(), block.scores.end());
      result.resized += block.resized;
    }
    progress(first + count);
  }
  return result;
}

TransferSummary summarise_transfer(const std::vector<ScoredImage>& images) {
  TransferSummary summary;
  std::vector<double> confidences;
  std::vector<double> evolved;
  std::vector<double> drops;
  for (const auto& [image, score] : images) {
    const bool agrees = score->top1 == image->target_class;
    const float now = score->target_confidence;
    ++summary.images;
    summary.agreeing += agrees;
    confidences.push_back(static_cast<double>(now));
    if (!image->confidence) continue;
    const float before = *image->confidence;
    ++summary.logged;
    summary.logged_agreeing += agrees;
    summary.over_99_on_both += before >= .99F && now >= .99F;
    summary.over_9999_on_both += before >= .9999F && now >= .9999F;
    summary.surer_before += before > now;
    summary.surer_before_agreeing += agrees && before > now;
    evolved.push_back(static_cast<double>(before));
    drops.push_back(static_cast<double>(before) - static_cast<double>(now));
  }
  summary.median_confidence = median(std::move(confidences));
  if (!drops.empty()) {
    summary.median_evolved_confidence = median(std::move(evolved));
    summary.median_drop = median(std::move(drops));
  }
  return summary;
}

std::optional<double> share_of(int part, int whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / whole;
}

}  // namespace fool

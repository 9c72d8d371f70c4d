#include "app/fine_tuning_data.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "app/first_choices.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/data/image_file.h"
#include "fool/study/statistics.h"
#include "fool/train/fooling_class.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

ImageBatch fit_fooling(const fs::path& file, const ImageShape& shape, const PhotoRule& rule) {
  const ImageBatch image = convert_channels(read_image(file)[0], shape.channels);
  const ImageShape& own = image.shape();
  if (own == shape) return image;
  const bool larger = own.height >= shape.height && own.width >= shape.width;
  return (larger ? PhotoRule::centre_crop() : rule).apply(image[0], shape);
}

// The numbers below `count` that are held out, and the others.
struct Split {
  std::vector<int> train;
  std::vector<int> test;
};

Split split_of(int count, double held_out, std::uint64_t seed, int part, const char* what) {
  if (count < 2) {
    fail(ErrorKind::kData, "expected two {} or more, to learn from and to test with, found {}",
         what, count);
  }
  const auto wanted = static_cast<int>(std::lround(held_out * count));
  Split split;
  split.test = draw_sample(count, std::clamp(wanted, 1, count - 1), seed, part);
  for (int i = 0; i < count; ++i) {
    if (!std::binary_search(split.test.begin(), split.test.end(), i)) split.train.push_back(i);
  }
  return split;
}

LabelledBatch take(const LabelledBatch& from, const std::vector<int>& which) {
  LabelledBatch result{ImageBatch(static_cast<int>(which.size()), from.images.shape()), {}};
  for (std::size_t i = 0; i < which.size(); ++i) {
    const ConstImageView image = from.images[which[i]];
    std::copy_n(image.data, image.size(), result.images[static_cast<int>(i)].data);
    result.labels.push_back(from.labels[static_cast<std::size_t>(which[i])]);
  }
  return result;
}

LabelledBatch joined(const LabelledBatch& a, const LabelledBatch& b) {
  LabelledBatch result{ImageBatch(a.images.count() + b.images.count(), a.images.shape()), a.labels};
  const auto bytes = a.images.bytes();
  std::copy(bytes.begin(), bytes.end(), result.images.bytes().begin());
  std::copy(b.images.bytes().begin(), b.images.bytes().end(),
            result.images.bytes().begin() + static_cast<std::ptrdiff_t>(bytes.size()));
  result.labels.insert(result.labels.end(), b.labels.begin(), b.labels.end());
  return result;
}

LabelledBatch read_photos(const ModelSpec& spec, const Dataset& photos, const PhotoRule& rule,
                          WorkerPool& pool) {
  const ImageShape shape = spec.input.shape();
  LabelledBatch batch{ImageBatch(photos.size(), shape),
                      std::vector<int>(static_cast<std::size_t>(photos.size()))};
  pool.for_each(photos.size(), [&](int /*worker*/, int i) {
    const LabelledImage photo = photos.at(i);
    if (photo.label < 0 || photo.label >= spec.classes) {
      fail(ErrorKind::kData, "{}: expected a class of {}, 0..{}, found {}", photo.name, spec.name,
           spec.classes - 1, photo.label);
    }
    const ImageBatch image = rule.apply(photo.image[0], shape);
    std::copy(image.bytes().begin(), image.bytes().end(), batch.images[i].data);
    batch.labels[static_cast<std::size_t>(i)] = photo.label;
  });
  return batch;
}

LabelledBatch read_fooling(const ModelSpec& spec, const std::vector<fs::path>& files,
                           const PhotoRule& rule, WorkerPool& pool) {
  const ImageShape shape = spec.input.shape();
  const auto count = static_cast<int>(files.size());
  LabelledBatch batch{ImageBatch(count, shape), std::vector<int>(files.size(), spec.classes)};
  pool.for_each(count, [&](int /*worker*/, int i) {
    const ImageBatch image = fit_fooling(files[static_cast<std::size_t>(i)], shape, rule);
    std::copy(image.bytes().begin(), image.bytes().end(), batch.images[i].data);
  });
  return batch;
}

double share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<fs::path> fooling_files(const std::string& run_or_folder) {
  std::error_code none;
  if (fs::is_regular_file(run_or_folder, none)) return {run_or_folder};
  const fs::path images = fs::path(run_or_folder) / "images";
  const fs::path folder = fs::is_directory(images, none) ? images : fs::path(run_or_folder);
  std::vector<fs::path> files;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && is_image_name(entry.path())) files.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    fail(ErrorKind::kData, "--fooling: {} cannot be listed: {}", folder.string(),
         error.code().message());
  }
  if (files.empty()) {
    fail(ErrorKind::kData,
         "--fooling: expected a run's folder or a folder of pictures, found none in {}",
         folder.string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

FineTuningData read_fine_tuning_data(const ModelSpec& spec, const Dataset& photos,
                                     const std::vector<fs::path>& fooling, const PhotoRule& rule,
                                     double held_out, std::uint64_t seed, WorkerPool& pool) {
  const Split of_photos = split_of(photos.size(), held_out, seed, 0, "photos");
  const Split of_fooling =
      split_of(static_cast<int>(fooling.size()), held_out, seed, 1, "fooling images");
  const LabelledBatch all_photos = read_photos(spec, photos, rule, pool);
  const LabelledBatch all_fooling = read_fooling(spec, fooling, rule, pool);
  FineTuningData data;
  data.train = joined(take(all_photos, of_photos.train), take(all_fooling, of_fooling.train));
  data.photos = take(all_photos, of_photos.test);
  data.fooling = take(all_fooling, of_fooling.test);
  data.train_photos = static_cast<int>(of_photos.train.size());
  return data;
}

FineTuningScores score_held_out(const ModelSpec& spec, int real_classes, const FineTuningData& data,
                                WorkerPool& pool) {
  const auto network = open_classifier(spec);
  require_varying_output(*network);
  const auto choices_of = [&](const LabelledBatch& batch) {
    return first_choices(
        *network, real_classes, batch.images.count(),
        [&](int i, ImageView image) {
          std::copy_n(batch.images[i].data, image.size(), image.data);
        },
        pool);
  };
  FineTuningScores scores;
  std::size_t right_n = 0;
  std::size_t right_n1 = 0;
  std::size_t caught = 0;
  const std::vector<FirstChoice> photos = choices_of(data.photos);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    right_n += photos[i].of_real == data.photos.labels[i] ? 1 : 0;
    right_n1 += photos[i].of_all == data.photos.labels[i] ? 1 : 0;
    caught += photos[i].of_all == real_classes ? 1 : 0;
  }
  scores.accuracy_n = share(right_n, photos.size());
  scores.accuracy_n1 = share(right_n1, photos.size());
  scores.photos_caught = share(caught, photos.size());
  std::vector<double> confidences;
  std::size_t sure = 0;
  caught = 0;
  for (const FirstChoice& choice : choices_of(data.fooling)) {
    confidences.push_back(static_cast<double>(choice.confidence));
    sure += choice.confidence >= 0.99F ? 1 : 0;
    caught += choice.of_all == real_classes ? 1 : 0;
  }
  scores.fooling_caught = share(caught, confidences.size());
  scores.fooling_99 = share(sure, confidences.size());
  scores.fooling_median = median(confidences);
  return scores;
}

}  // namespace fool

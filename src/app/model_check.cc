#include "app/model_check.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numeric>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/data/image_file.h"

namespace fool {
namespace {

constexpr int kBlock = 32;

ImageBatch synthetic_image(const ImageShape& shape) {
  ImageBatch image(1, shape);
  std::uint8_t* out = image[0].data;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c)
        *out++ = static_cast<std::uint8_t>((31 * y + 17 * x + 53 * c) % 256);
    }
  }
  return image;
}

std::string hash_of(const ImageBatch& image) {
  return sha256_hex({reinterpret_cast<const char*>(image.bytes().data()), image.bytes().size()});
}

void compare(GoldenCheck& check, double recorded, double computed) {
  check.difference = std::max(check.difference, std::abs(recorded - computed));
}

void compare_logits(const Json& recorded, const std::vector<float>& logits, GoldenCheck& check) {
  for (const Json& top : recorded.at("top5")) {
    compare(check, top.at("logit"), logits.at(top.at("class")));
  }
  std::size_t k = 0;
  for (const Json& logit : recorded.at("logits_first5")) compare(check, logit, logits.at(k++));
  compare(check, recorded.at("logits_min"), *std::min_element(logits.begin(), logits.end()));
  compare(check, recorded.at("logits_max"), *std::max_element(logits.begin(), logits.end()));
  // The sum gathers the differences of all classes; their mean is one class's.
  const double sum = std::accumulate(logits.begin(), logits.end(), 0.0);
  const auto classes = static_cast<double>(logits.size());
  compare(check, recorded.at("logits_sum").get<double>() / classes, sum / classes);
}

GoldenCheck check_input(const Json& recorded, double tolerance, const ModelSpec& spec,
                        Classifier& classifier) {
  const ImageShape& shape = classifier.info().shape;
  GoldenCheck check;
  check.tolerance = tolerance;
  ImageBatch image;
  if (recorded.at("input") == "synthetic") {
    check.input = "synthetic";
    image = synthetic_image(shape);
  } else {
    const std::filesystem::path name = recorded.at("file").get<std::string>();
    check.input = name.string();
    const auto photo =
        spec.golden.parent_path() / "golden_photos" / (name.stem().string() + ".png");
    try {
      image = PhotoRule::centre_crop().apply(read_image(photo)[0], shape);
    } catch (const Error& error) {
      check.problem = error.what();
      return check;
    }
  }
  if (hash_of(image) != recorded.at("rgb_sha256")) {
    check.problem =
        fmt::format("the pixels are not those that were recorded (sha256 {}, expected {})",
                    hash_of(image), recorded.at("rgb_sha256").get<std::string>());
    return check;
  }
  std::vector<float> values(static_cast<std::size_t>(classifier.info().classes));
  if (spec.output == OutputKind::kLogits) {
    classifier.logits(image, values);
    compare_logits(recorded, values, check);
  }
  classifier.classify(image, values);
  for (const Json& top : recorded.at("top5")) {
    compare(check, top.at("probability"), values.at(top.at("class")));
  }
  return check;
}

// The result of one block of images.
struct Tally {
  int top1_correct = 0;
  int top5_correct = 0;
  int top1_one_less = 0;
  int top1_one_more = 0;
  double confidences = 0;
  std::vector<ImageOutcome> outcomes;
};

// How many classes the network prefers to `label`; of equals, the lower class is preferred.
int rank_of(Span<const float> row, int label) {
  const float own = row[static_cast<std::size_t>(label)];
  int better = 0;
  for (int k = 0; k < static_cast<int>(row.size()); ++k) {
    const float other = row[static_cast<std::size_t>(k)];
    if (other > own || (other == own && k < label)) ++better;
  }
  return better;
}

Tally classify_block(const Dataset& dataset, const std::vector<int>& items, const PhotoRule& rule,
                     Classifier& classifier) {
  const ImageShape& shape = classifier.info().shape;
  const auto classes = static_cast<std::size_t>(classifier.info().classes);
  ImageBatch images(static_cast<int>(items.size()), shape);
  std::vector<int> labels;
  std::vector<std::string> names;
  for (const int item : items) {
    const LabelledImage photo = dataset.at(item);
    if (photo.label < 0 || photo.label >= static_cast<int>(classes)) {
      fail(ErrorKind::kData, "{}: expected a class of the network, 0..{}, found {}", photo.name,
           classes - 1, photo.label == -1 ? "no label" : std::to_string(photo.label));
    }
    const ImageBatch fitted = rule.apply(photo.image[0], shape);
    std::copy(fitted.bytes().begin(), fitted.bytes().end(),
              images[static_cast<int>(labels.size())].data);
    labels.push_back(photo.label);
    names.push_back(photo.name);
  }
  std::vector<float> confidences(items.size() * classes);
  classifier.classify(images, confidences);
  Tally tally;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto row = Span<const float>(confidences).subspan(i * classes, classes);
    const auto first = std::max_element(row.begin(), row.end());
    const auto choice = static_cast<int>(first - row.begin());
    const int rank = rank_of(row, labels[i]);
    tally.top1_correct += rank < 1;
    tally.top5_correct += rank < 5;
    tally.top1_one_less += choice == labels[i] - 1;
    tally.top1_one_more += choice == labels[i] + 1;
    tally.confidences += static_cast<double>(*first);
    tally.outcomes.push_back(
        {names[i], labels[i], choice, *first, row[static_cast<std::size_t>(labels[i])]});
  }
  return tally;
}

}  // namespace

std::vector<GoldenCheck> check_golden(const ModelSpec& spec, Classifier& classifier) {
  std::vector<GoldenCheck> checks;
  if (spec.golden.empty()) return checks;
  try {
    const Json golden = Json::parse(read_file(spec.golden));
    const double tolerance = golden.at("tolerance");
    for (const Json& input : golden.at("inputs")) {
      checks.push_back(check_input(input, tolerance, spec, classifier));
    }
  } catch (const Json::exception& error) {
    fail(ErrorKind::kModel, "{} is no file of recorded outputs: {}", spec.golden.string(),
         complaint_of(error));
  } catch (const std::out_of_range&) {
    fail(ErrorKind::kModel, "{} records a class that the network of {} classes does not have",
         spec.golden.string(), spec.classes);
  }
  return checks;
}

Accuracy measure_accuracy(const Dataset& dataset, const Classifier& classifier,
                          const PhotoRule& rule, int limit, WorkerPool& pool,
                          const std::function<void(int done)>& progress) {
  Accuracy accuracy;
  accuracy.images = limit > 0 ? std::min(limit, dataset.size()) : dataset.size();
  std::vector<std::unique_ptr<Classifier>> clones;
  for (int i = 0; i < pool.workers(); ++i) clones.push_back(classifier.clone());
  double confidences = 0;
  const int round = kBlock * pool.workers();
  for (int first = 0; first < accuracy.images; first += round) {
    const int count = std::min(round, accuracy.images - first);
    std::vector<Tally> tallies(static_cast<std::size_t>((count + kBlock - 1) / kBlock));
    pool.for_each(static_cast<int>(tallies.size()), [&](int worker, int block) {
      std::vector<int> items;
      const int end = std::min(first + (block + 1) * kBlock, accuracy.images);
      for (int i = first + block * kBlock; i < end; ++i) {
        items.push_back(static_cast<int>(std::int64_t{i} * dataset.size() / accuracy.images));
      }
      tallies[static_cast<std::size_t>(block)] =
          classify_block(dataset, items, rule, *clones[static_cast<std::size_t>(worker)]);
    });
    for (const Tally& tally : tallies) {
      accuracy.top1_correct += tally.top1_correct;
      accuracy.top5_correct += tally.top5_correct;
      accuracy.top1_one_less += tally.top1_one_less;
      accuracy.top1_one_more += tally.top1_one_more;
      confidences += tally.confidences;
      accuracy.outcomes.insert(accuracy.outcomes.end(), tally.outcomes.begin(),
                               tally.outcomes.end());
    }
    progress(first + count);
  }
  accuracy.mean_confidence = confidences / accuracy.images;
  return accuracy;
}

std::optional<RecordedAccuracy> recorded_accuracy(const ModelSpec& spec, const Accuracy& measured) {
  const auto number = [](const Json& entry, const char* key) {
    return entry.contains(key) ? std::optional<double>(entry.at(key)) : std::nullopt;
  };
  try {
    for (const Json& entry : spec.raw.value("measured", Json::array())) {
      if (entry.value("data", "") == measured.data && entry.value("rule", "") == measured.rule &&
          entry.value("images", 0) == measured.images) {
        return RecordedAccuracy{number(entry, "top1"), number(entry, "top5"),
                                number(entry, "mean_confidence")};
      }
    }
  } catch (const Json::exception& error) {
    fail(ErrorKind::kModel, "{}: key \"measured\": {}", spec.card.string(), complaint_of(error));
  }
  return std::nullopt;
}

}  // namespace fool

#include "fool/classify/transforms.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "classify/mixture.h"
#include "fool/core/error.h"
#include "fool/core/parameters.h"

namespace fool {
namespace {

// One copy of an image: pixel (y, x) is that of (y + down, x + right), or of the nearest one that
// there is, of the image or of its reflection.
struct Copy {
  bool compressed = false;
  bool mirrored = false;
  int down = 0;
  int right = 0;
};

std::vector<Copy> copies_of(const TransformSettings& settings) {
  std::vector<Copy> copies{{}};  // the image itself
  for (const std::string& name : settings.names) {
    if (name == "jpeg") copies.push_back({true, false, 0, 0});
    if (name == "mirror") copies.push_back({false, true, 0, 0});
    if (name == "shift") {
      const int n = settings.shift;
      for (const auto& [down, right] : {std::pair{n, 0}, {-n, 0}, {0, n}, {0, -n}}) {
        copies.push_back({false, false, down, right});
      }
    }
  }
  return copies;
}

// The first byte of the pixel of an image that pixel (y, x) of its copy is.
std::size_t place(const Copy& copy, const ImageShape& shape, int y, int x) {
  const int from_y = std::clamp(y + copy.down, 0, shape.height - 1);
  const int moved = std::clamp(x + copy.right, 0, shape.width - 1);
  const int from_x = copy.mirrored ? shape.width - 1 - moved : moved;
  return static_cast<std::size_t>((from_y * shape.width + from_x) * shape.channels);
}

// OpenCV's order of colours is the other one; red and blue are both exchanged again on the way
// back.
void compress(ConstImageView image, int quality, ImageView out) {
  const ImageShape& shape = image.shape;
  const int type = shape.channels == 1 ? CV_8UC1 : CV_8UC3;
  cv::Mat pixels(shape.height, shape.width, type);
  const auto exchange = [&](const std::uint8_t* from, std::uint8_t* to) {
    if (shape.channels == 1) {
      std::copy_n(from, shape.size(), to);
      return;
    }
    for (std::size_t i = 0; i < shape.size(); i += 3) {
      to[i] = from[i + 2];
      to[i + 1] = from[i + 1];
      to[i + 2] = from[i];
    }
  };
  try {
    exchange(image.data, pixels.data);
    std::vector<std::uint8_t> file;
    cv::imencode(".jpg", pixels, file, {cv::IMWRITE_JPEG_QUALITY, quality});
    const cv::Mat back =
        cv::imdecode(file, shape.channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR);
    if (back.rows != shape.height || back.cols != shape.width || back.type() != type) {
      fail(ErrorKind::kInternal, "a JPEG of {}x{} came back as {}x{}", shape.width, shape.height,
           back.cols, back.rows);
    }
    exchange(back.data, out.data);
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kInternal, "a copy as JPEG: {}", error.what());
  }
}

class Transformed : public Classifier {
 public:
  Transformed(std::unique_ptr<Classifier> inner, const TransformSettings& settings)
      : inner_(std::move(inner)),
        settings_(settings),
        copies_(copies_of(settings)),
        info_(inner_->info()),
        mixture_(settings.rule, copies_.size()) {
    info_.name += fmt::format(", {} with copies ({})", name_of(settings.rule),
                              fmt::join(settings.names, ", "));
    info_.multiply_adds *= static_cast<std::int64_t>(copies_.size());
    info_.fingerprint["transforms"] = {{"names", settings.names},
                                       {"jpeg_quality", settings.jpeg_quality},
                                       {"shift", settings.shift},
                                       {"rule", name_of(settings.rule)},
                                       {"library", std::string("OpenCV ") + CV_VERSION}};
  }

  const ClassifierInfo& info() const override { return info_; }

  // Copy by copy, so that the network sees batches of the size that the caller chose.
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    for (std::size_t m = 0; m < copies_.size(); ++m) {
      mixture_.part(m).resize(probabilities.size());
      inner_->classify(draw(images, copies_[m]), mixture_.part(m));
    }
    mixture_.combine(probabilities);
  }

  void logits(const ImageBatch&, Span<float>) override { refuse_logits(); }

  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    if (objective == Objective::kLogit) refuse_logits();
    std::vector<std::vector<float>> of_copies(copies_.size());
    for (std::size_t m = 0; m < copies_.size(); ++m) {
      mixture_.part(m).resize(probabilities.size());
      of_copies[m].resize(gradient.size());
      inner_->input_gradient(draw(images, copies_[m]), classes, objective, mixture_.part(m),
                             of_copies[m]);
    }
    mixture_.combine(probabilities);
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    const std::size_t pixels = info_.shape.size();
    for (std::size_t b = 0; b < classes.size(); ++b) {
      const std::size_t own =
          b * static_cast<std::size_t>(info_.classes) + static_cast<std::size_t>(classes[b]);
      for (std::size_t m = 0; m < copies_.size(); ++m) {
        const float weight = mixture_.weight_of(m, own, objective, probabilities[own]);
        if (weight == 0.0F) continue;
        give_back(copies_[m], weight, of_copies[m].data() + b * pixels,
                  gradient.data() + b * pixels);
      }
    }
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<Transformed>(inner_->clone(), settings_);
  }

  const StageTimes& times() const override { return inner_->times(); }

 private:
  [[noreturn]] void refuse_logits() const {
    fail(ErrorKind::kUsage,
         "{}: several copies of an image have no common logits; expected the objective probability "
         "or log_probability",
         info_.name);
  }

  const ImageBatch& draw(const ImageBatch& images, const Copy& copy) {
    if (drawn_.count() != images.count()) drawn_ = ImageBatch(images.count(), info_.shape);
    for (int b = 0; b < images.count(); ++b) {
      if (copy.compressed) {
        compress(images[b], settings_.jpeg_quality, drawn_[b]);
        continue;
      }
      std::uint8_t* to = drawn_[b].data;
      for_each_pixel(copy, [&](std::size_t from) {
        to = std::copy_n(images[b].data + from, info_.shape.channels, to);
      });
    }
    return drawn_;
  }

  // Adds what the pixels of a copy got to those of the image that they are.
  void give_back(const Copy& copy, float weight, const float* from, float* to) const {
    for_each_pixel(copy, [&](std::size_t pixel) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(info_.shape.channels); ++c) {
        to[pixel + c] += weight * *from++;
      }
    });
  }

  // Calls use(place in the image) for every pixel of the copy, row by row.
  template <typename Use>
  void for_each_pixel(const Copy& copy, Use use) const {
    for (int y = 0; y < info_.shape.height; ++y) {
      for (int x = 0; x < info_.shape.width; ++x) use(place(copy, info_.shape, y, x));
    }
  }

  std::unique_ptr<Classifier> inner_;
  TransformSettings settings_;
  std::vector<Copy> copies_;
  ClassifierInfo info_;
  Mixture mixture_;
  ImageBatch drawn_;
};

}  // namespace

const std::vector<std::string>& transform_names() {
  static const std::vector<std::string> names{"jpeg", "mirror", "shift"};
  return names;
}

std::vector<std::string> parse_transforms(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t start = 0; !text.empty() && start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string name = text.substr(start, end - start);
    const std::vector<std::string>& known = transform_names();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail(ErrorKind::kConfig, "image.transforms: there is no \"{}\"{}; known: {}", name,
           did_you_mean(name, known), fmt::join(known, ", "));
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      fail(ErrorKind::kConfig, "image.transforms: {} is named twice in \"{}\"; expected it once",
           name, text);
    }
    names.push_back(name);
    start = end + 1;
  }
  return names;
}

std::unique_ptr<Classifier> make_transformed(std::unique_ptr<Classifier> inner,
                                             const TransformSettings& settings) {
  const ImageShape& shape = inner->info().shape;
  if (settings.shift >= std::min(shape.height, shape.width)) {
    fail(ErrorKind::kConfig,
         "image.shift: a shift of {} pixels leaves nothing of images of {}x{}; expected less",
         settings.shift, shape.height, shape.width);
  }
  return std::make_unique<Transformed>(std::move(inner), settings);
}

}  // namespace fool

// The handwritten digits of LeCun, Cortes and Burges, or any other set in the same four files
// (Fashion-MNIST).
#include <cstdint>
#include <utility>
#include <vector>

#include "data/idx.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

constexpr int kDigits = 10;

class Mnist final : public Dataset {
 public:
  Mnist(const fs::path& folder, const std::string& split) : split_(split) {
    const std::string stem = split == "train" ? "train" : "t10k";
    const fs::path image_file = find_file(folder, stem + "-images", "idx3-ubyte");
    const fs::path label_file = find_file(folder, stem + "-labels", "idx1-ubyte");
    images_ = read_idx_images(image_file);
    labels_ = read_idx_labels(label_file);
    if (labels_.size() != static_cast<std::size_t>(images_.count())) {
      fail(ErrorKind::kData, "{} holds {} images, but {} holds {} labels", image_file.string(),
           images_.count(), label_file.string(), labels_.size());
    }
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] >= kDigits) {
        fail(ErrorKind::kData, "{}: label {}: expected a digit 0..9, found {}", label_file.string(),
             i, labels_[i]);
      }
    }
  }

  int size() const override { return images_.count(); }
  int classes() const override { return kDigits; }

  LabelledImage at(int index) const override {
    if (index < 0 || index >= size()) {
      fail(ErrorKind::kData, "mnist {}: there is no image {}; they are numbered 0..{}", split_,
           index, size() - 1);
    }
    LabelledImage item{ImageBatch(1, images_.shape()), labels_[static_cast<std::size_t>(index)],
                       split_ + " " + std::to_string(index)};
    const ConstImageView image = images_[index];
    std::copy_n(image.data, image.size(), item.image[0].data);
    return item;
  }

 private:
  // Some unpacking programs write "train-images.idx3-ubyte".
  static fs::path find_file(const fs::path& folder, const std::string& stem,
                            const std::string& type) {
    std::error_code ignored;
    for (const char* separator : {"-", "."}) {
      for (const char* ending : {"", ".gz"}) {
        const fs::path path = folder / (stem + separator + type + ending);
        if (fs::is_regular_file(path, ignored)) return path;
      }
    }
    fail(ErrorKind::kData,
         "mnist: {} has no file {}-{} or {}-{}.gz; it should hold the four files of MNIST",
         folder.string(), stem, type, stem, type);
  }

  std::string split_;
  ImageBatch images_;
  std::vector<std::uint8_t> labels_;
};

FOOL_REGISTER(DatasetRegistry,
              {"mnist",
               "Handwritten digits of 28x28 grey pixels, from the four IDX files (plain or .gz).",
               {param("path", "",
                      "folder of the files; empty: \"mnist\" below a folder of FOOL_DATA_PATH"),
                param("split", "train", "60,000 images to train on or 10,000 to test with")
                    .one_of({"train", "test"})},
               {},
               [](const Json& settings) {
                 return std::make_unique<Mnist>(find_data("mnist", settings.at("path")),
                                                settings.at("split"));
               }});

}  // namespace
}  // namespace fool

#include "app/transfer_source.h"

#include <charconv>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "app/image_log.h"
#include "app/model_list.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/data/dataset.h"
#include "fool/model/model_spec.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

std::vector<LoggedImage> images_of_run(const fs::path& run, bool ended) {
  if (ended) return read_image_log(run);
  std::vector<LoggedImage> images;
  for (const std::string& name : image_names(run)) {
    const fs::path file = run / "images" / name;
    const ImageClaim claim = to_image_claim(read_png_text(file), file.string());
    images.push_back({claim.class_index, claim.confidence, name});
  }
  return images;
}

// Of the network that a run was made with, if it is at hand.
int classes_of_run(const std::string& models) {
  try {
    return ModelFinder::from_environment().find(model_list(models).front()).classes;
  } catch (const Error&) {
    return 0;
  }
}

TransferSource open_run(const std::string& path) {
  const RunRecord record = read_run_record(path);
  TransferSource source;
  source.name = path;
  source.model = record.model;
  source.weights_sha256 = record.weights_sha256;
  source.model_setting = record.config.value("model", "");
  source.classes = classes_of_run(source.model_setting);
  const Json classifier = record.fingerprint.value("classifier", Json::object());
  if (classifier.contains("canvas")) {
    source.crops = Json{{"size", classifier.at("canvas")}, {"crops", classifier.value("crops", 1)}};
  }
  auto images = std::make_shared<const std::vector<LoggedImage>>(images_of_run(path, record.ended));
  source.images = static_cast<int>(images->size());
  if (images->empty()) {
    fail(ErrorKind::kData,
         "{}: no images; expected images/*.png of a run that has ended or was interrupted", path);
  }
  const fs::path folder = fs::path(path) / "images";
  source.read = [images, folder](int index) {
    const LoggedImage& logged = (*images)[static_cast<std::size_t>(index)];
    const fs::path file = folder / logged.file;
    return TransferImage{read_png(file).image, file.string(), logged.class_index,
                         logged.confidence};
  };
  return source;
}

// The column "confidence" of a folder's table, by picture; empty where there is none.
std::vector<std::optional<float>> logged_confidences(const fs::path& folder) {
  std::error_code none;
  const fs::path file = folder / "labels.csv";
  if (!fs::exists(file, none)) return {};
  const std::string text = read_file(file);
  const std::string names = "," + text.substr(0, text.find_first_of("\r\n")) + ",";
  if (names.find(",confidence,") == std::string::npos) return {};
  const CsvTable table(text, file.string());
  const std::size_t column = table.column("confidence");
  std::vector<std::optional<float>> result;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& field = table.at(row, column);
    result.emplace_back();
    if (field.empty()) continue;
    float value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || !(value >= 0 && value <= 1)) {
      fail(ErrorKind::kData, "{}: expected a confidence from 0 to 1, found \"{:.40}\"",
           file.string(), field);
    }
    result.back() = value;
  }
  return result;
}

TransferSource open_folder(const std::string& path) {
  const auto& registry = DatasetRegistry::instance();
  const Json section{{"type", "folder"}, {"path", path}};
  const std::shared_ptr<const Dataset> pictures =
      registry.make(registry.resolve(section, "dataset"));
  if (pictures->classes() == 0) {
    fail(ErrorKind::kData,
         "{}: nothing says of which classes the pictures are; expected a run's folder, class "
         "sub-folders with pictures in them, or pictures and a labels.csv with the columns "
         "file,class_index",
         path);
  }
  TransferSource source;
  source.name = path;
  source.images = pictures->size();
  source.read = [pictures, confidences = logged_confidences(path)](int index) {
    LabelledImage picture = pictures->at(index);
    if (picture.label < 0) {
      fail(ErrorKind::kData, "{}: its class is not known; expected one in labels.csv",
           picture.name);
    }
    return TransferImage{
        std::move(picture.image), picture.name, picture.label,
        confidences.empty() ? std::nullopt : confidences.at(static_cast<std::size_t>(index))};
  };
  return source;
}

}  // namespace

TransferSource open_transfer_source(const std::string& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) {
    fail(ErrorKind::kData,
         "{}: there is no such folder; expected a run of fool evolve or fool ascend, or labelled "
         "pictures",
         path);
  }
  return fs::exists(fs::path(path) / "run.json", none) ? open_run(path) : open_folder(path);
}

}  // namespace fool

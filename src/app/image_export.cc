#include "app/image_export.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <system_error>

#include "app/image_log.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"
#include "report/common.h"
#include "report/npz.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// The folder's name; with the number of the run behind it where another has the same.
std::string unique_name(const fs::path& run, std::set<std::string>& taken) {
  const fs::path whole = fs::absolute(run / ".").lexically_normal().parent_path();
  const std::string name = file_safe(whole.filename().string());
  std::string result = name;
  for (int i = 2; !taken.insert(result).second; ++i) result = fmt::format("{}-{}", name, i);
  return result;
}

ExportedImage read_claim(const fs::path& file, const std::string& run) {
  const ImageClaim claim = to_image_claim(read_png_text(file), file.string());
  return {file, run, claim.class_index, claim.label, claim.confidence};
}

void find_logged(const fs::path& run, const std::string& name, std::vector<ExportedImage>& images) {
  for (const LoggedImage& logged : read_image_log(run)) {
    const fs::path file = run / "images" / logged.file;
    std::error_code none;
    if (!fs::exists(file, none)) {
      fail(ErrorKind::kData, "{} is missing, which {} names; fool verify {} says what else is",
           file.string(), image_log_path(run).filename().string(), run.string());
    }
    ExportedImage image = read_claim(file, name);
    if (image.class_index != logged.class_index) {
      fail(ErrorKind::kData, "{}: expected the image of class {}, found that of class {}",
           file.string(), logged.class_index, image.class_index);
    }
    images.push_back(std::move(image));
  }
}

// One folder cannot hold the images of two datasets.
void require_same_classes(const std::vector<ExportedImage>& images) {
  std::map<int, const ExportedImage*> first;
  for (const ExportedImage& image : images) {
    const ExportedImage& other = *first.emplace(image.class_index, &image).first->second;
    if (other.label == image.label) continue;
    fail(ErrorKind::kUsage,
         "class {} is \"{}\" in {} and \"{}\" in {}: export runs of different classes one by one",
         image.class_index, other.label, other.run, image.label, image.run);
  }
}

template <typename Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

void add_texts(NpzFile& npz, const std::string& name, const std::vector<std::string>& texts) {
  std::size_t length = 0;
  const std::string data = npy_texts(texts, length);
  npz.add(name, fmt::format("<U{}", length), {texts.size()}, data);
}

}  // namespace

std::vector<ExportedImage> find_images(const std::vector<fs::path>& runs, float min_confidence,
                                       std::vector<std::string>& notes) {
  std::vector<ExportedImage> images;
  std::set<std::string> taken;
  for (const fs::path& run : runs) {
    const RunRecord record = read_run_record(run);
    const std::string name = unique_name(run, taken);
    if (record.ended) {
      find_logged(run, name, images);
      continue;
    }
    const std::vector<std::string> files = image_names(run);
    for (const std::string& file : files) images.push_back(read_claim(run / "images" / file, name));
    notes.push_back(
        fmt::format("{} has not ended; {} images are there", run.string(), files.size()));
  }
  images.erase(
      std::remove_if(images.begin(), images.end(),
                     [&](const ExportedImage& image) { return image.confidence < min_confidence; }),
      images.end());
  require_same_classes(images);
  return images;
}

void export_folder(const std::vector<ExportedImage>& images, const fs::path& folder,
                   const BeforeImage& before) {
  std::error_code none;
  if (fs::exists(folder, none) && !(fs::is_directory(folder, none) && fs::is_empty(folder, none))) {
    fail(ErrorKind::kIo, "{} is already there and not empty; give another --out", folder.string());
  }
  make_folder(folder);
  const bool several = std::any_of(images.begin(), images.end(), [&](const ExportedImage& image) {
    return image.run != images.front().run;
  });
  std::string table = "file,class,label,confidence,run\n";
  for (const ExportedImage& image : images) {
    if (before) before();
    const std::string of_class =
        fs::path(image_file_name(image.class_index, image.label)).stem().string();
    const std::string name = (several ? image.run + "-" : "") + image.file.filename().string();
    make_folder(folder / of_class);
    write_file(folder / of_class / name, read_file(image.file));
    table += fmt::format("{},{},{},{},{}\n", csv_field(of_class + "/" + name), image.class_index,
                         csv_field(image.label), to_text(image.confidence), csv_field(image.run));
  }
  write_file(folder / "labels.csv", table);
}

void export_npz(const std::vector<ExportedImage>& images, const fs::path& file,
                const BeforeImage& before) {
  NpzFile npz(file);
  ImageShape shape;
  std::string pixels;
  std::vector<std::int64_t> targets;
  std::vector<float> confidences;
  std::vector<std::string> labels;
  std::vector<std::string> runs;
  for (const ExportedImage& image : images) {
    if (before) before();
    const Png png = read_png(image.file);
    const ImageShape& found = png.image.shape();
    if (targets.empty()) {
      shape = found;
      pixels.reserve(images.size() * shape.size());
    }
    if (found != shape) {
      fail(ErrorKind::kUsage,
           "{}: expected {} x {} pixels with {} channels, as {} has, found {} x {} with {}; export "
           "runs of one shape together",
           image.file.string(), shape.height, shape.width, shape.channels,
           images.front().file.string(), found.height, found.width, found.channels);
    }
    pixels.append(reinterpret_cast<const char*>(png.image[0].data), found.size());
    targets.push_back(image.class_index);
    confidences.push_back(image.confidence);
    labels.push_back(image.label);
    runs.push_back(image.run);
  }
  const auto side = [](int value) { return static_cast<std::size_t>(value); };
  npz.add("images", "|u1",
          {images.size(), side(shape.height), side(shape.width), side(shape.channels)}, pixels);
  npz.add("targets", "<i8", {targets.size()}, bytes_of(targets));
  npz.add("confidences", "<f4", {confidences.size()}, bytes_of(confidences));
  add_texts(npz, "labels", labels);
  add_texts(npz, "runs", runs);
  npz.commit();
}

}  // namespace fool

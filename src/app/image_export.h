// The images of runs in the layouts that other programs read: a folder for each class, or arrays.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace fool {

struct ExportedImage {
  std::filesystem::path file;
  std::string run;  // a name that no other exported run has
  int class_index = 0;
  std::string label;
  float confidence = 0.0F;
};

// The images of the runs with at least this confidence, by run, then in the order of its table. Of
// a run that has not ended, those that are there; for each such run a sentence is added to `notes`.
// Throws Error(kIo) for a folder without a run, Error(kData) for an image that the run's table
// names and that is not there, or is no image of its class. Throws Error(kUsage) if a class has one
// label in one run and another one in another.
std::vector<ExportedImage> find_images(const std::vector<std::filesystem::path>& runs,
                                       float min_confidence, std::vector<std::string>& notes);

// Called before each image; may throw.
using BeforeImage = std::function<void()>;

// FOLDER/NNNN_label/NAME.png, as stored, and at last FOLDER/labels.csv: file, class, label,
// confidence, run. What torchvision's ImageFolder reads. Throws Error(kIo), also if there is
// something in the folder already.
void export_folder(const std::vector<ExportedImage>& images, const std::filesystem::path& folder,
                   const BeforeImage& before);

// Arrays: images [N, H, W, C] u8 (grey or RGB), targets [N] i64, confidences [N] f32, labels [N]
// and runs [N] texts. Throws Error(kIo); Error(kUsage) for images of different shapes or too many.
void export_npz(const std::vector<ExportedImage>& images, const std::filesystem::path& file,
                const BeforeImage& before);

}  // namespace fool

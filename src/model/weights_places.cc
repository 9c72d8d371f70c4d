#include "fool/model/weights_places.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "fool/core/cache.h"
#include "fool/core/error.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path, std::int64_t bytes = 0) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  return bytes == 0 || fs::file_size(path, error) == static_cast<std::uintmax_t>(bytes);
}

std::vector<fs::path> torch_folders() {
  std::vector<fs::path> folders;
  const fs::path torch = environment_folder("TORCH_HOME");
  if (!torch.empty()) folders.push_back(torch / "hub" / "checkpoints");
  const fs::path cache = user_cache_folder();
  if (!cache.empty()) folders.push_back(cache / "torch" / "hub" / "checkpoints");
  const fs::path home = environment_folder("HOME");
  if (!home.empty()) folders.push_back(home / ".torch" / "models");  // until PyTorch 1.1
  return folders;
}

fs::path hugging_face_folder() {
  fs::path hub = environment_folder("HF_HUB_CACHE");
  if (!hub.empty()) return hub;
  const fs::path home = environment_folder("HF_HOME");
  if (!home.empty()) return home / "hub";
  const fs::path cache = user_cache_folder();
  return cache.empty() ? cache : cache / "huggingface" / "hub";
}

// https://huggingface.co/ORG/NAME/resolve/REVISION/FILE is kept as
// models--ORG--NAME/snapshots/COMMIT/FILE.
std::vector<fs::path> hugging_face_copies(const std::string& url) {
  constexpr std::string_view kSite = "https://huggingface.co/";
  const std::size_t middle = url.find("/resolve/");
  if (url.compare(0, kSite.size(), kSite) != 0 || middle == std::string::npos) return {};
  std::string repository = url.substr(kSite.size(), middle - kSite.size());
  const std::size_t slash = repository.find('/');
  const std::size_t file = url.find('/', middle + std::string_view("/resolve/").size());
  if (slash == std::string::npos || file == std::string::npos) return {};
  repository.replace(slash, 1, "--");
  std::vector<fs::path> copies;
  std::error_code ignored;
  const fs::path snapshots = hugging_face_folder() / ("models--" + repository) / "snapshots";
  for (const fs::directory_entry& entry : fs::directory_iterator(snapshots, ignored)) {
    copies.push_back(entry.path() / url.substr(file + 1));
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

}  // namespace

std::vector<fs::path> copies_in_other_caches(const WeightsFile& file) {
  std::vector<fs::path> candidates;
  for (const fs::path& folder : torch_folders()) candidates.push_back(folder / file.file);
  for (const std::string& url : file.urls) {
    for (const fs::path& copy : hugging_face_copies(url)) candidates.push_back(copy);
  }
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [&](const fs::path& path) { return !is_file(path, file.bytes); }),
                   candidates.end());
  return candidates;
}

std::vector<WeightsFile> weights_files(const ModelSpec& spec) {
  std::vector<WeightsFile> files = spec.other_files;
  files.insert(files.begin(), {spec.weights.filename().string(), spec.format, spec.digest(),
                               spec.bytes, spec.urls});
  return files;
}

void adopt_weights(ModelSpec& spec, const WeightsFile& file, const fs::path& place) {
  const bool whole = file.digest.kind == HashKind::kSha256 && file.digest.hex.size() == 64;
  spec.weights = place;
  spec.format = file.format;
  spec.sha256 = whole ? file.digest.hex : "";
  spec.other_digest = whole ? Digest() : file.digest;
  spec.bytes = file.bytes;
  spec.urls = file.urls;
}

void locate_weights(ModelSpec& spec, const std::vector<fs::path>& folders) {
  const std::vector<WeightsFile> files = weights_files(spec);
  for (const WeightsFile& file : files) {
    for (const fs::path& folder : folders) {
      if (is_file(folder / file.file)) return adopt_weights(spec, file, folder / file.file);
    }
  }
  // A file in a folder that the user named may be wrong and is then complained of; those of other
  // programs are their own affair, so the size must be right too.
  for (const WeightsFile& file : files) {
    const std::vector<fs::path> copies = copies_in_other_caches(file);
    if (!copies.empty()) return adopt_weights(spec, file, copies.front());
  }
}

void locate_labels(ModelSpec& spec, const std::vector<fs::path>& folders) {
  if (spec.labels_file.empty() || !spec.labels.empty()) return;
  for (const fs::path& folder : folders) {
    const fs::path file = folder / spec.labels_file.filename();
    if (!is_file(file)) continue;
    try {
      spec.labels = read_labels(file, spec.classes);
      spec.labels_file = file;
      return;
    } catch (const Error&) {
      // A list for other networks under the same name.
    }
  }
}

}  // namespace fool

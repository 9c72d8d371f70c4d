#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>

#include "fool/core/cache.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/parameters.h"
#include "fool/model/model_spec.h"
#include "fool/model/recognise.h"
#include "fool/model/weights_places.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Other JSON files (reference outputs, descriptions of architectures) lie among the cards.
bool looks_like_card(const fs::path& path) {
  const Json json = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false,
                                /*ignore_comments=*/true);
  return json.is_discarded() || json.contains("format") || json.contains("input");
}

std::string joined(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths) texts.push_back(path.string());
  return fmt::format("{}", fmt::join(texts, ", "));
}

// The entry of the card that a weights file's name matches; null if there is none.
const WeightsFile* entry_for(const std::vector<WeightsFile>& files, const fs::path& weights) {
  const auto it = std::find_if(files.begin(), files.end(), [&](const WeightsFile& file) {
    return file.file == weights.filename().string();
  });
  return it == files.end() ? nullptr : &*it;
}

bool belongs_to(const ModelSpec& spec, const fs::path& weights) {
  return entry_for(weights_files(spec), weights) != nullptr;
}

// Takes a weights file that belongs to a card: its own, or one of its "other_files", which have a
// format and a hash of their own.
void adopt(ModelSpec& spec, const fs::path& weights) {
  const std::vector<WeightsFile> files = weights_files(spec);
  const WeightsFile* entry = entry_for(files, weights);
  if (entry == nullptr) {
    fail(ErrorKind::kModel, "{}: is the card of {}, not of {}; write a card for that file",
         spec.card.string(), files.front().file, weights.filename().string());
  }
  adopt_weights(spec, *entry, weights);
}

}  // namespace

ModelFinder ModelFinder::from_environment() {
  std::vector<fs::path> folders;
  const char* variable = std::getenv("FOOL_MODEL_PATH");
  const std::string list = variable == nullptr ? "" : variable;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    if (end > begin) {
      const fs::path folder = fs::absolute(list.substr(begin, end - begin)).lexically_normal();
      folders.push_back(folder.has_filename() ? folder : folder.parent_path());
    }
    begin = end + 1;
  }
  try {
    folders.push_back(resource_folder("models"));
  } catch (const Error&) {
    // A program copied without its files still works with FOOL_MODEL_PATH.
  }
  const fs::path cache = cache_folder("models");
  if (!cache.empty()) folders.push_back(cache);
  return ModelFinder(folders);
}

std::string ModelFinder::looked_in() const {
  return folders_.empty() ? "no folder (set FOOL_MODEL_PATH to those that hold model cards)"
                          : joined(folders_);
}

ModelSpec ModelFinder::open(const fs::path& card) const {
  ModelSpec spec = read_card(card);
  if (spec.weights.empty()) return spec;
  spec.searched = {spec.weights.parent_path()};
  for (const fs::path& folder : folders_) {
    if (std::find(spec.searched.begin(), spec.searched.end(), folder) == spec.searched.end()) {
      spec.searched.push_back(folder);
    }
  }
  locate_weights(spec, spec.searched);
  locate_labels(spec, spec.searched);
  return spec;
}

ModelSpec ModelFinder::open_for(const fs::path& weights) const {
  const fs::path path = fs::absolute(weights).lexically_normal();
  std::vector<fs::path> folders = folders_;
  folders.insert(folders.begin(), path.parent_path());
  // NAME.torchscript.pt may have the card NAME.torchscript.json or NAME.json.
  for (fs::path stem = path.stem();; stem = stem.stem()) {
    for (const fs::path& folder : folders) {
      const fs::path card = folder / (stem.string() + ".json");
      if (!is_file(card)) continue;
      ModelSpec spec = open(card);
      // Elsewhere, a card of that name may well be about other weights.
      if (folder != path.parent_path() && !belongs_to(spec, path)) continue;
      adopt(spec, path);
      return spec;
    }
    if (!stem.has_extension()) break;
  }
  // Public files carry a part of their hash in their names; their cards do not.
  for (ModelSpec& spec : list()) {
    if (spec.weights.empty() || !belongs_to(spec, path)) continue;
    adopt(spec, path);
    return spec;
  }
  return open_without_card(path, folders_);
}

ModelSpec ModelFinder::find(const std::string& model) const {
  const fs::path path(model);
  if (path.extension() == ".json" && is_file(path)) return open(path);
  if (is_file(path)) return open_for(path);
  if (!path.has_parent_path()) {
    const std::string card = path.extension() == ".json" ? model : model + ".json";
    for (const fs::path& folder : folders_) {
      if (is_file(folder / card)) return open(folder / card);
      if (is_file(folder / path)) return open_for(folder / path);
    }
  } else {
    fail(ErrorKind::kModel, "there is no model card or weights file {}", model);
  }

  std::vector<std::string> names;
  for (const ModelSpec& spec : list()) {
    if (spec.name == model) return spec;
    names.push_back(spec.name);
  }
  fail(ErrorKind::kModel,
       "there is no model \"{}\"{}; known: {}; looked in: {}; name more folders in FOOL_MODEL_PATH",
       model, did_you_mean(model, names),
       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")), looked_in());
}

std::vector<ModelSpec> ModelFinder::list(std::vector<std::string>* problems) const {
  std::vector<ModelSpec> result;
  std::set<std::string> names;
  for (const fs::path& folder : folders_) {
    for (const fs::path& file : json_files(folder)) {
      try {
        if (!looks_like_card(file)) continue;
        ModelSpec spec = open(file);
        if (names.insert(spec.name).second) result.push_back(std::move(spec));
      } catch (const Error& e) {
        if (problems != nullptr) problems->push_back(e.what());
      }
    }
  }
  return result;
}

void verify_weights(const ModelSpec& spec) {
  if (spec.weights.empty()) return;
  const std::string file = spec.weights.string();
  if (!is_file(spec.weights)) {
    const std::vector<fs::path> looked =
        spec.searched.empty() ? std::vector<fs::path>{spec.weights.parent_path()} : spec.searched;
    const Json source = spec.raw.value("source", Json());
    fail(ErrorKind::kModel,
         "{} needs the weights file {} ({}), which is not there; looked in: {}; put the file into "
         "one of these folders, or name its folder in FOOL_MODEL_PATH{}{}",
         spec.name, spec.weights.filename().string(), spec.digest().text(), joined(looked),
         spec.urls.empty() ? "" : "; `fool models fetch " + spec.name + "` downloads it",
         source.is_string() ? "; source: " + source.get<std::string>() : "");
  }
  const Digest expected = spec.digest();
  if (!expected.known()) return;
  std::string found;
  try {
    found = hash_file(spec.weights, expected.kind);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}: {}", spec.name, e.what());
  }
  if (!expected.matches(found)) {
    fail(ErrorKind::kModel,
         "{}: {} is {}, the card {} expects {}; the file is truncated, damaged or another "
         "version: fetch it again",
         file, hash_name(expected.kind), found, spec.card.string(), expected.hex);
  }
}

}  // namespace fool

#include "app/provide_model.h"

#include <algorithm>
#include <ostream>
#include <system_error>

#include "app/model_text.h"
#include "fool/core/cache.h"
#include "fool/core/error.h"
#include "fool/model/weights_places.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

fs::path download_folder() {
  fs::path folder = cache_folder("models");
  if (folder.empty()) {
    fail(ErrorKind::kModel,
         "there is no folder for downloads: neither XDG_CACHE_HOME nor HOME is an absolute path");
  }
  return folder;
}

bool is_damaged(const ModelSpec& spec) {
  const Digest digest = spec.digest();
  return digest.known() && !digest.matches(hash_file(spec.weights, digest.kind));
}

class Provider {
 public:
  Provider(Thoroughness thoroughness, const DownloadFlags& flags, Console& console)
      : all_(thoroughness == Thoroughness::kAll),
        flags_(flags),
        console_(console),
        finder_(ModelFinder::from_environment()) {}

  ModelSpec provide(const std::string& model) const {
    ModelSpec spec = finder_.find(model);
    if (spec.weights.empty()) return spec;
    if (!has_weights(spec)) {
      get_weights(spec);
      return spec;
    }
    announce(spec, model);
    if (all_ && spec.weights.parent_path() == cache_folder("models") && is_damaged(spec)) {
      get_weights(spec);
    }
    if (all_) get_labels(spec);
    return spec;
  }

 private:
  void say(const std::string& text) const { console_.err << "fool: " << text << "\n"; }

  // Says where the weights are if nobody named that place.
  void announce(const ModelSpec& spec, const fs::path& model) const {
    std::error_code ignored;
    const std::vector<fs::path>& ours = spec.searched;
    if (fs::equivalent(model, spec.weights, ignored)) return;
    if (std::find(ours.begin(), ours.end(), spec.weights.parent_path()) != ours.end()) return;
    say(fmt::format("{}: using {}, where another program keeps it", spec.name,
                    spec.weights.string()));
  }

  // The files of the card that can be downloaded, one after the other until one has come.
  void get_weights(ModelSpec& spec) const {
    std::string problems;
    for (const WeightsFile& file : weights_files(spec)) {
      if (file.urls.empty() || !file.digest.known()) continue;
      try {
        const fs::path path = download_folder() / file.file;
        adopt_weights(spec, file,
                      download({file.urls, file.digest, file.bytes, path, ErrorKind::kModel},
                               flags_, console_));
        get_labels(spec);
        return;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kModel) throw;
        problems += fmt::format("; {}", error.what());
      }
    }
    if (!problems.empty()) spec.urls.clear();  // nobody need be told to try what has just failed
    try {
      verify_weights(spec);
    } catch (const Error& missing) {
      fail(ErrorKind::kModel, "{}{}", missing.what(), problems);
    }
  }

  // A network works without them.
  void get_labels(ModelSpec& spec) const {
    locate_labels(spec, finder_.folders());
    if (!spec.labels.empty() || spec.labels_urls.empty() || flags_.offline) return;
    const fs::path path = download_folder() / spec.labels_file.filename();
    try {
      FetchRequest request;
      request.urls = spec.labels_urls;
      request.destination = path;
      request.error = ErrorKind::kModel;
      download(request, flags_, console_);
      spec.labels = read_labels(path, spec.classes);
      spec.labels_file = path;
    } catch (const Error& error) {
      std::error_code ignored;
      fs::remove(path, ignored);
      say(fmt::format("{}: no labels, so that classes go by their numbers: {}", spec.name,
                      error.what()));
    }
  }

  bool all_;
  const DownloadFlags& flags_;
  Console& console_;
  ModelFinder finder_;
};

}  // namespace

ModelSpec provide_model(const std::string& model, Thoroughness thoroughness,
                        const DownloadFlags& flags, Console& console) {
  return Provider(thoroughness, flags, console).provide(model);
}

}  // namespace fool

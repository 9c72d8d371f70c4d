// fool data fetch: a public data set into the folder of downloads, where every command finds it.
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/download.h"
#include "fool/core/cache.h"
#include "fool/core/error.h"
#include "fool/core/parameters.h"
#include "fool/data/known_data.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const KnownData& data : known_data()) names.push_back(data.name);
  return names;
}

class DataFetchCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("name", name_, "The data set")
        ->required()
        ->type_name(fmt::format("{}", fmt::join(known_names(), "|")));
    app.add_option("--out", out_, "Folder for the files [$XDG_CACHE_HOME/fool/data/NAME]")
        ->type_name("FOLDER");
    app.add_option("--mirror", mirror_, "Address of a folder with the same files, tried first")
        ->type_name("URL");
    flags_.declare(app);
    app.footer(
        "Prints the folder. What is there already is checked and left alone; a download that was "
        "cut short goes on.\n"
        "Example: fool data fetch mnist && fool train --dataset mnist");
  }

  int run(Console& console) override {
    const KnownData* data = find_known_data(name_);
    if (data == nullptr) {
      fail(ErrorKind::kUsage, "there is no data set \"{}\" to fetch{}; known: {}", name_,
           did_you_mean(name_, known_names()), fmt::join(known_names(), ", "));
    }
    const fs::path folder = out_.empty() ? default_folder() : fs::absolute(out_);
    for (const KnownFile& file : data->files) fetch(*data, file, folder, console);
    console.out << folder.string() << "\n";
    return 0;
  }

 private:
  fs::path default_folder() const {
    const fs::path folder = cache_folder("data");
    if (folder.empty()) {
      fail(ErrorKind::kIo, "no folder for downloads: HOME is not set; say where with --out FOLDER");
    }
    return folder / name_;
  }

  void fetch(const KnownData& data, const KnownFile& file, const fs::path& folder,
             Console& console) const {
    FetchRequest request;
    if (!mirror_.empty()) {
      request.urls.push_back(mirror_ + (mirror_.back() == '/' ? "" : "/") + file.name);
    }
    for (const std::string& mirror : data.mirrors) request.urls.push_back(mirror + file.name);
    request.digest = file.digest;
    request.bytes = file.bytes;
    request.destination = folder / file.name;
    request.error = ErrorKind::kData;
    download(request, flags_, console);
  }

  std::string name_;
  std::string out_;
  std::string mirror_;
  DownloadFlags flags_;
};

FOOL_REGISTER_COMMAND("data fetch", DataFetchCommand, "Download a public data set, such as MNIST");

}  // namespace
}  // namespace fool

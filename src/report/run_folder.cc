#include "fool/report/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <system_error>
#include <thread>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordName = "run.json";
constexpr const char* kStudyName = "study.json";

fs::path record_path(const fs::path& folder) { return folder / kRecordName; }

bool holds_run(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(record_path(folder), ignored);
}

void require_run(const fs::path& folder) {
  if (holds_run(folder)) return;
  fail(ErrorKind::kIo, "{} is not a run folder: there is no {} in it", folder.string(),
       kRecordName);
}

// NAME.PID.partial, as AtomicFile calls a file in the making.
bool is_partial(const fs::path& path) {
  if (path.extension() != ".partial") return false;
  const std::string process = path.stem().extension().string();
  return process.size() > 1 && process.find_first_not_of("0123456789", 1) == std::string::npos;
}

void remove_partial_files(const fs::path& folder) {
  std::vector<fs::path> partial;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_partial(entry.path())) {
      partial.push_back(entry.path());
    }
  }
  for (const fs::path& path : partial) fs::remove(path);
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line)) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
      return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

class RunFolder::Lock {
 public:
  explicit Lock(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) refuse(folder, error.message());
    const fs::path path = folder / ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) refuse(folder, std::strerror(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      ::close(descriptor_);
      if (reason != EWOULDBLOCK) refuse(folder, std::strerror(reason));
      fail(ErrorKind::kIo,
           "the run folder {} is being written by process {}; wait until it ends, or give another "
           "folder",
           folder.string(), owner(path));
    }
    note_owner();
  }
  ~Lock() { ::close(descriptor_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  [[noreturn]] static void refuse(const fs::path& folder, const std::string& reason) {
    fail(ErrorKind::kIo, "cannot write the run folder {}: {}; give another folder", folder.string(),
         reason);
  }

  static std::string owner(const fs::path& path) {
    const std::string text = read_file(path);
    return text.empty() ? "(unknown)" : text.substr(0, text.find('\n'));
  }

  // For the message of the other process only: a failure here does no harm.
  void note_owner() const {
    const std::string text = fmt::format("{}\n", ::getpid());
    if (::ftruncate(descriptor_, 0) != 0) return;
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, text.data(), text.size(), 0);
  }

  int descriptor_ = -1;
};

RunFolder::RunFolder(const fs::path& path) : path_(path), lock_(std::make_unique<Lock>(path)) {}
RunFolder::RunFolder(RunFolder&&) noexcept = default;
RunFolder& RunFolder::operator=(RunFolder&&) noexcept = default;
RunFolder::~RunFolder() = default;

RunFolder RunFolder::create(const fs::path& path) {
  RunFolder folder(path);
  if (holds_run(path)) {
    fail(ErrorKind::kIo,
         "{} holds a run already; continue it with --resume, or give another folder",
         path.string());
  }
  if (fs::exists(path / kStudyName)) {
    fail(ErrorKind::kIo, "{} holds the tables of a study; give another folder", path.string());
  }
  return folder;
}

RunFolder RunFolder::resume(const fs::path& path) {
  require_run(path);
  RunFolder folder(path);
  try {
    remove_partial_files(path);
  } catch (const fs::filesystem_error& error) {
    fail(ErrorKind::kIo, "cannot tidy the run folder {}: {}", path.string(), error.what());
  }
  return folder;
}

void RunFolder::write_record(const RunRecord& record) const {
  const Json json{{"fool", record.version},
                  {"command", record.command},
                  {"started", record.started},
                  {"host", record.host},
                  {"model",
                   {{"name", record.model},
                    {"card", record.card.string()},
                    {"weights_sha256", record.weights_sha256}}},
                  {"fingerprint", record.fingerprint},
                  {"config", record.config},
                  {"ended", record.ended}};
  // A command line need not be UTF-8.
  write_file(record_path(path_), json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
}

void require_no_run(const fs::path& folder) {
  if (!holds_run(folder)) return;
  fail(ErrorKind::kIo, "{} holds a run, whose files would be mixed with these; give another folder",
       folder.string());
}

RunRecord read_run_record(const fs::path& folder) {
  require_run(folder);
  const fs::path path = record_path(folder);
  try {
    const Json json = Json::parse(read_file(path));
    RunRecord record;
    record.version = json.at("fool").get<std::string>();
    record.command = json.at("command").get<std::vector<std::string>>();
    record.started = json.at("started").get<std::string>();
    record.host = json.at("host");
    const Json& model = json.at("model");
    record.model = model.at("name").get<std::string>();
    record.card = model.at("card").get<std::string>();
    record.weights_sha256 = model.at("weights_sha256").get<std::string>();
    record.fingerprint = json.at("fingerprint");
    record.config = json.at("config");
    record.ended = json.value("ended", true);  // older runs do not say
    return record;
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "{} is damaged: {}", path.string(), complaint_of(error));
  }
}

fs::path default_run_folder(const fs::path& root, const std::vector<std::string>& parts,
                            std::uint64_t seed) {
  std::string name;
  for (const std::string& part : parts) name += file_safe(part) + '-';
  name += fmt::format("seed{}", seed);
  fs::path path = root / name;
  for (int i = 2; fs::exists(path); ++i) path = root / fmt::format("{}-{}", name, i);
  return path;
}

std::string file_safe(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '.' || c == '-' || c == '_';
    if (fits) {
      result += c;
    } else if (c != '\'' && !result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  while (!result.empty() && result.back() == '_') result.pop_back();
  return result.substr(0, 80);
}

Json host_facts() {
  struct utsname names {};
  ::uname(&names);
  return {{"cpu", processor_name()},
          {"cores", std::thread::hardware_concurrency()},
          {"system", fmt::format("{} {} {}", names.sysname, names.release, names.machine)}};
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm time{};
  ::gmtime_r(&now, &time);
  return fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z", time.tm_year + 1900,
                     time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec);
}

}  // namespace fool

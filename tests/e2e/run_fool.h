// Runs the real program as a shell would, for end-to-end tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "app/fake_card.h"
#include "fakes/hermetic.h"
#include "fool/core/files.h"
#include "fool/core/json.h"

namespace fool::e2e {

namespace fs = std::filesystem;

struct Result {
  int code = -1;  // 128 + signal if killed
  std::string out;
  std::string err;
};

struct Options {
  std::map<std::string, std::string> environment;  // on top of the test's own
  std::uint64_t file_size_limit = 0;               // bytes; 0 = none
  bool closed_streams = false;                     // as `<&- >&- 2>&-` leaves them
  std::vector<std::string> launcher;               // the command that starts the program
};

// The program that was built beside this test.
inline std::string binary() {
  return (fs::read_symlink("/proc/self/exe").parent_path() / "fool").string();
}

// A running `fool`; stdout and stderr go to files beside each other in `scratch`.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const fs::path& scratch,
          const Options& options = {})
      : out_(scratch / "stdout.txt"), err_(scratch / "stderr.txt") {
    pid_ = ::fork();
    if (pid_ != 0) return;
    // As a shell starts a program in the foreground, wherever the test itself was started.
    for (const int number : {SIGINT, SIGQUIT, SIGHUP}) ::signal(number, SIG_DFL);
    const int out = ::open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    if (options.closed_streams) {
      for (int descriptor = 0; descriptor <= err; ++descriptor) ::close(descriptor);
    }
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (options.file_size_limit > 0) {
      const rlimit limit{options.file_size_limit, options.file_size_limit};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    std::vector<std::string> words = options.launcher;
    words.push_back(binary());
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    ::_exit(127);
  }

  void signal(int number) const { ::kill(pid_, number); }

  pid_t pid() const { return pid_; }

  bool running() {
    if (pid_ <= 0) return false;
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == 0;
  }

  // Waits until `condition` holds or the process has ended.
  void wait_until(const std::function<bool()>& condition) {
    while (running() && !condition()) std::this_thread::yield();
  }

  Result wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    Result result;
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.out = read_file(out_);
    result.err = read_file(err_);
    return result;
  }

 private:
  pid_t pid_ = -1;
  fs::path out_;
  fs::path err_;
};

// A test with a folder of its own and shorthands for the program.
class EndToEnd : public ::testing::Test {
 protected:
  EndToEnd() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / ("fool-e2e-" + std::to_string(::getpid()) + "-" +
                                           info->test_suite_name() + "-" + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~EndToEnd() override { fs::remove_all(folder_); }

  Result fool(const std::vector<std::string>& arguments, const Options& options = {}) const {
    return Process(arguments, folder_, options).wait();
  }

  // A card of the fake network: K classes of SIZE x SIZE RGB images, a hash for a brain.
  std::string fake_card(int classes = 12, int size = 16, const Json& options = Json::object(),
                        const std::string& name = "fake") const {
    return write_fake_card(folder_, fool::fake_card(classes, size, options, name));
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

inline bool one_line(const std::string& text) {
  return !text.empty() && text.find('\n') == text.size() - 1;
}

// Name -> bytes of the files in a folder.
inline std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files[entry.path().filename().string()] = read_file(entry.path());
  }
  return files;
}

inline const char* model_path() { return std::getenv("FOOL_MODEL_PATH"); }

}  // namespace fool::e2e

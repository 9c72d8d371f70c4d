#include "app/child_processes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "fool/core/error.h"

namespace fool {
namespace {

// Texts as exec takes them; valid as long as this exists.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;
  char* const* data() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

std::vector<std::string> environment_of_children() {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, "FOOL_RANKS=", 11) != 0) result.emplace_back(*variable);
  }
  result.emplace_back("FOOL_RANKS=off");
  return result;
}

// In the child, between fork and exec: nothing but system calls.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         int talk, int parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(talk, STDERR_FILENO);
  ::execve(program, arguments, environment);
  constexpr char kMessage[] = "fool: cannot start the program of the run\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  ::_exit(127);
}

int exit_code_of(int process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return 127;  // somebody else waited for it
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildProcesses::ChildProcesses(std::filesystem::path program) : program_(std::move(program)) {}

ChildProcesses::~ChildProcesses() {
  signal(SIGTERM);
  for (auto& [id, child] : children_) {
    ::close(child.talk);
    exit_code_of(child.process);
  }
}

int ChildProcesses::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Words argv(std::move(words));
  const Words environment(environment_of_children());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail(ErrorKind::kIo, "cannot make a pipe to a run: {}", std::strerror(errno));
  }
  const int self = ::getpid();
  const pid_t process = ::fork();
  if (process == 0) become(program_.c_str(), argv.data(), environment.data(), ends[1], self);
  const int reason = errno;
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    fail(ErrorKind::kIo, "cannot start a process for a run: {}", std::strerror(reason));
  }
  ::setpgid(process, process);  // whoever of the two comes first
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  children_[next_id_] = {process, ends[0], ""};
  return next_id_++;
}

std::vector<ProcessNews> ChildProcesses::wait(double seconds) {
  std::vector<pollfd> waiting;
  for (const auto& [id, child] : children_) waiting.push_back({child.talk, POLLIN, 0});
  std::vector<ProcessNews> news;
  // A signal ends the wait, so that it can be passed on.
  if (::poll(waiting.data(), waiting.size(), static_cast<int>(1000 * seconds)) <= 0) return news;
  std::size_t i = 0;
  for (auto it = children_.begin(); it != children_.end(); ++i) {
    if (waiting[i].revents == 0) {
      ++it;
      continue;
    }
    news.push_back(read_news(it->first, it->second));
    it = news.back().exit_code ? children_.erase(it) : std::next(it);
  }
  return news;
}

ProcessNews ChildProcesses::read_news(int id, Child& child) {
  ProcessNews news;
  news.id = id;
  std::array<char, 4096> buffer{};
  ssize_t size = 0;
  while ((size = ::read(child.talk, buffer.data(), buffer.size())) > 0) {
    child.unfinished.append(buffer.data(), static_cast<std::size_t>(size));
  }
  const bool ended = size == 0 || (errno != EAGAIN && errno != EINTR);
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = child.unfinished.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    news.lines.push_back(child.unfinished.substr(begin, end - begin));
  }
  child.unfinished.erase(0, begin);
  if (!ended) return news;
  if (!child.unfinished.empty()) news.lines.push_back(std::exchange(child.unfinished, ""));
  ::close(child.talk);
  news.exit_code = exit_code_of(child.process);
  return news;
}

void ChildProcesses::signal(int signal) {
  for (const auto& [id, child] : children_) ::kill(child.process, signal);
}

std::filesystem::path own_program() {
  std::error_code error;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) fail(ErrorKind::kIo, "cannot find the program's own file: {}", error.message());
  return path;
}

}  // namespace fool

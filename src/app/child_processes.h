// Processes of this program that a process of it starts: several runs at once, each with all that a
// run of its own has.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fool {

// What came of one process since the last time.
struct ProcessNews {
  int id = 0;
  std::vector<std::string> lines;  // that it wrote to stderr
  std::optional<int> exit_code;    // once it has ended; 128 + signal if one ended it
};

// Where processes come from; tests have one that starts none.
class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;

  // Starts the program with these arguments; returns a number for it. Throws Error(kIo).
  virtual int start(const std::vector<std::string>& arguments) = 0;

  // Waits until there is news of a process or the time is over. Every process that was started is
  // reported to have ended once.
  virtual std::vector<ProcessNews> wait(double seconds) = 0;

  // Sends a signal to all processes that have not ended.
  virtual void signal(int signal) = 0;
};

// Children with stdin and stdout leading nowhere, each in a process group of its own: Ctrl-C at a
// terminal comes to this process alone, which passes it on. They get SIGTERM if this process dies,
// and never take themselves for ranks of one run.
class ChildProcesses : public ProcessLauncher {
 public:
  explicit ChildProcesses(std::filesystem::path program);
  ~ChildProcesses() override;  // ends what still runs, and waits for it
  ChildProcesses(const ChildProcesses&) = delete;
  ChildProcesses& operator=(const ChildProcesses&) = delete;

  int start(const std::vector<std::string>& arguments) override;
  std::vector<ProcessNews> wait(double seconds) override;
  void signal(int signal) override;

 private:
  struct Child {
    int process = -1;
    int talk = -1;  // the end of the pipe that its stderr is
    std::string unfinished;
  };
  static ProcessNews read_news(int id, Child& child);

  std::filesystem::path program_;
  std::map<int, Child> children_;
  int next_id_ = 0;
};

// The file of the running program.
std::filesystem::path own_program();

}  // namespace fool

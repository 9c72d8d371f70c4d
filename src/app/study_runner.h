// Carries out the runs of a study, several at once, each in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/child_processes.h"

namespace fool {

struct StudyJob {
  std::string name;
  std::vector<std::string> arguments;  // of fool
  double weight = 1;                   // how much work it is, in whatever unit
  double done = 0;                     // of it, before
};

struct StudyJobFailure {
  std::string name;
  int exit_code = 0;
  std::string message;  // the last that the process had to say
};

struct StudyOutcome {
  int finished = 0;
  int signal = 0;  // that ended the work, or 0
  std::vector<StudyJobFailure> failures;
};

struct StudyWatcher {
  // The signal that asks to stop, or 0.
  std::function<int()> interrupt;
  // Work done of all jobs, and a word on how it goes.
  std::function<void(double done, const std::string& note)> progress;
  // Something that a process said about a job.
  std::function<void(const std::string& name, const std::string& line)> say;
};

// Starts the jobs in their order, `processes` of them at a time. A job that fails does not stop the
// others. A signal is passed on to those that run, and no others are started.
StudyOutcome run_jobs(const std::vector<StudyJob>& jobs, int processes, ProcessLauncher& launcher,
                      const StudyWatcher& watcher);

}  // namespace fool

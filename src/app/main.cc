#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "app/interrupt.h"
#include "app/program.h"
#include "fool/classify/classifier.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report, not a way to die
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file size limit
  fool::handle_interrupts();
  fool::tune_allocator();
  fool::use_one_thread();
  fool::Console console{std::cout, std::cerr, std::vector<std::string>(argv + 1, argv + argc)};
  fool::Program program;
  const int code = program.run(console);
  std::cout.flush();
  return code == 0 && !std::cout ? static_cast<int>(fool::ErrorKind::kIo) : code;
}

// fool env: what a bug report should say about this machine and this build.
#include <cstdlib>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "fool/core/version.h"
#include "fool/eval/communicator.h"
#include "fool/model/model_spec.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

std::string vector_units() {
  std::string text;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) text += "avx2 ";
  if (__builtin_cpu_supports("avx512f")) text += "avx512 ";
#endif
  return text.empty() ? "baseline" : text.substr(0, text.size() - 1);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "(not set)" : value;
}

class EnvCommand : public Command {
 public:
  void declare(CLI::App& app) override { app.add_flag("--json", json_, "Print JSON"); }

  int run(Console& console) override {
    const ModelFinder finder = ModelFinder::from_environment();
    std::vector<std::string> folders;
    for (const auto& folder : finder.folders()) folders.push_back(folder.string());
    std::vector<std::string> models;
    for (const ModelSpec& spec : finder.list()) models.push_back(spec.name);
    const Json facts{{"fool", kVersion},
                     {"compiler", __VERSION__},
                     {"numeric_library", numeric_library()},
                     {"mpi", mpi_library()},
                     {"host", host_facts()},
                     {"vector_units", vector_units()},
                     {"workers", worker_count({{"workers", 0}})},
                     {"FOOL_MODEL_PATH", variable("FOOL_MODEL_PATH")},
                     {"FOOL_DATA_PATH", variable("FOOL_DATA_PATH")},
                     {"model_folders", folders},
                     {"models", models},
                     {"configs", resource_folder("configs").string()}};
    if (json_) {
      console.out << facts.dump(2) << "\n";
      return 0;
    }
    for (const auto& [key, value] : facts.items()) {
      std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (value.is_array())
        text = fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), ", "));
      console.out << fmt::format("{:<16} {}\n", key, text);
    }
    return 0;
  }

 private:
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("env", EnvCommand,
                      "Show versions, processor, and where models and data are looked for");

}  // namespace
}  // namespace fool

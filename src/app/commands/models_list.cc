// fool models list: which networks are at hand.
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/model_text.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

class ModelsListCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Looks in the folders of FOOL_MODEL_PATH, then among the bundled networks.\n"
        "`fool models fetch NAME` gets weights that are missing.");
  }

  int run(Console& console) override {
    const ModelFinder finder = ModelFinder::from_environment();
    std::vector<std::string> problems;
    const std::vector<ModelSpec> models = finder.list(&problems);
    for (const std::string& problem : problems) console.err << "fool: " << problem << "\n";
    if (json_) {
      print_json(models, console);
    } else {
      print_table(models, console);
    }
    return 0;
  }

 private:
  static void print_json(const std::vector<ModelSpec>& models, Console& console) {
    Json list = Json::array();
    for (const ModelSpec& spec : models) {
      list.push_back({{"name", spec.name},
                      {"architecture", spec.architecture},
                      {"format", spec.format},
                      {"classes", spec.classes},
                      {"input", spec.raw.at("input")},
                      {"card", spec.card.string()},
                      {"weights", spec.weights.string()},
                      {"weights_present", has_weights(spec)},
                      {"sha256", spec.sha256}});
    }
    console.out << list.dump(2) << "\n";
  }

  static void print_table(const std::vector<ModelSpec>& models, Console& console) {
    std::size_t width = 4;
    for (const ModelSpec& spec : models) width = std::max(width, spec.name.size());
    console.out << fmt::format("{:<{}}  {:>7}  {:<12}  {:<11}  {:<7}  {}\n", "name", width,
                               "classes", "input", "format", "weights", "card");
    for (const ModelSpec& spec : models) {
      console.out << fmt::format("{:<{}}  {:>7}  {:<12}  {:<11}  {:<7}  {}\n", spec.name, width,
                                 spec.classes, input_text(spec), spec.format,
                                 has_weights(spec) ? "there" : "missing", spec.card.string());
    }
  }

  bool json_ = false;
};

FOOL_REGISTER_COMMAND("models list", ModelsListCommand,
                      "List the networks that --model finds by name");

}  // namespace
}  // namespace fool

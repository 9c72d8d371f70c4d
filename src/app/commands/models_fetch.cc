// fool models fetch: the weights of networks, from where their cards say.
#include <ostream>

#include "app/command.h"
#include "app/provide_model.h"

namespace fool {
namespace {

class ModelsFetchCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("models", models_, "Names or cards; `fool models list` shows them")
        ->required()
        ->type_name("MODEL");
    flags_.declare(app);
    app.footer(
        "Prints where the weights are. They are looked for in the folders of FOOL_MODEL_PATH, "
        "among\nthe bundled networks, in $XDG_CACHE_HOME/fool/models and in the caches of PyTorch "
        "and Hugging\nFace; only then are they downloaded. A download that is interrupted goes on "
        "the next time.\nA proxy is named in https_proxy.\n"
        "Example: fool models fetch squeezenet1_1 alexnet");
  }

  int run(Console& console) override {
    for (const std::string& model : models_) {
      const ModelSpec spec = provide_model(model, Thoroughness::kAll, flags_, console);
      verify_weights(spec);
      if (spec.weights.empty()) {
        console.err << "fool: " << spec.name << " needs no weights\n";
      } else {
        console.out << spec.weights.string() << std::endl;
      }
    }
    return 0;
  }

 private:
  std::vector<std::string> models_;
  DownloadFlags flags_;
};

FOOL_REGISTER_COMMAND("models fetch", ModelsFetchCommand, "Get the weights of a network");

}  // namespace
}  // namespace fool

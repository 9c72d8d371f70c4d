// fool models convert: weights of any kind as safetensors, with a card.
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/model_conversion.h"
#include "fool/core/error.h"

namespace fool {
namespace {

class ModelsConvertCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A name, a card or a weights file")
        ->required()
        ->type_name("MODEL");
    app.add_option("--out", out_,
                   "The file to write, such as net.safetensors; its card lies beside it")
        ->required()
        ->type_name("FILE");
    app.add_option("--name", name_, "The model's name [the file's without its ending]")
        ->type_name("NAME");
    app.add_flag("--force", force_, "Overwrite files that are there");
    app.footer(
        "Reads safetensors, PyTorch (.pth, .pt) and Caffe (.caffemodel) files. A file without a "
        "card "
        "whose network\nis not built in is converted alone.\n"
        "Example: fool models convert resnet18-f37072fd.pth --out resnet18.safetensors");
  }

  int run(Console& console) override {
    const Conversion done = convert_model(model_, out_, name_, force_);
    console.out << fmt::format("{}: {} tensors, {} numbers, sha256 {}\n", done.weights.string(),
                               done.tensors, done.numbers, done.sha256);
    if (!done.card.empty()) {
      console.out << done.card.string() << ": its card\n";
    }
    if (!done.remark.empty()) console.err << "fool: " << done.remark << "\n";
    return 0;
  }

 private:
  std::string model_;
  std::string out_;
  std::string name_;
  bool force_ = false;
};

FOOL_REGISTER_COMMAND("models convert", ModelsConvertCommand,
                      "Write weights of any kind as safetensors, with a card");

}  // namespace
}  // namespace fool

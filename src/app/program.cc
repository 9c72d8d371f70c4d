#include "app/program.h"

#include <algorithm>
#include <new>
#include <ostream>

#include "app/interrupt.h"
#include "fool/core/error.h"
#include "fool/core/version.h"

namespace fool {
namespace {

constexpr const char* kFooter = R"(Examples:
  fool evolve --dataset mnist                        CPPN images for the ten digits, with the bundled network
  fool evolve --encoding cppn --dataset imagenet     the same for an ImageNet network
  fool verify runs/mnist-cppn-map-elites-lenet-mnist-seed1
  fool describe encoding.cppn                        every setting, with range, default and source

Exit codes: 0 done, 1 a check found a difference, 2 usage, 3 configuration, 4 model, 5 data, 6 files,
7 device, 70 internal error, 130 interrupted (resumable). Settings: flag > FOOL_* variable > file > default.)";

// The options that a parser knows, long names only.
std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

Program::Program()
    : app_("Fooling images: pictures no person recognises and a network is sure of.", "fool") {
  app_.set_version_flag("--version", std::string("fool ") + kVersion);
  app_.footer(kFooter);
  app_.require_subcommand(0, 1);
  app_.get_formatter()->column_width(32);
  for (const std::string& name : CommandRegistry::instance().names()) {
    const auto& entry = CommandRegistry::instance().find(name, "command");
    CLI::App* sub = app_.add_subcommand(name, entry.help);
    sub->get_formatter()->column_width(32);
    auto command = entry.make(Json::object());
    command->declare(*sub);
    commands_[name] = std::move(command);
  }
}

int Program::run(Console& console) {
  try {
    return dispatch(console);
  } catch (const Error& error) {
    console.err << "fool: " << error.what() << "\n";
    return error.exit_code();
  } catch (const Interrupted&) {
    console.err << "fool: interrupted\n";
    return 128 + interrupt_signal();
  } catch (const std::bad_alloc&) {
    console.err
        << "fool: out of memory; a smaller --batch-size, --block or --image-size needs less\n";
    return static_cast<int>(ErrorKind::kDevice);
  } catch (const std::exception& error) {
    console.err << "fool: internal error: " << error.what() << "\n";
    return static_cast<int>(ErrorKind::kInternal);
  }
}

int Program::dispatch(Console& console) {
  const std::vector<std::string>& arguments = console.arguments;
  if (arguments.empty()) {
    console.out << app_.help();
    return 0;
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app_.parse(reversed);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0)
      return app_.exit(error, console.out, console.err);  // --help, --version
    fail(ErrorKind::kUsage, "{}", explain(error, arguments));
  }
  const CLI::App* chosen = app_.get_subcommands().front();
  return commands_.at(chosen->get_name())->run(console);
}

std::string Program::explain(const CLI::ParseError& error,
                             const std::vector<std::string>& arguments) const {
  const auto subcommands = app_.get_subcommands();
  if (subcommands.empty()) {
    const std::string& word = arguments.front();
    if (word.rfind("-", 0) == 0) {
      return fmt::format("unknown flag {}{}; see fool --help", word,
                         did_you_mean(word, long_options(app_)));
    }
    return fmt::format("there is no command \"{}\"{}; see fool --help", word,
                       did_you_mean(word, CommandRegistry::instance().names()));
  }
  const CLI::App* innermost = subcommands.front();
  std::string path = innermost->get_name();
  while (!innermost->get_subcommands().empty()) {
    innermost = innermost->get_subcommands().front();
    path += " " + innermost->get_name();
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> known = long_options(*innermost);
    for (const std::string& word : arguments) {
      const std::string flag = word.substr(0, word.find('='));
      if (flag.rfind("--", 0) == 0 && std::find(known.begin(), known.end(), flag) == known.end()) {
        return fmt::format("{} has no flag {}{}; see fool {} --help", path, flag,
                           did_you_mean(flag, known), path);
      }
    }
  }
  return fmt::format("{}; see fool {} --help", error.what(), path);
}

}  // namespace fool

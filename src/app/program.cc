#include "app/program.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <ostream>

#include "app/interrupt.h"
#include "fool/core/failure.h"
#include "fool/core/version.h"

namespace fool {
namespace {

constexpr const char* kFooter = R"(Examples:
  fool evolve --dataset mnist                        CPPN images for the ten digits, with the bundled network
  fool evolve --encoding cppn --dataset imagenet     the same for an ImageNet network
  fool ascend --dataset mnist                        images for them by gradient ascent
  fool verify runs/mnist-cppn-map-elites-lenet-mnist-seed1
  fool describe encoding.cppn                        every setting, with range, default and source

Exit codes: 0 done, 1 a check found a difference, 2 usage, 3 configuration, 4 model, 5 data, 6 files,
7 device or ranks, 70 internal error, 130 interrupted (resumable). Settings: flag > FOOL_* variable > file > default.)";

// Commands of two words, by the first.
const std::map<std::string, std::string> kGroups = {
    {"data", "Data sets: get one"},
    {"models", "Networks: list, look into, get, check and convert them"},
};

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Arguments without a flag in capitals, as help calls values: "fool verify [OPTIONS] RUN".
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    const std::string name = CLI::Formatter::make_option_name(option, is_positional);
    return is_positional ? in_capitals(name) : name;
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    if (!option->get_positional()) return CLI::Formatter::make_option_opts(option);
    const std::string type = option->get_type_name();
    const bool lists_values =
        !type.empty() && std::islower(static_cast<unsigned char>(type.front())) != 0;
    return lists_values ? " " + type : "";
  }
};

// The sub-command that was chosen, and the words that lead to it.
std::pair<const CLI::App*, std::string> chosen_command(const CLI::App& app) {
  const CLI::App* innermost = &app;
  std::string path;
  while (!innermost->get_subcommands().empty()) {
    innermost = innermost->get_subcommands().front();
    path += (path.empty() ? "" : " ") + innermost->get_name();
  }
  return {innermost, path};
}

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
  app_.formatter(std::make_shared<HelpFormatter>());  // of the sub-commands too
  app_.get_formatter()->column_width(32);
  for (const std::string& name : CommandRegistry::instance().names()) {
    const auto& entry = CommandRegistry::instance().find(name, "command");
    const std::size_t blank = name.find(' ');
    CLI::App& parent = blank == std::string::npos ? app_ : group(name.substr(0, blank));
    CLI::App* sub = parent.add_subcommand(name.substr(blank + 1), entry.help);
    sub->footer("");  // and not the program's
    auto command = entry.make(Json::object());
    command->declare(*sub);
    commands_[name] = std::move(command);
  }
}

CLI::App& Program::group(const std::string& name) {
  const auto known =
      app_.get_subcommands([&](const CLI::App* app) { return app->get_name() == name; });
  if (!known.empty()) return *known.front();
  const auto it = kGroups.find(name);
  if (it == kGroups.end()) fail(ErrorKind::kInternal, "no help for the commands \"{} ...\"", name);
  CLI::App* made = app_.add_subcommand(name, it->second);
  made->footer("");
  made->require_subcommand(1);
  return *made;
}

int Program::run(Console& console) {
  int code = 0;
  std::string message;
  try {
    code = dispatch(console);
    console.ranks.agree();
    return code;
  } catch (const Interrupted&) {
    code = 128 + interrupt_signal();
    message = "interrupted";
  } catch (...) {
    const Error error = current_error();
    code = error.exit_code();
    message = error.what();
  }
  console.ranks.report_failure(code, message);
  console.err << "fool: " << message << "\n";
  return code;
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
  const std::string name = chosen_command(app_).second;
  Command& command = *commands_.at(name);
  if (console.ranks.size() > 1 && !command.runs_on_ranks()) {
    fail(ErrorKind::kUsage,
         "fool {} is the work of one process, but {} were started as one job; start it without "
         "mpirun or srun, or set FOOL_RANKS=off to let each do it",
         name, console.ranks.size());
  }
  return command.run(console);
}

std::string Program::explain(const CLI::ParseError& error,
                             const std::vector<std::string>& arguments) const {
  const auto [innermost, path] = chosen_command(app_);
  if (innermost == &app_) {
    const std::string& word = arguments.front();
    if (word.rfind("-", 0) == 0) {
      return fmt::format("unknown flag {}{}; see fool --help", word,
                         did_you_mean(word, long_options(app_)));
    }
    return fmt::format("there is no command \"{}\"{}; see fool --help", word,
                       did_you_mean(word, CommandRegistry::instance().names()));
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
  std::string what = error.what();
  for (const CLI::Option* option : innermost->get_options()) {
    if (option->get_positional() && what == option->get_name() + " is required")
      what = in_capitals(option->get_name()) + " is required";
  }
  return fmt::format("{}; see fool {} --help", what, path);
}

}  // namespace fool

// fool completion: shell completion, generated from the option tree itself.
#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <ostream>

#include "app/command.h"
#include "app/components.h"
#include "app/program.h"
#include "fool/core/error.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

// What a shell can offer where a value is expected.
struct Value {
  enum class Kind { kAnything, kWords, kModel, kFile, kFolder };  // a model is a word or a file
  Kind kind = Kind::kAnything;
  std::vector<std::string> words;
};

struct Flag {
  std::string name;  // with its dashes
  std::string help;
  std::optional<Value> value;  // none: takes none
};

struct Node {
  std::string path;  // "models list"; empty for the program
  std::string help;
  std::vector<Flag> flags;
  std::optional<Value> argument;                              // the positional one
  std::vector<std::pair<std::string, std::string>> children;  // name, help
};

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  std::vector<std::string> problems;  // of cards; of no interest here
  for (const ModelSpec& spec : ModelFinder::from_environment().list(&problems))
    names.push_back(spec.name);
  return names;
}

std::vector<std::string> component_names() {
  std::vector<std::string> names;
  for (const Component& component : all_components()) {
    if (std::find(names.begin(), names.end(), component.kind) == names.end())
      names.push_back(component.kind);
    if (!component.name.empty()) names.push_back(component.path());
  }
  return names;
}

// By the name of the type, which help shows too: in small letters, "cppn|direct" lists the values.
Value value_of(const std::string& type_name) {
  using Kind = Value::Kind;
  static const std::map<std::string, Kind> kKinds = {
      {"DIR", Kind::kFolder},         {"FOLDER", Kind::kFolder},   {"RUN", Kind::kFolder},
      {"N", Kind::kAnything},         {"X", Kind::kAnything},      {"S", Kind::kAnything},
      {"P", Kind::kAnything},         {"PIXELS", Kind::kAnything}, {"NAME", Kind::kAnything},
      {"KEY=VALUE", Kind::kAnything}, {"URL", Kind::kAnything},
  };
  if (type_name == "MODEL") return {Kind::kModel, model_names()};
  if (type_name == "COMPONENT") return {Kind::kWords, component_names()};
  const auto known = kKinds.find(type_name);
  if (known != kKinds.end()) return {known->second, {}};
  if (type_name.empty() || std::islower(static_cast<unsigned char>(type_name.front())) == 0)
    return {Kind::kFile, {}};
  Value value{Kind::kWords, {}};
  for (std::size_t start = 0; start <= type_name.size();) {
    const std::size_t end = std::min(type_name.find('|', start), type_name.size());
    value.words.push_back(type_name.substr(start, end - start));
    start = end + 1;
  }
  return value;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Node>& nodes) {
  Node node;
  node.path = path;
  node.help = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) node.argument = value_of(option->get_type_name());
    for (const std::string& name : option->get_lnames()) {
      Flag flag{"--" + name, option->get_description(), std::nullopt};
      if (option->get_items_expected_max() > 0) flag.value = value_of(option->get_type_name());
      node.flags.push_back(std::move(flag));
    }
  }
  const auto children = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* child : children)
    node.children.emplace_back(child->get_name(), child->get_description());
  nodes.push_back(node);
  for (const CLI::App* child : children) {
    collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), nodes);
  }
}

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string shell_words(const std::vector<std::string>& words) {
  return shell_quoted(fmt::format("{}", fmt::join(words, " ")));
}

// The commands of the script that offer a value.
std::string bash_offer(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kWords:
      return "_fool_offer -W " + shell_words(value.words);
    case Value::Kind::kModel:
      return "_fool_offer -W " + shell_words(value.words) + "; _fool_offer_names -f";
    case Value::Kind::kFile:
      return "_fool_offer_names -f";
    case Value::Kind::kFolder:
      return "_fool_offer_names -d";
    case Value::Kind::kAnything:
      break;
  }
  return ":";
}

// Runs in bash (from 3.2 on) and in zsh, whose arrays "path" and "words" it must leave alone.
constexpr const char* kBashHead = R"(_fool_offer() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@" -- "$cur")
}
_fool_offer_names() {
  compopt -o filenames 2>/dev/null
  _fool_offer "$@"
}
_fool() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} chosen= word i
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$chosen $word" in
)";

void bash(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# bash completion for fool: source <(fool completion bash)\n" << kBashHead;
  for (const Node& node : nodes) {
    if (node.path.empty()) continue;
    const std::size_t space = node.path.rfind(' ');
    const std::string parent = space == std::string::npos ? "" : node.path.substr(0, space);
    const std::string name = space == std::string::npos ? node.path : node.path.substr(space + 1);
    out << "      " << shell_quoted(parent + " " + name) << ") chosen=" << shell_quoted(node.path)
        << " ;;\n";
  }
  out << "    esac\n  done\n  case \"$chosen $prev\" in\n";
  for (const Node& node : nodes) {
    for (const Flag& flag : node.flags) {
      if (!flag.value) continue;
      out << "    " << shell_quoted(node.path + " " + flag.name) << ") " << bash_offer(*flag.value)
          << "; return ;;\n";
    }
  }
  out << "  esac\n  if [[ $cur == -* ]]; then\n    case \"$chosen\" in\n";
  for (const Node& node : nodes) {
    std::vector<std::string> flags;
    for (const Flag& flag : node.flags) flags.push_back(flag.name);
    out << "      " << shell_quoted(node.path) << ") _fool_offer -W " << shell_words(flags)
        << " ;;\n";
  }
  out << "    esac\n    return\n  fi\n  case \"$chosen\" in\n";
  for (const Node& node : nodes) {
    std::vector<std::string> children;
    for (const auto& [name, help] : node.children) children.push_back(name);
    const std::string offer = node.argument      ? bash_offer(*node.argument)
                              : children.empty() ? ":"
                                                 : "_fool_offer -W " + shell_words(children);
    out << "    " << shell_quoted(node.path) << ") " << offer << " ;;\n";
  }
  out << "  esac\n}\ncomplete -F _fool fool\n";
}

// zsh runs the bash function through bashcompinit: one generator, one behaviour.
void zsh(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# zsh completion for fool: source <(fool completion zsh)\n"
         "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n"
         "autoload -Uz bashcompinit && bashcompinit\n";
  bash(nodes, out);
}

// The options of fish's `complete` for a value: whether files are offered, and which words.
std::string fish_offer(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kWords:
      return " -f -a " + shell_words(value.words);
    case Value::Kind::kModel:
      return " -F -a " + shell_words(value.words);
    case Value::Kind::kFile:
      return " -F";
    case Value::Kind::kFolder:
      return " -f -a '(__fish_complete_directories)'";
    case Value::Kind::kAnything:
      break;
  }
  return " -f";
}

void fish(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# fish completion for fool: fool completion fish | source\n"
         "complete -c fool -f\n";
  for (const Node& node : nodes) {
    // Offered when the words of the path were typed and none of the children's.
    std::string condition;
    std::string rest = node.path;
    while (!rest.empty()) {
      const std::size_t space = rest.find(' ');
      condition += (condition.empty() ? "" : "; and ") +
                   ("__fish_seen_subcommand_from " + rest.substr(0, space));
      rest = space == std::string::npos ? "" : rest.substr(space + 1);
    }
    if (!node.children.empty()) {
      std::vector<std::string> names;
      for (const auto& [name, help] : node.children) names.push_back(name);
      condition += (condition.empty() ? "" : "; and ") +
                   fmt::format("not __fish_seen_subcommand_from {}", fmt::join(names, " "));
    }
    const std::string when = "complete -c fool -n " + shell_quoted(condition);
    for (const auto& [name, help] : node.children) {
      out << when << " -f -a " << name << " -d " << shell_quoted(help) << "\n";
    }
    if (node.argument) out << when << fish_offer(*node.argument) << "\n";
    for (const Flag& flag : node.flags) {
      out << when << " -l " << flag.name.substr(2) << " -d " << shell_quoted(flag.help);
      if (flag.value) out << " -r" << fish_offer(*flag.value);
      out << "\n";
    }
  }
}

class CompletionCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("shell", shell_, "The shell")->required()->type_name("bash|zsh|fish");
    app.footer("Example: source <(fool completion bash)");
  }

  int run(Console& console) override {
    const Program program;
    std::vector<Node> nodes;
    collect(program.options(), "", nodes);
    if (shell_ == "bash") {
      bash(nodes, console.out);
    } else if (shell_ == "zsh") {
      zsh(nodes, console.out);
    } else if (shell_ == "fish") {
      fish(nodes, console.out);
    } else {
      fail(ErrorKind::kUsage, "completion: there is no shell \"{}\"; known: bash, zsh, fish",
           shell_);
    }
    return 0;
  }

 private:
  std::string shell_;
};

FOOL_REGISTER_COMMAND("completion", CompletionCommand,
                      "Print shell completion for bash, zsh or fish");

}  // namespace
}  // namespace fool

// fool completion: shell completion, generated from the option tree itself.
#include <algorithm>
#include <ostream>

#include "app/command.h"
#include "app/program.h"
#include "fool/core/error.h"

namespace fool {
namespace {

struct Flag {
  std::string name;  // with its dashes
  std::string help;
  bool takes_value = false;
  std::vector<std::string> values;  // known ones
};

struct Node {
  std::string path;  // "models list"; empty for the program
  std::string help;
  std::vector<Flag> flags;
  std::vector<std::pair<std::string, std::string>> children;  // name, help
};

// A type name such as "cppn|direct" lists the values.
std::vector<std::string> values_of(const std::string& type_name) {
  std::vector<std::string> values;
  if (type_name.find('|') == std::string::npos) return values;
  for (std::size_t start = 0; start <= type_name.size();) {
    const std::size_t end = std::min(type_name.find('|', start), type_name.size());
    values.push_back(type_name.substr(start, end - start));
    start = end + 1;
  }
  return values;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Node>& nodes) {
  Node node;
  node.path = path;
  node.help = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      node.flags.push_back({"--" + name, option->get_description(),
                            option->get_items_expected_max() > 0,
                            values_of(option->get_type_name())});
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

void bash(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# bash completion for fool: source <(fool completion bash)\n"
         "_fool() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word i "
         "words=\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case \"$path $word\" in\n";
  for (const Node& node : nodes) {
    if (!node.path.empty()) {
      const std::size_t space = node.path.rfind(' ');
      const std::string parent = space == std::string::npos ? "" : node.path.substr(0, space);
      const std::string name = space == std::string::npos ? node.path : node.path.substr(space + 1);
      out << "      " << shell_quoted(parent + " " + name) << ") path=" << shell_quoted(node.path)
          << " ;;\n";
    }
  }
  out << "    esac\n  done\n  case \"$path $prev\" in\n";
  for (const Node& node : nodes) {
    for (const Flag& flag : node.flags) {
      if (!flag.takes_value) continue;
      out << "    " << shell_quoted(node.path + " " + flag.name) << ") ";
      if (flag.values.empty()) {
        out << "COMPREPLY=($(compgen -f -- \"$cur\"));";
      } else {
        out << "COMPREPLY=($(compgen -W "
            << shell_quoted(fmt::format("{}", fmt::join(flag.values, " "))) << " -- \"$cur\"));";
      }
      out << " return ;;\n";
    }
  }
  out << "  esac\n  case \"$path\" in\n";
  for (const Node& node : nodes) {
    std::vector<std::string> words;
    for (const auto& [name, help] : node.children) words.push_back(name);
    for (const Flag& flag : node.flags) words.push_back(flag.name);
    out << "    " << shell_quoted(node.path)
        << ") words=" << shell_quoted(fmt::format("{}", fmt::join(words, " "))) << " ;;\n";
  }
  out << "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  [[ $cur == -* || -n ${COMPREPLY[*]} ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "}\n"
         "complete -o filenames -F _fool fool\n";
}

// zsh runs the bash function through bashcompinit: one generator, one behaviour.
void zsh(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# zsh completion for fool: source <(fool completion zsh)\n"
         "autoload -U +X compinit && compinit -u\n"
         "autoload -U +X bashcompinit && bashcompinit\n";
  bash(nodes, out);
}

void fish(const std::vector<Node>& nodes, std::ostream& out) {
  out << "# fish completion for fool: fool completion fish | source\n";
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
    for (const Flag& flag : node.flags) {
      out << when << " -l " << flag.name.substr(2) << " -d " << shell_quoted(flag.help);
      if (!flag.values.empty()) {
        out << " -x -a " << shell_quoted(fmt::format("{}", fmt::join(flag.values, " ")));
      } else if (flag.takes_value) {
        out << " -r";
      }
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

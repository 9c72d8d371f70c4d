// Several networks in one setting: names with commas between them.
#pragma once

#include <string>
#include <vector>

namespace fool {

// "a,b,c" -> a, b, c; a file whose name holds a comma is one network. Throws Error(kConfig) for a
// name that is empty beside others, or that is there twice. An empty text is one empty name.
std::vector<std::string> model_list(const std::string& text);

// The same text, files by their absolute paths: it means the same wherever a run is continued or
// verified from.
std::string with_absolute_files(const std::string& text);

}  // namespace fool

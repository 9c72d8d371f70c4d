// The files in a tar archive in memory, such as PyTorch's of 2016 and 2017. No size is trusted.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fool {

// name -> content; both lie in the bytes. `where` begins the messages. Throws Error(kModel).
std::map<std::string_view, std::string_view> read_tar(std::string_view bytes,
                                                      const std::string& where);

// Whether the bytes begin with the header of a tar archive.
bool looks_like_tar(std::string_view bytes);

}  // namespace fool

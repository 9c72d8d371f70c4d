// Before any work that ends in a file.
#pragma once

#include <string>

namespace fool {

// Throws Error(kUsage) naming the flag for a path that does not end in `ending` (".csv"),
// Error(kIo) for a file that is there, unless it may be replaced.
void require_new_file(const std::string& flag, const std::string& path, const std::string& ending,
                      bool may_replace);

}  // namespace fool

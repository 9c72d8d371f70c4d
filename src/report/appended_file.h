// A file that grows while a run goes on: what is added is there as a whole or not at all, unless
// the process is killed.
#pragma once

#include <filesystem>
#include <string_view>

namespace fool {

class AppendedFile {
 public:
  // Makes the file if it is not there. Throws Error(kIo).
  explicit AppendedFile(const std::filesystem::path& path);
  ~AppendedFile();
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;

  void append(std::string_view bytes);  // throws Error(kIo)

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace fool

// A download in the making, NAME.part beside NAME: kept when it is cut short, and one process's at
// a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace fool {

class PartFile {
 public:
  // Makes or opens the file and locks it. Where another process holds it, calls `wait` until it is
  // free; if `arrived` then says that the destination is there, nothing is opened and held() is
  // false. Throws Error(kIo).
  PartFile(const std::filesystem::path& destination, const std::function<void()>& wait,
           const std::function<bool()>& arrived);
  ~PartFile();  // removes the file if it is empty
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  bool held() const { return descriptor_ >= 0; }
  const std::filesystem::path& path() const { return path_; }
  std::int64_t size() const { return size_; }

  void clear();                         // throws Error(kIo)
  void append(std::string_view bytes);  // throws Error(kIo), for instance when the disk is full
  void publish();                       // sync, rename to the destination, sync the folder

 private:
  bool lock();
  [[noreturn]] void cannot_write() const;

  std::filesystem::path destination_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace fool

#include "report/appended_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "fool/core/error.h"

namespace fool {

AppendedFile::AppendedFile(const std::filesystem::path& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    fail(ErrorKind::kIo, "cannot write {}: {}", path.string(), std::strerror(errno));
  }
}

AppendedFile::~AppendedFile() { ::close(descriptor_); }

void AppendedFile::append(std::string_view bytes) {
  const off_t before = ::lseek(descriptor_, 0, SEEK_END);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const std::string reason = std::strerror(errno);
      const bool mended = ::ftruncate(descriptor_, before) == 0;
      fail(ErrorKind::kIo, "cannot write {}: {}{}", path_.string(), reason,
           mended ? "" : "; its end is not whole");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace fool

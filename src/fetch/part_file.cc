#include "fetch/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fool/core/error.h"

namespace fool {

PartFile::PartFile(const std::filesystem::path& destination, const std::function<void()>& wait,
                   const std::function<bool()>& arrived)
    : destination_(destination), path_(destination.string() + ".part") {
  try {
    while (!lock()) {
      if (descriptor_ >= 0) {
        wait();
      } else if (arrived()) {
        return;
      }
    }
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0) cannot_write();
  size_ = info.st_size;
}

PartFile::~PartFile() {
  if (descriptor_ < 0) return;
  if (size_ == 0) ::unlink(path_.c_str());
  ::close(descriptor_);
}

// One attempt. Leaves the descriptor open while another process has the lock, and closes it if the
// file was renamed or removed before the lock came free.
bool PartFile::lock() {
  if (descriptor_ < 0) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor_ < 0) cannot_write();
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  // File systems without locks are used without them.
  struct stat mine {};
  struct stat named {};
  if (::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &named) == 0 &&
      mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) {
    return true;
  }
  ::close(descriptor_);
  descriptor_ = -1;
  return false;
}

void PartFile::cannot_write() const {
  fail(ErrorKind::kIo, "cannot write {}: {}", path_.string(), std::strerror(errno));
}

void PartFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0) cannot_write();
  size_ = 0;
}

void PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) cannot_write();
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
}

void PartFile::publish() {
  // Some network file systems cannot sync; that is no reason to lose the file.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) cannot_write();
  if (::rename(path_.c_str(), destination_.c_str()) != 0) cannot_write();
  ::close(descriptor_);
  descriptor_ = -1;
  const int folder = ::open(destination_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

}  // namespace fool

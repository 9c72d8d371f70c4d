#include "data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::uint32_t kUnsignedBytes =
    0x08;  // the third byte of the magic number: the type of the values
constexpr std::uint32_t kMaxItems = 100'000'000;
constexpr std::uint32_t kMaxSide = 4096;
constexpr std::uint64_t kMaxBytes = 1ULL << 31;

// The unpacked bytes of a file, one piece after the other; zlib passes a file that is not gzip
// through unchanged.
class Input {
 public:
  explicit Input(const std::filesystem::path& path) : path_(path.string()) {
    errno = 0;
    file_.reset(gzopen(path_.c_str(), "rb"));
    if (!file_) {
      fail(ErrorKind::kData, "{} cannot be opened: {}", path_,
           errno != 0 ? std::strerror(errno) : "no memory");
    }
  }

  const std::string& path() const { return path_; }

  // Up to `size` bytes; fewer only at the end of the file.
  std::size_t read(std::uint8_t* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const auto piece = static_cast<unsigned>(std::min<std::size_t>(size - done, 1U << 20));
      const int got = gzread(file_.get(), to + done, piece);
      int code = Z_OK;
      const char* message = gzerror(file_.get(), &code);
      // A gzip file that is cut off yields what there is and reports Z_BUF_ERROR.
      if (got < 0 || code != Z_OK) {
        fail(ErrorKind::kData, "{} is damaged or cut off: {}", path_,
             code == Z_ERRNO ? std::strerror(errno) : message);
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::uint32_t read_number() {
    std::uint8_t bytes[4];
    if (read(bytes, sizeof bytes) < sizeof bytes) {
      fail(ErrorKind::kData, "{} ends within its header; expected an IDX file", path_);
    }
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
  }

 private:
  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
};

void read_magic(Input& input, std::uint32_t dimensions, const char* what) {
  const std::uint32_t expected = kUnsignedBytes << 8 | dimensions;
  const std::uint32_t magic = input.read_number();
  if (magic != expected) {
    fail(ErrorKind::kData,
         "{} does not hold {}: expected the magic number {:#010x}, found {:#010x}", input.path(),
         what, expected, magic);
  }
}

std::uint32_t read_size(Input& input, const char* what, std::uint32_t max) {
  const std::uint32_t size = input.read_number();
  if (size < 1 || size > max) {
    fail(ErrorKind::kData, "{}: number of {}: expected 1..{}, found {}", input.path(), what, max,
         size);
  }
  return size;
}

// Exactly `size` bytes and then the end. The memory grows with what is really there, whatever the
// header claims.
std::vector<std::uint8_t> read_rest(Input& input, std::size_t size) {
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < size) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(size, std::max<std::size_t>(2 * before, 1U << 20)));
    const std::size_t got = input.read(bytes.data() + before, bytes.size() - before);
    if (before + got < bytes.size()) {
      fail(ErrorKind::kData, "{} is cut off: its header promises {} bytes of data, {} are there",
           input.path(), size, before + got);
    }
  }
  std::uint8_t extra = 0;
  if (input.read(&extra, 1) != 0) {
    fail(ErrorKind::kData, "{} goes on after the {} bytes of data that its header promises",
         input.path(), size);
  }
  return bytes;
}

}  // namespace

ImageBatch read_idx_images(const std::filesystem::path& path) {
  Input input(path);
  read_magic(input, 3, "images");
  const std::uint32_t count = read_size(input, "images", kMaxItems);
  const std::uint32_t height = read_size(input, "rows", kMaxSide);
  const std::uint32_t width = read_size(input, "columns", kMaxSide);
  const std::uint64_t size = std::uint64_t{count} * height * width;
  if (size > kMaxBytes) {
    fail(ErrorKind::kData, "{}: {} images of {}x{} are more than {} bytes", path.string(), count,
         width, height, kMaxBytes);
  }
  const std::vector<std::uint8_t> bytes = read_rest(input, size);
  ImageBatch images(static_cast<int>(count),
                    {static_cast<int>(height), static_cast<int>(width), 1});
  std::copy(bytes.begin(), bytes.end(), images.bytes().begin());
  return images;
}

std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path) {
  Input input(path);
  read_magic(input, 1, "labels");
  return read_rest(input, read_size(input, "labels", kMaxItems));
}

}  // namespace fool

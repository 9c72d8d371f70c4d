#include "fool/report/png.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

constexpr std::size_t kMaxPixels = std::size_t{1} << 26;
constexpr png_uint_32 kMaxSide = 1U << 20;
constexpr png_alloc_size_t kMaxTextBytes = std::size_t{1} << 24;  // of one chunk, unpacked
constexpr png_uint_32 kMaxChunks = 100;
constexpr std::size_t kLongText = 1024;  // compressed from here on

// Against the default level 6: a quarter more bytes in less than half of the time, for smooth
// images.
constexpr int kCompressionLevel = 3;

// What libpng said when it gave up. It is told to say nothing on stderr.
struct Complaint {
  char text[160] = "";
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* complaint = static_cast<Complaint*>(png_get_error_ptr(png));
  std::snprintf(complaint->text, sizeof(complaint->text), "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

// Runs a step that calls libpng; false if libpng gave up. It does so by longjmp, which runs no
// destructors: a step has only plain locals, and whatever owns memory lives outside.
template <typename Step>
bool guarded(png_structp png, const Step& step) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  step();
  return true;
}

// libpng's two structures, destroyed together.
class Handle {
 public:
  using Destroy = void (*)(png_structpp, png_infopp);

  Handle(png_structp png, Destroy destroy)
      : png_(png),
        info_(png != nullptr ? png_create_info_struct(png) : nullptr),
        destroy_(destroy) {
    if (info_ == nullptr) {
      destroy_(&png_, &info_);
      fail(ErrorKind::kInternal, "libpng cannot be used: out of memory or of another version");
    }
  }
  ~Handle() { destroy_(&png_, &info_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  png_structp png() const { return png_; }
  png_infop info() const { return info_; }

 private:
  png_structp png_;
  png_infop info_;
  Destroy destroy_;
};

// --- Writing

struct Sink {
  std::string bytes;
  Complaint complaint;
};

void append(png_structp png, png_bytep data, std::size_t size) {
  auto* bytes = static_cast<std::string*>(png_get_io_ptr(png));
  bool stored = true;
  try {
    bytes->append(reinterpret_cast<const char*>(data), size);
  } catch (const std::exception&) {  // must not cross libpng's frames
    stored = false;
  }
  if (!stored) png_error(png, "out of memory");
}

class Writer {
 public:
  std::string write(ConstImageView image, const PngText& text) {
    std::vector<png_text> chunks = text_chunks(text);
    const ImageShape& shape = image.shape;
    const std::size_t row =
        static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.channels);
    const bool written = guarded(png_, [&] {
      png_set_write_fn(png_, &sink_.bytes, append, nullptr);
      png_set_compression_level(png_, kCompressionLevel);
      png_set_text_compression_level(png_, kCompressionLevel);
      png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
      png_set_IHDR(png_, info_, static_cast<png_uint_32>(shape.width),
                   static_cast<png_uint_32>(shape.height), 8,
                   shape.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                   PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
      png_set_text(png_, info_, chunks.data(), static_cast<int>(chunks.size()));
      png_write_info(png_, info_);
      for (int y = 0; y < shape.height; ++y) {
        png_write_row(png_, image.data + static_cast<std::size_t>(y) * row);
      }
      png_write_end(png_, nullptr);
    });
    if (!written) fail(ErrorKind::kInternal, "cannot make a PNG: {}", sink_.complaint.text);
    return std::move(sink_.bytes);
  }

 private:
  // Views of the keywords and texts; libpng copies them.
  static std::vector<png_text> text_chunks(const PngText& text) {
    std::vector<png_text> chunks;
    for (const auto& [keyword, value] : text) {
      check(keyword, value);
      const bool ascii = std::all_of(value.begin(), value.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
      const bool is_long = value.size() > kLongText;
      png_text chunk{};
      chunk.compression = ascii ? (is_long ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE)
                                : (is_long ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE);
      chunk.key = const_cast<char*>(keyword.c_str());
      chunk.text = const_cast<char*>(value.c_str());
      (ascii ? chunk.text_length : chunk.itxt_length) = value.size();
      chunks.push_back(chunk);
    }
    return chunks;
  }

  static void check(const std::string& keyword, const std::string& value) {
    const bool printable =
        std::all_of(keyword.begin(), keyword.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (keyword.empty() || keyword.size() > 79 || !printable) {
      fail(ErrorKind::kInternal, "PNG text: \"{}\" cannot be a keyword", keyword);
    }
    if (value.find('\0') != std::string::npos) {
      fail(ErrorKind::kInternal, "PNG text: \"{}\" contains a zero byte", keyword);
    }
  }

  Sink sink_;
  Handle handle_{
      png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink_.complaint, on_error, on_warning),
      png_destroy_write_struct};
  const png_structp png_ = handle_.png();
  const png_infop info_ = handle_.info();
};

// --- Reading

struct Source {
  std::string_view bytes;
  Complaint complaint;
};

void take(png_structp png, png_bytep data, std::size_t size) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (source->bytes.size() < size) png_error(png, "the file ends too early");
  std::memcpy(data, source->bytes.data(), size);
  source->bytes.remove_prefix(size);
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : name_(name), source_{bytes, {}} {
    require(guarded(png_, [&] {
      png_set_read_fn(png_, &source_, take);
      png_set_user_limits(png_, kMaxSide, kMaxSide);
      png_set_chunk_cache_max(png_, kMaxChunks);
      png_set_chunk_malloc_max(png_, kMaxTextBytes);
      png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
      png_read_info(png_, info_);
    }));
  }

  ImageBatch read_pixels() {
    const png_uint_32 width = png_get_image_width(png_, info_);
    const png_uint_32 height = png_get_image_height(png_, info_);
    if (static_cast<std::size_t>(width) * height > kMaxPixels) {
      fail(ErrorKind::kData, "{} has {} x {} pixels; at most {} are read", name_, width, height,
           kMaxPixels);
    }
    require(guarded(png_, [&] {
      png_set_expand(png_);  // palettes, few bits, transparent colours
      png_set_scale_16(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    }));
    const int channels = png_get_channels(png_, info_);
    ImageBatch image(1, {static_cast<int>(height), static_cast<int>(width), channels});
    std::vector<png_bytep> rows(height);
    const std::size_t row = png_get_rowbytes(png_, info_);
    for (std::size_t y = 0; y < height; ++y) rows[y] = image[0].data + y * row;
    require(guarded(png_, [&] {
      png_read_image(png_, rows.data());
      png_read_end(png_, info_);
    }));
    return channels == 1 || channels == 3 ? std::move(image) : without_alpha(image);
  }

  PngText text() const {
    png_textp chunks = nullptr;
    int count = 0;
    png_get_text(png_, info_, &chunks, &count);
    PngText result;
    for (int i = 0; i < count; ++i) {
      const png_text& chunk = chunks[i];
      if (chunk.text == nullptr) continue;
      const bool international = chunk.compression >= PNG_ITXT_COMPRESSION_NONE;
      result.emplace(chunk.key, std::string(chunk.text,
                                            international ? chunk.itxt_length : chunk.text_length));
    }
    return result;
  }

 private:
  void require(bool done) const {
    if (done) return;
    fail(ErrorKind::kData, "{} is a truncated or damaged PNG image: {}", name_,
         source_.complaint.text);
  }

  ImageBatch without_alpha(const ImageBatch& image) const {
    ImageShape shape = image.shape();
    const auto channels = static_cast<std::size_t>(shape.channels);
    shape.channels -= 1;
    ImageBatch result(1, shape);
    const std::uint8_t* from = image[0].data;
    std::uint8_t* to = result[0].data;
    for (std::size_t i = 0; i < image[0].size();
         i += channels, from += channels, to += channels - 1) {
      if (from[channels - 1] != 255) {
        fail(ErrorKind::kData, "{} has transparent pixels; flatten it onto a background first",
             name_);
      }
      std::copy_n(from, channels - 1, to);
    }
    return result;
  }

  static void destroy(png_structpp png, png_infopp info) {
    png_destroy_read_struct(png, info, nullptr);
  }

  const std::string& name_;
  Source source_;
  Handle handle_{
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_.complaint, on_error, on_warning),
      destroy};
  const png_structp png_ = handle_.png();
  const png_infop info_ = handle_.info();
};

// Walks over the chunks before libpng does, which takes memory for as many bytes as a chunk claims
// to have.
void require_whole_chunks(std::string_view bytes, const std::string& name) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  if (bytes.substr(0, kSignature.size()) != kSignature) {
    fail(ErrorKind::kData, "{} is not a PNG image", name);
  }
  constexpr std::size_t kFrame = 12;  // length, type and checksum
  std::size_t at = kSignature.size();
  while (at < bytes.size()) {
    const std::size_t left = bytes.size() - at;
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4 && i < left; ++i) {
      length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    if (left < kFrame || left - kFrame < length) break;
    if (bytes.substr(at + 4, 4) == "IEND") return;
    at += kFrame + length;
  }
  fail(ErrorKind::kData, "{} is a truncated or damaged PNG image: the file ends too early", name);
}

}  // namespace

std::string encode_png(ConstImageView image, const PngText& text) {
  return Writer().write(image, text);
}

void write_png(const std::filesystem::path& path, ConstImageView image, const PngText& text) {
  write_file(path, encode_png(image, text));
}

Png decode_png(std::string_view bytes, const std::string& name) {
  require_whole_chunks(bytes, name);
  Reader reader(bytes, name);
  Png png;
  png.image = reader.read_pixels();
  png.text = reader.text();
  return png;
}

Png read_png(const std::filesystem::path& path) {
  const MappedFile file(path);
  return decode_png(file.bytes(), path.string());
}

PngText read_png_text(const std::filesystem::path& path) {
  const MappedFile file(path);
  require_whole_chunks(file.bytes(), path.string());
  return Reader(file.bytes(), path.string()).text();
}

}  // namespace fool

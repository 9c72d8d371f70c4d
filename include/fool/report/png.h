// PNG images with text in them: what was scored is what is saved, and the file carries the genome
// that drew it. Same pixels and text, same bytes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "fool/core/image.h"

namespace fool {

// Keyword -> UTF-8 text. A keyword is 1 to 79 printable ASCII characters, no spaces.
using PngText = std::map<std::string, std::string>;

struct Png {
  ImageBatch image;  // one image, grey or RGB
  PngText text;
};

// The bytes of an 8-bit grey or RGB PNG. The text goes in front of the pixels: tEXt where it is
// short and ASCII, zTXt where it is long, iTXt where it is not ASCII.
std::string encode_png(ConstImageView image, const PngText& text = {});

// The same, into a file that is whole or not there. Throws Error(kIo).
void write_png(const std::filesystem::path& path, ConstImageView image, const PngText& text = {});

// Reads a PNG of any kind: palettes and fewer bits are expanded, 16 bits rounded to 8, an alpha
// channel that is opaque everywhere dropped. Throws Error(kData) naming `name` for bytes that are
// no whole PNG, for transparent pixels (they have no one colour), and for more than 64 million
// pixels.
Png decode_png(std::string_view bytes, const std::string& name);

// As decode_png; throws Error(kIo) if the file cannot be read.
Png read_png(const std::filesystem::path& path);

// Only the text that stands in front of the pixels, which are not looked at. Throws as read_png.
PngText read_png_text(const std::filesystem::path& path);

}  // namespace fool

// fool render: draws a genome again, in any size, from the PNG that carries it or from a JSON file.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/option_checks.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/encoding/encoding.h"
#include "fool/render/renderer.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"

namespace fool {
namespace {

// A genome and what is needed to draw it.
struct Drawing {
  ImageShape shape;  // as it was scored
  Json encoding;
  Json genome;
  PngText text;  // of the PNG that it came from
};

Drawing from_png(const std::filesystem::path& path) {
  Png png = read_png(path);
  const ImageRecord record = to_image_record(png.text, path.string());
  return {png.image.shape(), record.encoding, record.genome, std::move(png.text)};
}

// {"shape": [H, W, C], "encoding": {...}, "genome": {...}}, as `fool render --json` prints it.
Drawing from_json(const std::filesystem::path& path) {
  Json json;
  try {
    json = read_config(path);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConfig) throw;
    throw Error(ErrorKind::kData, error.what());  // here it is no configuration
  }
  try {
    const Json& shape = json.at("shape");
    return {{shape.at(0), shape.at(1), shape.at(2)}, json.at("encoding"), json.at("genome"), {}};
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData,
         "{}: expected {{\"shape\": [H, W, C], \"encoding\": {{...}}, \"genome\": {{...}}}}: {}",
         path.string(), complaint_of(error));
  }
}

// In strips, so that a large picture takes little more memory than its pixels.
void draw(const Encoding& encoding, const GenomePtr& genome, ImageView out) {
  constexpr int kRows = 256;
  const ImageShape& canvas = out.shape;
  std::uint8_t* to = out.data;
  for (int top = 0; top < canvas.height; top += kRows) {
    const Frame strip{canvas, top, 0, std::min(kRows, canvas.height - top), canvas.width};
    ImageBatch image(1, strip.shape());
    make_renderer("auto", encoding, strip)->render({&genome, 1}, image);
    to = std::copy(image.bytes().begin(), image.bytes().end(), to);
  }
}

bool is_png(const std::filesystem::path& path) {
  const MappedFile file(path);
  return file.bytes().substr(0, 4) == "\x89PNG";
}

class RenderCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("source", source_, "A PNG from a run's images folder, or a genome in JSON")
        ->required()
        ->type_name("FILE");
    app.add_option("--size", size_, "Height and width in pixels [as scored]")
        ->type_name("N")
        ->check(from_to(1, 16384));
    app.add_option("--out", out_, "The PNG to write [NAME-SIZE.png]")->type_name("FILE");
    app.add_flag("--force", force_, "Replace a file that is already there");
    app.add_flag("--json", json_, "Print the genome as JSON instead of drawing it");
    app.footer(
        "Example: fool render runs/quickstart/images/0003_3.png --size 1024 --out three.png");
  }

  int run(Console& console) override {
    const std::filesystem::path source = source_;
    if (!out_.empty()) require_png_name(out_);
    const Drawing drawing = is_png(source) ? from_png(source) : from_json(source);
    const ImageShape& shape = drawing.shape;
    if (json_) {
      console.out << Json{{"shape", {shape.height, shape.width, shape.channels}},
                          {"encoding", drawing.encoding},
                          {"genome", drawing.genome}}
                         .dump(2)
                  << "\n";
      return 0;
    }
    if (shape.height < 1 || shape.width < 1 || (shape.channels != 1 && shape.channels != 3) ||
        shape.height > 16384 || shape.width > 16384) {
      fail(ErrorKind::kData, "{}: {} x {} x {} is not the shape of an image", source_, shape.height,
           shape.width, shape.channels);
    }
    const auto& registry = EncodingRegistry::instance();
    const auto encoding = registry.make(registry.resolve(drawing.encoding, "encoding"), shape);
    const GenomePtr genome = encoding->from_json(drawing.genome);

    const int size = size_ == 0 ? shape.height : size_;
    ImageBatch image(1, {size, size_ == 0 ? shape.width : size_, shape.channels});
    draw(*encoding, genome, image[0]);
    const std::string out =
        out_.empty() ? fmt::format("{}-{}.png", source.stem().string(), size) : out_;
    refuse_to_replace(out);
    write_png(out, image[0], drawing.text);
    console.out << out << "\n";
    return 0;
  }

 private:
  static void require_png_name(const std::filesystem::path& out) {
    if (out.extension() == ".png") return;
    fail(ErrorKind::kUsage, "--out {}: expected a name that ends in .png", out.string());
  }

  void refuse_to_replace(const std::filesystem::path& out) const {
    std::error_code ignored;
    if (force_ || !std::filesystem::is_regular_file(out, ignored)) return;
    fail(ErrorKind::kIo, "{} is already there; choose another --out, or --force to replace it",
         out.string());
  }

  std::string source_;
  std::string out_;
  bool force_ = false;
  int size_ = 0;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("render", RenderCommand, "Draw a saved genome again, in any size");

}  // namespace
}  // namespace fool

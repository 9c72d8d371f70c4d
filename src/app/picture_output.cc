#include "app/picture_output.h"

#include <filesystem>

#include "fool/core/error.h"
#include "fool/report/png.h"

namespace fool {

void PictureOutput::declare(CLI::App& app, const std::string& help) {
  app.add_option("--out", out_, help)->type_name("FILE.png");
  app.add_flag("--force", force_, "Replace a file that is already there");
}

void PictureOutput::check() const {
  const std::filesystem::path path = out_;
  if (path.extension() != ".png") {
    fail(ErrorKind::kUsage, "--out {}: expected a name that ends in .png", out_);
  }
  std::error_code ignored;
  if (!force_ && std::filesystem::exists(path, ignored)) {
    fail(ErrorKind::kIo, "{} is already there; choose another --out, or --force to replace it",
         out_);
  }
}

void PictureOutput::write(ConstImageView picture) const { write_png(out_, picture); }

}  // namespace fool

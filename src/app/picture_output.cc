#include "app/picture_output.h"

#include "app/new_file.h"
#include "fool/report/png.h"

namespace fool {

void PictureOutput::declare(CLI::App& app, const std::string& help) {
  app.add_option("--out", out_, help)->type_name("FILE.png");
  app.add_flag("--force", force_, "Replace a file that is already there");
}

void PictureOutput::check() const { require_new_file("--out", out_, ".png", force_); }

void PictureOutput::write(ConstImageView picture) const { write_png(out_, picture); }

}  // namespace fool

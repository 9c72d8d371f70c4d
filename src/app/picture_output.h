// The flags --out and --force of commands that draw one picture.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "fool/core/image.h"

namespace fool {

class PictureOutput {
 public:
  void declare(CLI::App& app, const std::string& help);  // must outlive the app

  bool wanted() const { return !out_.empty(); }
  const std::string& path() const { return out_; }
  bool may_replace() const { return force_; }

  // Before any work. Throws Error(kUsage) for a name that does not end in .png, Error(kIo) for a
  // file that is there, unless it may be replaced.
  void check() const;

  void write(ConstImageView picture) const;  // throws Error(kIo)

 private:
  std::string out_;
  bool force_ = false;
};

}  // namespace fool

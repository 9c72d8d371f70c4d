// `fool retrain` with a folder of photos: a network that is there already learns what fooled it as
// one class more. The commands' file reads the flags, this does the work.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/command.h"
#include "fool/core/json.h"

namespace fool {

struct FineTuningRequest {
  std::string photos;                // a folder, or its name below one of FOOL_DATA_PATH
  std::string model;                 // what --model takes
  std::vector<std::string> fooling;  // runs' folders, folders of pictures, pictures
  std::string layers = "last";       // or "all"
  std::string rule = "whole_photo_resized";
  double held_out = 0.2;           // share to test with
  Json settings = Json::object();  // for fine_tune_parameters(), those that are given
  std::filesystem::path out;       // a folder; empty: a new one below runs
  int workers = 1;
  std::string progress = "auto";
  bool json = false;
};

// Writes OUT/MODEL-fooling.safetensors with its card, and fine_tuning.json. Returns the exit code.
// Throws Error, and Interrupted, after which nothing is written.
int fine_tune_network(const FineTuningRequest& request, Console& console);

}  // namespace fool

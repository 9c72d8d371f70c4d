// A card of the fake network, for tests of whole commands: K classes of SIZE x SIZE RGB images, a
// hash for a brain.
#pragma once

#include <filesystem>
#include <string>

#include "fool/core/files.h"
#include "fool/core/json.h"

namespace fool {

inline Json fake_card(int classes = 12, int size = 16, const Json& options = Json::object(),
                      const std::string& name = "fake") {
  return {{"name", name},
          {"format", "fake"},
          {"classes", classes},
          {"input",
           {{"height", size},
            {"width", size},
            {"channels", "RGB"},
            {"range", "0..255"},
            {"mean", {0, 0, 0}},
            {"std", {1, 1, 1}}}},
          {"output", "probabilities"},
          {"options", options}};
}

// Writes the card into a folder and returns its path.
inline std::string write_fake_card(const std::filesystem::path& folder, const Json& card) {
  const std::filesystem::path path = folder / (card.at("name").get<std::string>() + ".json");
  write_file(path, card.dump(2));
  return path.string();
}

}  // namespace fool

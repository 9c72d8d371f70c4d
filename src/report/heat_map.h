// Draws a matrix of shares as colours (viridis, which the colour-blind see too), with words in its
// cells. Pixels only.
#pragma once

#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

struct HeatMap {
  struct Row {
    std::string name;
    std::string detail;  // smaller, below it; may be empty
  };
  struct Cell {
    double value = 0;   // 0 to 1
    std::string first;  // the larger line of words
    std::string second;
  };

  std::string title;
  std::vector<Row> rows;
  std::vector<std::string> columns;
  std::vector<Cell> cells;  // [rows][columns]
};

// One RGB image.
ImageBatch draw_heat_map(const HeatMap& map);

}  // namespace fool

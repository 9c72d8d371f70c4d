// A grid of images with heads over its columns and before its rows, and a line of words under each
// image: what `fool grid`, `fool ablate` and `fool lineage` draw.
#pragma once

#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

struct GridCell {
  ImageBatch image;     // one image, of any size; none: the place stays empty
  std::string caption;  // in small letters under it
  bool marked = false;  // a coloured frame and caption
};

struct GridRow {
  std::string head;
  std::vector<GridCell> cells;  // a row may be shorter than others
};

struct Grid {
  std::string title;
  std::vector<std::string> column_heads;  // none: no line for them
  std::vector<GridRow> rows;
  int tile = 0;  // width and height of an image; 0: by what there is room for
};

// The default of Grid::tile: small images an integer times their size, large ones reduced.
int default_tile(const Grid& grid);

// One RGB image. Throws Error(kUsage) if it would be too large, Error(kInternal) if it is empty.
ImageBatch draw_grid(const Grid& grid);

}  // namespace fool

#include "report/grid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>

#include "fool/core/error.h"
#include "report/canvas.h"
#include "report/lettering.h"

namespace fool {
namespace {

constexpr std::int64_t kMostPixels = 64'000'000;  // what read_png takes
constexpr int kMargin = 16;
constexpr int kGap = 8;
constexpr int kTitleHeight = 30;
constexpr int kColumnHeadHeight = 20;
constexpr int kCaptionHeight = 15;
constexpr int kMostHeadWidth = 220;
constexpr double kTitleLetters = 11;
constexpr double kHeadLetters = 9;
constexpr double kCaptionLetters = 7;

// Of a text that is not cut, in pixels.
int words_width(const std::string& text, double height) {
  constexpr double kCapitalHeight = 21;  // of OpenCV's font at scale 1
  int unused = 0;
  return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, height / kCapitalHeight, 1, &unused).width;
}

bool any_caption(const Grid& grid) {
  return std::any_of(grid.rows.begin(), grid.rows.end(), [](const GridRow& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const GridCell& cell) { return !cell.caption.empty(); });
  });
}

// Where everything is.
struct Layout {
  int columns = 0;
  int rows = 0;
  int tile = 0;
  int caption = 0;      // height
  int row_head = 0;     // width
  int column_head = 0;  // height
  int title = 0;        // height

  explicit Layout(const Grid& grid)
      : columns(static_cast<int>(grid.column_heads.size())),
        rows(static_cast<int>(grid.rows.size())),
        tile(grid.tile > 0 ? grid.tile : default_tile(grid)),
        caption(any_caption(grid) ? kCaptionHeight : 0),
        column_head(grid.column_heads.empty() ? 0 : kColumnHeadHeight),
        title(grid.title.empty() ? 0 : kTitleHeight) {
    for (const GridRow& row : grid.rows) {
      columns = std::max(columns, static_cast<int>(row.cells.size()));
      if (!row.head.empty())
        row_head = std::max(row_head, words_width(row.head, kHeadLetters) + 12);
    }
    row_head = std::min(row_head, kMostHeadWidth);
  }

  int width() const { return 2 * kMargin + row_head + columns * (tile + kGap) - kGap; }
  int height() const {
    return 2 * kMargin + title + column_head + rows * (tile + caption + kGap) - kGap;
  }
  Box box(int row, int column) const {
    return {kMargin + row_head + column * (tile + kGap),
            kMargin + title + column_head + row * (tile + caption + kGap), tile, tile};
  }
};

// The largest box of the picture's proportions within another, in its middle.
Box fit(const Box& box, const ImageShape& shape) {
  const double scale = std::min(static_cast<double>(box.width) / shape.width,
                                static_cast<double>(box.height) / shape.height);
  const int width = std::max(1, static_cast<int>(std::lround(shape.width * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(shape.height * scale)));
  return {box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height};
}

void draw_cell(ImageView canvas, const GridCell& cell, const Box& box) {
  if (cell.image.count() == 0) return;
  const Box picture = fit(box, cell.image.shape());
  if (cell.marked) {
    frame_box(canvas, picture, 3, kVermilion);
  } else {
    frame_box(canvas, picture, 1, kFaint);
  }
  place_picture(canvas, cell.image[0], picture);
  write_words(canvas, cell.caption,
              {box.x, box.y + box.height + 12, box.width, kCaptionLetters, Align::kLeft,
               cell.marked ? kVermilion : kInk});
}

}  // namespace

int default_tile(const Grid& grid) {
  int longest = 1;
  std::size_t columns = 1;
  for (const GridRow& row : grid.rows) {
    columns = std::max(columns, row.cells.size());
    for (const GridCell& cell : row.cells) {
      longest = std::max({longest, cell.image.shape().height, cell.image.shape().width});
    }
  }
  const int room = columns <= 12 ? 112 : columns <= 24 ? 84 : 56;
  return longest <= room ? room / longest * longest : room;
}

ImageBatch draw_grid(const Grid& grid) {
  const Layout layout(grid);
  if (layout.rows == 0 || layout.columns == 0) {
    fail(ErrorKind::kInternal, "grid: there is nothing to show");
  }
  if (std::int64_t{layout.width()} * layout.height() > kMostPixels) {
    fail(ErrorKind::kUsage,
         "a grid of {} rows and {} columns is {} x {} pixels large, more than a PNG reader takes; "
         "show "
         "fewer images, or smaller ones with --tile",
         layout.rows, layout.columns, layout.width(), layout.height());
  }
  ImageBatch canvas = make_canvas(layout.width(), layout.height());
  const ImageView view = canvas[0];
  write_words(
      view, grid.title,
      {kMargin, kMargin + 12, layout.width() - 2 * kMargin, kTitleLetters, Align::kLeft, kInk});
  for (std::size_t c = 0; c < grid.column_heads.size(); ++c) {
    const Box box = layout.box(0, static_cast<int>(c));
    write_words(view, grid.column_heads[c],
                {box.x, box.y - 8, box.width, kHeadLetters, Align::kCentre, kInk});
  }
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    const GridRow& row = grid.rows[r];
    const Box first = layout.box(static_cast<int>(r), 0);
    write_words(view, row.head,
                {kMargin, first.y + first.height / 2 + 4, layout.row_head - 8, kHeadLetters,
                 Align::kLeft, kInk});
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      draw_cell(view, row.cells[c], layout.box(static_cast<int>(r), static_cast<int>(c)));
    }
  }
  return canvas;
}

}  // namespace fool

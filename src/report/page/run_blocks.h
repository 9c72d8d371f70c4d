// A run as the blocks of data that its page reads: an entry of the index, and for each champion
// what is looked at only when somebody opens it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fool/core/json.h"
#include "report/page/run_pictures.h"
#include "report/page/run_reading.h"

namespace fool {

// Takes a block with an id of its own: JSON, or base64 of a PNG.
using EmitBlock = std::function<void(const std::string& id, std::string_view text)>;

// JSON for a <script> element: no text in it can end the element.
std::string script_json(const Json& json);

// Emits the blocks of run number r and returns its entry in the index:
//   image-R-ITEM   PNG of a champion        small-R-ITEM  PNG of an ancestor
//   genome-R-ITEM  a champion's genome      line-R-ITEM   the items of its line of descent
//   items-R        {ITEM: [generation, parents, cells taken, best of them, its confidence]}
//   cell-R-K       parents, replacements, evaluations to .5, .9 and .99, history; or an ascent's
//   facts
Json emit_run(const RunReading& run, const RunPictures& pictures, int r, const EmitBlock& emit);

}  // namespace fool

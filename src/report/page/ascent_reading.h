// What `fool ascend` left in a folder, for the page that shows it: each setting is shown as a run
// of its own, with the best image of each class.
#pragma once

#include <filesystem>
#include <vector>

#include "report/page/run_reading.h"

namespace fool {

// record: of the folder. Throws Error(kIo) if there is no results.csv, Error(kData) if it is
// damaged.
std::vector<RunReading> read_ascents(const std::filesystem::path& folder, const RunRecord& record);

}  // namespace fool

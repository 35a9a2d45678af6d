#pragma once

#include "core/record/file_probe.h"
#include "core/record/run.h"

#include <filesystem>
#include <string>
#include <vector>

namespace finescope::record {

/// Files as given; a folder stands for all `*.h5` below it, sorted, hidden ones left out. No file twice.
/// Throws Error{badFile} naming what does not exist, and a folder without run files.
[[nodiscard]] std::vector<std::filesystem::path> expandRunFiles(const std::vector<std::string>& given);

/// Reads them all; throws as readRun does at the first that cannot be read. `probe`, if given, looks at each
/// first.
[[nodiscard]] std::vector<Run> readRuns(const std::vector<std::filesystem::path>& files,
                                        FileProbe* probe = nullptr);

} // namespace finescope::record

#pragma once

#include "core/record/run.h"

namespace finescope::record {

/// Reads one run file as it stands now, whoever wrote it and whether or not it is still being written.
/// Opens by SWMR, else plainly, else in memory with cleared flags (run-file.md, Reading); never writes to the
/// file. Throws Error{badFile} naming the file and the dataset or attribute. Any thread.
[[nodiscard]] Run readRun(const std::filesystem::path& file);

} // namespace finescope::record

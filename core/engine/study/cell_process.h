#pragma once

#include "core/engine/study/study_folder.h"

#include <stop_token>
#include <string>

namespace finescope::engine {

/// How a cell ended.
struct CellEnd {
    enum class How { kept, complete, failed, cancelled } how = How::complete;
    std::string reason; ///< of a failure: one line
};

/// `train` and, if the cell gets a kernel, `ntk`, as far as they are missing, with `settings`. Their output
/// goes to the cell's log, through `lock`, which the caller holds: whoever it is inherited by holds it too,
/// so that a cell whose study was killed is not begun anew before its last process has ended. `threads`: 0
/// leaves the choice to them.
[[nodiscard]] CellEnd runCellProcesses(const StudyCell& cell, const Settings& settings, const FileLock& lock,
                                       const StudyFolder& folder, int threads, const std::stop_token& stop);

/// The command lines of a cell, without the program.
[[nodiscard]] std::vector<std::string> trainArguments(const StudyCell& cell, Settings settings,
                                                      const StudyFolder& folder, int threads);
[[nodiscard]] std::vector<std::string> kernelArguments(const StudyCell& cell, const StudyFolder& folder,
                                                       int threads);

} // namespace finescope::engine

#pragma once

#include "core/engine/study/grid_choice.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace finescope::engine {

struct StudyProgress {
    std::size_t total = 0, complete = 0, running = 0, failed = 0; ///< cells
    std::optional<double> secondsLeft;
};

struct StudyHooks {
    std::function<void(const StudyProgress&)>
        onProgress;                                 ///< may be empty; when something changed, and each second
    std::function<void(const std::string&)> onNote; ///< one line for people; may be empty
    std::stop_token stop;
};

struct StudyOptions {
    int jobs = 1;    ///< processes at once
    int threads = 0; ///< of a cell whose settings name none; 0: the machine's divided by the jobs, or, of one
                     ///< job, what `train` chooses
};

struct FailedCell {
    std::size_t number = 0;
    std::string reason; ///< one line
};

struct StudyOutcome {
    std::size_t complete = 0; ///< cells that are now complete
    std::size_t kept = 0;     ///< of them, those that were before
    std::vector<FailedCell> failed;
    bool cancelled = false;
};

/// What the files of every cell say of it.
[[nodiscard]] std::vector<CellState> statesOf(const StudyCells& cells, const StudyFolder& folder);

/// Runs every cell of a study that is not complete, as processes of its own (`train`, then `ntk`): the tuning
/// cells, then, with what was chosen, the evaluation cells. Cells that fail do not stop the others. A cell
/// that another process is running is waited for. A stop request ends running cells with status cancelled.
/// Throws Error{internal} if files of the study cannot be written.
[[nodiscard]] StudyOutcome runStudy(const StudyCells& cells, const StudyFolder& folder,
                                    const StudyOptions& options, const StudyHooks& hooks);

/// Runs one cell, if it is not complete. Throws Error{badInput} if there is no such cell, if another process
/// is running it, or, of an evaluation cell, if the tuning cells that decide on its settings have not ended.
[[nodiscard]] StudyOutcome runCell(std::size_t number, const StudyCells& cells, const StudyFolder& folder,
                                   const StudyOptions& options, const StudyHooks& hooks);

} // namespace finescope::engine

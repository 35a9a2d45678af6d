#pragma once

#include "core/engine/train/plan.h"
#include "core/record/run.h"

#include <functional>
#include <stop_token>

namespace finescope::engine {

/// Where a run stands, for a progress bar.
struct TrainProgress {
    std::string stage; ///< probing | fine_tuning | evaluating
    std::int64_t step = 0;
    std::int64_t totalSteps = 0; ///< of the stage
    double epoch = 0;
    std::optional<double> secondsLeft; ///< of the stage; empty while it cannot be told
};

struct TrainHooks {
    std::function<void(const TrainProgress&)> onProgress; ///< may be empty; called often
    std::function<void(const std::string&)> onNote;       ///< one line for people; may be empty
    std::function<void(const std::string&)> onWarning;    ///< the same, of something amiss
    std::stop_token stop; ///< ends the run between two steps, status cancelled
};

struct TrainOutcome {
    record::Status status = record::Status::complete;
    std::string message; ///< one line: what came out, or why it ended
};

/// One run, from plan to run file: everything run-file.md names. Returns with status complete or cancelled;
/// throws Error for everything else, after the file (if there is one by then) has status failed and the
/// message. Sets the number of threads and the seed of the whole process; one run at a time, one calling
/// thread.
[[nodiscard]] TrainOutcome trainRun(const TrainPlan& plan, const TrainHooks& hooks);

} // namespace finescope::engine

#include "core/analysis/run/moved_rows.h"

#include <cmath>

namespace finescope::analysis {

std::optional<std::size_t> reportedSnapshot(const record::Run& run) {
    if (const auto key = run.reportedKey()) {
        return run.classifierRow(*key);
    }
    return run.classifierKeys.empty() ? std::nullopt : std::optional(run.classifierKeys.size() - 1);
}

MovedRows movedRows(const record::Run& run) {
    const auto reported = reportedSnapshot(run);
    if (!reported) {
        return {};
    }
    MovedRows rows{.before = run.parts->classifier(0).weight,
                   .after = run.parts->classifier(*reported).weight};
    const double relative =
        (rows.after.cast<double>() - rows.before.cast<double>()).norm() / rows.before.cast<double>().norm();
    if (*reported > 0 && std::isfinite(relative)) {
        rows.displacement = relative;
    }
    return rows;
}

} // namespace finescope::analysis

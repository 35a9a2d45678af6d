#include "core/figure/chart/moved_rows.h"

#include <utility>

namespace finescope::figure {

std::optional<double> MovedRows::displacement() const {
    const double norm = before.cast<double>().norm();
    return norm > 0 ? std::optional((after.cast<double>() - before.cast<double>()).norm() / norm)
                    : std::nullopt;
}

MovedRows movedRows(const record::Run& run, Eigen::Index width) {
    MovedRows rows{.before = MatrixF(0, width), .after = MatrixF(0, width)};
    const auto reported = run.reportedKey();
    const auto last = reported ? run.classifierRow(*reported) : std::nullopt;
    if (!last) {
        return rows;
    }
    MatrixF before = run.parts->classifier(0).weight, after = run.parts->classifier(*last).weight;
    if (before.cols() == width && after.cols() == width && before.rows() == after.rows()) {
        rows = {.before = std::move(before), .after = std::move(after)};
    }
    return rows;
}

} // namespace finescope::figure

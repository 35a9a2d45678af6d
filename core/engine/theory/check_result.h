#pragma once

#include <string>

namespace finescope::engine {

/// One thing that must hold to numerical precision, measured. definitions.md, Theory checks.
struct CheckResult {
    std::string id{};       ///< "T1" .. "T10"
    std::string model{};    ///< "linear" or a family of encoders
    std::string measured{}; ///< in words, what `error` is
    double error = 0;
    double bound = 0;     ///< what the error may be at most
    std::string detail{}; ///< the numbers behind it where one is not enough; else ""
    int cases = 1;        ///< the error is the largest of so many

    [[nodiscard]] bool holds() const { return error <= bound; } // not if the error is NaN
};

} // namespace finescope::engine

#pragma once

#include "core/record/run_writer.h"

#include <string>

namespace finescope::tests {

/// Runs whose every value is a function of its row, so that a torn, lost or foreign row shows.
namespace pattern {

inline constexpr std::int64_t kClasses = 3;
inline constexpr std::int64_t kWidth = 5;
inline constexpr std::int64_t kRows = 7;
inline constexpr std::int64_t kStepSeries = 3;
inline constexpr std::int64_t kEpochSeries = 2;
inline constexpr std::int64_t kStepsPerEpoch = 40;

inline double stepValue(std::int64_t row, std::int64_t series) {
    return static_cast<double>(row) + 0.125 * static_cast<double>(series + 1);
}
inline double epochValue(std::int64_t row, std::int64_t series) {
    return -static_cast<double>(row) - 0.25 * static_cast<double>(series + 1);
}
inline float blockValue(std::int64_t row, Eigen::Index i, Eigen::Index j) {
    return static_cast<float>(row * 1000 + i * 20 + j + 1);
}

[[nodiscard]] record::RunPlan plan();
[[nodiscard]] record::StepRow stepRow(std::int64_t row);
[[nodiscard]] record::EpochRow epochRow(std::int64_t row);
[[nodiscard]] MatrixF features();
/// A kernel with all that one may hold, of n = 6 train and m = 2 test samples; every value follows from
/// `value`.
[[nodiscard]] record::KernelState kernel(const std::string& state, double value);

/// "" if the file holds at least that many rows and every row there is whole; else what is wrong.
[[nodiscard]] std::string check(const std::filesystem::path& file, std::int64_t steps, std::int64_t epochs);
/// "" if the file holds that kernel; else the first part that differs.
[[nodiscard]] std::string checkKernel(const std::filesystem::path& file, const record::KernelState& expected);

} // namespace pattern
} // namespace finescope::tests

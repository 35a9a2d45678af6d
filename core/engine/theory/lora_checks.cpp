#include "core/engine/theory/lora_checks.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace finescope::engine {

namespace {

struct Moments {
    double mean = 0, deviation = 0;
};

Moments momentsOf(const Eigen::Ref<const Eigen::ArrayXd>& values) {
    const double mean = values.mean();
    return {mean, std::sqrt((values - mean).square().sum() / static_cast<double>(values.size() - 1))};
}

/// The trace of each sample's own block.
VectorD ownTraces(const MatrixD& kernel, Eigen::Index classes) {
    VectorD traces = VectorD::Zero(kernel.rows() / classes);
    for (Eigen::Index i = 0; i < kernel.rows(); ++i) {
        traces[i / classes] += kernel(i, i);
    }
    return traces;
}

std::string text(const char* format, double first, double second) {
    std::array<char, 128> buffer{};
    std::snprintf(buffer.data(), buffer.size(), format, first, second);
    return buffer.data();
}

} // namespace

std::vector<CheckResult> checkLora(const TheoryModel& model, const Head& head,
                                   const LoraCheckSettings& settings, const std::string& which) {
    const HeadKernel full = model.kernel(head);
    const MatrixD& adapted = full.fTrainQueryValue;
    const Eigen::Index classes = head.weight.rows(), draws = settings.draws;
    const VectorD fullTraces = ownTraces(adapted, classes);

    double changed = 0;
    Eigen::ArrayXd along(draws);
    Eigen::ArrayXXd traces(draws, fullTraces.size());
    for (Eigen::Index draw = 0; draw < draws; ++draw) {
        if (settings.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "stopped while checking LoRA's kernel");
        }
        const auto seed = settings.seed + static_cast<std::uint64_t>(draw);
        const HeadKernel lora = model.loraKernel(head, {settings.rank, settings.alpha, seed});
        changed = std::max({changed, (lora.pTrain - full.pTrain).cwiseAbs().maxCoeff(),
                            (lora.pTest - full.pTest).cwiseAbs().maxCoeff()});
        along[draw] = (lora.fTrain.array() * adapted.array()).sum() / adapted.squaredNorm();
        traces.row(draw) = ownTraces(lora.fTrain, classes).cwiseQuotient(fullTraces).transpose();
    }

    const auto rank = static_cast<double>(settings.rank);
    const double scale = settings.alpha / rank;
    const double factor = settings.expectedFactor * scale * scale * model.loraVariance() * rank;
    const Moments mean = momentsOf(along);
    const double standardError = mean.deviation / std::sqrt(static_cast<double>(draws));
    double variance = 0;
    for (Eigen::Index i = 0; i < traces.cols(); ++i) {
        const Moments trace = momentsOf(traces.col(i));
        variance += std::pow(trace.deviation / factor, 2) / static_cast<double>(traces.cols());
    }
    // A chi-squared variable with r degrees of freedom has kurtosis 3 + 12/r.
    const double expected = std::sqrt(2 / rank), deviation = std::sqrt(variance);
    const double deviationError = std::sqrt((2 + 12 / rank) / (4 * static_cast<double>(draws)));

    const auto result = [&](const std::string& measured, double error, double bound, std::string detail) {
        return CheckResult{.id = "T6",
                           .model = model.name(),
                           .measured = measured,
                           .error = error,
                           .bound = bound,
                           .detail = std::move(detail)};
    };
    const std::string deviationText = text("relative deviation %.4f, sqrt(2/r) = %.4f", deviation, expected);
    std::vector<CheckResult> results{
        result("largest change of P by LoRA, " + which, changed, 0, ""),
        result("mean of F with LoRA over " + std::to_string(draws) + " draws, " + which +
                   ": standard errors from s^2 sigma^2 r F",
               std::abs(mean.mean - factor) / standardError, 3,
               text("factor %.6f, s^2 sigma^2 r = %.6f", mean.mean, factor)),
    };
    if (settings.normal) {
        results.push_back(result("relative deviation, " + which + ": standard errors from sqrt(2/r)",
                                 std::abs(deviation / expected - 1) / deviationError, 3, deviationText));
    } else {
        results.push_back(result("relative deviation over sqrt(2/r), " + which, deviation / expected,
                                 1 + 3 * deviationError, deviationText));
    }
    return results;
}

} // namespace finescope::engine

#include "core/engine/theory/head_checks.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/calibration/softmax.h"
#include "core/analysis/temperature/temperature.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace finescope::engine {

namespace {

/// The mean cross-entropy, in double.
double meanLoss(const MatrixD& features, const Labels& labels, const Head& head) {
    const MatrixD logits = headLogits(features, head);
    double sum = 0;
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
        const double largest = logits.row(i).maxCoeff();
        sum += largest + std::log((logits.row(i).array() - largest).exp().sum()) -
               logits(i, labels[static_cast<std::size_t>(i)]);
    }
    return sum / static_cast<double>(logits.rows());
}

/// As recorded runs and the analysis hold it.
Head inSingle(const Head& head) {
    return {head.weight.cast<float>().cast<double>(), head.bias.cast<float>().cast<double>()};
}

VectorD derivativeOf(const NormDerivative& derivative, const ProbeSamples& samples, const Head& head) {
    return derivative(samples.features, samples.labels, head.weight.cast<float>(), head.bias.cast<float>());
}

/// How far rounding a head to float32 can move sum_i delta_i phi_i^T - V / C_reg and sum_i delta_i: logits
/// move by 2^-24 |V| |phi|, residuals by half of that (the softmax has a derivative of norm 1/2 at most).
double roundingOf(const Head& head, const MatrixD& features, double strength) {
    constexpr double kHalfUnit = 0x1p-24;
    const MatrixD logits = headLogits(features.cwiseAbs(), {head.weight.cwiseAbs(), head.bias.cwiseAbs()});
    double moved = head.weight.norm() / strength;
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
        moved += 0.5 * logits.row(i).norm() * std::max(1.0, features.row(i).norm());
    }
    return kHalfUnit * moved;
}

double difference(const MatrixD& one, const MatrixD& other) {
    return (one - other).cwiseAbs().maxCoeff();
}

} // namespace

ProbePath probePath(const ProbeSamples& samples, int classes, double strength) {
    std::vector<Head> all;
    analysis::LogisticOptions options;
    options.onIteration = [&](const analysis::LogisticIteration& at) { all.push_back({at.weight, at.bias}); };
    const analysis::LogisticFit fit =
        analysis::fitLogistic(samples.features, samples.labels, classes, strength, options);
    ProbePath path{strength, {fit.weight, fit.bias}, {}};
    path.late.assign(all.begin() + static_cast<std::ptrdiff_t>(3 * all.size() / 4), all.end());
    path.late.push_back(path.optimum);
    return path;
}

CheckResult checkNormDerivative(const std::string& model, const ProbeSamples& samples, const Head& given,
                                const std::string& which, const NormDerivative& derivative) {
    const Head head = inSingle(given);
    const MatrixD features = samples.features.cast<double>();
    const VectorD formula = derivativeOf(derivative, samples, head);
    double error = 0;
    for (Eigen::Index k = 0; k < head.weight.rows(); ++k) {
        const double norm = head.weight.row(k).norm(), step = 1e-3 * norm;
        const auto lossAt = [&](double change) {
            Head moved = head;
            moved.weight.row(k) *= 1 + change / norm;
            return meanLoss(features, samples.labels, moved);
        };
        const double quotient =
            (8 * (lossAt(step) - lossAt(-step)) - (lossAt(2 * step) - lossAt(-2 * step))) / (12 * step);
        const double apart = std::abs(formula[k] - quotient);
        error = std::isfinite(apart) ? std::max(error, apart) : apart;
    }
    return {.id = "T7",
            .model = model,
            .measured = "dL/d||v_k||: largest difference from finite differences, relative, " + which,
            .error = error / formula.cwiseAbs().maxCoeff(),
            .bound = 1e-7};
}

CheckResult checkNormsWantToGrow(const std::string& model, const ProbeSamples& samples, const ProbePath& path,
                                 const NormDerivative& derivative) {
    std::int64_t wrong = 0, all = 0;
    double largest = -INFINITY;
    for (const Head& head : path.late) {
        const VectorD values = derivativeOf(derivative, samples, head);
        wrong += (!(values.array() < 0)).count();
        all += values.size();
        largest = std::max(largest, values.maxCoeff());
    }
    std::array<char, 96> detail{};
    std::snprintf(detail.data(), detail.size(), "%lld derivatives, the largest %.3g",
                  static_cast<long long>(all), largest);
    return {.id = "T7",
            .model = model,
            .measured = "derivatives dL/d||v_k|| that are not negative late in linear probing",
            .error = static_cast<double>(wrong),
            .bound = 0,
            .detail = detail.data()};
}

Head dividedHead(const Head& head, double temperature) {
    return {head.weight / temperature, head.bias / temperature};
}

std::vector<CheckResult> checkTemperature(const std::string& model, const ProbeSamples& samples,
                                          const Head& given, const DivideHead& divide) {
    const Head head = inSingle(given);
    const MatrixD features = samples.features.cast<double>();
    const MatrixF logits = headLogits(features, head).cast<float>();
    const auto dividedLogits = [&](double temperature) -> MatrixF {
        return headLogits(features, divide(head, temperature)).cast<float>();
    };
    double exact = 0;
    for (const double temperature : {0.25, 2.0, 16.0}) {
        exact = std::max(exact, difference(analysis::softmax(dividedLogits(temperature)),
                                           analysis::softmax(logits, temperature)));
    }
    const double fitted = analysis::fitTemperature(logits, samples.labels).value;
    const MatrixF scaled = dividedLogits(fitted);
    const analysis::Reliability before = analysis::reliability(logits, samples.labels),
                                byTemperature = analysis::reliability(logits, samples.labels, fitted),
                                byHead = analysis::reliability(scaled, samples.labels);
    const Labels predicted = analysis::argmax(logits), predictedByHead = analysis::argmax(scaled);
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        changed += predicted[i] != predictedByHead[i] ? 1 : 0;
    }
    std::array<char, 96> detail{};
    std::snprintf(detail.data(), detail.size(), "T = %.4f, ECE %.6f before, %.6f after", fitted, before.ece,
                  byTemperature.ece);
    const auto result = [&](const char* measured, double error, double bound) {
        return CheckResult{.id = "T8",
                           .model = model,
                           .measured = measured,
                           .error = error,
                           .bound = bound,
                           .detail = detail.data()};
    };
    constexpr double kSingle = 1e-5; // float32 logits of up to some tens
    const double probabilities = difference(analysis::softmax(scaled), analysis::softmax(logits, fitted));
    return {result("probabilities of f/T and of (V/T, b/T), T = 1/4, 2, 16: largest difference", exact, 0),
            result("the same at the fitted T", probabilities, kSingle),
            result("samples whose predicted class changes with (V/T, b/T)", static_cast<double>(changed), 0),
            result("difference of the ECE at the fitted T and with (V/T, b/T)",
                   std::abs(byTemperature.ece - byHead.ece), kSingle)};
}

std::vector<CheckResult> checkStationarity(const std::string& model, const ProbeSamples& samples,
                                           const Head& head, double strength, HeadRounding rounding,
                                           const std::string& which) {
    constexpr double kTolerance = 1e-7; // ten times the solver's
    const MatrixD features = samples.features.cast<double>();
    const MatrixD residuals = headResiduals(features, head, samples.labels);
    const Head zero{MatrixD::Zero(head.weight.rows(), head.weight.cols()), VectorD::Zero(head.bias.size())};
    const MatrixD atZero = headResiduals(features, zero, samples.labels);
    const double unit = (atZero.transpose() * features).norm();
    const double gap = (residuals.transpose() * features - head.weight / strength).norm(),
                 sum = residuals.colwise().sum().norm();
    const auto result = [&](const std::string& measured, double error, double bound) {
        return CheckResult{
            .id = "T9", .model = model, .measured = measured + which, .error = error, .bound = bound};
    };
    if (rounding == HeadRounding::none) {
        return {result("||sum delta phi^T - V/C_reg|| relative to V = 0, ", gap / unit, kTolerance),
                result("||sum delta|| relative to the same, ", sum / unit, kTolerance)};
    }
    const double allowed = kTolerance * unit + roundingOf(head, features, strength);
    return {result("||sum delta phi^T - V/C_reg|| over what rounding allows, ", gap / allowed, 1),
            result("||sum delta|| over the same, ", sum / allowed, 1)};
}

} // namespace finescope::engine

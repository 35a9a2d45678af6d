#include "core/engine/theory/step_checks.h"

#include "core/engine/theory/kernel_checks.h"
#include "core/engine/theory/random_draws.h"

#include <Eigen/QR>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace finescope::engine {

namespace {

constexpr std::array kRates{1e-3, 1e-4, 1e-5}; // over the kernel's largest eigenvalue
using Errors = std::array<double, kRates.size()>;

/// The smallest power of the rate that two neighbouring errors fall by.
double orderError(const Errors& errors) {
    double worst = 0;
    for (std::size_t k = 0; k + 1 < errors.size(); ++k) {
        const double order = std::log(errors[k] / errors[k + 1]) / std::log(kRates[k] / kRates[k + 1]);
        worst = std::isfinite(order) ? std::max(worst, std::abs(order - 1)) : order;
    }
    return worst;
}

std::string errorsText(const Errors& errors) {
    std::array<char, 128> text{};
    std::snprintf(text.data(), text.size(), "relative errors %.2e, %.2e, %.2e at rates 1e-3, 1e-4, 1e-5",
                  errors[0], errors[1], errors[2]);
    return text.data();
}

} // namespace

std::vector<CheckResult> checkFirstOrder(const TheoryModel& model, const Head& head) {
    const HeadKernel kernel = model.kernel(head);
    const MatrixD& residuals = kernel.trainResiduals;
    const Eigen::Index tests = kernel.pTest.rows(), classes = head.weight.rows(), width = head.weight.cols();
    const VectorD ofExtractor = kernel.fTest * Eigen::Map<const VectorD>(residuals.data(), residuals.size());
    const MatrixD logits =
        kernel.pTest * residuals + Eigen::Map<const MatrixD>(ofExtractor.data(), tests, classes);
    const MatrixD pulled = residuals * head.weight;
    const VectorD change = model.featureKernel() * Eigen::Map<const VectorD>(pulled.data(), pulled.size());
    const MatrixD features = Eigen::Map<const MatrixD>(change.data(), tests, width);

    Errors ofLogits{}, ofFeatures{};
    const double unit = 1 / largestEigenvalue(kernel);
    for (std::size_t k = 0; k < kRates.size(); ++k) {
        const StepChange step = model.step(head, std::nullopt, kRates[k] * unit);
        ofLogits[k] = (step.logits - logits).norm() / logits.norm();
        ofFeatures[k] = (step.features - features).norm() / features.norm();
    }
    constexpr double kOrder = 0.05;
    std::vector<CheckResult> results{
        {.id = "T3",
         .model = model.name(),
         .measured = "equation (1): distance of the order in the rate from 1",
         .error = orderError(ofLogits),
         .bound = kOrder,
         .detail = errorsText(ofLogits)},
    };
    if (model.name() == "linear") {
        const StepChange large = model.step(head, std::nullopt, unit);
        results.push_back(
            {.id = "T3",
             .model = model.name(),
             .measured = "equation (2), exact for a linear extractor at any rate: relative error",
             .error = (large.features - features).norm() / features.norm(),
             .bound = 1e-10});
    } else {
        results.push_back({.id = "T3",
                           .model = model.name(),
                           .measured = "equation (2): distance of the order in the rate from 1",
                           .error = orderError(ofFeatures),
                           .bound = kOrder,
                           .detail = errorsText(ofFeatures)});
    }
    return results;
}

OutsideCase randomOutsideCase(Eigen::Index inputs, Eigen::Index width, Eigen::Index classes,
                              Eigen::Index samples, bool alongAxes, RandomBits& bits) {
    OutsideCase result;
    result.model = randomLinearModel(inputs, width, classes, bits);
    result.labels = randomLabels(samples, classes, bits);
    // In coordinates of the span: the train samples have the first n, what lies outside the others.
    const MatrixD coordinates = normalMatrix(samples, samples, 1, bits);
    MatrixD axes = MatrixD::Identity(inputs, inputs);
    if (!alongAxes) {
        const Eigen::HouseholderQR<Eigen::MatrixXd> factors(normalMatrix(inputs, inputs, 1, bits));
        axes = factors.householderQ() * Eigen::MatrixXd::Identity(inputs, inputs);
    }
    result.train = coordinates * axes.topRows(samples);
    result.outside = axes.bottomRows(inputs - samples);
    result.inside = axes.topRows(1);
    return result;
}

double stableRate(const LinearModel& model, const MatrixD& train, const Labels& labels) {
    constexpr double kShare = 0.1;
    return kShare / largestEigenvalue(linearKernel(model, train, MatrixD(0, train.cols()), labels));
}

std::vector<CheckResult> checkOrthogonal(const OutsideCase& given, std::int64_t steps, double bound) {
    LinearModel model = given.model;
    const MatrixD outside = linearFeatures(model, given.outside),
                  inside = linearFeatures(model, given.inside);
    const double rate = stableRate(model, given.train, given.labels);
    double error = 0;
    std::int64_t next = 1;
    for (std::int64_t step = 1; step <= steps; ++step) {
        descend(model, given.train, given.labels, rate);
        if (step == next || step == steps) {
            next *= 10;
            const double change =
                (linearFeatures(model, given.outside) - outside).rowwise().norm().maxCoeff();
            error = std::isfinite(change) ? std::max(error, change) : change;
        }
    }
    std::array<char, 96> detail{};
    std::snprintf(detail.data(), detail.size(),
                  "a sample of length 1 inside changes by %.3g after %lld steps",
                  (linearFeatures(model, given.inside) - inside).norm(), static_cast<long long>(steps));
    return {{.id = "T4",
             .model = "linear",
             .measured = bound > 0 ? "feature change of samples of length 1 orthogonal to all train samples"
                                   : "the same where train samples have no entry in their coordinates",
             .error = error,
             .bound = bound,
             .detail = detail.data()}};
}

} // namespace finescope::engine

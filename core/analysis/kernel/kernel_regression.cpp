#include "core/analysis/kernel/kernel_regression.h"

#include "core/analysis/kernel/kernel_statistics.h"
#include "core/error.h"

#include <limits>

namespace finescope::analysis {

namespace {

constexpr int kFolds = 5;

LogisticOptions stoppedBy(std::stop_token stop) {
    LogisticOptions options;
    options.stop = std::move(stop);
    return options;
}

/// 1 at i*C + labels[i], else 0.
Labels oneHot(const Labels& labels, std::int64_t classes) {
    Labels flat(labels.size() * static_cast<std::size_t>(classes), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        flat[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(labels[i])] = 1;
    }
    return flat;
}

struct Accuracy {
    double decisions = std::numeric_limits<double>::quiet_NaN();
    double classes = std::numeric_limits<double>::quiet_NaN();
};

/// rows [nC, columns] of samples with these labels.
Accuracy accuracyOn(const MatrixD& rows, const Labels& labels, std::int64_t classes, const KernelFit& fit) {
    const VectorD values = (rows * fit.alpha).array() + fit.intercept;
    const Labels flat = oneHot(labels, classes);
    std::int64_t decisions = 0;
    for (std::size_t row = 0; row < flat.size(); ++row) {
        decisions += (values(static_cast<Eigen::Index>(row)) > 0) == (flat[row] == 1) ? 1 : 0;
    }
    std::int64_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        Eigen::Index predicted = 0;
        values.segment(static_cast<Eigen::Index>(i) * classes, classes).maxCoeff(&predicted);
        right += predicted == labels[i] ? 1 : 0;
    }
    return {static_cast<double>(decisions) / static_cast<double>(flat.size()),
            static_cast<double>(right) / static_cast<double>(labels.size())};
}

} // namespace

KernelFit fitKernelRows(const ReducedFeatures& rows, const Labels& labels, double strength,
                        std::stop_token stop) {
    // With v1 = -v0 = alpha / 2, as at the optimum, ||V||^2 is ||alpha||^2 / 2: half the strength makes both
    // terms half of the binary problem's.
    const LogisticFit fit = fitLogistic(rows, labels, 2, strength / 2, stoppedBy(std::move(stop)));
    return {(fit.weight.row(1) - fit.weight.row(0)).transpose(), fit.bias(1) - fit.bias(0),
            2 * fit.objective};
}

MatrixD kernelRegression(const record::KernelState& kernel, const KernelRegressionHooks& hooks) {
    requireConsistent(kernel);
    if (kernel.trainLabels.size() < kFolds || kernel.classes < 2) {
        throw Error(ErrorKind::badInput, "kernel regression needs at least " + std::to_string(kFolds) +
                                             " train samples and two classes, got " +
                                             std::to_string(kernel.trainLabels.size()) + " and " +
                                             std::to_string(kernel.classes));
    }
    const Labels labels = oneHot(kernel.trainLabels, kernel.classes);
    // Half of them, as in fitKernelRows.
    std::vector<double> halves = logisticStrengths();
    for (double& strength : halves) {
        strength /= 2;
    }
    const LogisticOptions options = stoppedBy(hooks.stop);
    MatrixD result(static_cast<Eigen::Index>(kKernelParts.size()), 4);
    int before = 0;
    for (const KernelPart part : kKernelParts) {
        const MatrixD rows = flattenedKernel(kernel.pTrain, kernel.fTrain, part);
        const ReducedFeatures reduced = reduceFeatures(rows);
        const auto onFit = [&](int done, int total) {
            if (hooks.onFit) {
                hooks.onFit(before + done, total * static_cast<int>(kKernelParts.size()));
            }
        };
        const CrossValidation choice =
            crossValidateLogistic(reduced, labels, 2, halves, kFolds, options, onFit);
        before += kFolds * static_cast<int>(halves.size());
        const KernelFit fit = fitKernelRows(reduced, labels, 2 * choice.chosen, hooks.stop);
        const Accuracy train = accuracyOn(rows, kernel.trainLabels, kernel.classes, fit);
        const Accuracy test = kernel.pTest && kernel.fTest
                                  ? accuracyOn(flattenedKernel(*kernel.pTest, *kernel.fTest, part),
                                               kernel.testLabels, kernel.classes, fit)
                                  : Accuracy{};
        result.row(static_cast<Eigen::Index>(part)) << train.decisions, test.decisions, train.classes,
            test.classes;
    }
    return result;
}

} // namespace finescope::analysis

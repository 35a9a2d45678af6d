#include "core/engine/theory/kernel_checks.h"

#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace finescope::engine {

namespace {

using analysis::KernelPart;

constexpr double kSummation = 1e-10; // of float64 sums in another order, relative
constexpr std::array kScales{0.1, 7.0, 100.0};

VectorD eigenvalues(const MatrixD& matrix) {
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues();
}

std::int64_t rankOf(const VectorD& singularValues) {
    return analysis::numericalRank({singularValues.data(), static_cast<std::size_t>(singularValues.size())});
}

} // namespace

double largestEigenvalue(const HeadKernel& kernel) {
    return eigenvalues(analysis::flattenedKernel(kernel.pTrain, kernel.fTrain, KernelPart::total)).maxCoeff();
}

std::vector<CheckResult> checkKernelSum(const TheoryModel& model, const Head& head) {
    const HeadKernel kernel = model.kernel(head);
    const MatrixD ofHead = headGradients(model.features(), head), ofBody = model.extractorGradients(head);
    MatrixD all(ofHead.rows(), ofHead.cols() + ofBody.cols());
    all << ofHead, ofBody;
    const MatrixD theta = all * all.topRows(kernel.fTrain.rows()).transpose();
    MatrixD sum(theta.rows(), theta.cols());
    sum << analysis::flattenedKernel(kernel.pTrain, kernel.fTrain, KernelPart::total),
        analysis::flattenedKernel(kernel.pTest, kernel.fTest, KernelPart::total);
    return {{.id = "T1",
             .model = model.name(),
             .measured = "||Theta - (P + F)|| / ||Theta||, Theta of LibTorch's gradients",
             .error = (theta - sum).norm() / theta.norm(),
             .bound = kSummation}};
}

std::vector<CheckResult> checkPretrainPart(const TheoryModel& model, const Head& before, const Head& after) {
    const HeadKernel kernel = model.kernel(before), later = model.kernel(after);
    const Eigen::Index samples = kernel.pTrain.rows(), classes = before.weight.rows();
    const MatrixD rows = headGradients(model.features().topRows(samples), before);
    const MatrixD part = rows * rows.transpose();
    double between = 0, within = 0;
    for (Eigen::Index i = 0; i < part.rows(); ++i) {
        for (Eigen::Index j = 0; j < part.cols(); ++j) {
            if (i % classes == j % classes) {
                within = std::max(within, std::abs(part(i, j) - kernel.pTrain(i / classes, j / classes)));
            } else {
                between = std::max(between, std::abs(part(i, j)));
            }
        }
    }
    const double changed = std::max((later.pTrain - kernel.pTrain).cwiseAbs().maxCoeff(),
                                    (later.pTest - kernel.pTest).cwiseAbs().maxCoeff());
    const auto result = [&](const char* measured, double error, double bound) {
        return CheckResult{
            .id = "T2", .model = model.name(), .measured = measured, .error = error, .bound = bound};
    };
    return {result("largest entry of the head's kernel between two classes", between, 0),
            result("largest difference from <phi, phi'> + 1 within a class, relative",
                   within / kernel.pTrain.cwiseAbs().maxCoeff(), kSummation),
            result("largest change of P from the random head to the probed one", changed, 0)};
}

std::vector<CheckResult> checkHeadScaling(const TheoryModel& model, const Head& head) {
    const HeadKernel kernel = model.kernel(head);
    const VectorD spectrum = analysis::symmetricSingularValues(kernel.fTrain);
    const double rate = 1e-3 / largestEigenvalue(kernel);
    const StepChange step = model.step(head, kernel.trainResiduals, rate);
    double square = 0, shape = 0, linear = 0;
    std::int64_t rank = 0;
    for (const double scale : kScales) {
        const Head scaled{scale * head.weight, head.bias};
        const HeadKernel other = model.kernel(scaled);
        square = std::max({square, relativeDifference(other.fTrain, scale * scale * kernel.fTrain),
                           relativeDifference(other.fTest, scale * scale * kernel.fTest)});
        const VectorD values = analysis::symmetricSingularValues(other.fTrain);
        shape = std::max(shape, (values / values[0] - spectrum / spectrum[0]).cwiseAbs().maxCoeff());
        rank = std::max(rank, std::abs(rankOf(values) - rankOf(spectrum)));
        // The parameters move as far as before, so this is no approximation.
        const StepChange scaledStep = model.step(scaled, kernel.trainResiduals, rate / scale);
        linear = std::max(linear, relativeDifference(scaledStep.features, scale * step.features));
    }
    const auto result = [&](const char* measured, double error, double bound) {
        return CheckResult{
            .id = "T5", .model = model.name(), .measured = measured, .error = error, .bound = bound};
    };
    constexpr double kRounding = 1e-12, kStepRounding = 1e-8;
    return {result("largest relative difference of F(s V) from s^2 F(V), s = 0.1, 7, 100", square, kRounding),
            result("difference of the ranks of F(s V) and F(V)", static_cast<double>(rank), 0),
            result("largest difference of the normalised spectra", shape, kRounding),
            result("feature change at fixed residuals, relative difference from s times that of V", linear,
                   kStepRounding)};
}

std::vector<CheckResult> checkRanks(const TheoryModel& model, const Head& head, const std::string& which) {
    const HeadKernel kernel = model.kernel(head);
    const std::int64_t samples = kernel.pTrain.rows(), directions = headSpan(head.weight).basis.rows();
    const std::int64_t limit = std::min<std::int64_t>(kernel.fTrain.rows(), samples * directions);
    const std::int64_t rank = rankOf(analysis::symmetricSingularValues(kernel.fTrain));
    double negative = 0;
    for (const KernelPart part : analysis::kKernelParts) {
        const VectorD values = eigenvalues(analysis::flattenedKernel(kernel.pTrain, kernel.fTrain, part));
        negative = std::max(negative, -values.minCoeff() / values.maxCoeff());
    }
    std::array<char, 96> detail{};
    std::snprintf(detail.data(), detail.size(), "rank %lld, min(NC, N rank V) = %lld",
                  static_cast<long long>(rank), static_cast<long long>(limit));
    return {{.id = "T10",
             .model = model.name(),
             .measured = "rank of F beyond min(NC, N rank V), " + which,
             .error = static_cast<double>(std::max<std::int64_t>(0, rank - limit)),
             .bound = 0,
             .detail = detail.data()},
            {.id = "T10",
             .model = model.name(),
             .measured = "most negative eigenvalue of P, F and P + F over the largest",
             .error = negative,
             .bound = 1e-6}};
}

} // namespace finescope::engine

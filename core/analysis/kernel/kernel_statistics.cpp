#include "core/analysis/kernel/kernel_statistics.h"

#include "core/analysis/kernel/spectrum.h"
#include "core/error.h"

#include <Eigen/SVD>

#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

/// Sum of the singular values of a square matrix.
template <typename Block>
double nuclearNorm(const Block& block) {
    if (block.rows() == 2) { // (s1 + s2)^2 = ||A||_F^2 + 2 |det A|
        return std::sqrt(block.squaredNorm() +
                         2 * std::abs(block(0, 0) * block(1, 1) - block(0, 1) * block(1, 0)));
    }
    return Eigen::JacobiSVD<Block>(block).singularValues().sum();
}

/// Of each C x C block of F + share * P (x) I. Block: a type that can hold one.
template <typename Block>
MatrixD nuclearNorms(const record::KernelState& kernel, double share) {
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    return MatrixD::NullaryExpr(
        kernel.pTrain.rows(), kernel.pTrain.rows(), [&](Eigen::Index i, Eigen::Index j) {
            Block block = kernel.fTrain.block(i * classes, j * classes, classes, classes);
            block.diagonal().array() += share * kernel.pTrain(i, j);
            return nuclearNorm(block);
        });
}

} // namespace

void requireConsistent(const record::KernelState& kernel) {
    const auto samples = kernel.pTrain.rows();
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    const auto flat = samples * classes;
    if (samples < 1 || classes < 1 || kernel.pTrain.cols() != samples || kernel.fTrain.rows() != flat ||
        kernel.fTrain.cols() != flat || kernel.trainResiduals.rows() != samples ||
        kernel.trainResiduals.cols() != classes) {
        const auto shape = [](const MatrixD& matrix) {
            return "[" + std::to_string(matrix.rows()) + ", " + std::to_string(matrix.cols()) + "]";
        };
        throw Error(ErrorKind::badInput, "kernel " + kernel.state + " with C = " + std::to_string(classes) +
                                             ": expected P [n, n], F [nC, nC] and residuals [n, C], found " +
                                             shape(kernel.pTrain) + ", " + shape(kernel.fTrain) + " and " +
                                             shape(kernel.trainResiduals));
    }
}

MatrixD flattenedKernel(const MatrixD& p, const MatrixD& f, KernelPart part) {
    MatrixD flat = part == KernelPart::pretrainEffective ? MatrixD::Zero(f.rows(), f.cols()) : f;
    if (part == KernelPart::fineTuningEffective) {
        return flat;
    }
    // P's scalars on the diagonals of the C x C blocks.
    const Eigen::Index classes = f.cols() / p.cols();
    for (Eigen::Index i = 0; i < p.rows(); ++i) {
        for (Eigen::Index j = 0; j < p.cols(); ++j) {
            flat.block(i * classes, j * classes, classes, classes).diagonal().array() += p(i, j);
        }
    }
    return flat;
}

double kernelFrobeniusNorm(const record::KernelState& kernel, KernelPart part) {
    requireConsistent(kernel);
    switch (part) {
    case KernelPart::pretrainEffective:
        return std::sqrt(static_cast<double>(kernel.classes)) * kernel.pTrain.norm();
    case KernelPart::fineTuningEffective:
        return kernel.fTrain.norm();
    case KernelPart::total:
        break;
    }
    // ||P (x) I + F||^2, the cross term over the diagonals of F's blocks.
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    double cross = 0;
    for (Eigen::Index i = 0; i < kernel.pTrain.rows(); ++i) {
        for (Eigen::Index j = 0; j < kernel.pTrain.cols(); ++j) {
            cross +=
                kernel.pTrain(i, j) * kernel.fTrain.block(i * classes, j * classes, classes, classes).trace();
        }
    }
    return std::sqrt(static_cast<double>(classes) * kernel.pTrain.squaredNorm() + 2 * cross +
                     kernel.fTrain.squaredNorm());
}

std::optional<MatrixD> kernelSpectrum(const record::KernelState& kernel) {
    requireConsistent(kernel);
    if (kernel.spectrum) {
        return kernel.spectrum;
    }
    const Eigen::Index order = kernel.fTrain.rows();
    if (order > kLargestComputedSpectrum) {
        return std::nullopt;
    }
    MatrixD spectrum(3, order);
    // P with its I_C has each singular value of P C times.
    const VectorD scalars = symmetricSingularValues(kernel.pTrain);
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    for (Eigen::Index index = 0; index < order; ++index) {
        spectrum(0, index) = scalars(index / classes);
    }
    spectrum.row(1) = symmetricSingularValues(kernel.fTrain);
    spectrum.row(2) =
        symmetricSingularValues(flattenedKernel(kernel.pTrain, kernel.fTrain, KernelPart::total));
    return spectrum;
}

std::optional<VectorD> queryValueSpectrum(const record::KernelState& kernel) {
    if (!kernel.fTrainQueryValue || kernel.fTrainQueryValue->rows() > kLargestComputedSpectrum) {
        return std::nullopt;
    }
    return symmetricSingularValues(*kernel.fTrainQueryValue);
}

MatrixD blockTraceNorms(const record::KernelState& kernel, KernelPart part) {
    requireConsistent(kernel);
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    if (part == KernelPart::pretrainEffective) {
        return static_cast<double>(classes) * kernel.pTrain.cwiseAbs();
    }
    const double share = part == KernelPart::total ? 1 : 0;
    constexpr int kSmall = 8; // blocks up to this need no memory of their own, which takes most of the time
    using SmallBlock = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, kSmall, kSmall>;
    return classes <= kSmall ? nuclearNorms<SmallBlock>(kernel, share) : nuclearNorms<MatrixD>(kernel, share);
}

VectorD fineTuningRatios(const record::KernelState& kernel) {
    requireConsistent(kernel);
    const MatrixD fromPretraining = kernel.pTrain * kernel.trainResiduals; // [n, C]
    const Eigen::Map<const VectorD> residuals(kernel.trainResiduals.data(), kernel.trainResiduals.size());
    const VectorD flat = kernel.fTrain * residuals;
    const Eigen::Map<const MatrixD> fromFineTuning(flat.data(), fromPretraining.rows(),
                                                   fromPretraining.cols());
    return fromFineTuning.rowwise().norm().cwiseQuotient((fromPretraining + fromFineTuning).rowwise().norm());
}

std::optional<double> fineTuningRatio(const record::KernelState& kernel) {
    double sum = 0;
    std::int64_t count = 0;
    for (const double ratio : fineTuningRatios(kernel)) {
        if (std::isfinite(ratio)) {
            sum += ratio;
            ++count;
        }
    }
    return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

} // namespace finescope::analysis

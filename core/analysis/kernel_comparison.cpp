#include "core/analysis/kernel_comparison.h"

#include "core/analysis/kernel_statistics.h"
#include "core/analysis/spectrum.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

namespace {

std::span<const double> fineTuningRow(const MatrixD& spectrum) {
    const auto row = static_cast<Eigen::Index>(KernelPart::fineTuningEffective);
    return {spectrum.row(row).data(), static_cast<std::size_t>(spectrum.cols())};
}

void requireComparable(const record::KernelState& lora, const record::KernelState& full) {
    requireConsistent(lora);
    requireConsistent(full);
    if (lora.adapted != "lora" || full.adapted != "full") {
        throw Error(ErrorKind::badInput, "a kernel of LoRA is compared with one of all parameters, not '" +
                                             lora.adapted + "' with '" + full.adapted + "'");
    }
    if (lora.classes != full.classes || lora.trainIndex != full.trainIndex ||
        lora.trainLabels != full.trainLabels) {
        throw Error(ErrorKind::badInput, "the two kernels are of different train samples: compute both with "
                                         "the same number of samples and the same seed");
    }
}

} // namespace

std::optional<double> spectrumGap(std::span<const double> one, std::span<const double> other) {
    const auto count = static_cast<std::size_t>(std::min(numericalRank(one), numericalRank(other)));
    if (count == 0) {
        return std::nullopt;
    }
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += std::abs(std::log10((one[i] / one[0]) / (other[i] / other[0])));
    }
    return sum / static_cast<double>(count);
}

KernelComparison compareKernels(const record::KernelState& lora, const record::KernelState& full) {
    requireComparable(lora, full);
    KernelComparison comparison;
    if (lora.loraScale && lora.loraSigma2 && lora.loraRank) {
        comparison.expected =
            *lora.loraScale * *lora.loraScale * *lora.loraSigma2 * static_cast<double>(*lora.loraRank);
    }
    const std::optional<MatrixD> loraSpectrum = kernelSpectrum(lora);
    const std::optional<MatrixD> fullSpectrum = kernelSpectrum(full);
    if (loraSpectrum && fullSpectrum) {
        comparison.gap = spectrumGap(fineTuningRow(*loraSpectrum), fineTuningRow(*fullSpectrum));
    }
    if (!full.fTrainQueryValue) {
        return comparison;
    }
    const MatrixD& part = *full.fTrainQueryValue;
    if (const double square = part.squaredNorm(); square > 0) {
        comparison.fitted = lora.fTrain.cwiseProduct(part).sum() / square;
    }
    if (loraSpectrum && part.rows() <= kLargestComputedSpectrum) {
        const VectorD values = symmetricSingularValues(part);
        comparison.queryValueGap = spectrumGap(fineTuningRow(*loraSpectrum),
                                               {values.data(), static_cast<std::size_t>(values.size())});
    }
    return comparison;
}

} // namespace finescope::analysis

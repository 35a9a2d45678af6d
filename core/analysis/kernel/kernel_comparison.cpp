#include "core/analysis/kernel/kernel_comparison.h"

#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"
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

KernelComparison compareKernels(const KernelWithSpectra& lora, const KernelWithSpectra& full) {
    requireComparable(lora.kernel, full.kernel);
    KernelComparison comparison;
    const record::KernelState& kernel = lora.kernel;
    if (kernel.loraScale && kernel.loraSigma2 && kernel.loraRank) {
        comparison.expected = *kernel.loraScale * *kernel.loraScale * *kernel.loraSigma2 *
                              static_cast<double>(*kernel.loraRank);
    }
    if (lora.spectrum && full.spectrum) {
        comparison.gap = spectrumGap(fineTuningRow(*lora.spectrum), fineTuningRow(*full.spectrum));
    }
    if (const auto& part = full.kernel.fTrainQueryValue; part && part->squaredNorm() > 0) {
        comparison.fitted = kernel.fTrain.cwiseProduct(*part).sum() / part->squaredNorm();
    }
    if (lora.spectrum && full.queryValueSpectrum) {
        const VectorD& values = *full.queryValueSpectrum;
        comparison.queryValueGap = spectrumGap(fineTuningRow(*lora.spectrum),
                                               {values.data(), static_cast<std::size_t>(values.size())});
    }
    return comparison;
}

} // namespace finescope::analysis

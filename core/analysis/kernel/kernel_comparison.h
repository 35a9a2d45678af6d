#pragma once

#include "core/record/run.h"

#include <optional>
#include <span>

namespace finescope::analysis {

/// Mean |log10| of the ratio of two normalised spectra (sigma / largest sigma), over the singular values of
/// the lower of the two numerical ranks: how far apart two curves of the spectrum figure are, in decades.
/// Both descending. nullopt if one is zero. definitions.md, LoRA against fine-tuning.
[[nodiscard]] std::optional<double> spectrumGap(std::span<const double> one, std::span<const double> other);

/// LoRA's kernel against full fine-tuning's of the same samples. definitions.md, LoRA against fine-tuning.
struct KernelComparison {
    /// <F_lora, F_qv> / ||F_qv||^2: the multiple of F_qv, the query and value part of full fine-tuning's F,
    /// that is closest to LoRA's F. nullopt if the FT kernel has no such part.
    std::optional<double> fitted;
    /// s^2 sigma^2 r: the mean of F_lora over draws of A is this multiple of F_qv. nullopt if not recorded.
    std::optional<double> expected;
    std::optional<double> gap;           ///< spectrumGap of the two F; nullopt if one has no spectrum
    std::optional<double> queryValueGap; ///< of LoRA's F and F_qv
};

/// A kernel with what kernelSpectrum and queryValueSpectrum say of it, which takes seconds for large ones.
struct KernelWithSpectra {
    const record::KernelState& kernel;
    const std::optional<MatrixD>& spectrum;
    const std::optional<VectorD>& queryValueSpectrum;
};

/// Throws Error{badInput} unless `lora` is a LoRA kernel, `full` one of all parameters, and both are of the
/// same train samples and classes.
[[nodiscard]] KernelComparison compareKernels(const KernelWithSpectra& lora, const KernelWithSpectra& full);

} // namespace finescope::analysis

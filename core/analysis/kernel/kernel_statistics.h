#pragma once

#include "core/record/run.h"

#include <array>
#include <optional>

namespace finescope::analysis {

/// The largest nC for which a missing spectrum is computed on the spot (0.3 s a matrix at that order).
inline constexpr std::int64_t kLargestComputedSpectrum = 1500;

/// The three kernels of a state: the pre-train-effective part P with its I_C, the FT-effective part F, and
/// the NTK P + F, all flattened to [nC, nC].
enum class KernelPart { pretrainEffective = 0, fineTuningEffective = 1, total = 2 };
inline constexpr std::array kKernelParts = {KernelPart::pretrainEffective, KernelPart::fineTuningEffective,
                                            KernelPart::total};

/// Throws Error{badInput} unless the shapes of a state agree with each other: P [n, n], F [nC, nC], residuals
/// [n, C].
void requireConsistent(const record::KernelState& kernel);

/// A part of a kernel flattened to [mC, nC]: of P [m, n] and F [mC, nC], both of the train or both of the
/// test samples.
[[nodiscard]] MatrixD flattenedKernel(const MatrixD& p, const MatrixD& f, KernelPart part);

/// Frobenius norm of the flattened kernel, not divided by n. definitions.md, Frobenius norm.
[[nodiscard]] double kernelFrobeniusNorm(const record::KernelState& kernel, KernelPart part);

/// Singular values of the flattened kernels, descending: [3, nC], rows in the order of KernelPart. Stored
/// ones first; else computed if nC <= kLargestComputedSpectrum; else nullopt. definitions.md, Spectrum.
[[nodiscard]] std::optional<MatrixD> kernelSpectrum(const record::KernelState& kernel);

/// Singular values of F's part of the query and value weights, descending; nullopt without that part, or
/// where it is larger than kLargestComputedSpectrum.
[[nodiscard]] std::optional<VectorD> queryValueSpectrum(const record::KernelState& kernel);

/// The trace (nuclear) norm of each C x C block K(x_i, x_j) of the train kernel: [n, n], >= 0. O(n^2 C^3).
/// definitions.md, Heat map.
[[nodiscard]] MatrixD blockTraceNorms(const record::KernelState& kernel, KernelPart part);

/// The FT ratio of each training sample x: ||sum_i F(x, x_i) delta_i|| / ||sum_i (P + F)(x, x_i) delta_i||;
/// NaN where the denominator is zero. Returns [n]. definitions.md, FT ratio.
[[nodiscard]] VectorD fineTuningRatios(const record::KernelState& kernel);

/// Their mean over the samples that have one; nullopt if none has. definitions.md, FT ratio.
[[nodiscard]] std::optional<double> fineTuningRatio(const record::KernelState& kernel);

} // namespace finescope::analysis

#pragma once

#include "core/figure/kernel/kernel_view.h"

#include <span>

namespace finescope::figure {

/// Kernel numbers as the paper prints them: a row of P for each data set, then rows of F and of the NTK P + F
/// for each method: rank, Frobenius norm in thousands, kernel regression accuracy on train / test in percent,
/// FT ratio; mean and deviation over seeds. Tomihari and Sato 2024, tables 2 and 9.
[[nodiscard]] Table kernelTable(std::span<const KernelEntry> entries);

/// All numbers of every run: rows P, F and P + F of each; the accuracies of yes-or-no decisions (the paper's)
/// and of classes. definitions.md, Kernel.
[[nodiscard]] Table kernelNumbers(std::span<const KernelEntry> entries);

/// Every LoRA kernel beside the FT kernel of the same data: the multiple of F_qv that is closest to it, the
/// expected s^2 sigma^2 r, and how far apart the normalised spectra are, in decades. No rows where there is
/// no such pair; the notes say why. definitions.md, LoRA against fine-tuning.
[[nodiscard]] Table loraTable(std::span<const KernelEntry> entries);

} // namespace finescope::figure

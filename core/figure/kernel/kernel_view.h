#pragma once

#include "core/analysis/kernel/kernel_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/label/variant.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// A kernel of a run with what is derived from it: computed once, then shared.
struct KernelView {
    record::KernelState kernel;
    std::optional<MatrixD>
        spectrum{}; ///< [3, nC], descending; nullopt: not recorded and too large to compute
    std::optional<VectorD> queryValueSpectrum{}; ///< analysis::queryValueSpectrum
    VectorD ratios{}; ///< [n], the FT ratio of each train sample; NaN where it has none
    std::optional<double> meanRatio{};
    std::array<double, analysis::kKernelParts.size()> norms{}; ///< Frobenius norms of the parts
};

/// The state to show: `chosen`, else the one that fine-tuning starts from; "" if the run does not hold it.
[[nodiscard]] std::string kernelState(const record::Run& run, const std::string& chosen = {});

/// Reads a kernel and computes what is missing. Any thread; O((nC)^3) where no spectrum was recorded. Throws
/// Error{badInput} naming the file and how a kernel gets into it, and what the file reader throws.
[[nodiscard]] std::shared_ptr<const KernelView> readKernel(const record::Run& run,
                                                           const std::string& state = {});

/// One run's kernel in a figure or table.
struct KernelEntry {
    std::string name{};
    Style style{};
    Variant variant{};
    std::string task{}, model{};
    std::vector<std::string> classNames{};
    std::shared_ptr<const KernelView> view{};
    /// Of the part that a heat map shows (kernel_heat_map.h); nullptr: computed when it is drawn.
    std::shared_ptr<const HeatCells> traceNorms{};
};

/// The runs of a set with this state, in the order of legends; what `views` holds (as many as runs, nullptr:
/// no kernel) is not read again.
[[nodiscard]] std::vector<KernelEntry>
kernelEntries(std::span<const record::Run> runs, std::span<const std::shared_ptr<const KernelView>> views);

/// The same, read from the files. Throws Error{badInput} if no run has a kernel, else leaves out those
/// without. A kernel that cannot be used goes to `problems`; without them what reading throws passes.
[[nodiscard]] std::vector<KernelEntry> readKernelEntries(std::span<const record::Run> runs,
                                                         const std::string& state = {},
                                                         Problems* problems = nullptr);

} // namespace finescope::figure

#pragma once

#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/run/run_traits.h"
#include "core/record/run.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace finescope::analysis {

/// What the claims are about in one test or out-of-distribution split, of the reported model. Fractions, not
/// percent; nullopt where the run does not hold what a number is computed from.
struct ClaimSplit {
    std::string name{};
    bool outOfDistribution = false;
    std::optional<double> metric{}; ///< the run's. definitions.md, Task metric
    std::optional<double> accuracy{}, ece{}, mce{};
    /// The same at the temperature that the validation split gives. definitions.md, Fitted temperature.
    std::optional<double> fittedAccuracy{}, fittedEce{}, fittedMce{};
    std::optional<double> cosinePretrained{}, cosine{}, difference{};
    std::optional<double> fisherPretrained{}, fisher{};
    /// Of the nearest neighbours of a row: the share that the pre-trained and the reported features have in
    /// common, and the share that is of its class; of the test split alone. definitions.md, Neighbours.
    std::optional<double> neighbourOverlap{}, purityPretrained{}, purity{};
};

/// P with its I_C, F or P + F of the training samples.
struct ClaimKernelPart {
    std::optional<double> rank{}, frobeniusNorm{};
    std::optional<double> trainAccuracy{}, testAccuracy{}; ///< of kernel regression, of all nC decisions
};

/// The kernel that fine-tuning of a run starts from.
struct ClaimKernel {
    std::int64_t samples = 0, classes = 0;
    std::array<ClaimKernelPart, kKernelParts.size()> parts{}; ///< in the order of KernelPart
    std::optional<double> fineTuningRatio{};
    std::optional<double> loraFactor{};    ///< s^2 sigma^2 r, of a LoRA kernel. definitions.md, LoRA
    std::vector<double> spectrum{};        ///< of F, descending; empty if there is none
    std::optional<double> diagonalShare{}; ///< of samples i with a trace norm of F(i, i) above the mean of
                                           ///< all F(i, j), i != j
    std::optional<double> diagonalRatio{}; ///< mean trace norm of F(i, i) over that of F(i, j), i != j
    std::optional<double> outerRatio{}; ///< with three classes: mean trace norm of F(i, j), i != j, of pairs
                                        ///< within the first and third class over that of all others
    std::optional<double> pVariation{}; ///< standard deviation over mean of the trace norms of P

    [[nodiscard]] const ClaimKernelPart& part(KernelPart which) const {
        return parts[static_cast<std::size_t>(which)];
    }
};

/// One run, reduced to the numbers that the claims C1 to C23 are about.
struct ClaimRun {
    std::string task{}, model{}, method{};
    std::int64_t seed = 0;
    double classifierScale = 1;
    TaskMetric taskMetric = TaskMetric::accuracy; ///< which ClaimSplit::metric is
    bool collapsed = false;                       ///< one class for every row of the test split
    /// ||V||_F over the L-BFGS iterations of lp, over the epochs 0 .. E of ft, lora and others.
    std::vector<double> normCurve{};
    std::optional<double> probedNorm{};   ///< ||V||_F after linear probing
    std::optional<double> startNorm{};    ///< ||V||_F at the start of fine-tuning, after any classifier scale
    std::optional<double> finalNorm{};    ///< ||V||_F of the reported model
    std::optional<double> displacement{}; ///< ||V - V_first||_F / ||V_first||_F of the reported model
    std::vector<ClaimSplit> splits{};     ///< test and out-of-distribution, in file order
    std::optional<ClaimKernel> kernel{};
};

/// Reads the large parts of a run one after the other and keeps these numbers. Throws what record::RunParts
/// and reliability() throw.
[[nodiscard]] ClaimRun claimRun(const record::Run& run);

} // namespace finescope::analysis

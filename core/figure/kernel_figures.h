#pragma once

#include "core/figure/kernel_view.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// "P", "F" or "P + F".
[[nodiscard]] std::string_view kernelPartName(analysis::KernelPart part);

enum class SpectrumAxis { index, fraction };

struct SpectrumOptions {
    std::vector<analysis::KernelPart> parts{analysis::KernelPart::pretrainEffective,
                                            analysis::KernelPart::fineTuningEffective};
    bool normalised = true; ///< divided by the largest
    SpectrumAxis axis = SpectrumAxis::index;
    Scale xScale = Scale::linear, yScale = Scale::logarithmic;
};

/// Singular values in descending order, a curve for each run and part; P, which does not depend on the head,
/// once where runs share it. PAPER 2.7, Figures 2 and 7.
[[nodiscard]] Figure spectrumFigure(std::span<const KernelEntry> entries,
                                    const SpectrumOptions& options = {});

struct KernelHeatMapOptions {
    analysis::KernelPart part = analysis::KernelPart::fineTuningEffective;
    Scale scale = Scale::logarithmic;
    std::optional<Range> colours{}; ///< of every map; nullopt: each from its own values
    int maxColumns = 4;
};

/// The trace norms of all C x C blocks, samples sorted by class, a map for each run with its colour scale
/// below. PAPER 2.7, Figures 8 and 9.
[[nodiscard]] Figure kernelHeatMapFigure(std::span<const KernelEntry> entries,
                                         const KernelHeatMapOptions& options = {});

/// The FT ratio of every train sample, sorted, and the mean of each run. PAPER 2.7.
[[nodiscard]] Figure ratioFigure(std::span<const KernelEntry> entries);

} // namespace finescope::figure

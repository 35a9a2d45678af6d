#pragma once

#include "core/figure/figure_request.h"
#include "core/figure/kernel/kernel_view.h"

#include <memory>
#include <optional>
#include <span>

namespace finescope::figure {

/// Trace norms of all C x C blocks of a part of the train kernel, samples sorted by class, the first at the
/// top. O(n^2 C^3): of 2,000 samples about a second. Any thread. definitions.md, Heat map.
[[nodiscard]] std::shared_ptr<const HeatCells>
traceNormCells(const KernelView& view, analysis::KernelPart part, std::span<const std::string> classNames);

struct KernelHeatMapOptions {
    analysis::KernelPart part = analysis::KernelPart::fineTuningEffective;
    Scale scale = Scale::logarithmic;
    std::optional<Range> colours{}; ///< of every map; nullopt: each from its own values
    int maxColumns = 4;
};

/// The options that a request asks for.
[[nodiscard]] KernelHeatMapOptions kernelHeatMapOptions(const FigureRequest& request);

/// A map of trace norms for each run with its colour scale below. definitions.md, Heat map.
[[nodiscard]] Figure kernelHeatMapFigure(std::span<const KernelEntry> entries,
                                         const KernelHeatMapOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildKernelHeatMap(const FigureRequest& request, std::span<const record::Run> runs,
                                        Problems& problems);

} // namespace finescope::figure

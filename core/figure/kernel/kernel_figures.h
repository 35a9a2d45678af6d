#pragma once

#include "core/figure/choices.h"
#include "core/figure/figure_request.h"
#include "core/figure/kernel/kernel_view.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// "P", "F" or "P + F".
[[nodiscard]] std::string_view kernelPartName(analysis::KernelPart part);

/// "n = 64, C = 2." of all, or which runs have which.
[[nodiscard]] std::string kernelSampleNote(std::span<const KernelEntry> entries);

struct SpectrumOptions {
    std::vector<analysis::KernelPart> parts{analysis::KernelPart::pretrainEffective,
                                            analysis::KernelPart::fineTuningEffective};
    bool normalised = true; ///< divided by the largest
    SpectrumAxis axis = SpectrumAxis::index;
    Scale xScale = Scale::linear, yScale = Scale::logarithmic;
};

/// The options that a request asks for.
[[nodiscard]] SpectrumOptions spectrumOptions(const FigureRequest& request);

/// Singular values in descending order, a curve for each run and part; P, which does not depend on the head,
/// once where runs share it. definitions.md, Spectrum.
[[nodiscard]] Figure spectrumFigure(std::span<const KernelEntry> entries,
                                    const SpectrumOptions& options = {});

/// The FT ratio of every train sample, sorted, and the mean of each run. definitions.md, FT ratio.
[[nodiscard]] Figure ratioFigure(std::span<const KernelEntry> entries);

/// The figures that a request asks for, made from runs.
[[nodiscard]] Figure buildSpectrum(const FigureRequest& request, std::span<const record::Run> runs,
                                   Problems& problems);
[[nodiscard]] Figure buildRatios(const FigureRequest& request, std::span<const record::Run> runs,
                                 Problems& problems);

} // namespace finescope::figure

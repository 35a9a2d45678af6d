#include "core/figure/kernel/kernel_figures.h"

#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace finescope::figure {

namespace {

using analysis::KernelPart;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::span<const double> singularValues(const KernelView& view, KernelPart part) {
    const auto row = static_cast<Eigen::Index>(part);
    return {view.spectrum->row(row).data(), static_cast<std::size_t>(view.spectrum->cols())};
}

/// Whether two runs began with the same features of the same samples: then P is the same up to rounding.
bool shareP(const KernelEntry& one, const KernelEntry& other) {
    const record::KernelState &a = one.view->kernel, &b = other.view->kernel;
    return one.task == other.task && one.model == other.model && a.trainIndex == b.trainIndex &&
           a.pTrain.rows() == b.pTrain.rows() &&
           (a.pTrain - b.pTrain).norm() <= 1e-5 * std::max(a.pTrain.norm(), b.pTrain.norm());
}

class SpectrumBuilder {
public:
    SpectrumBuilder(const SpectrumOptions& options, Panel& panel) : m_options(options), m_panel(panel) {}

    void add(const std::string& name, const Style& style, std::span<const double> values) {
        Line line{.name = name, .style = style};
        const auto count = static_cast<double>(values.size());
        const double unit = m_options.normalised && values.front() > 0 ? values.front() : 1;
        const bool logarithmic = m_options.yScale == Scale::logarithmic;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double place = static_cast<double>(i + 1);
            line.x.push_back(m_options.axis == SpectrumAxis::index ? place : place / count);
            const bool drawn = !logarithmic || values[i] > 0;
            line.y.push_back(drawn ? values[i] / unit : kNaN);
            leftOut += drawn ? 0 : 1;
        }
        const double tolerance = values.front() / unit * count * std::ldexp(1.0, -23);
        m_highest = std::max(m_highest, values.front() / unit);
        m_lowest = std::min(m_lowest, line.y.back());
        m_leastTolerance = std::min(m_leastTolerance, tolerance);
        m_mostTolerance = std::max(m_mostTolerance, tolerance);
        m_panel.curves.push_back(std::move(line));
    }

    /// Singular values below the rank's tolerance are rounding, tens of decades of it: the axis ends soon
    /// below the tolerance, which a line marks where it is the same for all.
    void endAxis() {
        if (m_panel.curves.empty() || m_options.yScale != Scale::logarithmic || !(m_mostTolerance > 0)) {
            return;
        }
        if (m_lowest < m_leastTolerance / kBelowTolerance) {
            m_panel.y.range = Range{m_leastTolerance / kBelowTolerance, 1.6 * m_highest};
            cut = true;
        }
        if (m_mostTolerance == m_leastTolerance) {
            m_panel.references.push_back({.vertical = false,
                                          .at = m_leastTolerance,
                                          .label = "tolerance of the rank",
                                          .style = {.role = "reference"}});
        }
    }

    int leftOut = 0;  ///< zeros on a logarithmic axis
    bool cut = false; ///< the axis ends above some values

private:
    static constexpr double kBelowTolerance = 10;

    double m_highest = 0;
    double m_lowest = std::numeric_limits<double>::infinity();
    double m_leastTolerance = std::numeric_limits<double>::infinity(), m_mostTolerance = 0;
    const SpectrumOptions& m_options;
    Panel& m_panel;
};

} // namespace

std::string kernelSampleNote(std::span<const KernelEntry> entries) {
    std::map<std::string, std::string> sizes; // runs by n and C
    for (const KernelEntry& entry : entries) {
        const record::KernelState& kernel = entry.view->kernel;
        std::string& names =
            sizes["n = " + std::to_string(kernel.pTrain.rows()) + ", C = " + std::to_string(kernel.classes)];
        names += (names.empty() ? "" : ", ") + entry.name;
    }
    if (sizes.size() == 1) {
        return sizes.begin()->first + ".";
    }
    std::string text;
    for (const auto& [size, names] : sizes) {
        text += (text.empty() ? "" : "; ") + names + ": " + size;
    }
    return text + ".";
}

std::string_view kernelPartName(KernelPart part) {
    switch (part) {
    case KernelPart::pretrainEffective:
        return "P";
    case KernelPart::fineTuningEffective:
        return "F";
    case KernelPart::total:
        break;
    }
    return "P + F";
}

SpectrumOptions spectrumOptions(const FigureRequest& request) {
    SpectrumOptions options{.normalised = !request.rawSpectrum,
                            .axis = request.spectrumAxis,
                            .xScale = scaleOf(request.logX),
                            .yScale = request.valueScale()};
    if (!request.kernelParts.empty()) {
        options.parts = request.kernelParts;
    }
    return options;
}

Figure spectrumFigure(std::span<const KernelEntry> entries, const SpectrumOptions& options) {
    Figure figure;
    figure.kind = "spectrum";
    figure.title = "Singular values of the neural tangent kernel";
    Panel panel;
    panel.legend = Legend::below;
    panel.x = {.label = options.axis == SpectrumAxis::index ? "index of the singular value"
                                                            : "index / number of singular values",
               .scale = options.xScale,
               .ticks = options.axis == SpectrumAxis::index ? TickStyle::integer : TickStyle::number};
    panel.y = {.label = options.normalised ? "singular value / largest" : "singular value",
               .scale = options.yScale};
    SpectrumBuilder builder(options, panel);
    const auto wanted = [&](KernelPart part) {
        return std::ranges::find(options.parts, part) != options.parts.end();
    };
    std::vector<const KernelEntry*> drawnP; // one of each P
    std::string missing;
    for (const KernelEntry& entry : entries) {
        if (!entry.view->spectrum) {
            missing += (missing.empty() ? "" : ", ") + entry.name;
        } else if (std::ranges::none_of(drawnP,
                                        [&](const KernelEntry* other) { return shareP(entry, *other); })) {
            drawnP.push_back(&entry);
        }
    }
    if (wanted(KernelPart::pretrainEffective)) {
        for (std::size_t i = 0; i < drawnP.size(); ++i) {
            builder.add(drawnP.size() == 1 ? "P" : "P of " + drawnP[i]->name,
                        {.role = "pretrained",
                         .shade = static_cast<int>(i),
                         .shades = static_cast<int>(drawnP.size())},
                        singularValues(*drawnP[i]->view, KernelPart::pretrainEffective));
        }
    }
    const bool both = wanted(KernelPart::fineTuningEffective) && wanted(KernelPart::total);
    for (const KernelPart part : {KernelPart::fineTuningEffective, KernelPart::total}) {
        for (const KernelEntry& entry : entries) {
            if (!wanted(part) || !entry.view->spectrum) {
                continue;
            }
            Style style = entry.style;
            if (both) {
                style.shade = 2 * style.shade + (part == KernelPart::total ? 1 : 0);
                style.shades = 2 * style.shades;
            }
            builder.add(std::string(kernelPartName(part)) + " of " + entry.name, style,
                        singularValues(*entry.view, part));
        }
    }
    if (panel.curves.empty()) {
        panel.emptyText =
            entries.empty() ? "No run with a kernel chosen." : "No run has the spectrum that is asked for.";
    } else {
        figure.notes.push_back("Flattened train kernels, " + kernelSampleNote(entries));
        if (drawnP.size() == 1 && entries.size() > 1 && wanted(KernelPart::pretrainEffective)) {
            figure.notes.push_back("P is the same for all.");
        }
    }
    builder.endAxis();
    if (!panel.references.empty()) {
        figure.notes.push_back("Horizontal line: tolerance of the rank, (largest) x nC x 2^-23.");
    }
    if (builder.cut) {
        figure.notes.push_back("Singular values far below the tolerance of the rank lie below the axis.");
    }
    if (builder.leftOut > 0) {
        figure.notes.push_back(std::to_string(builder.leftOut) +
                               " singular values are zero and have no place on a logarithmic axis.");
    }
    if (!missing.empty()) {
        figure.notes.push_back("Without a recorded spectrum and too large to compute one: " + missing + ".");
    }
    figure.panels.push_back(std::move(panel));
    figure.altText = "Singular values in descending order, a curve for each run and part of the kernel.";
    return figure;
}

Figure ratioFigure(std::span<const KernelEntry> entries) {
    Figure figure;
    figure.kind = "ft-ratio";
    figure.title = "FT ratio of the train samples";
    Panel panel;
    panel.y = {.label = "FT ratio", .scale = Scale::logarithmic};
    panel.x.ticks = TickStyle::category;
    constexpr double kReach = 0.32; // of a category to each side
    int without = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const KernelEntry& entry = entries[i];
        std::vector<double> ratios;
        for (const double ratio : entry.view->ratios) {
            if (std::isfinite(ratio) && ratio > 0) {
                ratios.push_back(ratio);
            } else {
                ++without;
            }
        }
        std::ranges::sort(ratios);
        panel.x.categories.push_back(entry.name);
        const auto at = static_cast<double>(i);
        Scatter points{.name = entry.name, .y = ratios, .style = entry.style, .legend = false};
        for (std::size_t k = 0; k < ratios.size(); ++k) {
            const double part = (static_cast<double>(k) + 0.5) / static_cast<double>(ratios.size());
            points.x.push_back(at + kReach * (2 * part - 1));
        }
        panel.scatters.push_back(std::move(points));
        if (const auto& mean = entry.view->meanRatio; mean && *mean > 0) {
            panel.curves.push_back({.name = "mean of " + entry.name,
                                    .x = {at - kReach, at + kReach},
                                    .y = {*mean, *mean},
                                    .style = entry.style,
                                    .legend = false});
        }
    }
    if (entries.empty()) {
        panel.emptyText = "No run with a kernel chosen.";
    } else {
        figure.notes.push_back("Dots: train samples, sorted within each run; lines: their mean. " +
                               kernelSampleNote(entries));
    }
    if (without > 0) {
        figure.notes.push_back(std::to_string(without) +
                               " samples have no ratio above zero and are not drawn.");
    }
    figure.panels.push_back(std::move(panel));
    figure.altText = "The FT ratio of every train sample, sorted, for each run, with the mean.";
    return figure;
}

Figure buildSpectrum(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return spectrumFigure(readKernelEntries(runs, request.kernelState, &problems), spectrumOptions(request));
}

Figure buildRatios(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return ratioFigure(readKernelEntries(runs, request.kernelState, &problems));
}

} // namespace finescope::figure

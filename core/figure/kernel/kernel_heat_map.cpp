#include "core/figure/kernel/kernel_heat_map.h"

#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/label/class_name.h"

#include <algorithm>
#include <numeric>

namespace finescope::figure {

namespace {

/// Indices of the train samples by class, and where each class but the first begins.
struct ClassOrder {
    std::vector<Eigen::Index> samples;
    std::vector<double> boundaries;
    std::string counts; ///< "entailment 25, neutral 30"
};

ClassOrder byClass(const Labels& labels, std::span<const std::string> names) {
    ClassOrder order;
    order.samples.resize(labels.size());
    std::iota(order.samples.begin(), order.samples.end(), Eigen::Index{0});
    std::ranges::stable_sort(order.samples, {},
                             [&](Eigen::Index sample) { return labels[static_cast<std::size_t>(sample)]; });
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= order.samples.size(); ++i) {
        const auto labelAt = [&](std::size_t place) {
            return labels[static_cast<std::size_t>(order.samples[place])];
        };
        if (i == order.samples.size() || labelAt(i) != labelAt(begin)) {
            order.counts += (order.counts.empty() ? "" : ", ") + className(names, labelAt(begin)) + " " +
                            std::to_string(i - begin);
            begin = i;
            if (i < order.samples.size()) {
                order.boundaries.push_back(static_cast<double>(i));
            }
        }
    }
    return order;
}

Panel heatPanel(const KernelEntry& entry, const KernelHeatMapOptions& options, const ClassOrder& order) {
    HeatMap map{.cells = entry.traceNorms ? entry.traceNorms
                                          : traceNormCells(*entry.view, options.part, entry.classNames),
                .scale = options.scale,
                .label = "trace norm of " + std::string(kernelPartName(options.part))};
    map.colours = options.colours;
    map.colours = colourRange(map);
    Panel panel;
    panel.header = entry.name;
    panel.square = true;
    const auto rows = static_cast<double>(map.cells->rows);
    panel.x = {.label = "train sample, by class", .ticks = TickStyle::integer};
    panel.y = {.ticks = TickStyle::category, .range = Range{0, rows}};
    for (const double at : order.boundaries) {
        panel.references.push_back({.vertical = true, .at = at, .style = {.role = "boundary"}});
        panel.references.push_back({.vertical = false, .at = rows - at, .style = {.role = "boundary"}});
    }
    panel.heatMap = std::move(map);
    return panel;
}

} // namespace

std::shared_ptr<const HeatCells> traceNormCells(const KernelView& view, analysis::KernelPart part,
                                                std::span<const std::string> classNames) {
    const record::KernelState& kernel = view.kernel;
    const MatrixD norms = analysis::blockTraceNorms(kernel, part);
    const ClassOrder order = byClass(kernel.trainLabels, classNames);
    auto cells =
        std::make_shared<HeatCells>(HeatCells{.rows = norms.rows(), .columns = norms.cols(), .values = {}});
    cells->values.reserve(static_cast<std::size_t>(norms.size()));
    // The first sample at the top, as a matrix is written.
    for (auto row = order.samples.rbegin(); row != order.samples.rend(); ++row) {
        for (const Eigen::Index column : order.samples) {
            cells->values.push_back(norms(*row, column));
        }
    }
    for (const Eigen::Index sample : order.samples) {
        const auto index = static_cast<std::size_t>(sample);
        cells->columnNames.push_back(
            "row " + std::to_string(index < kernel.trainIndex.size() ? kernel.trainIndex[index] : sample) +
            " (" + className(classNames, kernel.trainLabels[index]) + ")");
    }
    cells->rowNames.assign(cells->columnNames.rbegin(), cells->columnNames.rend());
    return cells;
}

KernelHeatMapOptions kernelHeatMapOptions(const FigureRequest& request) {
    KernelHeatMapOptions options{.scale = request.valueScale(), .colours = request.colourRange};
    if (!request.kernelParts.empty()) {
        options.part = request.kernelParts.front();
    }
    return options;
}

Figure kernelHeatMapFigure(std::span<const KernelEntry> entries, const KernelHeatMapOptions& options) {
    Figure figure;
    figure.kind = "kernel-heatmap";
    figure.title = "Trace norms of the kernel's blocks";
    const std::string part(kernelPartName(options.part));
    if (entries.empty()) {
        figure.panels.emplace_back().emptyText = "No run with a kernel chosen.";
        return figure;
    }
    const auto rows = static_cast<int>((entries.size() + static_cast<std::size_t>(options.maxColumns) - 1) /
                                       static_cast<std::size_t>(options.maxColumns));
    figure.columns = static_cast<int>((entries.size() + static_cast<std::size_t>(rows) - 1) /
                                      static_cast<std::size_t>(rows));
    const auto columns = static_cast<std::size_t>(figure.columns);
    std::string counts;
    for (std::size_t begin = 0; begin < entries.size(); begin += columns) {
        std::vector<Panel> scales;
        figure.rowHeights.insert(figure.rowHeights.end(), {1, 0.05});
        for (std::size_t i = begin; i < begin + columns; ++i) {
            if (i >= entries.size()) { // panels stand in full rows
                figure.panels.emplace_back().blank = true;
                scales.emplace_back().blank = true;
                continue;
            }
            const ClassOrder order = byClass(entries[i].view->kernel.trainLabels, entries[i].classNames);
            figure.panels.push_back(heatPanel(entries[i], options, order));
            scales.push_back(colourScale(*figure.panels.back().heatMap));
            counts = order.counts;
        }
        std::ranges::move(scales, std::back_inserter(figure.panels));
    }
    figure.notes.push_back("Trace norm of each C x C block of " + part + ", " + kernelSampleNote(entries));
    figure.notes.push_back("Samples by class: " + counts + ".");
    figure.altText = "A map of trace norms for each run: train samples against train samples, by class.";
    return figure;
}

Figure buildKernelHeatMap(const FigureRequest& request, std::span<const record::Run> runs,
                          Problems& problems) {
    return kernelHeatMapFigure(readKernelEntries(runs, request.kernelState, &problems),
                               kernelHeatMapOptions(request));
}

} // namespace finescope::figure

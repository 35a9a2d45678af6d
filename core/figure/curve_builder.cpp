#include "core/figure/curve_builder.h"

#include "core/analysis/smoothing.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>
#include <set>

namespace finescope::figure {

namespace {

constexpr const char* kProbingOnly = "linear probing (fraction of its iterations)";
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A logarithmic x axis has no room for what comes before 0.
Origin originOf(const CurveOptions& options) {
    return options.xScale == Scale::logarithmic ? Origin::start : options.origin;
}

std::string smoothingName(double weight) {
    return "smoothed, EMA " + fixed(weight, 2);
}

/// Each stage by itself: what probing left says nothing about the first steps of fine-tuning.
RunCurve smoothed(RunCurve curve, double weight) {
    const auto start = curve.switchAt ? std::ranges::upper_bound(curve.x, *curve.switchAt) : curve.x.end();
    const auto probing = static_cast<std::size_t>(start - curve.x.begin());
    const std::span<const double> all(curve.y);
    std::vector<double> values = analysis::movingAverage(all.first(probing), weight);
    const std::vector<double> tuning = analysis::movingAverage(all.subspan(probing), weight);
    values.insert(values.end(), tuning.begin(), tuning.end());
    curve.y = std::move(values);
    return curve;
}

/// y at `x` on the straight line between recorded points; x lies within the curve.
double interpolated(const RunCurve& curve, double x) {
    const auto after = std::ranges::lower_bound(curve.x, x);
    const auto index = static_cast<std::size_t>(after - curve.x.begin());
    if (*after == x || index == 0) {
        return curve.y[index];
    }
    const double part = (x - curve.x[index - 1]) / (curve.x[index] - curve.x[index - 1]);
    return curve.y[index - 1] + part * (curve.y[index] - curve.y[index - 1]);
}

/// Every x at which some curve has a point and all of them have a value.
std::vector<double> commonPoints(const std::vector<RunCurve>& curves) {
    double low = -std::numeric_limits<double>::infinity(), high = -low;
    std::vector<double> all;
    for (const RunCurve& curve : curves) {
        low = std::max(low, curve.x.front());
        high = std::min(high, curve.x.back());
        all.insert(all.end(), curve.x.begin(), curve.x.end());
    }
    std::ranges::sort(all);
    const auto [first, last] = std::ranges::unique(all);
    all.erase(first, last);
    std::erase_if(all, [&](double x) { return x < low || x > high; });
    return all;
}

/// Only a set without any fine-tuning counts from its own start.
CurveOptions settled(std::span<const record::Run> runs, CurveOptions options) {
    const auto tuned = [](const record::Run& run) {
        const auto fineTuning = [](const record::EpochKey& key) {
            return key.stage == record::Stage::fineTuning;
        };
        return std::ranges::any_of(run.epochs.keys, fineTuning) ||
               std::ranges::any_of(run.steps.keys, fineTuning);
    };
    options.origin = originOf(options);
    if (std::ranges::none_of(runs, tuned)) {
        options.origin = Origin::start;
    }
    return options;
}

/// An interval that reaches below 0 ends a decade under the smallest mean; where the mean is 0 there is
/// no band.
void clipBand(Band& band, const RunCurve& mean, double smallest) {
    Band kept = band;
    kept.x.clear();
    kept.low.clear();
    kept.high.clear();
    for (std::size_t i = 0; i < mean.x.size(); ++i) {
        if (mean.y[i] > 0) {
            kept.x.push_back(band.x[i]);
            kept.low.push_back(std::max(band.low[i], smallest / 10));
            kept.high.push_back(band.high[i]);
        }
    }
    band = std::move(kept);
}

} // namespace

CurveBuilder::CurveBuilder(std::span<const record::Run> runs, const CurveOptions& options)
    : m_runs(runs), m_options(settled(runs, options)), m_labels(labelRuns(runs)) {}

std::string CurveBuilder::xLabel() const {
    bool probed = false, tuned = false;
    for (const record::Run& run : m_runs) {
        for (const record::SeriesTable* table : {&run.epochs, &run.steps}) {
            for (const record::EpochKey& key : table->keys) {
                (key.stage == record::Stage::linearProbing ? probed : tuned) = true;
            }
        }
    }
    const bool steps = m_options.xAxis == XAxis::steps;
    if (probed && !tuned) {
        return steps ? "iteration of linear probing" : kProbingOnly;
    }
    if (probed && m_options.origin == Origin::fineTuning) {
        return steps ? "fine-tuning step (before 0: iteration of linear probing)"
                     : "fine-tuning epoch (before 0: linear probing)";
    }
    if (probed) {
        return steps ? "iteration of linear probing, then fine-tuning step"
                     : "epoch (the first is linear probing)";
    }
    return steps ? "fine-tuning step" : "epoch";
}

Panel CurveBuilder::emptyPanel(const std::string& yLabel) const {
    Panel panel;
    panel.x.label = xLabel();
    panel.x.scale = m_options.xScale;
    panel.x.ticks = panel.x.label == kProbingOnly ? TickStyle::number : TickStyle::integer;
    panel.y.label = yLabel;
    panel.y.scale = m_options.yScale;
    return panel;
}

void CurveBuilder::add(Panel& panel, const Source& source, Side side) {
    if (m_options.grouping == Grouping::runs) {
        for (const std::size_t index : legendOrder(m_runs)) {
            addRun(panel, source(index), m_labels[index].name, m_labels[index].style, side);
        }
        return;
    }
    for (const RunGroup& group : groupRuns(m_runs)) {
        addGroup(panel, group, source, side);
    }
}

void CurveBuilder::addRanges(Panel& panel, const std::function<Extent(std::size_t run)>& source) {
    if (m_options.grouping == Grouping::methods) {
        return;
    }
    for (const std::size_t index : legendOrder(m_runs)) {
        const Extent range = source(index);
        Band band{.name = m_labels[index].name, .style = m_labels[index].style};
        for (std::size_t i = 0; i < range.x.size(); ++i) {
            if (panel.y.scale == Scale::linear || range.low[i] > 0) {
                band.x.push_back(range.x[i]);
                band.low.push_back(range.low[i]);
                band.high.push_back(range.high[i]);
            }
        }
        if (!band.x.empty()) {
            panel.bands.push_back(std::move(band));
        }
    }
}

void CurveBuilder::addRun(Panel& panel, RunCurve curve, const std::string& name, const Style& style,
                          Side side) {
    if (smooths(side)) {
        RunCurve smooth = smoothed(curve, m_options.smoothing);
        addLine(panel, std::move(curve), name + ", as recorded", style, side, false);
        addLine(panel, std::move(smooth), name + ", " + smoothingName(m_options.smoothing), style, side,
                true);
    } else {
        addLine(panel, std::move(curve), name, style, side, true);
    }
}

void CurveBuilder::addLine(Panel& panel, RunCurve curve, const std::string& name, const Style& style,
                           Side side, bool emphasised) {
    if (curve.x.empty()) {
        return;
    }
    const bool logY = panel.y.scale == Scale::logarithmic && side == Side::left;
    const bool logX = m_options.xScale == Scale::logarithmic;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
        if ((logY && curve.y[i] <= 0) || (logX && curve.x[i] <= 0)) {
            curve.y[i] = kNaN;
            ++m_leftOut;
        }
    }
    const bool right = side == Side::right;
    panel.curves.push_back({.name = right ? name + ": accuracy" : name,
                            .x = std::move(curve.x),
                            .y = std::move(curve.y),
                            .style = style,
                            .legend = emphasised && !right,
                            .emphasised = emphasised && !right,
                            .side = side});
    panel.curves.back().markers = emphasised;
}

void CurveBuilder::addGroup(Panel& panel, const RunGroup& group, const Source& source, Side side) {
    std::vector<RunCurve> curves;
    std::vector<std::int64_t> seeds;
    for (const std::size_t member : group.members) {
        RunCurve curve = source(member);
        if (!curve.x.empty()) {
            curves.push_back(std::move(curve));
            seeds.push_back(m_runs[member].seed);
        }
    }
    const std::string n = "n = " + std::to_string(curves.size());
    if (curves.size() < 2) {
        for (RunCurve& curve : curves) {
            addRun(panel, std::move(curve), group.name + ", " + n, group.style, side);
        }
        return;
    }
    const std::vector<RunCurve> recorded = curves;
    if (smooths(side)) {
        for (RunCurve& curve : curves) {
            curve = smoothed(std::move(curve), m_options.smoothing);
        }
    }
    const bool aligned =
        std::ranges::all_of(curves, [&](const RunCurve& curve) { return curve.x == curves.front().x; });
    RunCurve mean{.x = aligned ? curves.front().x : commonPoints(curves), .y = {}, .switchAt = {}};
    Band band{.name = group.name + ": mean, " + spreadName(m_options.spread) + ", " + n +
                      (smooths(side) ? ", " + smoothingName(m_options.smoothing) : ""),
              .x = mean.x,
              .low = {},
              .high = {},
              .style = group.style,
              .side = side};
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < mean.x.size(); ++i) {
        std::vector<double> values;
        for (const RunCurve& curve : curves) {
            values.push_back(aligned ? curve.y[i] : interpolated(curve, mean.x[i]));
        }
        const auto statistics = analysis::seedStatistics(values, m_options.spread);
        mean.y.push_back(statistics.mean);
        band.low.push_back(statistics.low);
        band.high.push_back(statistics.high);
        smallest = statistics.mean > 0 ? std::min(smallest, statistics.mean) : smallest;
    }
    if (panel.y.scale == Scale::logarithmic && side == Side::left) {
        clipBand(band, mean, smallest);
    }
    if (side == Side::left) {
        for (std::size_t i = 0; i < curves.size(); ++i) {
            const std::string name = group.name + ", seed " + std::to_string(seeds[i]);
            addLine(panel, recorded[i], name, group.style, side, false);
        }
    }
    // One name for both: the legend shows line and band as one entry.
    const std::string name = band.name;
    panel.bands.push_back(std::move(band));
    addLine(panel, std::move(mean), name, group.style, side, true);
}

std::vector<ReferenceLine> CurveBuilder::switches() const {
    std::set<double> positions;
    for (const record::Run& run : m_runs) {
        if (const auto at = fineTuningStart(run, m_options.xAxis, m_options.origin)) {
            positions.insert(*at);
        }
    }
    std::vector<ReferenceLine> lines;
    for (const double at : positions) {
        lines.push_back({.vertical = true,
                         .at = at,
                         .label = lines.empty() ? "fine-tuning starts" : "",
                         .style = {.role = "switch"}});
    }
    return lines;
}

void CurveBuilder::finish(Panel& panel, const std::string& what) const {
    if (panel.curves.empty()) {
        panel.emptyText = m_runs.empty() ? "No runs chosen." : "No run has recorded the " + what + ".";
        return;
    }
    for (ReferenceLine& line : switches()) {
        panel.references.push_back(std::move(line));
    }
}

std::vector<std::string> CurveBuilder::notes() const {
    std::vector<std::string> notes;
    if (m_options.grouping == Grouping::methods) {
        notes.push_back("Lines: mean over seeds; bands: " + spreadName(m_options.spread) +
                        "; thin lines: single seeds.");
    }
    if (m_options.smoothing > 0) {
        notes.push_back("Lines on the left axis: bias-corrected exponential moving average of weight " +
                        fixed(m_options.smoothing, 2) + ", each stage by itself; faint lines: as recorded.");
    }
    if (m_leftOut > 0) {
        notes.push_back(std::to_string(m_leftOut) + (m_leftOut == 1 ? " point" : " points") +
                        " at or below 0 cannot be shown on a logarithmic axis.");
    }
    return notes;
}

void joinPanels(Figure& figure) {
    const auto columns = static_cast<std::size_t>(figure.columns);
    for (Panel& panel : figure.panels) {
        if (figure.panels.size() > 1) { // small panels have no room for more, and the switch is marked
            panel.x.label = panel.x.label.substr(0, panel.x.label.find(" ("));
        }
    }
    // The first of the last row: as wide as the figure.
    figure.panels[(figure.panels.size() - 1) / columns * columns].legend = Legend::below;
    for (Panel& panel : figure.panels | std::views::drop(1)) {
        for (ReferenceLine& line : panel.references) {
            line.label.clear();
        }
    }
    for (std::size_t i = 0; i + columns < figure.panels.size(); ++i) {
        figure.panels[i].x.tickLabels = false;
        figure.panels[i].x.label.clear();
    }
}

std::string methodsOf(std::span<const record::Run> runs) {
    std::string text;
    for (const RunGroup& group : groupRuns(runs)) {
        text += (text.empty() ? "" : "; ") + group.name + ", n = " + std::to_string(group.members.size());
    }
    return text;
}

} // namespace finescope::figure

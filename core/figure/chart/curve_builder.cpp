#include "core/figure/chart/curve_builder.h"

#include "core/figure/chart/curve_values.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace finescope::figure {

namespace {

constexpr const char* kProbingOnly = "linear probing (fraction of its iterations)";
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kMarkSize = 1.4; // of crosses, which have to show upon a line of markers

/// A logarithmic x axis has no room for what comes before 0.
Origin originOf(const CurveOptions& options) {
    return options.xScale == Scale::logarithmic ? Origin::start : options.origin;
}

std::string smoothingName(double weight) {
    return "smoothed, EMA " + fixed(weight, 2);
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

/// A NaN before each of these points, which interrupts a line.
void interrupt(const std::vector<std::size_t>& points, std::vector<double>& x,
               std::initializer_list<std::vector<double>*> values) {
    for (std::size_t done = 0; done < points.size(); ++done) {
        const auto at = static_cast<std::ptrdiff_t>(points[done] + done);
        x.insert(x.begin() + at, x[static_cast<std::size_t>(at)]);
        for (std::vector<double>* column : values) {
            column->insert(column->begin() + at, kNaN);
        }
    }
}

/// What an axis shows, without what it adds in parentheses.
std::string quantityOf(const Panel& panel, Side side) {
    const std::string& label = side == Side::right && panel.right ? panel.right->label : panel.y.label;
    return label.substr(0, label.find(" ("));
}

/// An interval that reaches below 0 ends a decade under the smallest mean; where the mean is 0 there is
/// no band.
void clipBand(Band& band, const RunCurve& mean, double smallest) {
    Band kept = band;
    kept.x.clear();
    kept.low.clear();
    kept.high.clear();
    for (std::size_t i = 0; i < mean.x.size(); ++i) {
        if (mean.y[i] > 0 || std::isnan(mean.y[i])) {
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
            RunCurve curve = source(index);
            markNonFinite(panel, curve, m_labels[index].name, side);
            addRun(panel, std::move(curve), m_labels[index].name, m_labels[index].style, side);
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
    m_dropoutJump = m_dropoutJump || curve.dropoutJump;
    interrupt(curve.breaks, curve.x, {&curve.y});
    const bool right = side == Side::right;
    panel.curves.push_back({.name = right ? name + ": accuracy" : name,
                            .x = std::move(curve.x),
                            .y = std::move(curve.y),
                            .style = style,
                            .legend = emphasised && !right,
                            .emphasised = emphasised && !right,
                            .side = side,
                            .probing = curve.probing});
    panel.curves.back().markers = emphasised;
}

void CurveBuilder::addGroup(Panel& panel, const RunGroup& group, const Source& source, Side side) {
    std::vector<RunCurve> curves;
    std::vector<std::int64_t> seeds;
    for (const std::size_t member : group.members) {
        RunCurve curve = source(member);
        markNonFinite(panel, curve, m_labels[member].name, side);
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
    RunCurve mean{.x = aligned ? curves.front().x : commonPoints(curves)};
    mean.probing = commonProbing(curves);
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
        const auto interrupted = [&](const RunCurve& curve) {
            return aligned ? breaksAt(curve, i) : i > 0 && breaksBetween(curve, mean.x[i - 1], mean.x[i]);
        };
        if (std::ranges::any_of(curves, interrupted)) {
            mean.breaks.push_back(i);
        }
    }
    noteEarlyEnd(group.name, curves, seeds);
    interrupt(mean.breaks, mean.x, {&mean.y});
    interrupt(mean.breaks, band.x, {&band.low, &band.high});
    mean.breaks.clear();
    mean.dropoutJump = std::ranges::any_of(curves, &RunCurve::dropoutJump);
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

void CurveBuilder::markNonFinite(Panel& panel, const RunCurve& curve, const std::string& name, Side side) {
    const NonFiniteRows& rows = curve.nonFinite;
    if (rows.count == 0) {
        return;
    }
    m_nonFinite[name].push_back(quantityOf(panel, side) + ": first " + rows.first + ", " +
                                std::to_string(rows.count) + " of " + std::to_string(rows.rows) + " rows");
    if (curve.x.empty() || side == Side::right) {
        return;
    }
    Scatter marks{.name = name, .style = {.role = "not-finite"}, .legend = false, .size = kMarkSize};
    for (const double x : rows.x) {
        const auto after = std::ranges::lower_bound(curve.x, x);
        double y = curve.y.back();
        if (after != curve.x.end()) {
            const double between = interpolated(curve, x);
            y = std::isnan(between) ? curve.y[static_cast<std::size_t>(after - curve.x.begin())] : between;
        }
        marks.x.push_back(x);
        marks.y.push_back(y);
        marks.note.push_back(marks.note.empty() ? "first " + rows.first : "not finite");
    }
    panel.scatters.push_back(std::move(marks));
}

void CurveBuilder::noteEarlyEnd(const std::string& group, const std::vector<RunCurve>& curves,
                                const std::vector<std::int64_t>& seeds) {
    const auto end = [](const RunCurve& curve) { return curve.x.back(); };
    const auto [first, last] = std::ranges::minmax_element(curves, {}, end);
    if (end(*first) < end(*last)) {
        m_earlyEnds.insert(group + ": the mean ends where seed " +
                           std::to_string(seeds[static_cast<std::size_t>(first - curves.begin())]) +
                           " does, before others.");
    }
}

std::vector<std::string> CurveBuilder::resumedNotes() const {
    std::vector<std::string> notes;
    for (const std::size_t index : legendOrder(m_runs)) {
        const record::Run& run = m_runs[index];
        for (const record::SeriesTable* table : {&run.epochs, &run.steps}) {
            for (const record::Resumption& again : table->resumed) {
                const bool steps = table == &run.steps;
                notes.push_back(
                    m_labels[index].name + " was resumed: its rows from " +
                    (steps ? "step " + std::to_string(again.step) : "epoch " + exact(again.key.epoch)) +
                    " on are those recorded last; " + std::to_string(again.replaced) +
                    (again.replaced == 1 ? " earlier row is" : " earlier rows are") + " left out.");
            }
        }
    }
    return notes;
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
    if (m_dropoutJump) {
        notes.emplace_back("Rows of training batches are taken with dropout, those of linear probing and of "
                           "epoch 0 without: a loss may jump between the two before any update, and no line "
                           "joins them.");
    }
    for (const auto& [name, quantities] : m_nonFinite) {
        std::string all;
        for (const std::string& quantity : quantities) {
            all += (all.empty() ? "" : "; ") + quantity;
        }
        notes.push_back(name + " is not finite everywhere (a cross marks where): " + all + ".");
    }
    std::ranges::copy(m_earlyEnds, std::back_inserter(notes));
    std::ranges::move(resumedNotes(), std::back_inserter(notes));
    if (m_leftOut > 0) {
        notes.push_back(std::to_string(m_leftOut) + (m_leftOut == 1 ? " point" : " points") +
                        " at or below 0 cannot be shown on a logarithmic axis.");
    }
    return notes;
}

} // namespace finescope::figure

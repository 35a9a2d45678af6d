#include "core/figure/training_figures.h"

#include "core/analysis/smoothing.h"
#include "core/figure/classifier_norms.h"
#include "core/figure/grouped_bars.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>
#include <set>

namespace finescope::figure {

namespace {

constexpr const char* kProbingOnly = "linear probing (fraction of its iterations)";
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Quantity {
    const char* label;
    SeriesNames names{};
};

Quantity trainLoss() {
    return {"training loss", {{"train_loss"}, {"train_loss"}}};
}
Quantity validationLoss() {
    return {"validation loss", {{"validation_loss"}, {"validation_loss"}}};
}
Quantity accuracy() {
    return {"validation accuracy", {{"validation_accuracy"}, {"validation_accuracy", "test_accuracy"}}};
}
Quantity weightNorm() {
    return {"classifier weight norm", {{"classifier_weight_norm"}, {"classifier_weight_norm"}}};
}
Quantity biasNorm() {
    return {"classifier bias norm", {{"classifier_bias_norm"}, {"classifier_bias_norm"}}};
}
Quantity logitNorm() {
    return {"logit norm", {{"train_logit_norm"}, {"logit_norm"}}};
}

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

/// What one panel of curves is made of.
class CurvePanel {
public:
    CurvePanel(std::span<const record::Run> runs, const CurveOptions& options)
        : m_runs(runs), m_options(options), m_labels(labelRuns(runs)) {}

    void add(Panel& panel, const Quantity& quantity, Side side) {
        if (m_options.grouping == Grouping::runs) {
            for (const std::size_t index : legendOrder(m_runs)) {
                addRun(panel, curveOf(index, quantity), m_labels[index].name, m_labels[index].style, side);
            }
            return;
        }
        for (const RunGroup& group : groupRuns(m_runs)) {
            addGroup(panel, group, quantity, side);
        }
    }

    /// What had to be left out of logarithmic axes, in a sentence; empty if nothing.
    [[nodiscard]] std::string leftOut() const {
        return m_leftOut == 0 ? std::string{}
                              : std::to_string(m_leftOut) + (m_leftOut == 1 ? " point" : " points") +
                                    " at or below 0 cannot be shown on a logarithmic axis.";
    }

private:
    RunCurve curveOf(std::size_t index, const Quantity& quantity) const {
        return runCurve(m_runs[index], quantity.names, m_options.xAxis, originOf(m_options));
    }

    [[nodiscard]] bool smooths(Side side) const { return m_options.smoothing > 0 && side == Side::left; }

    void addRun(Panel& panel, RunCurve curve, const std::string& name, const Style& style, Side side) {
        if (smooths(side)) {
            RunCurve smooth = smoothed(curve, m_options.smoothing);
            addLine(panel, std::move(curve), name + ", as recorded", style, side, false);
            addLine(panel, std::move(smooth), name + ", " + smoothingName(m_options.smoothing), style, side,
                    true);
        } else {
            addLine(panel, std::move(curve), name, style, side, true);
        }
    }

    void addLine(Panel& panel, RunCurve curve, const std::string& name, const Style& style, Side side,
                 bool emphasised) {
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

    void addGroup(Panel& panel, const RunGroup& group, const Quantity& quantity, Side side) {
        std::vector<RunCurve> curves;
        std::vector<std::int64_t> seeds;
        for (const std::size_t member : group.members) {
            RunCurve curve = curveOf(member, quantity);
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

    /// An interval that reaches below 0 ends a decade under the smallest mean; where the mean is 0 there is
    /// no band.
    static void clipBand(Band& band, const RunCurve& mean, double smallest) {
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

    std::span<const record::Run> m_runs;
    const CurveOptions& m_options;
    std::vector<RunLabel> m_labels;
    int m_leftOut = 0;
};

std::string xLabel(std::span<const record::Run> runs, const CurveOptions& options) {
    bool probed = false, tuned = false;
    for (const record::Run& run : runs) {
        for (const record::SeriesTable* table : {&run.epochs, &run.steps}) {
            for (const record::EpochKey& key : table->keys) {
                (key.stage == record::Stage::linearProbing ? probed : tuned) = true;
            }
        }
    }
    const bool steps = options.xAxis == XAxis::steps;
    if (probed && !tuned) {
        return steps ? "iteration of linear probing" : kProbingOnly;
    }
    if (probed && originOf(options) == Origin::fineTuning) {
        return steps ? "fine-tuning step (before 0: iteration of linear probing)"
                     : "fine-tuning epoch (before 0: linear probing)";
    }
    if (probed) {
        return steps ? "iteration of linear probing, then fine-tuning step"
                     : "epoch (the first is linear probing)";
    }
    return steps ? "fine-tuning step" : "epoch";
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

std::vector<ReferenceLine> switches(std::span<const record::Run> runs, const CurveOptions& options) {
    std::set<double> positions;
    for (const record::Run& run : runs) {
        if (const auto at = runCurve(run, weightNorm().names, options.xAxis, options.origin).switchAt) {
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

Panel emptyPanel(std::span<const record::Run> runs, const CurveOptions& options, const Quantity& quantity) {
    Panel panel;
    panel.x.label = xLabel(runs, options);
    panel.x.scale = options.xScale;
    panel.x.ticks = panel.x.label == kProbingOnly ? TickStyle::number : TickStyle::integer;
    panel.y.label = quantity.label;
    panel.y.scale = options.yScale;
    return panel;
}

void finish(Panel& panel, std::span<const record::Run> runs, const CurveOptions& options) {
    if (panel.curves.empty()) {
        panel.emptyText = runs.empty() ? "No runs chosen." : "No run has recorded the " + panel.y.label + ".";
        return;
    }
    panel.references = switches(runs, options);
}

std::vector<std::string> curveNotes(const CurveOptions& options, const CurvePanel& panels) {
    std::vector<std::string> notes;
    if (options.grouping == Grouping::methods) {
        notes.push_back("Lines: mean over seeds; bands: " + spreadName(options.spread) +
                        "; thin lines: single seeds.");
    }
    if (options.smoothing > 0) {
        notes.push_back("Lines on the left axis: bias-corrected exponential moving average of weight " +
                        fixed(options.smoothing, 2) + ", each stage by itself; faint lines: as recorded.");
    }
    if (std::string text = panels.leftOut(); !text.empty()) {
        notes.push_back(std::move(text));
    }
    return notes;
}

std::string methodsOf(std::span<const record::Run> runs) {
    std::string text;
    for (const RunGroup& group : groupRuns(runs)) {
        text += (text.empty() ? "" : "; ") + group.name + ", n = " + std::to_string(group.members.size());
    }
    return text;
}

Figure finalNormFigure(std::span<const record::Run> runs, const CurveOptions& options) {
    Figure figure;
    figure.kind = "classifier-norm";
    figure.title = "Classifier weight norm after training";
    figure.panels.resize(1);
    Panel& panel = figure.panels.front();
    panel.y.label = "classifier weight norm";
    std::vector<std::string> categories;
    std::vector<BarSeries> series;
    const std::vector<RunGroup> groups = groupRuns(runs);
    for (std::size_t which = 0; which < groups.size(); ++which) {
        BarSeries bars{.name = groups[which].name, .style = groups[which].style, .values = {}};
        bars.values.resize(groups.size());
        for (const std::size_t member : groups[which].members) {
            if (const auto norm = classifierNorms(runs[member]).weight.reported) {
                bars.values[which].push_back(*norm);
            }
        }
        categories.push_back(groups[which].name);
        series.push_back(std::move(bars));
    }
    const std::size_t n =
        addGroupedBars(panel, categories, series,
                       {.spread = options.spread, .scale = options.yScale, .placement = BarPlacement::alone});
    if (n == 0) {
        panel.emptyText = runs.empty() ? "No runs chosen." : "No run has recorded its classifier.";
    } else if (std::string note = barsNote(n, options.spread); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    figure.altText = figure.title + " as bars per method: " + methodsOf(runs) + ".";
    return figure;
}

} // namespace

Figure classifierNormFigure(std::span<const record::Run> runs, const NormOptions& options) {
    if (options.finalBars) {
        return finalNormFigure(runs, options.curve);
    }
    const CurveOptions curve = settled(runs, options.curve);
    Figure figure;
    figure.kind = "classifier-norm";
    figure.title = "Classifier weight norm over training";
    Panel panel = emptyPanel(runs, curve, weightNorm());
    CurvePanel curves(runs, curve);
    curves.add(panel, weightNorm(), Side::left);
    if (options.withAccuracy) {
        panel.right = Axis{.label = "validation accuracy (faint lines)", .ticks = TickStyle::percent};
        curves.add(panel, accuracy(), Side::right);
    }
    panel.legend = Legend::below;
    finish(panel, runs, curve);
    figure.panels.push_back(std::move(panel));
    figure.notes = curveNotes(curve, curves);
    figure.altText = figure.title + ": " + methodsOf(runs) + ".";
    return figure;
}

Figure trainingFigure(std::span<const record::Run> runs, const TrainingOptions& options) {
    const CurveOptions curve = settled(runs, options.curve);
    Figure figure;
    figure.kind = "training";
    figure.title = "Training";
    figure.columns = std::max(1, options.columns);
    figure.sharedColumns = true;
    CurvePanel curves(runs, curve);
    for (const Quantity& quantity :
         {trainLoss(), validationLoss(), accuracy(), weightNorm(), biasNorm(), logitNorm()}) {
        Panel panel = emptyPanel(runs, curve, quantity);
        if (quantity.names.epochs == accuracy().names.epochs) {
            panel.y.ticks = TickStyle::percent;
            panel.y.scale = Scale::linear;
        }
        curves.add(panel, quantity, Side::left);
        finish(panel, runs, curve);
        // Small panels have no room for more, and the switch is marked.
        panel.x.label = panel.x.label.substr(0, panel.x.label.find(" ("));
        figure.panels.push_back(std::move(panel));
    }
    figure
        .panels[(figure.panels.size() - 1) / static_cast<std::size_t>(figure.columns) *
                static_cast<std::size_t>(figure.columns)]
        .legend = Legend::below; // of the last row: as wide as the figure
    for (Panel& panel : figure.panels | std::views::drop(1)) {
        for (ReferenceLine& line : panel.references) {
            line.label.clear(); // once is enough
        }
    }
    const std::size_t columns = static_cast<std::size_t>(figure.columns);
    for (std::size_t i = 0; i + columns < figure.panels.size(); ++i) {
        figure.panels[i].x.tickLabels = false;
        figure.panels[i].x.label.clear();
    }
    figure.notes = curveNotes(curve, curves);
    figure.altText =
        "Loss, accuracy, classifier norms and logit norm over training: " + methodsOf(runs) + ".";
    return figure;
}

} // namespace finescope::figure

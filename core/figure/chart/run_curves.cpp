#include "core/figure/chart/run_curves.h"

#include "core/analysis/run/run_traits.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace finescope::figure {

namespace {

using record::SeriesTable;
using record::Stage;

const record::Series* firstOf(const SeriesTable& table, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (const record::Series* series = table.find(name)) {
            return series;
        }
    }
    return nullptr;
}

/// What one table holds of a quantity in one stage.
struct Column {
    const SeriesTable* table = nullptr;
    const record::Series* series = nullptr;
    std::vector<std::size_t> rows{}; ///< those of the stage
    bool hasValue = false;

    [[nodiscard]] double value(std::size_t row) const { return series->values[row]; }
    [[nodiscard]] bool finite(std::size_t row) const { return std::isfinite(value(row)); }
};

Column columnOf(const SeriesTable& table, const record::Series* series, Stage stage) {
    Column column{.table = &table, .series = series};
    for (std::size_t row = 0; series != nullptr && row < table.rows(); ++row) {
        if (table.keys[row].stage == stage) {
            column.rows.push_back(row);
            column.hasValue = column.hasValue || column.finite(row);
        }
    }
    return column;
}

/// Rows first..last of a column, by their places in its list, none of which is finite.
struct Stretch {
    std::size_t first = 0, last = 0;
    [[nodiscard]] std::size_t rows() const { return last - first + 1; }
};

/// What is not finite in a column, but for what was never recorded there (run_curves.h).
std::vector<Stretch> notFinite(const Column& column, DropoutRows dropout, bool isSteps) {
    std::vector<Stretch> all;
    std::size_t values = 0, neighbours = 0;
    bool before = false, infinite = false;
    for (std::size_t i = 0; i < column.rows.size(); ++i) {
        const std::size_t row = column.rows[i];
        const bool beforeAnyBatch = !isSteps && dropout == DropoutRows::bothTables &&
                                    column.table->keys[row].epoch == 0 && std::isnan(column.value(row));
        if (column.finite(row)) {
            ++values;
            neighbours += before ? 1 : 0;
        } else if (!beforeAnyBatch) {
            infinite = infinite || std::isinf(column.value(row));
            if (!all.empty() && all.back().last + 1 == i) {
                all.back().last = i;
            } else {
                all.push_back({i, i});
            }
        }
        before = column.finite(row);
    }
    constexpr std::size_t kFewest = 4; // values that make a rhythm
    if (values < kFewest || neighbours > 0 || infinite) {
        return all;
    }
    // Recorded now and then: only a silence longer than any before says that it ended otherwise.
    std::size_t longest = 0;
    Stretch end{1, 0};
    for (const Stretch& stretch : all) {
        if (stretch.last + 1 == column.rows.size()) {
            end = stretch;
        } else if (stretch.first > 0) {
            longest = std::max(longest, stretch.rows());
        }
    }
    return end.rows() > longest ? std::vector{end} : std::vector<Stretch>{};
}

bool hasStage(const record::Run& run, Stage stage) {
    const auto in = [stage](const SeriesTable& table) {
        return std::ranges::any_of(table.keys,
                                   [stage](const record::EpochKey& key) { return key.stage == stage; });
    };
    return in(run.epochs) || in(run.steps);
}

/// The last step that `/steps` holds of a stage; 0 if none.
double lastStep(const SeriesTable& steps, Stage stage) {
    double last = 0;
    for (std::size_t row = 0; row < steps.rows(); ++row) {
        if (steps.keys[row].stage == stage) {
            last = std::max(last, static_cast<double>(steps.step[row]));
        }
    }
    return last;
}

/// Step of an evaluation, from the logged steps around its epoch; the epoch of a probing stage runs from 0
/// to 1.
double stepOfEpoch(const SeriesTable& steps, record::EpochKey key) {
    if (key.stage == Stage::linearProbing) {
        return key.epoch * lastStep(steps, Stage::linearProbing);
    }
    double previousEpoch = 0, previousStep = 0;
    for (std::size_t row = 0; row < steps.rows(); ++row) {
        if (steps.keys[row].stage != Stage::fineTuning) {
            continue;
        }
        const double epoch = steps.keys[row].epoch;
        const auto step = static_cast<double>(steps.step[row]);
        if (epoch >= key.epoch) {
            const double width = epoch - previousEpoch;
            return width > 0 ? previousStep + (step - previousStep) * (key.epoch - previousEpoch) / width
                             : step;
        }
        previousEpoch = epoch;
        previousStep = step;
    }
    // Beyond the last logged step: at the rate so far; without any steps, epochs are the only unit there is.
    return previousEpoch > 0 ? previousStep * key.epoch / previousEpoch : key.epoch;
}

/// x of an evaluation within its stage, from 0 at the start of the stage.
double withinStage(const record::Run& run, const record::EpochKey& key, XAxis xAxis) {
    return xAxis == XAxis::steps ? stepOfEpoch(run.steps, key) : key.epoch;
}

/// x of a row within its stage, from 0 at the start of the stage; `iterations` are those of probing.
double withinStage(const record::Run& run, const SeriesTable& table, std::size_t row, XAxis xAxis,
                   double iterations) {
    const record::EpochKey key = table.keys[row];
    if (&table != &run.steps) {
        return withinStage(run, key, xAxis);
    }
    if (xAxis == XAxis::steps) {
        return static_cast<double>(table.step[row]);
    }
    if (key.stage == Stage::linearProbing) {
        return iterations > 0 ? static_cast<double>(table.step[row]) / iterations : 0;
    }
    return key.epoch;
}

/// How long probing is on the axis; 0 if the run has no such stage.
double probingLength(const record::Run& run, XAxis xAxis) {
    if (!hasStage(run, Stage::linearProbing)) {
        return 0;
    }
    const double iterations = lastStep(run.steps, Stage::linearProbing);
    return xAxis == XAxis::steps && iterations > 0 ? iterations : 1;
}

/// x of the start of a stage.
double startOf(Stage stage, double probing, Origin origin) {
    return (stage == Stage::linearProbing ? 0 : probing) - (origin == Origin::fineTuning ? probing : 0);
}

/// "NaN at step 120", "infinity at epoch 2".
std::string placeInWords(const record::Run& run, const Column& column, std::size_t row) {
    const record::EpochKey key = column.table->keys[row];
    const bool probing = key.stage == Stage::linearProbing;
    std::string text = std::isnan(column.value(row)) ? "NaN at " : "infinity at ";
    if (column.table == &run.steps) {
        text += (probing ? "iteration " : "step ") + std::to_string(run.steps.step[row]);
    } else {
        text += "epoch " + exact(key.epoch);
    }
    return probing ? text + " of linear probing" : text;
}

} // namespace

RunCurve runCurve(const record::Run& run, const SeriesNames& names, XAxis xAxis, Origin origin) {
    const double probing = probingLength(run, xAxis);
    const double iterations = lastStep(run.steps, Stage::linearProbing);
    RunCurve curve;
    curve.switchAt = fineTuningStart(run, xAxis, origin);
    curve.probing = probingSpan(run, xAxis, origin);
    const record::Series* inSteps = firstOf(run.steps, names.steps);
    const record::Series* inEpochs = firstOf(run.epochs, names.epochs);
    const record::Series* before = nullptr;
    const bool mayDrop = names.dropout != DropoutRows::never && analysis::mayHaveDropout(run);
    bool droppedBefore = false;
    const auto breakHere = [&curve] {
        const bool there = !curve.breaks.empty() && curve.breaks.back() == curve.x.size();
        if (!curve.x.empty() && !there) {
            curve.breaks.push_back(curve.x.size());
        }
    };
    for (const Stage stage : {Stage::linearProbing, Stage::fineTuning}) {
        const Column steps = columnOf(run.steps, inSteps, stage);
        const Column epochs = columnOf(run.epochs, inEpochs, stage);
        const double start = startOf(stage, probing, origin);
        const auto place = [&](const Column& column, std::size_t row) {
            return start + withinStage(run, *column.table, row, xAxis, iterations);
        };
        // Probing has two evaluations but many iterations: those are its curve on either axis.
        const bool preferSteps = xAxis == XAxis::steps || stage == Stage::linearProbing;
        const bool useSteps = !epochs.hasValue || (preferSteps && steps.hasValue);
        const Column& shown = useSteps ? steps : epochs;
        const std::vector<Stretch> gaps = notFinite(shown, names.dropout, useSteps);
        auto gap = gaps.begin();
        for (std::size_t i = 0; i < shown.rows.size(); ++i) {
            const std::size_t row = shown.rows[i];
            if (!shown.finite(row)) {
                continue;
            }
            for (; gap != gaps.end() && gap->last < i; ++gap) {
                if (gap->first > 0) { // a line over it would say what nobody measured
                    breakHere();
                }
            }
            const bool dropped =
                mayDrop && stage == Stage::fineTuning &&
                (useSteps || (names.dropout == DropoutRows::bothTables && shown.table->keys[row].epoch > 0));
            if (!curve.x.empty()) {
                curve.dropoutJump = curve.dropoutJump || dropped != droppedBefore;
                if (dropped != droppedBefore || shown.series->name != before->name) {
                    breakHere();
                }
            }
            curve.x.push_back(place(shown, row));
            curve.y.push_back(shown.value(row));
            before = shown.series;
            droppedBefore = dropped;
        }
        // Steps say most exactly when it began; a stage without any value there may only lie in the other.
        const bool countSteps = !steps.rows.empty() && (steps.hasValue || !epochs.hasValue);
        const Column& counted = countSteps ? steps : epochs;
        const std::vector<Stretch> bad = notFinite(counted, names.dropout, countSteps);
        if (!bad.empty() && curve.nonFinite.count == 0) {
            curve.nonFinite.first = placeInWords(run, counted, counted.rows[bad.front().first]);
        }
        for (const Stretch& stretch : bad) {
            curve.nonFinite.count += stretch.rows();
            curve.nonFinite.x.push_back(place(counted, counted.rows[stretch.first]));
        }
        curve.nonFinite.rows += bad.empty() ? 0 : counted.rows.size();
    }
    return curve;
}

std::optional<ProbingSpan> probingSpan(const record::Run& run, XAxis xAxis, Origin origin) {
    const double length = probingLength(run, xAxis);
    if (length <= 0) {
        return std::nullopt;
    }
    const double start = startOf(Stage::linearProbing, length, origin);
    return ProbingSpan{.from = start,
                       .to = start + length,
                       .iterations = lastStep(run.steps, Stage::linearProbing),
                       .last = !hasStage(run, Stage::fineTuning)};
}

std::optional<double> fineTuningStart(const record::Run& run, XAxis xAxis, Origin origin) {
    if (!hasStage(run, Stage::linearProbing) || !hasStage(run, Stage::fineTuning)) {
        return std::nullopt;
    }
    return startOf(Stage::fineTuning, probingLength(run, xAxis), origin);
}

std::vector<double> evaluationPlaces(const record::Run& run, std::span<const record::EpochKey> keys,
                                     XAxis xAxis, Origin origin) {
    const double probing = probingLength(run, xAxis);
    std::vector<double> places;
    for (const record::EpochKey& key : keys) {
        places.push_back(startOf(key.stage, probing, origin) + withinStage(run, key, xAxis));
    }
    return places;
}

} // namespace finescope::figure

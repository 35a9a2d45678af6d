#include "core/figure/run_curves.h"

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

/// The rows of one stage that hold a finite value.
std::vector<std::size_t> rowsWithValue(const SeriesTable& table, const record::Series* series, Stage stage) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; series != nullptr && row < table.rows(); ++row) {
        if (table.keys[row].stage == stage && std::isfinite(series->values[row])) {
            rows.push_back(row);
        }
    }
    return rows;
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

/// x of a row within its stage, from 0 at the start of the stage.
double withinStage(const record::Run& run, const SeriesTable& table, std::size_t row, XAxis xAxis) {
    const record::EpochKey key = table.keys[row];
    if (&table != &run.steps) {
        return withinStage(run, key, xAxis);
    }
    if (xAxis == XAxis::steps) {
        return static_cast<double>(table.step[row]);
    }
    if (key.stage == Stage::linearProbing) {
        const double last = lastStep(run.steps, Stage::linearProbing);
        return last > 0 ? static_cast<double>(table.step[row]) / last : 0;
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

} // namespace

RunCurve runCurve(const record::Run& run, const SeriesNames& names, XAxis xAxis, Origin origin) {
    const double probing = probingLength(run, xAxis);
    RunCurve curve;
    curve.switchAt = fineTuningStart(run, xAxis, origin);
    const record::Series* inSteps = firstOf(run.steps, names.steps);
    const record::Series* inEpochs = firstOf(run.epochs, names.epochs);
    for (const Stage stage : {Stage::linearProbing, Stage::fineTuning}) {
        // Probing has two evaluations but many iterations: those are its curve on either axis.
        const bool preferSteps = xAxis == XAxis::steps || stage == Stage::linearProbing;
        const auto stepRows = rowsWithValue(run.steps, inSteps, stage);
        const auto epochRows = rowsWithValue(run.epochs, inEpochs, stage);
        const bool useSteps = epochRows.empty() || (preferSteps && !stepRows.empty());
        const SeriesTable& table = useSteps ? run.steps : run.epochs;
        const record::Series* series = useSteps ? inSteps : inEpochs;
        const double start = startOf(stage, probing, origin);
        for (const std::size_t row : useSteps ? stepRows : epochRows) {
            curve.x.push_back(start + withinStage(run, table, row, xAxis));
            curve.y.push_back(series->values[row]);
        }
    }
    return curve;
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

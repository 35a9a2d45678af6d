#include "core/engine/study/grid_choice.h"

#include "core/engine/task/catalogue.h"
#include "core/engine/task/own_task.h"
#include "core/engine/task/task_data.h"
#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/record/run_reader.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace finescope::engine {

namespace {

using Json = nlohmann::ordered_json;

// Means of equal sums differ by their rounding; those of shares of rows that differ do so by far more.
constexpr double kEqual = 1e-12;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The series of /epochs that selects an epoch also selects among candidates. definitions.md, Grid search.
std::string selectionSeries(const GridSearch& search) {
    const Task task =
        isOwnTask(search.catalogue) ? taskIn(search.catalogue, search.data) : findTask(search.catalogue);
    return task.metric == SelectionMetric::matthews ? "validation_matthews" : "validation_accuracy";
}

double selectedValue(const record::Run& run, const std::string& metric) {
    const record::Series* series = run.epochs.find(metric);
    const std::int64_t row = run.progress.selected;
    if (series == nullptr || row < 0 || static_cast<std::size_t>(row) >= series->values.size()) {
        throw Error(ErrorKind::badFile, run.file.string() + ": has no " + metric +
                                            " of a selected epoch, although it is complete; remove it and "
                                            "resume the study");
    }
    return series->values[static_cast<std::size_t>(row)];
}

std::string describeSettings(const Settings& settings) {
    std::string text;
    for (const auto& [key, value] : settings) {
        std::string name = key;
        name[std::min(name.find('_'), name.size() - 1)] = ' ';
        text += (text.empty() ? "" : ", ") + name + ' ' + settingText(value);
    }
    return text;
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json describe(const GridSearch& search, const GridChoice& choice, const StudyCells& cells) {
    Json candidates = Json::array();
    for (std::size_t i = 0; i < search.candidates.size(); ++i) {
        Json candidate = {{"settings", search.candidates[i]}, {"mean", nullptr}, {"by_seed", Json::object()}};
        const CandidateScore& score = choice.candidates[i];
        if (score.mean) {
            candidate["mean"] = *score.mean;
        }
        for (std::size_t k = 0; k < score.values.size(); ++k) {
            candidate["by_seed"][std::to_string(cells.cells[search.cells[i][k]].seed)] =
                number(score.values[k]);
        }
        candidates.push_back(std::move(candidate));
    }
    return {{"task", search.task},
            {"method", search.method},
            {"model", search.model},
            {"metric", choice.metric},
            {"candidates", std::move(candidates)},
            {"winner", choice.winner ? Json(search.candidates[*choice.winner]) : Json(nullptr)}};
}

} // namespace

std::optional<std::size_t> bestCandidate(const std::vector<CandidateScore>& candidates) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (candidates[i].mean && (!best || *candidates[i].mean > *candidates[*best].mean + kEqual)) {
            best = i;
        }
    }
    return best;
}

GridChoice chooseCandidate(const GridSearch& search, const StudyCells& cells, const StudyFolder& folder) {
    GridChoice choice;
    choice.metric = selectionSeries(search);
    for (const std::vector<std::size_t>& numbers : search.cells) {
        CandidateScore score;
        double sum = 0;
        for (const std::size_t number : numbers) {
            const StudyCell& cell = cells.cells[number];
            const CellState state = folder.stateOf(cell, cell.settings);
            if (state == CellState::missing || state == CellState::unfinished) {
                choice.missing.push_back(number);
            }
            score.values.push_back(state == CellState::complete
                                       ? selectedValue(record::readRun(folder.runFile(cell)), choice.metric)
                                       : kNone);
            sum += score.values.back();
        }
        if (std::isfinite(sum)) {
            score.mean = sum / static_cast<double>(numbers.size());
        }
        choice.candidates.push_back(std::move(score));
    }
    if (choice.missing.empty()) {
        choice.winner = bestCandidate(choice.candidates);
    }
    return choice;
}

Settings settingsOf(const StudyCell& cell, const StudyCells& cells, const std::vector<GridChoice>& choices) {
    Settings settings = cell.settings;
    if (!cell.isTuning && cell.search && choices[*cell.search].winner) {
        for (const auto& [key, value] :
             cells.searches[*cell.search].candidates[*choices[*cell.search].winner]) {
            settings[key] = value;
        }
    }
    return settings;
}

std::string describeChoice(const GridSearch& search, const GridChoice& choice, const StudyCells& cells) {
    const std::string what =
        search.task + ' ' + search.method + (search.model.empty() ? "" : " (" + search.model + ")") + ": ";
    if (!choice.missing.empty()) {
        std::string names;
        for (const std::size_t number : choice.missing) {
            names +=
                (names.empty() ? "" : ", ") + std::to_string(number) + " (" + cells.cells[number].name + ")";
        }
        return what + "nothing can be chosen before these tuning cells have ended: " + names;
    }
    if (!choice.winner) {
        return what + "nothing can be chosen, because every candidate failed";
    }
    std::array<char, 32> mean{};
    std::snprintf(mean.data(), mean.size(), "%.4f", *choice.candidates[*choice.winner].mean);
    const std::size_t seeds = choice.candidates[*choice.winner].values.size();
    return what + "chose " + describeSettings(search.candidates[*choice.winner]) + " of " +
           std::to_string(search.candidates.size()) + " candidates, by a mean " + choice.metric + " of " +
           mean.data() + " over " + std::to_string(seeds) + (seeds == 1 ? " seed" : " seeds");
}

void writeChoices(const StudyCells& cells, const std::vector<GridChoice>& choices,
                  const StudyFolder& folder) {
    Json all = Json::array();
    for (std::size_t i = 0; i < cells.searches.size(); ++i) {
        all.push_back(describe(cells.searches[i], choices[i], cells));
    }
    const std::string text = all.dump(2) + '\n';
    if (std::filesystem::exists(folder.choiceFile()) && readWhole(folder.choiceFile()) == text) {
        return;
    }
    const std::array<std::string_view, 1> parts{text};
    writeWhole(folder.choiceFile(), parts);
}

} // namespace finescope::engine

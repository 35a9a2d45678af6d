#include "app/window/command/commands.h"

#include "app/window/command/figure_command.h"
#include "app/window/command/given_runs.h"
#include "app/window/command/probe_command.h"
#include "app/window/command/table_command.h"
#include "app/window/command/text_output.h"
#include "core/analysis/run/summary.h"
#include "core/error.h"
#include "core/figure/number_text.h"
#include "core/record/probe_answers.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

namespace finescope::window {

namespace {

using Json = nlohmann::ordered_json;

std::string shown(const Json& number, int digits = 4) {
    return number.is_number() ? figure::significant(number.get<double>(), digits) : "-";
}

std::string temperatureInWords(const Json& temperature) {
    const Json& split = temperature["fitted_on"];
    std::string text = "  temperature fitted on " +
                       (split.is_string() ? split.get<std::string>() : "validation") + ": " +
                       shown(temperature["value"]);
    if (temperature["equivalent_weight_norm"].is_number()) {
        text += ", as if the classifier weight norm were " + shown(temperature["equivalent_weight_norm"]);
    }
    if (temperature["reason"].is_string()) {
        text += " (caution: " + temperature["reason"].get<std::string>() + ")";
    }
    return text::oneLine(text) + "\n";
}

/// Why numbers of a run are missing, by their place in its object.
std::map<std::string, std::string> reasonsOf(const Json& run) {
    return run.value("not_computed", std::map<std::string, std::string>{});
}

std::string probeInWords(const Json& probe) {
    std::string text = "  linear probing: C = " + shown(probe["C"]);
    std::string scores;
    for (const Json& score : probe["scores"]) {
        scores += (scores.empty() ? "" : ", ") + shown(score["C"]) + " " + shown(score["accuracy"]);
    }
    if (!scores.empty()) {
        text += " of (with the accuracy over " + probe["folds"].dump() + " folds) " + scores;
    }
    return text + "\n";
}

/// The summary of one run for people: the JSON has everything.
std::string inWords(const Json& run) {
    const Json& norms = run["classifier"]["weight_norm"];
    const auto plain = [](const Json& value) { return text::oneLine(value.dump()); };
    std::string text = text::oneLine(run[run["name"].is_string() ? "name" : "file"].get<std::string>());
    text += "\n  method " + plain(run["method"]) + ", task " + plain(run["task"]) +
            (run["seed"].is_null() ? "" : ", seed " + run["seed"].dump()) + ", status " +
            run["status"].dump() + "\n  classifier weight norm: initial " + shown(norms["initial"]) +
            ", after LP " + shown(norms["after_lp"]) + ", final " + shown(norms["final"]) + "\n";
    if (run["probe"].is_object()) {
        text += probeInWords(run["probe"]);
    }
    for (const auto& [name, split] : run["splits"].items()) {
        text += "  " + text::oneLine(name) + ": n " + split["n"].dump() + ", accuracy " +
                shown(split["accuracy"]) + ", ECE " + shown(split["ece"]) + ", MCE " + shown(split["mce"]) +
                ", NLL " + shown(split["nll"]) + "\n";
    }
    for (const auto& [name, only] : run["collapsed"].items()) {
        text +=
            "  collapsed: class " + only.dump() + " is predicted for all of " + text::oneLine(name) + "\n";
    }
    if (run["temperature"].is_object()) {
        text += temperatureInWords(run["temperature"]);
    }
    for (const auto& [place, why] : reasonsOf(run)) {
        text += text::oneLine("  not computed, " + place + ": " + why) + "\n";
    }
    return text;
}

struct SummaryOptions {
    std::vector<std::string> files;
    bool json = false;
    int bins = 15;
};

int runSummary(const SummaryOptions& options) {
    Json all = Json::array();
    std::string words;
    std::vector<std::string> problems;
    int status = 0;
    for (const GivenFile& given : readGivenFiles(options.files)) {
        if (!given.run) {
            all.push_back(analysis::summariseUnreadable(given.file, given.problem));
            status = exitStatus(ErrorKind::internal); // it was named when it was read
            continue;
        }
        all.push_back(analysis::summarise(*given.run, options.bins));
        words += options.json ? "" : inWords(all.back());
        for (const auto& [place, why] : reasonsOf(all.back())) {
            const bool named = why.starts_with(given.file.string());
            problems.push_back(named ? why : given.file.string() + ": " + place + ": " + why);
        }
    }
    printText(options.json ? all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : words);
    return std::max(status, complainOf(problems));
}

void addSummaryCommand(CLI::App& app, Action& action) {
    CLI::App* command =
        app.add_subcommand("summary", "Numbers of run files: norms, accuracy, calibration, features");
    const auto options = std::make_shared<SummaryOptions>();
    command->add_option("FILE", options->files, "Run files, or folders of them")->required();
    command->add_flag("--json", options->json, "Print an array with one JSON object per file");
    command->add_option("--bins", options->bins, "Equal-width confidence bins (15)")
        ->check(CLI::Range(1, 1000));
    command->callback(
        [options, &action] { action = [options](int, char**) { return runSummary(*options); }; });
}

void addProbeCommand(CLI::App& app, Action& action) {
    CLI::App* command = app.add_subcommand(kProbeCommand, "Reads the run files named on standard input");
    command->group(""); // hidden: only this program starts it
    command->callback([&action] {
        action = [](int, char**) {
            record::answerProbes(STDIN_FILENO, STDOUT_FILENO);
            return 0;
        };
    });
}

} // namespace

void addCommands(CLI::App& app, Action& action) {
    addProbeCommand(app, action);
    addSummaryCommand(app, action);
    addFigureCommand(app, action);
    addTableCommand(app, action);
}

} // namespace finescope::window

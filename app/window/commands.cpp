#include "app/window/commands.h"

#include "app/window/figure_command.h"
#include "app/window/text_output.h"
#include "core/analysis/summary.h"
#include "core/error.h"
#include "core/figure/accuracy_figures.h"
#include "core/figure/classifier_rows.h"
#include "core/figure/kernel_table.h"
#include "core/figure/number_text.h"
#include "core/figure/recalibration_table.h"
#include "core/figure/tables.h"
#include "core/figure/write_csv.h"
#include "core/figure/write_latex.h"
#include "core/figure/write_markdown.h"
#include "core/record/run_files.h"
#include "widgets/plot/figure_export.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>

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
    return text + "\n";
}

/// The summary of one run for people: the JSON has everything.
std::string inWords(const Json& run) {
    const Json& norms = run["classifier"]["weight_norm"];
    std::string text =
        run["name"].is_string() ? run["name"].get<std::string>() : run["file"].get<std::string>();
    text += "\n  method " + run["method"].dump() + ", task " + run["task"].dump() + ", seed " +
            run["seed"].dump() + ", status " + run["status"].dump() + "\n  classifier weight norm: initial " +
            shown(norms["initial"]) + ", after LP " + shown(norms["after_lp"]) + ", final " +
            shown(norms["final"]) + "\n";
    for (const auto& [name, split] : run["splits"].items()) {
        text += "  " + name + ": n " + split["n"].dump() + ", accuracy " + shown(split["accuracy"]) +
                ", ECE " + shown(split["ece"]) + ", MCE " + shown(split["mce"]) + ", NLL " +
                shown(split["nll"]) + "\n";
    }
    for (const auto& [name, only] : run["collapsed"].items()) {
        text += "  collapsed: class " + only.dump() + " is predicted for all of " + name + "\n";
    }
    if (run["temperature"].is_object()) {
        text += temperatureInWords(run["temperature"]);
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
    for (const auto& file : record::expandRunFiles(options.files)) {
        const std::vector<record::Run> run = record::readRuns({file});
        all.push_back(analysis::summarise(run.front(), options.bins));
        words += options.json ? "" : inWords(all.back());
    }
    printText(options.json ? all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : words);
    return 0;
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

struct TableCommandOptions {
    std::string kind, format, output, origin;
    std::vector<std::string> files, splits;
    std::string fitOn;
    int bins = 15;
    bool intervals = false;
};

figure::Table buildTable(const TableCommandOptions& options) {
    const std::vector<record::Run> runs = record::readRuns(record::expandRunFiles(options.files));
    const figure::TableOptions tableOptions{.splits = options.splits,
                                            .binCount = options.bins,
                                            .fitOn = options.fitOn,
                                            .intervals = options.intervals};
    if (options.kind == "features") {
        return figure::featuresTable(runs, figure::featureEntries(runs), tableOptions);
    }
    if (options.kind == "norms") {
        return figure::normsTable(runs);
    }
    if (options.kind == "kernel") {
        return figure::kernelTable(figure::readKernelEntries(runs));
    }
    if (options.kind == "classifier") {
        const figure::Origin before =
            options.origin == "start" ? figure::Origin::start : figure::Origin::fineTuning;
        return figure::classifierRowsTable(runs, figure::classifierEntries(runs), {.before = before});
    }
    if (options.kind == "calibration") {
        return figure::calibrationTable(runs, tableOptions);
    }
    if (options.kind == "recalibration") {
        return figure::recalibrationTable(runs, tableOptions);
    }
    return figure::accuracyTable(runs, figure::accuracyEntries(runs), options.splits);
}

/// The format asked for, else by the suffix of the output, else Markdown.
std::string tableFormat(const TableCommandOptions& options) {
    if (!options.format.empty() || options.output.empty()) {
        return options.format.empty() ? "markdown" : options.format;
    }
    const std::string suffix = widgets::lowerSuffix(options.output);
    if (suffix == ".tex" || suffix == ".csv" || suffix == ".md") {
        return suffix == ".tex" ? "latex" : suffix == ".csv" ? "csv" : "markdown";
    }
    throw Error(ErrorKind::badInput,
                options.output +
                    ": no table format has this suffix; use .tex, .csv or .md, or give --format");
}

int runTable(const TableCommandOptions& options) {
    const std::string format = tableFormat(options);
    const figure::Table table = buildTable(options);
    const std::string text = format == "latex" ? figure::latex(table)
                             : format == "csv" ? figure::csv(table)
                                               : figure::markdown(table);
    if (options.output.empty()) {
        printText(text);
    } else {
        writeTextFile(options.output, text);
    }
    return 0;
}

void addTableCommand(CLI::App& app, Action& action) {
    CLI::App* command = app.add_subcommand("table", "A table of run files, mean and deviation over seeds");
    const auto options = std::make_shared<TableCommandOptions>();
    command
        ->add_option("KIND", options->kind,
                     "features, norms, classifier, kernel, calibration, recalibration or accuracy")
        ->required()
        ->check(CLI::IsMember(
            {"features", "norms", "classifier", "kernel", "calibration", "recalibration", "accuracy"}));
    command->add_option("FILE", options->files, "Run files, or folders of them")->required();
    command->add_option("--format", options->format, "latex, csv or markdown (the default)")
        ->check(CLI::IsMember({"latex", "csv", "markdown"}));
    command->add_option("--output,-o", options->output, "File instead of standard output: .tex, .csv or .md");
    command->add_option("--split", options->splits, "Only this split (may be repeated)")->take_all();
    command->add_option("--bins", options->bins, "Equal-width confidence bins (15)")
        ->check(CLI::Range(1, 1000));
    command
        ->add_option("--origin", options->origin, "classifier: before is fine-tuning (the default) or start")
        ->check(CLI::IsMember({"fine-tuning", "start"}));
    command->add_option("--fit-on", options->fitOn,
                        "Split that temperatures are fitted on (the validation split)");
    command->add_flag("--intervals", options->intervals,
                      "calibration: bootstrap interval of an improvement of one run");
    command->callback([options, &action] { action = [options](int, char**) { return runTable(*options); }; });
}

} // namespace

void addCommands(CLI::App& app, Action& action) {
    addSummaryCommand(app, action);
    addFigureCommand(app, action);
    addTableCommand(app, action);
}

} // namespace finescope::window

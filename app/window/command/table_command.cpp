#include "app/window/command/table_command.h"

#include "app/window/command/figure_command.h"
#include "app/window/command/given_runs.h"
#include "app/window/command/help_lines.h"
#include "app/window/command/terminal_progress.h"
#include "app/window/command/text_output.h"
#include "core/error.h"
#include "core/figure/accuracy/accuracy_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/calibration_table.h"
#include "core/figure/calibration/recalibration_table.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/classifier/norms_table.h"
#include "core/figure/feature/feature_details_figure.h"
#include "core/figure/feature/feature_neighbours.h"
#include "core/figure/feature/features_table.h"
#include "core/figure/kernel/kernel_table.h"
#include "core/figure/problems.h"
#include "core/figure/table_options.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_json.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"
#include "widgets/plot/export/figure_export.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::window {

namespace {

struct TableKind {
    std::string_view name, description;
};

constexpr std::array kKinds{
    TableKind{"features", "cosine similarity, feature difference, Fisher's ratio, classifier norm"},
    TableKind{"feature-classes", "the same of each class of a split, with intervals of all"},
    TableKind{"feature-neighbours", "neighbours kept by the features, and how far the classifier moved"},
    TableKind{"norms", "classifier norms before and after"},
    TableKind{"classifier", "the classifier's rows before and after"},
    TableKind{"kernel", "rank, norm, regression and FT ratio of the kernel's parts"},
    TableKind{"calibration", "ECE and MCE without and with temperature scaling"},
    TableKind{"before-after", "ECE, MCE, NLL, Brier score and accuracy at T = 1 and --temperature, with the "
                              "interval of each change"},
    TableKind{"recalibration", "ways to recalibrate side by side"},
    TableKind{"conventions", "ECE and MCE of the same predictions as other tools define them"},
    TableKind{"measures", "other calibration errors, and intervals of ECE"},
    TableKind{"classes", "calibration of each class against the others"},
    TableKind{"worst-bin", "the bin that makes the MCE, with its rows"},
    TableKind{"accuracy", "accuracy per method and split"}};

std::vector<std::string> namesOfKinds() {
    std::vector<std::string> names;
    for (const TableKind& kind : kKinds) {
        names.emplace_back(kind.name);
    }
    return names;
}

struct TableCommandOptions {
    std::string kind, format, output, origin;
    std::vector<std::string> files, splits;
    std::string fitOn, temperature;
    int bins = 15;
    bool intervals = false, plainNames = false;
};

figure::Table buildTable(const TableCommandOptions& options, std::span<const record::Run> runs,
                         figure::Problems& problems) {
    const figure::TableOptions tableOptions{.splits = options.splits,
                                            .binCount = options.bins,
                                            .fitOn = options.fitOn,
                                            .intervals = options.intervals};
    if (options.kind == "features") {
        return figure::featuresTable(runs, figure::featureEntries(runs, {}, &problems), tableOptions);
    }
    const std::string oneSplit = options.splits.empty() ? std::string{} : options.splits.front();
    TerminalProgress progress(options.kind);
    if (options.kind == "feature-classes") {
        return figure::featureDetailsTable(figure::featureDetailEntries(
            runs, {.split = oneSplit, .numbers = {}}, progress.hooks(), &problems));
    }
    if (options.kind == "feature-neighbours") {
        return figure::featureNeighboursTable(
            figure::neighbourEntries(runs, {.split = oneSplit, .numbers = {}}, progress.hooks(), &problems));
    }
    if (options.kind == "norms") {
        return figure::normsTable(runs);
    }
    if (options.kind == "kernel") {
        return figure::kernelTable(figure::readKernelEntries(runs, {}, &problems));
    }
    if (options.kind == "classifier") {
        const figure::Origin before =
            options.origin == "start" ? figure::Origin::start : figure::Origin::fineTuning;
        return figure::classifierRowsTable(runs, figure::classifierEntries(runs, &problems),
                                           {.before = before});
    }
    if (options.kind == "calibration") {
        return figure::calibrationTable(runs, tableOptions);
    }
    if (options.kind == "recalibration") {
        return figure::recalibrationTable(runs, tableOptions, {.hooks = progress.hooks()});
    }
    if (options.kind == "accuracy") {
        return figure::accuracyTable(runs, figure::accuracyEntries(runs, &problems), options.splits);
    }
    const std::string temperature = !options.temperature.empty()     ? options.temperature
                                    : options.kind == "before-after" ? "fitted"
                                                                     : "1";
    const figure::Lens lens = figure::readLens(runs, oneSplit, temperatureChoice(temperature), std::nullopt,
                                               options.fitOn, &problems);
    if (options.kind == "before-after") {
        return figure::beforeAfterTable(lens.entries, options.bins, {.hooks = progress.hooks()});
    }
    if (options.kind == "conventions") {
        return figure::conventionTable(lens.entries, options.bins);
    }
    if (options.kind == "measures") {
        return figure::measureTable(lens.entries, options.bins, {.hooks = progress.hooks()});
    }
    if (options.kind == "classes") {
        return figure::classTable(lens.entries, options.bins);
    }
    return figure::worstBinTable(lens.entries, options.bins);
}

/// The format asked for, else by the suffix of the output, else Markdown.
std::string tableFormat(const TableCommandOptions& options) {
    if (!options.format.empty() || options.output.empty()) {
        return options.format.empty() ? "markdown" : options.format;
    }
    const std::string suffix = widgets::lowerSuffix(options.output);
    if (suffix == ".tex" || suffix == ".csv" || suffix == ".json" || suffix == ".md") {
        return suffix == ".tex"    ? "latex"
               : suffix == ".csv"  ? "csv"
               : suffix == ".json" ? "json"
                                   : "markdown";
    }
    throw Error(ErrorKind::badInput,
                options.output +
                    ": no table format has this suffix; use .tex, .csv, .json or .md, or give --format");
}

std::string written(const figure::Table& table, const std::string& format, bool plainNames) {
    const auto names = plainNames ? figure::SpreadsheetNames::plain : figure::SpreadsheetNames::quoted;
    return format == "latex"  ? figure::latex(table)
           : format == "csv"  ? figure::csv(table, names)
           : format == "json" ? figure::json(table)
                              : figure::markdown(table, names);
}

int runTable(const TableCommandOptions& options) {
    const std::string format = tableFormat(options);
    const GivenRuns given = readGivenRuns(options.files);
    figure::Problems problems;
    figure::Table table = buildTable(options, given.runs, problems);
    if (table.rows.empty() && !problems.empty()) {
        problems.raise();
    }
    figure::tell(table, problems);
    const std::string text = written(table, format, options.plainNames);
    if (options.output.empty()) {
        printText(text);
    } else {
        writeTextFile(options.output, text);
    }
    return std::max(given.status, complainOf(table.problems));
}

} // namespace

void addTableCommand(CLI::App& app, Action& action) {
    CLI::App* command = app.add_subcommand("table", "A table of run files, mean and deviation over seeds");
    const auto options = std::make_shared<TableCommandOptions>();
    command->add_option("KIND", options->kind, "What to tell: see below")
        ->required()
        ->check(CLI::IsMember(namesOfKinds()));
    command->add_option("FILE", options->files, "Run files, or folders of them")->required();
    command->add_option("--format", options->format, "latex, csv, json or markdown (the default)")
        ->check(CLI::IsMember({"latex", "csv", "json", "markdown"}));
    command->add_option("--output,-o", options->output,
                        "File instead of standard output: .tex, .csv, .json or .md");
    command->add_flag("--plain-names", options->plainNames, kPlainNamesHelp);
    command
        ->add_option("--split", options->splits,
                     "Only this split (may be repeated; tables of one split take the first)")
        ->take_all();
    command->add_option("--bins", options->bins, "Equal-width confidence bins (15)")
        ->check(CLI::Range(1, 1000));
    command
        ->add_option("--origin", options->origin, "classifier: before is fine-tuning (the default) or start")
        ->check(CLI::IsMember({"fine-tuning", "start"}));
    command->add_option("--fit-on", options->fitOn,
                        "Split that temperatures are fitted on (the validation split)");
    command->add_flag("--intervals", options->intervals,
                      "calibration: bootstrap interval of an improvement of one run");
    command->add_option(
        "--temperature", options->temperature,
        "before-after, conventions, measures, classes, worst-bin: T for all runs, or 'fitted' "
        "(1; of before-after 'fitted')");
    command->footer("Kinds:\n" + helpLines(kKinds));
    command->callback([options, &action] { action = [options](int, char**) { return runTable(*options); }; });
}

} // namespace finescope::window

#include "app/window/command/table_command.h"

#include "app/window/command/given_options.h"
#include "app/window/command/given_runs.h"
#include "app/window/command/help_lines.h"
#include "app/window/command/terminal_progress.h"
#include "app/window/command/text_output.h"
#include "core/error.h"
#include "core/figure/request/table_kinds.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_json.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"
#include "widgets/plot/export/figure_export.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace finescope::window {

namespace {

struct TableArguments {
    std::string kind, format, output;
    std::vector<std::string> files;
    GivenOptions<figure::TableRequest> options{figure::tableOptions()};
    bool plainNames = false, listKinds = false;
};

/// The format asked for, else by the suffix of the output, else Markdown.
std::string tableFormat(const TableArguments& options) {
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

int runTable(const TableArguments& given) {
    if (given.kind.empty() || given.files.empty()) {
        throw Error(ErrorKind::badInput,
                    "table: needs KIND and at least one FILE; see 'finescope table --help'");
    }
    const std::string format = tableFormat(given);
    figure::TableRequest request{.kind = given.kind};
    given.options.apply(request);
    figure::validate(request);
    const GivenRuns runs = readGivenRuns(given.files);
    TerminalProgress progress(given.kind);
    const figure::Table table = figure::buildTable(request, runs.runs, progress.hooks());
    const std::string text = written(table, format, given.plainNames);
    if (given.output.empty()) {
        printText(text);
    } else {
        writeTextFile(given.output, text);
    }
    return std::max(runs.status, complainOf(table.problems));
}

int listKinds() {
    for (const figure::TableKind& kind : figure::tableKinds()) {
        printText(std::string(kind.name) + "\n");
    }
    return 0;
}

} // namespace

void addTableCommand(CLI::App& app, Action& action) {
    CLI::App* command = app.add_subcommand("table", "A table of run files, mean and deviation over seeds");
    const auto given = std::make_shared<TableArguments>();
    command->add_option("KIND", given->kind, "Kind of table, listed below");
    command->add_option("FILE", given->files, "Run files, or folders of them");
    command->add_option("--format", given->format, "latex, csv, json or markdown (the default)")
        ->check(CLI::IsMember({"latex", "csv", "json", "markdown"}));
    command->add_option("--output,-o", given->output,
                        "File instead of standard output: .tex, .csv, .json or .md");
    command->add_flag("--plain-names", given->plainNames, kPlainNamesHelp);
    command->add_flag("--list-kinds", given->listKinds, "Print the kinds, one a line");
    given->options.declare(*command);
    command->footer("Kinds:\n" + helpLines(figure::tableKinds()));
    command->callback([given, &action] {
        action = [given](int, char**) { return given->listKinds ? listKinds() : runTable(*given); };
    });
}

} // namespace finescope::window

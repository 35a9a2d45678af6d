#include "app/window/command/figure_command.h"

#include "app/window/command/given_options.h"
#include "app/window/command/given_runs.h"
#include "app/window/command/help_lines.h"
#include "app/window/command/terminal_progress.h"
#include "app/window/command/text_output.h"
#include "app/window/command/utf8_locale.h"
#include "app/window/command/verification_file.h"
#include "core/error.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/figure_options.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/venue_presets.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_pgfplots.h"
#include "core/text/shown.h"
#include "core/text/wording.h"
#include "widgets/plot/export/figure_export.h"
#include "widgets/plot/export/figure_recipe.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QApplication>
#include <QFile>
#include <QHashFunctions>
#include <QTemporaryDir>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace finescope::window {

namespace {

/// The arguments as given.
struct FigureArguments {
    std::string kind, output, recipe, preset;
    std::vector<std::string> files;
    GivenOptions<figure::FigureRequest> options{figure::figureOptions()}; ///< they change a recipe
    bool plainNames = false, listKinds = false;
};

/// A recipe may be anybody's: what it names is opened only if it is a file or a folder, for a device or a
/// pipe may keep the program waiting for ever.
void refuseOtherFiles(const std::vector<std::string>& files, const std::string& recipe) {
    for (const std::string& file : files) {
        std::error_code missing; // is said by who reads it
        const auto status = std::filesystem::status(file, missing);
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
            !std::filesystem::is_directory(status)) {
            throw Error(ErrorKind::badInput, recipe + ": names " + text::shown(file) +
                                                 ", which is neither a run file nor a folder of them");
        }
    }
}

figure::FigureRequest requestOf(const FigureArguments& arguments) {
    figure::FigureRequest request;
    if (!arguments.recipe.empty()) {
        request = figure::requestFromJson(widgets::readRecipe(arguments.recipe), arguments.recipe);
        refuseOtherFiles(request.files, arguments.recipe);
    } else if (arguments.kind.empty() || arguments.files.empty() || arguments.output.empty()) {
        throw Error(ErrorKind::badInput,
                    "figure: needs KIND (or --recipe), at least one FILE and --output; see "
                    "'finescope figure --help'");
    }
    if (!arguments.kind.empty()) {
        request.kind = arguments.kind;
    }
    if (!arguments.files.empty()) {
        request.files = arguments.files;
    }
    if (!arguments.preset.empty()) { // what is given beside it counts more
        const figure::VenuePreset& preset = figure::venuePreset(arguments.preset);
        request.widthMm = preset.widthMm;
        request.fontPt = preset.fontPt;
        request.heightMm.reset();
    }
    if (arguments.recipe.empty() && arguments.options.has("--before-after")) {
        request.temperature.fitted = true; // before and after need two temperatures
    }
    arguments.options.apply(request);
    figure::validate(request);
    return request;
}

/// Where the figure goes: only where the person says, whatever the recipe is and says.
std::filesystem::path targetOf(const FigureArguments& arguments) {
    const std::filesystem::path target = arguments.output;
    if (arguments.output.empty()) {
        throw Error(ErrorKind::badInput, "figure: --recipe " + arguments.recipe +
                                             " needs --output: the file that the figure is written to");
    }
    const std::string suffix = widgets::lowerSuffix(target);
    const auto known = {".pdf", ".svg", ".png", ".tex", ".csv"};
    if (std::ranges::find(known, suffix) == known.end()) {
        throw Error(ErrorKind::badInput,
                    target.string() +
                        ": no figure format has this suffix; use .pdf, .svg, .png, .tex or .csv");
    }
    return target;
}

figure::PgfLook pgfLook(const widgets::FigureTheme& theme, const figure::Style& style) {
    static constexpr const char* kDashes[] = {"solid",     "dotted",   "long-dash",
                                              "long-dash", "dash-dot", "dash-dot-dot"};
    static constexpr const char* kMarkers[] = {"none", "triangle", "circle", "square", "diamond", "cross"};
    const widgets::RoleStyle role = theme.role(style);
    return {.colour = role.colour.name(QColor::HexRgb).mid(1).toUpper().toStdString(),
            .dash = kDashes[static_cast<int>(role.dash)],
            .marker = kMarkers[static_cast<int>(role.marker)],
            .filledMarker = role.filledMarker};
}

void write(const figure::Figure& figure, const std::filesystem::path& target,
           const figure::FigureRequest& request, const std::string& created, figure::SpreadsheetNames names) {
    const std::string suffix = widgets::lowerSuffix(target);
    if (suffix == ".csv") {
        writeTextFile(target, figure::csv(figure, names));
        return;
    }
    const std::string recipe = figure::requestToJson(request);
    const double height =
        request.heightMm.value_or(widgets::suitableHeightMm(figure, request.widthMm, request.fontPt));
    if (suffix == ".tex") {
        const widgets::FigureTheme theme = widgets::FigureTheme::load(QStringLiteral("print"));
        const auto look = [&theme](const figure::Style& style) { return pgfLook(theme, style); };
        writeTextFile(target, figure::pgfplots(figure, {.widthMm = request.widthMm,
                                                        .heightMm = height,
                                                        .fontPt = request.fontPt,
                                                        .look = look,
                                                        .recipe = recipe}));
    } else {
        widgets::exportFigure(figure, target,
                              {.widthMm = request.widthMm,
                               .heightMm = height,
                               .fontPt = request.fontPt,
                               .dpi = request.dpi,
                               .recipe = recipe,
                               .created = created});
    }
}

/// A figure and the date of what it is made from.
struct DatedFigure {
    figure::Figure figure;
    std::string created;
    int status = 0; ///< the command's, as far as its files decide it
};

DatedFigure build(const figure::FigureRequest& request) {
    if (figure::inputOf(request.kind) == figure::FigureInput::verification) {
        if (request.files.size() != 1) {
            throw Error(ErrorKind::badInput, "figure " + request.kind +
                                                 ": one file is expected, the output of finescope-engine "
                                                 "verify --json");
        }
        const analysis::TheoryLaboratory laboratory = readLaboratory(request.files.front());
        return {figure::buildFigure(request, laboratory), laboratory.created};
    }
    const GivenRuns given = readGivenRuns(request.files);
    TerminalProgress progress(request.kind);
    return {figure::buildFigure(request, given.runs, progress.hooks()), figure::dataDate(given.runs),
            given.status};
}

int runFigure(const FigureArguments& arguments, int argc, char** argv) {
    const figure::FigureRequest request = requestOf(arguments);
    const std::filesystem::path target = targetOf(arguments);
    const DatedFigure built = build(request);
    for (const std::string& caution : built.figure.cautions) {
        std::fprintf(stderr, "finescope: caution: %s\n", text::oneLine(caution).c_str());
    }
    qputenv("QT_QPA_PLATFORM", "offscreen"); // no display is needed, and none may change the picture
    // Qt looks for a folder of the person's session and complains where there is none, as over ssh or in
    // cron.
    const QTemporaryDir session;
    if (session.isValid()) {
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(session.path()));
    }
    useUtf8Locale();
    QHashSeed::setDeterministicGlobalSeed(); // Qt's PDF writer orders its fonts by hash
    const QApplication application(argc, argv);
    write(built.figure, target, request, built.created,
          arguments.plainNames ? figure::SpreadsheetNames::plain : figure::SpreadsheetNames::quoted);
    return std::max(built.status, complainOf(built.figure.problems));
}

int listKinds() {
    for (const figure::FigureKind& kind : figure::figureKinds()) {
        printText(std::string(kind.name) +
                  (kind.input() == figure::FigureInput::runs ? "\truns\n" : "\tverification\n"));
    }
    return 0;
}

/// What the files are, and of which kinds something else than runs.
std::string filesHelp() {
    std::vector<std::string> others;
    for (const figure::FigureKind& kind : figure::figureKinds()) {
        if (kind.input() == figure::FigureInput::verification) {
            others.emplace_back(kind.name);
        }
    }
    return "Run files, or folders of them; of " + text::enumerated(others, "and") +
           ": the output of finescope-engine verify --json";
}

std::string kindsText() {
    return "Kinds of figure:\n" + helpLines(figure::figureKinds()) + "Presets (width):\n" +
           helpLines(figure::venuePresets());
}

} // namespace

void addFigureCommand(CLI::App& app, Action& action) {
    CLI::App* command =
        app.add_subcommand("figure", "A figure of run files as PDF, SVG, PNG, pgfplots or CSV");
    const auto given = std::make_shared<FigureArguments>();
    command->add_option("KIND", given->kind, "Kind of figure, listed below");
    command->add_option("FILE", given->files, filesHelp());
    command->add_option("--output,-o", given->output,
                        "File to write: .pdf, .svg, .png, .tex (pgfplots) or .csv (data)");
    command->add_option("--recipe", given->recipe,
                        "A figure made before, or its recipe as JSON; other options change it");
    command->add_flag("--plain-names", given->plainNames, kPlainNamesHelp);
    command->add_option("--preset", given->preset, "Width and font size of a venue, listed below");
    command->add_flag("--list-kinds", given->listKinds,
                      "Print the kinds, one a line, with what each is made from: runs or verification");
    given->options.declare(*command);
    command->footer(kindsText());
    command->callback([given, &action] {
        action = [given](int argc, char** argv) {
            return given->listKinds ? listKinds() : runFigure(*given, argc, argv);
        };
    });
}

} // namespace finescope::window

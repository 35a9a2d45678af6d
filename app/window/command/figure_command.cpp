#include "app/window/command/figure_command.h"

#include "app/window/command/given_runs.h"
#include "app/window/command/help_lines.h"
#include "app/window/command/terminal_progress.h"
#include "app/window/command/text_output.h"
#include "app/window/command/utf8_locale.h"
#include "app/window/command/verification_file.h"
#include "core/error.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/venue_presets.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_pgfplots.h"
#include "core/text/shown.h"
#include "widgets/plot/export/figure_export.h"
#include "widgets/plot/export/figure_recipe.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QApplication>
#include <QFile>
#include <QHashFunctions>
#include <QTemporaryDir>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

namespace finescope::window {

namespace {

/// The arguments as given; what was not given stays empty, so that a recipe keeps its own value.
struct FigureArguments {
    std::string kind, output, recipe, preset;
    std::vector<std::string> files, splits, classes, with;
    std::string temperature, epoch, x, origin, groupBy, spread, kernelState, spectrumAxis;
    std::string fitOn, binning, convention, intervals;
    std::vector<std::string> kernelParts, quantities;
    std::vector<double> colourRange;
    std::string projection;
    std::optional<double> perplexity;
    std::optional<std::uint64_t> seed;
    std::optional<int> bins, dpi;
    std::optional<double> widthMm, heightMm, fontPt, smoothing;
    bool plainNames = false, together = false, beforeAfter = false, finalBars = false, logX = false,
         logY = false, raw = false, linear = false;
};

template <typename Value>
void override(Value& value, const std::optional<Value>& given) {
    value = given.value_or(value);
}

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
    if (!arguments.splits.empty()) {
        request.splits = arguments.splits;
    }
    if (!arguments.classes.empty()) {
        request.classes = arguments.classes;
    }
    if (!arguments.temperature.empty()) {
        request.temperature = temperatureChoice(arguments.temperature);
    }
    if (arguments.beforeAfter && arguments.temperature.empty() && arguments.recipe.empty()) {
        request.temperature.fitted = true; // before and after need two temperatures
    }
    if (!arguments.fitOn.empty()) {
        request.fitOn = arguments.fitOn;
    }
    if (!arguments.binning.empty()) {
        request.binning = figure::binningFromText(arguments.binning).value();
    }
    if (!arguments.convention.empty()) {
        request.convention = figure::conventionFromText(arguments.convention).value();
    }
    if (!arguments.intervals.empty()) {
        request.intervals = figure::intervalsFromText(arguments.intervals).value();
    }
    if (!arguments.quantities.empty()) {
        request.quantities.clear();
        for (const std::string& quantity : arguments.quantities) {
            request.quantities.push_back(figure::curveQuantityFromText(quantity).value());
        }
    }
    if (!arguments.epoch.empty()) {
        request.epoch = figure::epochFromText(arguments.epoch);
        if (!request.epoch) {
            throw Error(ErrorKind::badInput, "--epoch " + arguments.epoch +
                                                 ": an epoch of fine-tuning as '3', or of linear probing as "
                                                 "'lp:1', is expected");
        }
    }
    if (!arguments.x.empty()) {
        request.xAxis = arguments.x == "steps" ? figure::XAxis::steps : figure::XAxis::epochs;
    }
    if (!arguments.origin.empty()) {
        request.origin = arguments.origin == "start" ? figure::Origin::start : figure::Origin::fineTuning;
    }
    if (!arguments.groupBy.empty()) {
        request.grouping = arguments.groupBy == "method" ? figure::Grouping::methods : figure::Grouping::runs;
    }
    if (!arguments.spread.empty()) {
        request.spread = arguments.spread == "sd"      ? analysis::Spread::standardDeviation
                         : arguments.spread == "se"    ? analysis::Spread::standardError
                         : arguments.spread == "range" ? analysis::Spread::range
                                                       : analysis::Spread::tInterval95;
    }
    if (!arguments.preset.empty()) {
        const figure::VenuePreset& preset = figure::venuePreset(arguments.preset);
        request.widthMm = preset.widthMm;
        request.fontPt = preset.fontPt;
        request.heightMm.reset();
    }
    if (!arguments.kernelState.empty()) {
        request.kernelState = arguments.kernelState;
    }
    if (!arguments.kernelParts.empty()) {
        request.kernelParts.clear();
        for (const std::string& part : arguments.kernelParts) {
            request.kernelParts.push_back(figure::kernelPartFromText(part).value());
        }
    }
    if (!arguments.spectrumAxis.empty()) {
        request.spectrumAxis = arguments.spectrumAxis == "fraction" ? figure::SpectrumAxis::fraction
                                                                    : figure::SpectrumAxis::index;
    }
    if (!arguments.projection.empty()) {
        request.projection =
            arguments.projection == "tsne" ? figure::Projection::tsne : figure::Projection::pca;
    }
    override(request.perplexity, arguments.perplexity);
    override(request.mapSeed, arguments.seed);
    if (!arguments.colourRange.empty()) {
        request.colourRange = figure::Range{arguments.colourRange[0], arguments.colourRange[1]};
    }
    request.rawSpectrum = request.rawSpectrum || arguments.raw;
    request.linearValues = request.linearValues || arguments.linear;
    request.withAccuracy = request.withAccuracy || !arguments.with.empty();
    request.finalBars = request.finalBars || arguments.finalBars;
    request.beforeAfter = request.beforeAfter || arguments.beforeAfter;
    request.mapTogether = request.mapTogether || arguments.together;
    request.logX = request.logX || arguments.logX;
    request.logY = request.logY || arguments.logY;
    override(request.bins, arguments.bins);
    override(request.dpi, arguments.dpi);
    override(request.widthMm, arguments.widthMm);
    override(request.smoothing, arguments.smoothing);
    override(request.fontPt, arguments.fontPt);
    if (arguments.heightMm) {
        request.heightMm = arguments.heightMm;
    }
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

std::vector<std::string> conventionNames() {
    std::vector<std::string> names;
    for (const analysis::Convention convention : analysis::allConventions()) {
        names.emplace_back(analysis::nameOf(convention));
    }
    return names;
}

std::string kindsText() {
    return "Kinds of figure:\n" + helpLines(figure::figureKinds()) + "Presets (width):\n" +
           helpLines(figure::venuePresets());
}

} // namespace

figure::TemperatureChoice temperatureChoice(const std::string& text) {
    if (text == "fitted") {
        return {.fitted = true};
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw Error(ErrorKind::badInput,
                    "--temperature " + text + ": a number above 0 or 'fitted' is expected");
    }
    return {.value = value};
}

void addFigureCommand(CLI::App& app, Action& action) {
    CLI::App* command =
        app.add_subcommand("figure", "A figure of run files as PDF, SVG, PNG, pgfplots or CSV");
    const auto given = std::make_shared<FigureArguments>();
    command->add_option("KIND", given->kind, "What to show: see below");
    command->add_option("FILE", given->files,
                        "Run files, or folders of them; of theory-*: the output of verify --json");
    command->add_option("--output,-o", given->output,
                        "File to write: .pdf, .svg, .png, .tex (pgfplots) or .csv (data)");
    command->add_option("--recipe", given->recipe,
                        "A figure made before, or its recipe as JSON; other options change it");
    command->add_flag("--plain-names", given->plainNames, kPlainNamesHelp);
    command->add_option("--preset", given->preset, "Width and font size of a venue: see below");
    command->add_option("--width-mm", given->widthMm, "Width of the picture (139.7)");
    command->add_option("--height-mm", given->heightMm, "Height (what suits the figure)");
    command->add_option("--font-pt", given->fontPt, "Size of labels in points (9)");
    command->add_option("--dpi", given->dpi, "Resolution of PNG (300)");
    command
        ->add_option("--split", given->splits,
                     "Only this split (may be repeated; calibration and norm-derivative take the first)")
        ->take_all();
    command
        ->add_option("--class", given->classes,
                     "class-norms, class-angles, norm-derivative, classifier-rows: only this class (may be "
                     "repeated); reliability: its probability against all others")
        ->take_all();
    command->add_option("--temperature", given->temperature,
                        "T for all runs, or 'fitted': each at its own (1)");
    command->add_flag("--before-after", given->beforeAfter,
                      "Show T = 1 and --temperature (then 'fitted' unless given); of a feature map: the "
                      "pre-trained features too");
    command->add_option("--fit-on", given->fitOn,
                        "Split that temperatures are fitted on (the validation split)");
    command
        ->add_option("--quantity", given->quantities,
                     "temperature-curve: ece, mce, nll or brier, may be repeated (all)")
        ->check(CLI::IsMember({"ece", "mce", "nll", "brier"}))
        ->take_all();
    command->add_option("--projection", given->projection, "feature-map: pca (the default) or tsne")
        ->check(CLI::IsMember({"pca", "tsne"}));
    command->add_option("--perplexity", given->perplexity, "feature-map: of t-SNE (30)");
    command->add_option("--seed", given->seed, "feature-map: of t-SNE (1)");
    command->add_flag("--together", given->together, "feature-map: all runs in one map, coloured by run");
    command->add_option("--epoch", given->epoch,
                        "Calibration at this epoch: 3, or lp:1 (the model that each run reports)");
    command->add_option("--bins", given->bins, "Confidence bins (15)");
    command->add_option("--binning", given->binning, "reliability: equal-width (the default) or equal-mass")
        ->check(CLI::IsMember({"equal-width", "equal-mass"}));
    command->add_option("--convention", given->convention, "reliability: bins as another tool has them")
        ->check(CLI::IsMember(conventionNames()));
    command->add_option("--intervals", given->intervals, "reliability: whiskers of 95 % (none)")
        ->check(CLI::IsMember({"none", "wilson", "bootstrap", "consistency"}));
    command->add_option("--with", given->with, "classifier-norm: 'accuracy' on a second axis")
        ->check(CLI::IsMember({"accuracy"}));
    command->add_flag("--final", given->finalBars, "classifier-norm: bars of the norm after training");
    command->add_option("--x", given->x, "epochs (the default) or steps")
        ->check(CLI::IsMember({"epochs", "steps"}));
    command
        ->add_option("--origin", given->origin,
                     "Where x is 0, or before is: fine-tuning (the default) or start")
        ->check(CLI::IsMember({"fine-tuning", "start"}));
    command->add_flag("--log-x", given->logX, "Logarithmic x axis");
    command->add_flag("--log-y", given->logY, "Logarithmic y axis");
    command->add_option("--group-by", given->groupBy, "run (the default) or method: mean and band over seeds")
        ->check(CLI::IsMember({"run", "method"}));
    command->add_option("--spread", given->spread, "Band over seeds: t95 (the default), sd, se or range")
        ->check(CLI::IsMember({"t95", "sd", "se", "range"}));
    command->add_option("--smoothing", given->smoothing,
                        "Curves over training: weight of a moving average, 0 (off) to 0.99");
    command->add_option("--part", given->kernelParts, "Kernels: P, F or total, may be repeated (P and F; F)")
        ->check(CLI::IsMember({"P", "F", "total"}))
        ->take_all();
    command
        ->add_option("--state", given->kernelState,
                     "Kernels: pretrained or after_lp (where the run's fine-tuning starts)")
        ->check(CLI::IsMember({"pretrained", "after_lp"}));
    command->add_flag("--raw", given->raw, "spectrum: not divided by the largest singular value");
    command->add_option("--spectrum-axis", given->spectrumAxis, "spectrum: index (the default) or fraction")
        ->check(CLI::IsMember({"index", "fraction"}));
    command->add_flag("--linear", given->linear,
                      "Kernels, norm-scaling, class-norms, classifier-rows: linear instead of logarithmic");
    command
        ->add_option("--colour-range", given->colourRange,
                     "kernel-heatmap: values at the ends of the colours")
        ->expected(2)
        ->type_name("LOW HIGH");
    command->footer(kindsText());
    command->callback([given, &action] {
        action = [given](int argc, char** argv) { return runFigure(*given, argc, argv); };
    });
}

} // namespace finescope::window

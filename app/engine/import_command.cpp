#include "app/engine/import_command.h"

#include "app/engine/choice.h"
#include "app/engine/progress.h"
#include "core/engine/file_hash.h"
#include "core/engine/program_version.h"
#include "core/imports/import_run.h"
#include "core/record/run_files.h"
#include "core/text/whole_file.h"
#include "core/text/wording.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace finescope::app {

namespace {

using imports::ScoreKind;

struct ImportOptions {
    imports::ImportPlan plan;
    ScoreKind kind = ScoreKind::logits; ///< if kindOption was given
    bool overwrite = false, renew = false;
    ProgressStyle progress = ProgressStyle::automatic;
    CLI::Option* kindOption = nullptr;
};

void declareOptions(CLI::App& app, ImportOptions& options) {
    imports::ImportPlan& plan = options.plan;
    std::vector<std::string> formats;
    for (const auto& [suffix, description] : record::kPredictionFormats) {
        formats.push_back(std::string(suffix) + " " + std::string(description));
    }
    app.add_option("FILE", plan.file, "Predictions: " + text::enumerated(formats, "or"))
        ->required()
        ->type_name("FILE");
    app.add_option("--output,-o", plan.output, "The run file to write")->required()->type_name("RUN.h5");
    options.kindOption =
        addChoice<ScoreKind>(app, "--kind", options.kind,
                             {{"logits", ScoreKind::logits}, {"probabilities", ScoreKind::probabilities}},
                             "Kind of scores [from names and values in the file; refused if they disagree]");
    app.add_option("--logits", plan.names.scores,
                   "Array of logits or probabilities; of a .csv the prefix of their columns, or all of them: "
                   "COLUMN,COLUMN,... [by name]")
        ->type_name("NAME");
    app.add_option("--labels", plan.names.labels, "Array or column of labels [by name]")->type_name("NAME");
    app.add_option("--validation-logits", plan.names.validationScores,
                   "Array of the validation split [by name: val_...]")
        ->type_name("NAME");
    app.add_option("--validation-labels", plan.names.validationLabels,
                   "Array of the validation split's labels [by name: val_...]")
        ->type_name("NAME");
    app.add_option("--name", plan.runName, "Name of the run [the file's]")->type_name("TEXT");
    app.add_option("--method", plan.method, "Method that made the predictions: lp, ft, ... or any text")
        ->capture_default_str()
        ->type_name("TEXT");
    app.add_option("--task", plan.task, "Task of the predictions [the file's name]")->type_name("TEXT");
    app.add_option("--model", plan.model, "Model that made the predictions")->type_name("TEXT");
    CLI::Option* overwrite =
        app.add_flag("--overwrite", options.overwrite, "Replace the run file if it exists");
    app.add_flag("--renew", options.renew, "Replace it only if it was imported from the same file")
        ->excludes(overwrite);
    addProgressOption(app, options.progress);
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (const std::string& sentence : sentences) {
        text += (text.empty() ? "" : "; ") + sentence;
    }
    return text;
}

/// Progress of what takes longer than a moment, and the command's stop.
analysis::WorkHooks hooksFor(ProgressDisplay& display, const CommandContext& context) {
    using Clock = std::chrono::steady_clock;
    constexpr double kQuick = 0.5; // seconds: what is over by then needs no progress
    analysis::WorkHooks hooks;
    hooks.cancelled = [stop = context.stop] { return stop.stop_requested(); };
    hooks.onProgress = [&display, since = Clock::now()](double fraction) {
        const double passed = std::chrono::duration<double>(Clock::now() - since).count();
        if (passed > kQuick) {
            display.show(
                PartDone{"importing", fraction,
                         fraction > 0 ? std::optional(passed * (1 - fraction) / fraction) : std::nullopt});
        }
    };
    return hooks;
}

int importFile(const ImportOptions& options, const CommandContext& context) {
    constexpr double kHashed = 0.1; // of the time, roughly
    ProgressDisplay display(options.progress);
    imports::ImportPlan plan = options.plan;
    return tellingFailure(display, plan.output.string(), [&] {
        if (options.kindOption->count() > 0) {
            plan.kind = options.kind;
        }
        plan.existing = options.overwrite ? imports::ExistingOutput::overwrite
                        : options.renew   ? imports::ExistingOutput::renew
                                          : imports::ExistingOutput::refuse;
        plan.creator = engine::programVersion();
        text::requireFile(plan.file);
        const analysis::WorkHooks hooks = hooksFor(display, context);
        plan.sha256 = engine::fileSha256(plan.file, analysis::part(hooks, 0, kHashed));
        const imports::ImportReport report = imports::importRun(plan, analysis::part(hooks, kHashed, 1));
        display.clear();
        for (const std::string& note : report.notes) {
            context.log.info(note);
        }
        for (const std::string& warning : report.warnings) {
            context.log.warn(warning);
        }
        std::vector<std::string> all = report.warnings;
        all.insert(all.end(), report.notes.begin(), report.notes.end());
        display.done("complete", plan.output.string(), joined(all));
        return 0;
    });
}

} // namespace

Command importCommand() {
    return {"import", "Make a run file from existing logits or probabilities and labels", [](CLI::App& app) {
                const auto options = std::make_shared<ImportOptions>();
                declareOptions(app, *options);
                return [options](const CommandContext& context) { return importFile(*options, context); };
            }};
}

} // namespace finescope::app

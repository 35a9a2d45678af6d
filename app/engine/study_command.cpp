#include "app/engine/study_command.h"

#include "app/engine/progress.h"
#include "app/engine/study_list.h"
#include "core/engine/shell_text.h"
#include "core/engine/study/slurm.h"
#include "core/engine/study/study_run.h"
#include "core/error.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>

namespace finescope::app {

namespace {

struct StudyCommandOptions {
    std::filesystem::path file, output;
    int jobs = 1, threads = 0;
    std::optional<std::size_t> cell;
    bool resume = false, list = false, json = false, slurm = false, submit = false;
    ProgressStyle progress = ProgressStyle::automatic;
};

void declareOptions(CLI::App& app, StudyCommandOptions& options) {
    app.add_option("STUDY", options.file, "The study file; the folder resources/studies has some")
        ->required()
        ->type_name("STUDY.json");
    app.add_option("--output", options.output, "Output folder")->type_name("DIR");
    auto* jobs = app.add_option("--jobs", options.jobs, "Runs at the same time")
                     ->check(CLI::Range(1, 1024))
                     ->capture_default_str();
    app.add_option("--threads", options.threads,
                   "Threads of each run whose settings name none [those of the machine divided by --jobs]")
        ->check(CLI::Range(1, 1024));
    auto* resume = app.add_flag("--resume", options.resume,
                                "Continue a study: run what is not yet complete in the folder");
    auto* cell = app.add_option("--cell", options.cell, "Run one cell, by its number, and nothing else")
                     ->type_name("K")
                     ->excludes(jobs)
                     ->excludes(resume);
    auto* list = app.add_flag("--list", options.list,
                              "Print the cells, with their state if --output is given, and run nothing");
    app.add_flag("--json", options.json, "With --list: as one JSON array")->needs(list);
    auto* slurm = app.add_flag("--slurm", options.slurm,
                               "Write the scripts of Slurm's job arrays into the folder, and run nothing")
                      ->excludes(cell)
                      ->excludes(jobs);
    app.add_flag("--submit", options.submit, "With --slurm: submit them with sbatch")->needs(slurm);
    list->excludes(cell)->excludes(slurm);
    addProgressOption(app, options.progress);
}

/// Everything about a study that the command needs.
struct OpenStudy {
    explicit OpenStudy(const StudyCommandOptions& options)
        : study(engine::readStudy(options.file)), cells(engine::expandCells(study)),
          folder(options.output.empty() ? "." : options.output) {} // without one nothing is asked of it

    engine::Study study;
    engine::StudyCells cells;
    engine::StudyFolder folder;
};

int list(const OpenStudy& open, const StudyCommandOptions& options) {
    const auto states =
        options.output.empty() ? std::vector<engine::CellState>() : engine::statesOf(open.cells, open.folder);
    (options.json ? printCellsAsJson : printCells)(open.cells, states);
    return 0;
}

int writeScripts(const OpenStudy& open, const StudyCommandOptions& options, const CommandContext& context) {
    const std::vector<engine::CellState> states = engine::statesOf(open.cells, open.folder);
    std::vector<std::size_t> wanted;
    for (std::size_t number = 0; number < states.size(); ++number) {
        if (states[number] != engine::CellState::complete) {
            wanted.push_back(number);
        }
    }
    const engine::SlurmScripts scripts = engine::writeSlurmScripts(
        open.study, open.cells, wanted, open.folder, std::filesystem::read_symlink("/proc/self/exe"));
    std::string before;
    for (const auto* array : {&scripts.tuning, &scripts.evaluation}) {
        if (!*array) {
            continue;
        }
        if (options.submit) {
            before = engine::submit(**array, before);
            context.log.info((*array)->script.string() + ": submitted as job " + before + ", " +
                             std::to_string((*array)->cells.size()) + " tasks");
        } else {
            std::string line;
            for (const std::string& word : engine::submitCommand(**array, before)) {
                line += ' ' + engine::shellQuoted(word);
            }
            context.log.info((*array)->script.string() + ": submit with" + line);
            before = "JOB";
        }
    }
    if (wanted.empty()) {
        context.log.info("every cell is complete: nothing to submit");
    }
    return 0;
}

int report(const engine::StudyOutcome& outcome, const OpenStudy& open, std::size_t total,
           ProgressDisplay& display, Log& log) {
    std::string message = "study " + open.study.name + ": " + std::to_string(outcome.complete) + " of " +
                          std::to_string(total) + (total == 1 ? " cell complete" : " cells complete");
    if (outcome.kept > 0) {
        message += ", " + std::to_string(outcome.kept) + " of them from before";
    }
    if (!outcome.failed.empty()) {
        message += ", " + std::to_string(outcome.failed.size()) + " failed";
    }
    if (outcome.cancelled) {
        message += "; stopped, continue with --resume";
    }
    display.done(outcome.cancelled        ? "cancelled"
                 : outcome.failed.empty() ? "complete"
                                          : "failed",
                 open.folder.path().string(), message);
    log.info(message);
    for (const engine::FailedCell& failed : outcome.failed) {
        const engine::StudyCell& cell = open.cells.cells[failed.number];
        log.error("cell " + std::to_string(cell.number) + " (" + cell.name + ", " +
                  open.folder.logFile(cell).string() + "): " + failed.reason);
    }
    return outcome.cancelled || !outcome.failed.empty() ? exitStatus(ErrorKind::cancelled) : 0;
}

engine::StudyHooks hooksOf(ProgressDisplay& display, const CommandContext& context) {
    engine::StudyHooks hooks;
    hooks.stop = context.stop;
    hooks.onProgress = [&display](const engine::StudyProgress& progress) { display.show(progress); };
    hooks.onNote = [&display, &log = context.log](const std::string& note) {
        display.clear();
        log.info(note);
    };
    return hooks;
}

int runOne(const OpenStudy& open, const StudyCommandOptions& options, const CommandContext& context) {
    open.folder.open(open.study);
    ProgressDisplay display(options.progress);
    return tellingFailure(display, open.folder.path().string(), [&] {
        const engine::StudyOutcome outcome = engine::runCell(*options.cell, open.cells, open.folder,
                                                             {1, options.threads}, hooksOf(display, context));
        return report(outcome, open, 1, display, context.log);
    });
}

/// The folder for this command alone, other than for `--cell`.
int runAll(const OpenStudy& open, const StudyCommandOptions& options, const CommandContext& context) {
    std::error_code error;
    std::filesystem::create_directories(open.folder.path(), error);
    if (error) {
        throw Error(ErrorKind::badInput,
                    "--output " + open.folder.path().string() + ": cannot be created: " + error.message());
    }
    engine::FileLock lock(open.folder.lockFile());
    if (!lock.tryLock()) {
        throw Error(ErrorKind::badInput, open.folder.path().string() +
                                             ": another `finescope-engine study` is working in this folder");
    }
    if (open.folder.holdsStudy() && !options.resume) {
        throw Error(ErrorKind::badInput,
                    open.folder.path().string() +
                        ": already holds a study; continue it with --resume, or choose another --output");
    }
    open.folder.open(open.study);
    if (options.slurm) {
        return writeScripts(open, options, context);
    }
    ProgressDisplay display(options.progress);
    return tellingFailure(display, open.folder.path().string(), [&] {
        const engine::StudyOutcome outcome = engine::runStudy(
            open.cells, open.folder, {options.jobs, options.threads}, hooksOf(display, context));
        return report(outcome, open, open.cells.cells.size(), display, context.log);
    });
}

int study(const StudyCommandOptions& options, const CommandContext& context) {
    const OpenStudy open(options);
    if (options.list) {
        return list(open, options);
    }
    if (options.output.empty()) {
        throw Error(ErrorKind::badInput, "--output is missing: name the output folder");
    }
    engine::requireData(open.study);
    return options.cell ? runOne(open, options, context) : runAll(open, options, context);
}

} // namespace

Command studyCommand() {
    return {"study", "Run a study: models x tasks x methods x seeds, with grid search, from one file",
            [](CLI::App& app) {
                auto options = std::make_shared<StudyCommandOptions>();
                declareOptions(app, *options);
                return [options](const CommandContext& context) { return study(*options, context); };
            }};
}

} // namespace finescope::app

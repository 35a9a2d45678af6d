#include "core/imports/import_run.h"

#include "core/error.h"
#include "core/imports/labels.h"
#include "core/imports/unlabelled.h"
#include "core/record/hidden_file.h"
#include "core/record/run_reader.h"
#include "core/record/run_writer.h"
#include "core/text/json.h"
#include "core/text/wording.h"

#include <nlohmann/json.hpp>

#include <iomanip>
#include <set>
#include <sstream>

namespace finescope::imports {

namespace {

using Json = nlohmann::ordered_json;

constexpr record::EpochKey kOnlyRow{1, record::Stage::fineTuning};

void requireSameClasses(const RawPredictions& raw) {
    const RawSplit& first = raw.splits.front();
    for (const RawSplit& split : raw.splits) {
        if (split.scores.cols() != first.scores.cols()) {
            throw Error(ErrorKind::badFile, raw.file.string() + ": " + split.scoresName + " has " +
                                                std::to_string(split.scores.cols()) + " classes, but " +
                                                first.scoresName + " has " +
                                                std::to_string(first.scores.cols()));
        }
    }
    const auto classes = static_cast<std::size_t>(first.scores.cols());
    const std::set<std::string> different(raw.classNames.begin(), raw.classNames.end());
    if (!raw.classNames.empty() && (raw.classNames.size() != classes || different.size() != classes)) {
        throw Error(ErrorKind::badFile, raw.file.string() + ": there are " +
                                            std::to_string(different.size()) +
                                            " different class names, but " + first.scoresName + " has " +
                                            std::to_string(classes) + " classes");
    }
}

/// Everything that is going to be recorded, and what to say of it.
struct Decided {
    record::RunPlan run;
    record::EpochRow row;
    Json imported;
    ImportReport report;
};

/// What float32 still costs, if anything.
void warnOfLoss(const RawSplit& split, const Logits& logits, ImportReport& report) {
    if (logits.lostNll <= kFloatTolerance && logits.lostHits == 0) {
        return;
    }
    std::ostringstream nll;
    nll << std::setprecision(2) << logits.lostNll;
    report.warnings.push_back(
        split.name + ": logits are recorded as float32, which moves the mean NLL by " + nll.str() +
        (logits.lostHits > 0
             ? " and makes " + text::counted(logits.lostHits, "row", "rows") + " right or wrong"
             : std::string()));
}

void addSplit(const RawPredictions& raw, const RawSplit& split, Labels labels, ScoreKind kind,
              bool offMaximum, Decided& decided) {
    Logits logits = toLogits(raw, split, kind, labels, offMaximum);
    warnOfLoss(split, logits, decided.report);
    decided.report.notes.push_back(split.name + ": " + text::counted(split.scores.rows(), "row", "rows") +
                                   " of " + text::counted(split.scores.cols(), "class", "classes") + ", " +
                                   split.scoresName + " with the labels " + split.labelsName);
    decided.imported["splits"][split.name] = {{"scores", split.scoresName},
                                              {"labels", split.labelsName},
                                              {"rows", split.scores.rows()},
                                              {"floored_probabilities", logits.floored}};
    if (logits.floored > 0) {
        decided.report.notes.push_back(
            split.name + ": " + text::counted(logits.floored, "probability is", "probabilities are") +
            " 0 or below 2^-126 and recorded as 2^-126, of which the logarithm is -87.3");
    }
    if (logits.flooredLabel > 0) {
        decided.report.warnings.push_back(
            split.name + ": " + text::counted(logits.flooredLabel, "row gives its", "rows give their") +
            " own label the probability 0, so that the NLL is infinite; with 2^-126 instead each "
            "counts 87.3, and NLL and fitted temperature depend on that");
    }
    decided.run.splits.push_back({split.name, split.name, decided.run.task, std::move(labels), 0, 0});
    decided.row.logits[split.name] = std::move(logits.values);
}

Decided decide(const ImportPlan& plan, const RawPredictions& raw) {
    requireSameClasses(raw);
    std::vector<Labels> labels = readLabels(raw);
    const KindDecision kind = decideKind(raw, plan.kind);
    const bool probabilities = kind.kind == ScoreKind::probabilities;
    const bool logProbabilities = probabilities || raw.stated == Meaning::logProbabilities;
    bool offMaximum = false;
    for (std::size_t i = 0; i < raw.splits.size() && !logProbabilities; ++i) {
        offMaximum = offMaximum || losesAsFloat(raw.splits[i], labels[i]);
    }

    Decided decided;
    decided.report.warnings = raw.warnings;
    decided.report.notes = raw.notes;
    decided.report.notes.push_back(raw.splits.front().scoresName + ": " +
                                   (probabilities ? "probabilities" : "logits") + " (" + kind.because + ")");
    record::RunPlan& run = decided.run;
    const std::string stem = plan.file.stem().string();
    run.runId = record::newRunId();
    run.created = record::nowUtc();
    run.creator = plan.creator;
    run.name = plan.runName.empty() ? stem : plan.runName;
    run.task = plan.task.empty() ? stem : plan.task;
    run.method = plan.method;
    run.model = plan.model;
    run.classNames = raw.classNames;
    run.onlyWhole = true;
    while (run.classNames.size() < static_cast<std::size_t>(raw.splits.front().scores.cols())) {
        run.classNames.push_back(std::to_string(run.classNames.size()));
    }
    decided.imported = {{"file", std::filesystem::absolute(plan.file).lexically_normal().string()},
                        {"sha256", plan.sha256.empty() ? Json(nullptr) : Json(plan.sha256)},
                        {"kind", probabilities ? "probabilities" : "logits"},
                        {"kind_because", kind.because},
                        {"logits_are_log_probabilities", logProbabilities},
                        {"row_maximum_taken_off", offMaximum},
                        {"probability_floor", probabilities ? Json(kProbabilityFloor) : Json(nullptr)},
                        {"splits", Json::object()}};
    if (offMaximum) {
        decided.report.notes.emplace_back(
            "the largest logit of each row is subtracted from that row, so that float32 keeps more digits: "
            "the softmax is the same, but the original size of the logits is lost");
    }
    decided.row.key = kOnlyRow;
    for (std::size_t i = 0; i < raw.splits.size(); ++i) {
        addSplit(raw, raw.splits[i], std::move(labels[i]), kind.kind, offMaximum, decided);
    }
    if (decided.row.logits.find("validation") == decided.row.logits.end()) {
        decided.report.notes.emplace_back("there is no validation split, so no temperature is fitted");
    }
    decided.imported["notes"] = decided.report.notes;
    decided.imported["warnings"] = decided.report.warnings;
    run.config = Json{{"imported", decided.imported}}.dump(2, ' ', false, Json::error_handler_t::replace);
    return decided;
}

/// Whether a file is an import of the plan's file.
bool isImportOf(const std::filesystem::path& output, const std::filesystem::path& file) {
    try {
        const nlohmann::json config = text::parseJson(record::readRun(output).config, output.string());
        const auto imported = config.find("imported");
        return imported != config.end() && imported->is_object() &&
               imported->value("file", nlohmann::json()) ==
                   std::filesystem::absolute(file).lexically_normal().string();
    } catch (const Error&) {
        return false;
    }
}

record::Existing existingFor(const ImportPlan& plan) {
    const std::filesystem::path folder =
        plan.output.has_parent_path() ? plan.output.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badInput, "--output " + plan.output.string() + ": folder " + folder.string() +
                                             " does not exist; create it first");
    }
    record::removeLeftovers(plan.output);
    if (plan.existing == ExistingOutput::overwrite ||
        !std::filesystem::exists(std::filesystem::symlink_status(plan.output))) {
        return plan.existing == ExistingOutput::overwrite ? record::Existing::overwrite
                                                          : record::Existing::refuse;
    }
    if (plan.existing == ExistingOutput::renew && isImportOf(plan.output, plan.file)) {
        return record::Existing::overwrite;
    }
    throw Error(ErrorKind::badInput, "--output " + plan.output.string() + " exists already" +
                                         (plan.existing == ExistingOutput::renew
                                              ? " and was not imported from " + plan.file.string() +
                                                    "; choose another name or remove it"
                                              : "; choose another name or give --overwrite"));
}

} // namespace

ImportReport importRun(const ImportPlan& plan, const analysis::WorkHooks& hooks) {
    constexpr double kRead = 0.8, kDecided = 0.9; // of the time, roughly
    const record::Existing existing = existingFor(plan);
    const auto reach = [&](double part) {
        analysis::throwIfCancelled(hooks, "the import");
        if (hooks.onProgress) {
            hooks.onProgress(part);
        }
    };
    RawPredictions raw = readPredictions(plan.file, plan.names, analysis::part(hooks, 0, kRead));
    reach(kRead);
    leaveOutUnlabelled(raw);
    const Decided decided = decide(plan, raw);
    reach(kDecided);
    record::RunWriter writer(plan.output, decided.run, existing);
    try {
        writer.appendEpoch(decided.row);
        writer.setSelected(0);
        writer.finish(record::Status::complete);
    } catch (const Error& error) {
        writer.abandon(error.what());
        throw;
    }
    return decided.report;
}

} // namespace finescope::imports

#include "core/imports/import_run.h"

#include "core/error.h"
#include "core/imports/labels.h"
#include "core/record/run_reader.h"
#include "core/record/run_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace finescope::imports {

namespace {

using Json = nlohmann::ordered_json;

constexpr record::EpochKey kOnlyRow{1, record::Stage::fineTuning};

std::string text(std::int64_t number, const std::string& one, const std::string& several) {
    return std::to_string(number) + " " + (number == 1 ? one : several);
}

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

void addSplit(const RawPredictions& raw, const RawSplit& split, Labels labels, ScoreKind kind,
              Decided& decided) {
    Logits logits = toLogits(raw, split, kind, labels);
    decided.report.notes.push_back(split.name + ": " + text(split.scores.rows(), "row", "rows") + " of " +
                                   text(split.scores.cols(), "class", "classes") + ", " + split.scoresName +
                                   " with the labels " + split.labelsName);
    decided.imported["splits"][split.name] = {{"scores", split.scoresName},
                                              {"labels", split.labelsName},
                                              {"rows", split.scores.rows()},
                                              {"floored_probabilities", logits.floored}};
    if (logits.floored > 0) {
        decided.report.notes.push_back(
            split.name + ": " + text(logits.floored, "probability is", "probabilities are") +
            " 0 or below 2^-126 and recorded as 2^-126, of which the logarithm is -87.3");
    }
    if (logits.flooredLabel > 0) {
        decided.report.warnings.push_back(
            split.name + ": " + text(logits.flooredLabel, "row gives its", "rows give their") +
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
    while (run.classNames.size() < static_cast<std::size_t>(raw.splits.front().scores.cols())) {
        run.classNames.push_back(std::to_string(run.classNames.size()));
    }
    decided.imported = {{"file", std::filesystem::absolute(plan.file).lexically_normal().string()},
                        {"sha256", plan.sha256.empty() ? Json(nullptr) : Json(plan.sha256)},
                        {"kind", probabilities ? "probabilities" : "logits"},
                        {"kind_because", kind.because},
                        {"logits_are_log_probabilities", logProbabilities},
                        {"probability_floor", probabilities ? Json(kProbabilityFloor) : Json(nullptr)},
                        {"splits", Json::object()}};
    decided.row.key = kOnlyRow;
    for (std::size_t i = 0; i < raw.splits.size(); ++i) {
        addSplit(raw, raw.splits[i], std::move(labels[i]), kind.kind, decided);
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
        const Json config = Json::parse(record::readRun(output).config);
        return config.at("imported").at("file") ==
               std::filesystem::absolute(file).lexically_normal().string();
    } catch (const Error&) {
        return false;
    } catch (const Json::exception&) {
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
    if (plan.existing == ExistingOutput::overwrite ||
        !std::filesystem::exists(std::filesystem::symlink_status(plan.output))) {
        return plan.existing == ExistingOutput::overwrite ? record::Existing::overwrite
                                                          : record::Existing::refuse;
    }
    if (plan.existing == ExistingOutput::renew && isImportOf(plan.output, plan.file)) {
        return record::Existing::overwrite;
    }
    throw Error(ErrorKind::badInput,
                "--output " + plan.output.string() + " exists already" +
                    (plan.existing == ExistingOutput::renew
                         ? " and is no import of " + plan.file.string() + "; choose another name or remove it"
                         : "; choose another name or give --overwrite"));
}

} // namespace

ImportReport importRun(const ImportPlan& plan) {
    const record::Existing existing = existingFor(plan);
    const RawPredictions raw = readPredictions(plan.file, plan.names);
    const Decided decided = decide(plan, raw);
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

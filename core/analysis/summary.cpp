#include "core/analysis/summary.h"

#include "core/analysis/classifier_norms.h"
#include "core/analysis/feature_numbers.h"
#include "core/analysis/kernel_statistics.h"
#include "core/analysis/matthews.h"
#include "core/analysis/reliability.h"
#include "core/analysis/run_traits.h"
#include "core/analysis/softmax.h"
#include "core/analysis/spectrum.h"
#include "core/analysis/temperature.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>

namespace finescope::analysis {

namespace {

using Json = nlohmann::ordered_json;

Json number(std::optional<double> value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json text(const std::string& value) {
    return value.empty() ? Json(nullptr) : Json(value);
}

const char* statusName(record::Status status) {
    switch (status) {
    case record::Status::running:
        return "running";
    case record::Status::complete:
        return "complete";
    case record::Status::failed:
        return "failed";
    case record::Status::cancelled:
        break;
    }
    return "cancelled";
}

Json classifierObject(const record::Run& run) {
    // A file of snapshots alone, without /epochs, is read by its first and last snapshot.
    const auto& keys = run.epochs.keys.empty() ? run.classifierKeys : run.epochs.keys;
    std::optional<record::EpochKey> first;
    std::optional<record::EpochKey> afterProbing;
    std::optional<record::EpochKey> reported = run.reportedKey();
    if (!keys.empty()) {
        first = keys.front();
        reported = reported.value_or(keys.back());
        constexpr record::EpochKey probed{1, record::Stage::linearProbing};
        if (std::ranges::find(keys, probed) != keys.end()) {
            afterProbing = probed;
        }
    }
    const auto normsAt = [&](std::optional<record::EpochKey> key) {
        return key ? classifierNormsAt(run, *key) : ClassifierNorms{};
    };
    const ClassifierNorms initial = normsAt(first);
    const ClassifierNorms probed = normsAt(afterProbing);
    const ClassifierNorms last = normsAt(reported);
    return {{"weight_norm",
             {{"initial", number(initial.weight)},
              {"after_lp", number(probed.weight)},
              {"final", number(last.weight)}}},
            {"bias_norm",
             {{"initial", number(initial.bias)},
              {"after_lp", number(probed.bias)},
              {"final", number(last.bias)}}}};
}

/// What a split holds of the reported model; logits without rows if it has none.
struct SplitData {
    const record::SplitInfo* info = nullptr;
    Labels labels;
    MatrixF logits;
    [[nodiscard]] bool evaluated() const { return logits.rows() > 0; }
};

SplitData readSplit(const record::Run& run, const record::SplitInfo& info) {
    SplitData data{&info, {}, {}};
    if (info.rows > 0) {
        data.labels = run.parts->labels(info);
        if (const auto row = run.reportedLogits(info)) {
            data.logits = run.parts->logits(info, *row);
        }
    }
    return data;
}

Json featuresObject(const record::Run& run, const SplitData& split) {
    const record::SplitInfo& info = *split.info;
    const FeatureNumbers numbers = featureNumbers(
        info.rows > 0 && info.pretrainedFeatureWidth > 0 ? run.parts->pretrainedFeatures(info) : MatrixF{},
        info.rows > 0 && info.featureWidth > 0 ? run.parts->features(info) : MatrixF{}, split.labels);
    const auto& [pretrained, final] = std::tie(numbers.fisherPretrained, numbers.fisherFinal);
    const auto value = [](const std::optional<FisherRatio>& ratio) {
        return ratio ? number(ratio->value) : Json(nullptr);
    };
    const auto rank = [](const std::optional<FisherRatio>& ratio) {
        return ratio ? Json(ratio->rankWithin) : Json(nullptr);
    };
    const auto& either = final ? final : pretrained;
    return {{"cosine_similarity",
             {{"pretrained", number(numbers.cosinePretrained)}, {"final", number(numbers.cosineFinal)}}},
            {"difference", number(numbers.difference)},
            {"fdr",
             {{"pretrained", value(pretrained)},
              {"final", value(final)},
              {"ridge", either ? number(either->ridge) : Json(nullptr)},
              {"rank_within", {{"pretrained", rank(pretrained)}, {"final", rank(final)}}}}}};
}

Json splitObject(const record::Run& run, const SplitData& split, int binCount) {
    Json object = {{"role", text(split.info->role)}, {"n", split.info->rows}};
    const char* const names[] = {"accuracy", "matthews",        "nll",       "brier", "ece",
                                 "mce",      "mean_confidence", "logit_norm"};
    for (const char* const name : names) {
        object[name] = nullptr;
    }
    if (split.evaluated()) {
        const Reliability numbers = reliability(split.logits, split.labels, 1.0, binCount);
        object["accuracy"] = number(numbers.accuracy);
        object["matthews"] = number(
            matthewsCorrelation(argmax(split.logits), split.labels, static_cast<int>(split.logits.cols())));
        object["nll"] = number(numbers.nll);
        object["brier"] = number(numbers.brier);
        object["ece"] = number(numbers.ece);
        object["mce"] = number(numbers.mce);
        object["mean_confidence"] = number(numbers.meanConfidence);
        if (!hasLostLogitSize(run)) {
            object["logit_norm"] = number(split.logits.cast<double>().rowwise().norm().mean());
        }
    }
    object["features"] = featuresObject(run, split);
    return object;
}

/// The class of every test and out-of-distribution split for all of which the model predicts that one class.
Json collapsedObject(const record::Run& run) {
    Json object = nullptr;
    for (const record::SplitInfo& split : run.splits) {
        const bool tested = split.role == "test" || split.role == "ood";
        if (const auto only = tested ? collapsedClass(run, split) : std::nullopt) {
            object[split.name] = *only;
        }
    }
    return object;
}

Json temperatureObject(const record::Run& run, const std::vector<SplitData>& splits, int binCount) {
    Json object = {{"fitted_on", nullptr},
                   {"value", nullptr},
                   {"at_bound", nullptr},
                   {"reason", nullptr},
                   {"equivalent_weight_norm", nullptr},
                   {"splits", Json::object()}};
    const auto validation = std::ranges::find_if(
        splits, [](const SplitData& split) { return split.info->role == "validation" && split.evaluated(); });
    if (validation == splits.end()) {
        return object;
    }
    const FittedTemperature fitted = fitTemperature(validation->logits, validation->labels);
    object["fitted_on"] = validation->info->name;
    object["value"] = number(fitted.value);
    object["at_bound"] = fitted.atBound;
    object["reason"] = text(inWords(fitted.why));
    if (const auto key = run.reportedKey()) {
        if (const auto norm = classifierNormsAt(run, *key).weight) {
            object["equivalent_weight_norm"] = number(equivalentClassifierNorm(*norm, fitted.value));
        }
    }
    for (const SplitData& split : splits) {
        if (split.evaluated()) {
            const Reliability numbers = reliability(split.logits, split.labels, fitted.value, binCount);
            object["splits"][split.info->name] = {{"nll", number(numbers.nll)},
                                                  {"ece", number(numbers.ece)},
                                                  {"mce", number(numbers.mce)},
                                                  {"brier", number(numbers.brier)},
                                                  {"in_sample", split.info == validation->info}};
        }
    }
    return object;
}

Json kernelObject(const record::KernelState& kernel) {
    const char* const names[] = {"P", "F", "total"};
    const char* const columns[] = {"train", "test", "train_class", "test_class"};
    Json object = {
        {"n", kernel.pTrain.rows()}, {"C", kernel.classes}, {"ft_ratio", number(fineTuningRatio(kernel))}};
    const std::optional<MatrixD> spectrum = kernelSpectrum(kernel);
    for (const KernelPart part : kKernelParts) {
        const auto row = static_cast<Eigen::Index>(part);
        Json& entry = object[names[row]];
        entry = {{"rank", nullptr},
                 {"frobenius_norm", number(kernelFrobeniusNorm(kernel, part))},
                 {"effective_rank", nullptr},
                 {"stable_rank", nullptr}};
        if (spectrum) {
            const std::span<const double> values(spectrum->row(row).data(),
                                                 static_cast<std::size_t>(spectrum->cols()));
            entry["rank"] = numericalRank(values);
            entry["effective_rank"] = number(effectiveRank(values));
            entry["stable_rank"] = number(stableRank(values));
        }
        for (Eigen::Index column = 0; column < 4; ++column) {
            entry["regression"][columns[column]] =
                kernel.regression ? number((*kernel.regression)(row, column)) : Json(nullptr);
        }
    }
    return object;
}

} // namespace

Json summarise(const record::Run& run, int binCount) {
    Json object = {{"file", run.file.string()},
                   {"run_id", text(run.runId)},
                   {"name", text(run.name)},
                   {"method", text(run.method)},
                   {"task", text(run.task)},
                   {"model", text(run.model)},
                   {"seed", importedFrom(run) ? Json(nullptr) : Json(run.seed)},
                   {"status", statusName(run.progress.status)},
                   {"classifier", classifierObject(run)},
                   {"splits", Json::object()}};
    std::vector<SplitData> splits;
    splits.reserve(run.splits.size());
    for (const record::SplitInfo& info : run.splits) {
        splits.push_back(readSplit(run, info));
        object["splits"][info.name] = splitObject(run, splits.back(), binCount);
    }
    object["collapsed"] = collapsedObject(run);
    object["temperature"] = temperatureObject(run, splits, binCount);
    object["ntk"] = Json::object();
    for (const std::string& state : run.kernelStates) {
        object["ntk"][state] = kernelObject(run.parts->kernel(state));
    }
    return object;
}

} // namespace finescope::analysis

#include "core/analysis/run/summary.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/feature/feature_change.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/analysis/run/calibration_data.h"
#include "core/analysis/run/classifier_norms.h"
#include "core/analysis/run/collapsed_class.h"
#include "core/analysis/run/probe_choice.h"
#include "core/analysis/run/run_traits.h"
#include "core/analysis/run/split_features.h"
#include "core/analysis/run/split_logits.h"
#include "core/analysis/run/split_scores.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace finescope::analysis {

namespace {

using Json = nlohmann::ordered_json;

Json number(std::optional<double> value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

/// Why numbers of a run are null, by where they stand: "splits.test", "classifier.weight_norm.final".
class Reasons {
public:
    /// What `compute` gives, null where it fails.
    template <typename Compute>
    Json unlessRefused(const std::string& place, const Compute& compute) {
        try {
            return compute();
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled) {
                throw;
            }
            add(place, error.what());
            return nullptr;
        }
    }
    /// The number if it is finite; one that is not there needs no reason.
    Json finite(const std::string& place, std::optional<double> value) {
        if (value && !std::isfinite(*value)) {
            add(place, std::isnan(*value) ? "is NaN" : "is infinite");
        }
        return number(value);
    }
    void add(const std::string& place, const std::string& why) { m_all[place] = why; }
    [[nodiscard]] const Json& all() const { return m_all; }

private:
    Json m_all = Json::object();
};

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

Json classifierObject(const record::Run& run, Reasons& reasons) {
    const RunNorms norms = runNorms(run);
    Json object;
    for (const auto& [name, moments] : {std::pair{"weight_norm", norms.weight}, {"bias_norm", norms.bias}}) {
        for (const auto& [moment, norm] : {std::pair{"initial", moments.initial},
                                           {"after_lp", moments.afterLp},
                                           {"final", moments.reported}}) {
            object[name][moment] = reasons.finite(std::string("classifier.") + name + "." + moment, norm);
        }
    }
    return object;
}

/// The same without numbers.
Json emptyClassifier() {
    const Json moments = {{"initial", nullptr}, {"after_lp", nullptr}, {"final", nullptr}};
    return {{"weight_norm", moments}, {"bias_norm", moments}};
}

Json probeObject(const record::Run& run) {
    const std::optional<ProbeChoice> choice = probeChoice(run);
    if (!choice) {
        return nullptr;
    }
    Json object = {{"C", number(choice->strength)}, {"folds", choice->folds}, {"scores", Json::array()}};
    for (const ProbeCandidate& candidate : choice->candidates) {
        object["scores"].push_back(
            {{"C", number(candidate.strength)}, {"accuracy", number(candidate.accuracy)}});
    }
    return object;
}

/// What a split holds of the reported model; no logits if it has none, or none that can be used.
struct SplitData {
    const record::SplitInfo* info = nullptr;
    std::optional<SplitLogits> reported{};
};

std::string placeOf(const record::SplitInfo& info) {
    return "splits." + info.name;
}

SplitData readSplit(const record::Run& run, const record::SplitInfo& info, Reasons& reasons) {
    SplitData data{&info};
    reasons.unlessRefused(placeOf(info), [&] {
        data.reported = readReportedLogits(run, info);
        return nullptr;
    });
    return data;
}

Json featuresObject(const record::Run& run, const record::SplitInfo& info, Reasons& reasons) {
    FeatureChange numbers;
    reasons.unlessRefused(placeOf(info) + ".features", [&] {
        const SplitFeatures features = readFeatures(run, info);
        numbers = featureChange(features.pretrained, features.final, features.labels);
        return nullptr;
    });
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

Json splitObject(const record::Run& run, const SplitData& split, int binCount, Reasons& reasons) {
    Json object = {{"role", text(split.info->role)}, {"n", split.info->rows}};
    const char* const names[] = {"accuracy", "matthews",        "nll",       "brier", "ece",
                                 "mce",      "mean_confidence", "logit_norm"};
    for (const char* const name : names) {
        object[name] = nullptr;
    }
    if (split.reported) {
        const auto& [name, key, logits, labels] = *split.reported;
        reasons.unlessRefused(placeOf(*split.info), [&] {
            const Reliability numbers = reliability(logits, labels, 1.0, binCount);
            object["accuracy"] = number(numbers.accuracy);
            object["matthews"] = number(splitScore(logits, labels, TaskMetric::matthews));
            object["nll"] = number(numbers.nll);
            object["brier"] = number(numbers.brier);
            object["ece"] = number(numbers.ece);
            object["mce"] = number(numbers.mce);
            object["mean_confidence"] = number(numbers.meanConfidence);
            if (!hasLostLogitSize(run)) {
                object["logit_norm"] = number(logits.cast<double>().rowwise().norm().mean());
            }
            return nullptr;
        });
    }
    object["features"] = featuresObject(run, *split.info, reasons);
    return object;
}

/// The class of every test and out-of-distribution split for all of which the model predicts that one class.
Json collapsedObject(const std::vector<SplitData>& splits) {
    Json object = nullptr;
    for (const SplitData& split : splits) {
        const bool counts = split.reported && countsAsCollapse(*split.info);
        if (const auto only = counts ? collapsedClass(*split.reported) : std::nullopt) {
            object[split.info->name] = *only;
        }
    }
    return object;
}

Json emptyTemperature() {
    return {{"fitted_on", nullptr},
            {"value", nullptr},
            {"at_bound", nullptr},
            {"reason", nullptr},
            {"equivalent_weight_norm", nullptr},
            {"splits", Json::object()}};
}

Json temperatureObject(const record::Run& run, const std::vector<SplitData>& splits, int binCount,
                       Reasons& reasons) {
    Json object = emptyTemperature();
    if (const record::SplitInfo* split = temperatureSplit(run);
        split != nullptr && reasons.all().contains(placeOf(*split))) {
        reasons.add("temperature", "its split cannot be used: see " + placeOf(*split));
        return object;
    }
    std::optional<RunTemperature> temperature;
    reasons.unlessRefused("temperature", [&] {
        temperature = reportedTemperature(run);
        return nullptr;
    });
    if (!temperature) {
        return object;
    }
    const auto& [fitted, fittedOn, key] = *temperature;
    object["fitted_on"] = fittedOn;
    object["value"] = number(fitted.value);
    object["at_bound"] = fitted.atBound;
    object["reason"] = text(inWords(fitted.why));
    reasons.unlessRefused("temperature.equivalent_weight_norm", [&] {
        if (const auto norm = classifierNormsAt(run, key).weight) {
            object["equivalent_weight_norm"] = number(equivalentClassifierNorm(*norm, fitted.value));
        }
        return nullptr;
    });
    for (const SplitData& split : splits) {
        if (split.reported && split.reported->key == key) {
            const Reliability numbers =
                reliability(split.reported->logits, split.reported->labels, fitted.value, binCount);
            object["splits"][split.info->name] = {{"nll", number(numbers.nll)},
                                                  {"ece", number(numbers.ece)},
                                                  {"mce", number(numbers.mce)},
                                                  {"brier", number(numbers.brier)},
                                                  {"in_sample", split.info->name == fittedOn}};
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

/// What every object has before its numbers.
Json headOf(const std::filesystem::path& file) {
    return {{"file", file.string()}, {"run_id", nullptr}, {"name", nullptr}, {"method", nullptr},
            {"task", nullptr},       {"model", nullptr},  {"seed", nullptr}, {"status", nullptr}};
}

} // namespace

Json summarise(const record::Run& run, int binCount) {
    Reasons reasons;
    Json object = headOf(run.file);
    object["run_id"] = text(run.runId);
    object["name"] = text(run.name);
    object["method"] = text(run.method);
    object["task"] = text(run.task);
    object["model"] = text(run.model);
    object["seed"] = importedFrom(run) ? Json(nullptr) : Json(run.seed);
    object["status"] = statusName(run.progress.status);
    const Json classifier =
        reasons.unlessRefused("classifier", [&] { return classifierObject(run, reasons); });
    object["classifier"] = classifier.is_null() ? emptyClassifier() : classifier;
    object["probe"] = probeObject(run);
    object["splits"] = Json::object();
    std::vector<SplitData> splits;
    splits.reserve(run.splits.size());
    for (const record::SplitInfo& info : run.splits) {
        splits.push_back(readSplit(run, info, reasons));
        object["splits"][info.name] = splitObject(run, splits.back(), binCount, reasons);
    }
    object["collapsed"] = collapsedObject(splits);
    object["temperature"] = temperatureObject(run, splits, binCount, reasons);
    object["ntk"] = Json::object();
    for (const std::string& state : run.kernelStates) {
        object["ntk"][state] =
            reasons.unlessRefused("ntk." + state, [&] { return kernelObject(run.parts->kernel(state)); });
    }
    if (!reasons.all().empty()) {
        object["not_computed"] = reasons.all();
    }
    return object;
}

Json summariseUnreadable(const std::filesystem::path& file, const std::string& why) {
    Json object = headOf(file);
    object["classifier"] = emptyClassifier();
    object["probe"] = nullptr;
    object["splits"] = Json::object();
    object["collapsed"] = nullptr;
    object["temperature"] = emptyTemperature();
    object["ntk"] = Json::object();
    object["not_computed"] = {{"file", why}};
    return object;
}

} // namespace finescope::analysis

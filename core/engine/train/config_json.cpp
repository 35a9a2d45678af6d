#include "core/engine/train/config_json.h"

#include "core/engine/file_hash.h"
#include "core/engine/processor_name.h"
#include "core/engine/program_version.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

using Json = nlohmann::ordered_json;

std::string absolutePath(const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal();
}

Json limit(const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json(nullptr);
}

} // namespace

std::string configJson(const ResolvedPlan& resolved, const Checkpoint& checkpoint, SelectionMetric metric) {
    const TrainPlan& plan = resolved.plan;
    const ModelFolder& model = resolved.model;
    const auto tokenizer = fileHashes(model.tokenizer, tokenizerFiles(model.tokenizer));
    const bool ownTokenizer = model.tokenizer == model.folder;
    const EncoderConfig& encoder = checkpoint.encoder->config;
    Json config = {
        {"program", programVersion()},
        {"method", methodName(plan.method)},
        {"task", plan.task},
        {"metric", metric == SelectionMetric::matthews ? "matthews" : "accuracy"},
        {"seed", plan.seed},
        {"model", absolutePath(model.folder)},
        {"model_sha256", checkpoint.sha256},
        {"tokenizer_sha256", ownTokenizer ? Json(tokenizer) : Json::object()},
        {"data", absolutePath(plan.data)},
        {"data_sha256", fileHashes(plan.data, resolved.dataFiles)},
        {"ood", Json::object()},
        {"pooling", poolingName(resolved.pooling)},
        {"max_length", resolved.maxLength},
        {"limit_train", limit(plan.limitTrain)},
        {"limit_eval", limit(plan.limitEval)},
        {"features", plan.features == FeatureChoice::eval  ? "eval"
                     : plan.features == FeatureChoice::all ? "all"
                                                           : "none"},
    };
    if (model.adapted) {
        std::map<std::string, std::string> files = checkpoint.baseSha256;
        if (!ownTokenizer) {
            files.insert(tokenizer.begin(), tokenizer.end());
        }
        config["base_model"] = {{"path", absolutePath(model.base)}, {"sha256", files}};
    }
    for (const OutOfDistributionSet& set : plan.outOfDistribution) {
        config["ood"][set.name] = absolutePath(set.folder);
    }
    if (probes(plan.method)) {
        config["probe"] = {{"head", plan.probe == ProbeHead::exact ? "exact" : "paper"}};
    }
    if (fineTunes(plan.method)) {
        config["epochs"] = plan.epochs;
        config["batch_size"] = resolved.steps.batchSize;
        config["learning_rate"] = resolved.steps.learningRate;
        config["classifier_scale"] = plan.classifierScale;
        config["optimizer"] = {{"name", "AdamW"},
                               {"betas", {0.9, 0.999}},
                               {"eps", 1e-8},
                               {"weight_decay", 0.0},
                               {"schedule", "linear, no warm-up"},
                               {"max_gradient_norm", 1.0}};
        config["dropout"] = {{"hidden", encoder.hiddenDropout},
                             {"attention", encoder.attentionDropout},
                             {"classifier", encoder.hiddenDropout}};
    }
    if (usesLora(plan.method)) {
        config["lora"] = {
            {"rank", plan.loraRank}, {"alpha", plan.loraAlpha}, {"targets", {"query", "value"}}};
    }
    config["device"] = resolved.device.str();
    config["threads"] = resolved.threads;
    config["processor"] = processorName(); // another one rounds otherwise
    config["float_type"] = "float32";
    config["versions"] = {{"libtorch", TORCH_VERSION}, {"compiler", __VERSION__}};
    return config.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string configWithChoice(const std::string& config, const analysis::CrossValidation& choice) {
    Json whole = Json::parse(config);
    Json& probe = whole["probe"];
    probe["C"] = choice.chosen;
    probe["rows"] = choice.scores.rowsOfFold();
    probe["scores"] = Json::array();
    for (std::size_t candidate = 0; candidate < choice.strengths.size(); ++candidate) {
        probe["scores"].push_back({{"C", choice.strengths[candidate]},
                                   {"accuracy", choice.scores.mean(candidate)},
                                   {"hits", choice.scores.hits(candidate)}});
    }
    return whole.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace finescope::engine

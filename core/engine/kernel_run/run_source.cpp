#include "core/engine/kernel_run/run_source.h"

#include "core/analysis/run/run_traits.h"
#include "core/engine/file_hash.h"
#include "core/engine/task/task_data.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace finescope::engine {

namespace {

using Json = nlohmann::json;

RunSource parse(const Json& config) {
    RunSource source;
    source.model = config.at("model").get<std::string>();
    source.data = config.at("data").get<std::string>();
    source.modelSha256 = config.at("model_sha256").get<std::map<std::string, std::string>>();
    if (const auto tokenizer = config.find("tokenizer_sha256"); tokenizer != config.end()) {
        source.modelSha256.merge(tokenizer->get<std::map<std::string, std::string>>());
    }
    if (const auto base = config.find("base_model"); base != config.end()) {
        source.baseModel = base->at("path").get<std::string>();
        source.baseModelSha256 = base->at("sha256").get<std::map<std::string, std::string>>();
    }
    source.dataSha256 = config.at("data_sha256").get<std::map<std::string, std::string>>();
    source.task = config.at("task").get<std::string>();
    source.pooling = poolingOf(config.at("pooling").get<std::string>());
    source.maxLength = config.at("max_length").get<std::int64_t>();
    const auto limit = [&config](const char* key) {
        const Json& value = config.at(key);
        return value.is_null() ? std::nullopt : std::optional(value.get<std::int64_t>());
    };
    source.limitTrain = limit("limit_train");
    source.limitEval = limit("limit_eval");
    if (const auto lora = config.find("lora"); lora != config.end()) {
        source.usesLora = true;
        source.loraRank = lora->at("rank").get<std::int64_t>();
        source.loraAlpha = lora->at("alpha").get<double>();
    }
    return source;
}

void compareFolder(const std::filesystem::path& folder, const std::map<std::string, std::string>& hashes,
                   const std::string& option, const OnDifference& onDifference) {
    for (const auto& [name, recorded] : hashes) {
        const auto file = folder / name;
        if (!std::filesystem::exists(file)) {
            throw Error(
                ErrorKind::badFile,
                file.string() +
                    ": the file that the run used is missing; name the folder that holds it now with " +
                    option + " DIR");
        }
        if (const std::string found = fileSha256(file); found != recorded) {
            onDifference(file.string() + ": is not the file that the run was made with (SHA-256 " +
                         found.substr(0, 12) + "..., recorded " + recorded.substr(0, 12) + "...)");
        }
    }
}

void cut(TaskSplit& split, const std::optional<std::int64_t>& limit) {
    if (limit && static_cast<std::size_t>(*limit) < split.examples.size()) {
        split.examples.resize(static_cast<std::size_t>(*limit));
    }
}

void compareLabels(const TaskSplit& split, const record::Run& run, const OnDifference& onDifference) {
    const record::SplitInfo* recorded = run.split(split.name);
    if (recorded == nullptr ||
        !std::ranges::equal(run.parts->labels(*recorded), split.examples, {}, {}, &Example::label)) {
        onDifference(run.file.string() + ": the rows of split " + split.name +
                     " are not those that the run recorded");
    }
}

} // namespace

RunSource sourceOf(const record::Run& run) {
    if (analysis::importedFrom(run)) {
        throw Error(ErrorKind::badInput,
                    run.file.string() + ": holds imported predictions: it has no model to compute a kernel "
                                        "from; use the file of a training run");
    }
    try {
        return parse(Json::parse(run.config));
    } catch (const Json::exception& error) {
        throw Error(ErrorKind::badInput,
                    run.file.string() +
                        ": its config does not say how to rebuild the run, as that of a file of "
                        "`finescope-engine train` does (" +
                        error.what() + "); your own program can write /ntk itself");
    }
}

std::optional<std::filesystem::path> findFolder(const std::filesystem::path& recorded,
                                                const std::map<std::string, std::string>& files,
                                                const std::filesystem::path& runFile) {
    const auto holdsAll = [&](const std::filesystem::path& folder) {
        std::error_code none;
        return std::ranges::all_of(
            files, [&](const auto& file) { return std::filesystem::exists(folder / file.first, none); });
    };
    if (holdsAll(recorded)) {
        return recorded;
    }
    std::vector<std::filesystem::path> ends; // of the recorded path, the longest first: it says most
    for (auto first = recorded.begin(); first != recorded.end(); ++first) {
        std::filesystem::path& end = ends.emplace_back();
        for (auto name = first; name != recorded.end(); ++name) {
            end /= name->relative_path();
        }
    }
    std::filesystem::path root = std::filesystem::weakly_canonical(runFile);
    while (root.has_relative_path()) {
        root = root.parent_path();
        for (const auto& end : ends) {
            if (!end.empty() && holdsAll(root / end)) {
                return root / end;
            }
        }
    }
    return std::nullopt;
}

void compareFiles(const RunSource& source, const OnDifference& onDifference) {
    compareFolder(source.model, source.modelSha256, "--model", onDifference);
    if (source.baseModel) {
        compareFolder(*source.baseModel, source.baseModelSha256, "--base-model", onDifference);
    }
    compareFolder(source.data, source.dataSha256, "--data", onDifference);
}

SourceSplits loadSplits(const RunSource& source, const record::Run& run, const OnDifference& onDifference) {
    SourceSplits splits;
    for (TaskSplit& split : loadTask(source.task, source.data).splits) {
        if (split.role == "train" || split.role == "test") {
            cut(split, split.role == "train" ? source.limitTrain : source.limitEval);
            compareLabels(split, run, onDifference);
            (split.role == "train" ? splits.train : splits.test) = std::move(split);
        }
    }
    return splits;
}

} // namespace finescope::engine

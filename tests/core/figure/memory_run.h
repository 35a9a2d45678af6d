#pragma once

#include "core/record/run.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace finescope::tests {

/// The large parts of a run, held in memory.
struct MemoryParts : record::RunParts {
    struct Split {
        Labels labels;
        std::vector<MatrixF> logits;
        MatrixF pretrained, features;
    };
    std::map<std::string, Split> splits;
    std::vector<record::ClassifierSnapshot> snapshots;
    std::map<std::string, record::KernelState> kernels;

    Labels labels(const record::SplitInfo& split) const override { return splits.at(split.name).labels; }
    MatrixF logits(const record::SplitInfo& split, std::size_t row) const override {
        return splits.at(split.name).logits.at(row);
    }
    MatrixF pretrainedFeatures(const record::SplitInfo& split) const override {
        return splits.at(split.name).pretrained;
    }
    MatrixF features(const record::SplitInfo& split) const override { return splits.at(split.name).features; }
    record::ClassifierSnapshot classifier(std::size_t row) const override { return snapshots.at(row); }
    record::KernelState kernel(const std::string& state) const override { return kernels.at(state); }
    std::vector<record::LoraMatrices> lora() const override { return {}; }
};

inline record::EpochKey probing(double epoch) {
    return {epoch, record::Stage::linearProbing};
}
inline record::EpochKey tuning(double epoch) {
    return {epoch, record::Stage::fineTuning};
}

/// A run of this method and seed without any rows.
inline record::Run emptyRun(const std::string& method, std::int64_t seed = 1,
                            const std::string& task = "rte") {
    record::Run run;
    run.file = method + ".h5";
    run.method = method;
    run.seed = seed;
    run.task = task;
    run.model = "tiny";
    run.classNames = {"no", "yes"};
    run.parts = std::make_shared<MemoryParts>();
    return run;
}

/// Appends a row of /epochs with the classifier weight norm.
inline void addEpoch(record::Run& run, record::EpochKey key, double norm) {
    run.epochs.keys.push_back(key);
    if (run.epochs.series.empty()) {
        run.epochs.series.push_back({"classifier_weight_norm", {}});
    }
    run.epochs.series.front().values.push_back(norm);
}

/// A run of full fine-tuning with a row of /epochs for each norm, from epoch 0 on.
inline record::Run tunedRun(std::int64_t seed, const std::vector<double>& norms) {
    record::Run run = emptyRun("ft", seed);
    for (std::size_t i = 0; i < norms.size(); ++i) {
        addEpoch(run, tuning(static_cast<double>(i)), norms[i]);
    }
    return run;
}

/// Appends a row of /steps with the classifier weight norm.
inline void addStep(record::Run& run, std::int64_t step, record::EpochKey key, double norm) {
    run.steps.step.push_back(step);
    run.steps.keys.push_back(key);
    if (run.steps.series.empty()) {
        run.steps.series.push_back({"classifier_weight_norm", {}});
    }
    run.steps.series.front().values.push_back(norm);
}

/// Adds a split with one block of logits at `key`.
inline void addSplit(record::Run& run, const std::string& name, const std::string& role, record::EpochKey key,
                     const MatrixF& logits, const Labels& labels) {
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    parts->splits[name].labels = labels;
    parts->splits[name].logits = {logits};
    run.parts = parts;
    record::SplitInfo info;
    info.name = name;
    info.role = role;
    info.rows = logits.rows();
    info.classes = logits.cols();
    info.logitKeys = {key};
    run.splits.push_back(info);
}

/// Says that fine-tuning began with the classifier's weights multiplied by `scale`.
inline void setScale(record::Run& run, double scale) {
    run.config = "{\"classifier_scale\": " + std::to_string(scale) + "}";
}

/// Gives the split these features before and after fine-tuning.
inline void setFeatures(record::Run& run, const std::string& name, const MatrixF& before,
                        const MatrixF& after) {
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    parts->splits[name].pretrained = before;
    parts->splits[name].features = after;
    run.parts = parts;
    for (record::SplitInfo& split : run.splits) {
        if (split.name == name) {
            split.pretrainedFeatureWidth = before.cols();
            split.featureWidth = after.cols();
        }
    }
}

} // namespace finescope::tests

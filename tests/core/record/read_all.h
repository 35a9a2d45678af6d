#pragma once

#include "core/record/run_reader.h"

namespace finescope::tests {

/// Everything a program may ever ask of a run file.
inline void readAll(const std::filesystem::path& file) {
    const auto run = record::readRun(file);
    for (std::size_t row = 0; row < run.classifierKeys.size(); ++row) {
        static_cast<void>(run.parts->classifier(row));
    }
    for (const auto& split : run.splits) {
        static_cast<void>(run.parts->labels(split));
        for (std::size_t row = 0; row < split.logitKeys.size(); ++row) {
            static_cast<void>(run.parts->logits(split, row));
        }
        if (split.pretrainedFeatureWidth > 0) {
            static_cast<void>(run.parts->pretrainedFeatures(split));
        }
        if (split.featureWidth > 0) {
            static_cast<void>(run.parts->features(split));
        }
    }
    for (const auto& state : run.kernelStates) {
        static_cast<void>(run.parts->kernel(state));
    }
    static_cast<void>(run.parts->lora());
}

} // namespace finescope::tests

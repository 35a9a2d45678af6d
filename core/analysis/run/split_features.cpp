#include "core/analysis/run/split_features.h"

namespace finescope::analysis {

SplitFeatures readFeatures(const record::Run& run, const record::SplitInfo& split) {
    SplitFeatures read;
    const bool before = split.pretrainedFeatureWidth > 0, after = split.featureWidth > 0;
    if (before || after) {
        read.labels = run.parts->labels(split);
    }
    if (before) {
        read.pretrained = run.parts->pretrainedFeatures(split);
    }
    if (after) {
        read.final = run.parts->features(split);
    }
    return read;
}

} // namespace finescope::analysis

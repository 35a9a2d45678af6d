#include "core/figure/classifier/classifier_norms.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace finescope::figure {

namespace {

enum class Part { weight, bias };

std::optional<double> recorded(const record::Run& run, record::EpochKey key, std::string_view name) {
    const record::Series* series = run.epochs.find(name);
    const auto row = std::ranges::find(run.epochs.keys, key);
    if (series == nullptr || row == run.epochs.keys.end()) {
        return std::nullopt;
    }
    const double value = series->values[static_cast<std::size_t>(row - run.epochs.keys.begin())];
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> normAt(const record::Run& run, std::optional<record::EpochKey> key, Part part) {
    if (!key) {
        return std::nullopt;
    }
    const auto name = part == Part::weight ? "classifier_weight_norm" : "classifier_bias_norm";
    if (const auto value = recorded(run, *key, name)) {
        return value;
    }
    const auto row = run.classifierRow(*key);
    if (!row || !run.parts) {
        return std::nullopt;
    }
    const record::ClassifierSnapshot snapshot = run.parts->classifier(*row);
    return part == Part::weight ? snapshot.weight.cast<double>().norm() : snapshot.bias.cast<double>().norm();
}

} // namespace

ClassifierNorms classifierNorms(const record::Run& run) {
    const auto& keys = run.epochs.rows() > 0 ? run.epochs.keys : run.classifierKeys;
    std::optional<record::EpochKey> first, afterLp, reported = run.reportedKey();
    if (!keys.empty()) {
        first = keys.front();
        reported = reported ? reported : keys.back();
    }
    const record::EpochKey fittedHead{.epoch = 1, .stage = record::Stage::linearProbing};
    if (std::ranges::find(keys, fittedHead) != keys.end()) {
        afterLp = fittedHead;
    }
    const auto moments = [&](Part part) {
        return NormMoments{.initial = normAt(run, first, part),
                           .afterLp = normAt(run, afterLp, part),
                           .reported = normAt(run, reported, part)};
    };
    return {.weight = moments(Part::weight), .bias = moments(Part::bias)};
}

NormMoments usableWeightNorms(const record::Run& run, Problems& problems) {
    NormMoments norms;
    attempt(run, &problems, [&] { norms = classifierNorms(run).weight; });
    const auto keep = [&](std::optional<double>& norm, const char* when) {
        if (norm && !std::isfinite(*norm)) {
            norm.reset();
            problems.add(run, std::string("the classifier weight norm ") + when + " is not finite");
        }
    };
    keep(norms.initial, "before training");
    keep(norms.afterLp, "after linear probing");
    keep(norms.reported, "of the reported model");
    return norms;
}

std::optional<double> startNorm(const record::Run& run) {
    return normAt(run, record::EpochKey{.epoch = 0, .stage = record::Stage::fineTuning}, Part::weight);
}

} // namespace finescope::figure

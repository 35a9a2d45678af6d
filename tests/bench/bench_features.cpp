#include "core/analysis/feature/feature_distributions.h"
#include "core/analysis/feature/tsne.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Features as an encoder of the width of RoBERTa-base gives them before and after fine-tuning, five classes
/// (Amazon's size; Tomihari and Sato 2024, table 11).
struct Sample {
    MatrixF before, after;
    Labels labels;
};

constexpr int kClasses = 5;

Sample makeSample(Eigen::Index rows, Eigen::Index width) {
    Sample sample{.before = MatrixF(rows, width), .after = MatrixF(rows, width), .labels = {}};
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    for (Eigen::Index row = 0; row < rows; ++row) {
        const std::int64_t label = row % kClasses;
        sample.labels.push_back(label);
        for (Eigen::Index column = 0; column < width; ++column) {
            const float common = column % 7 == 0 ? 3.0F : 0.2F;
            sample.before(row, column) = common + 0.1F * normal(generator);
            sample.after(row, column) = sample.before(row, column) +
                                        (column % kClasses == label ? 0.3F : 0.0F) + 0.1F * normal(generator);
        }
    }
    return sample;
}

const Sample& amazonSized() {
    static const Sample sample = makeSample(40000, 768);
    return sample;
}

/// Cosine similarity before and after, difference, Fisher's ratio before and after.
void features(benchmark::State& state) {
    const Sample& sample = amazonSized();
    const FeatureDistributionOptions options{.intervals = state.range(0) != 0};
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(
            featureDistributions(sample.before, sample.after, sample.labels, kClasses, options));
    }
}

void tsneMap(benchmark::State& state) {
    const Sample sample = makeSample(state.range(0), 768);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(tsne(sample.after));
    }
}

BENCHMARK(features)
    ->ArgName("intervals")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kSecond)
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK(tsneMap)
    ->ArgName("rows")
    ->Arg(1000)
    ->Arg(4000)
    ->Unit(benchmark::kSecond)
    ->UseRealTime()
    ->Iterations(1);

} // namespace

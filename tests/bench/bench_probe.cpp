// The linear probe at the size of RTE on a base encoder: features nearly parallel (cosine similarity .997), a
// few directions with most of the variance, classes that overlap.

#include "core/analysis/feature/similarity_and_difference.h"
#include "core/analysis/logistic/logistic_regression.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace finescope;

namespace {

struct Features {
    MatrixF values;
    Labels labels;
};

Features encoderLike(Eigen::Index rows, Eigen::Index width, int classes) {
    Features result{MatrixF(rows, width), Labels(static_cast<std::size_t>(rows))};
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    const MatrixF mixing = MatrixF::NullaryExpr(width, width, [&] { return normal(generator); }) /
                           std::sqrt(static_cast<float>(width));
    for (Eigen::Index row = 0; row < rows; ++row) {
        const auto label = static_cast<std::int64_t>(generator() % static_cast<std::uint32_t>(classes));
        result.labels[static_cast<std::size_t>(row)] = label;
        for (Eigen::Index column = 0; column < width; ++column) {
            const auto decay = std::pow(static_cast<float>(column + 1), -0.7F);
            const float signal = column % classes == label && column < 100 ? 0.3F : 0.0F;
            result.values(row, column) = (normal(generator) + signal) * decay;
        }
    }
    result.values *= mixing;
    const float spread = result.values.norm() / std::sqrt(static_cast<float>(rows));
    // ||mean||^2 / ||feature||^2 is the cosine similarity of two features.
    result.values.rowwise() += Eigen::RowVectorXf::Constant(width, spread * std::sqrt(0.997F / 0.003F) /
                                                                       std::sqrt(static_cast<float>(width)));
    return result;
}

void crossValidation(benchmark::State& state) {
    const auto classes = static_cast<int>(state.range(2));
    const Features features = encoderLike(state.range(0), state.range(1), classes);
    const auto strengths = analysis::logisticStrengths();
    for ([[maybe_unused]] auto turn : state) {
        const auto chosen =
            analysis::crossValidateLogistic(features.values, features.labels, classes, strengths, 5, {});
        state.counters["chosen"] = chosen.chosen;
        state.counters["accuracy"] = chosen.scores.mean(chosen.scores.best());
    }
    state.counters["cosine"] = analysis::cosineSimilarity(features.values);
}
BENCHMARK(crossValidation)
    ->Args({2241, 768, 2})
    ->Args({225, 768, 3})
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

void fitFromZero(benchmark::State& state) {
    const Features features = encoderLike(2241, 768, 2);
    const double strength = std::pow(10.0, static_cast<double>(state.range(0)));
    for ([[maybe_unused]] auto turn : state) {
        const auto fit = analysis::fitLogistic(features.values, features.labels, 2, strength);
        state.counters["iterations"] = fit.iterations;
        state.counters["gradient"] = fit.relativeGradientNorm;
        state.counters["norm"] = fit.weight.norm();
    }
}
BENCHMARK(fitFromZero)->DenseRange(-4, 4, 2)->Iterations(1)->Unit(benchmark::kSecond);

} // namespace

#pragma once

#include "core/engine/ntk/layer_sweep.h"
#include "core/engine/tensor_matrix.h"
#include "core/engine/theory/brute_force.h"
#include "core/engine/theory/random_encoder.h"

#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

/// Sweeps of small random encoders, and what brute force makes of them.
namespace finescope::engine {

inline constexpr std::int64_t kWidth = 16, kTrain = 6, kTest = 4;
inline constexpr double kSummation = 1e-10; // of float64 sums in another order

inline torch::Tensor normal(torch::IntArrayRef shape, std::uint64_t seed) {
    return torch::empty(shape, torch::kFloat64).normal_(0, 1, at::make_generator<at::CPUGeneratorImpl>(seed));
}

/// An encoder with samples and what brute force makes of them.
struct Problem {
    Encoder encoder{nullptr};
    std::vector<Encoding> train, test;
    torch::Tensor directions; ///< [R, N, h]

    Problem(std::string_view family, std::int64_t classes, std::uint64_t seed = 1)
        : Problem(randomEncoder(family, kWidth, seed), classes, seed) {}
    Problem(Encoder of, std::int64_t classes, std::uint64_t seed = 1)
        : encoder(std::move(of)), train(randomSamples(encoder->config, kTrain, seed + 1)),
          test(randomSamples(encoder->config, kTest, seed + 2)),
          directions(normal({classes, kTrain + kTest, kWidth}, seed + 3)) {}

    [[nodiscard]] std::vector<Encoding> all() const {
        std::vector<Encoding> both = train;
        both.insert(both.end(), test.begin(), test.end());
        return both;
    }
    [[nodiscard]] std::map<ParameterGroup, torch::Tensor> gradients(Pooling pooling) const {
        return gradientsByGroup(encoder, all(), pooling, directions);
    }
    [[nodiscard]] LayerSweep sweep(const SweepSettings& settings) const {
        return {encoder, train, test, settings};
    }
};

inline SweepKernel kernelOf(const torch::Tensor& gradients, std::int64_t directions) {
    const torch::Tensor train = gradients.narrow(0, 0, kTrain * directions),
                        test = gradients.narrow(0, kTrain * directions, kTest * directions);
    return {toMatrixD(torch::mm(train, train.t())), toMatrixD(torch::mm(test, train.t()))};
}

/// Each group apart, and its name in what fails. Brute force is the processor's.
inline void compareByGroup(const Problem& problem, const SweepSettings& settings,
                           torch::Device device = torch::kCPU) {
    const std::vector<ParameterGroup> groups = groupsOf(settings.adapted);
    SweepRequest request{problem.directions, {}, {}};
    for (const ParameterGroup group : groups) {
        request.sets.push_back({group});
    }
    const auto gradients = problem.gradients(settings.pooling);
    Encoder(problem.encoder)->to(device);
    const SweepResult result = problem.sweep(settings).run(request);
    Encoder(problem.encoder)->to(torch::kCPU);
    QCOMPARE(result.kernels.size(), groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (!gradients.contains(groups[g])) { // the family has no such parameters
            QCOMPARE(result.kernels[g].train.cwiseAbs().maxCoeff(), 0.0);
            continue;
        }
        const SweepKernel expected = kernelOf(gradients.at(groups[g]), problem.directions.size(0));
        const auto close = [&](const MatrixD& actual, const MatrixD& wanted, const char* part) {
            const double difference = relativeDifference(actual, wanted);
            QVERIFY2(difference < kSummation,
                     qPrintable(QStringLiteral("group %1, %2: %3").arg(g).arg(part).arg(difference)));
        };
        close(result.kernels[g].train, expected.train, "train");
        close(result.kernels[g].test, expected.test, "test");
    }
}

} // namespace finescope::engine

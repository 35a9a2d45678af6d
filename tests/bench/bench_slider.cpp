// One move of the temperature slider for one run, painting left out: the fast path beside the exact one.

#include "core/analysis/temperature/slider_table.h"
#include "core/analysis/temperature/temperature.h"
#include "tests/core/analysis/calibration/sample_logits.h"

#include <benchmark/benchmark.h>

using namespace finescope;

namespace {

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Args({10000, 10})->Args({1000000, 10})->Args({100000, 150})->Unit(benchmark::kMillisecond);
}

void sliderTable(benchmark::State& state) {
    const auto [logits, labels] = tests::randomLogits(state.range(0), state.range(1), 3.0, 1);
    const analysis::SliderTable table(logits, labels);
    double temperature = 0.5;
    for ([[maybe_unused]] auto turn : state) {
        temperature = temperature > 4 ? 0.5 : temperature * 1.01;
        benchmark::DoNotOptimize(table.at(temperature));
    }
}
BENCHMARK(sliderTable)->Apply(sizes)->UseRealTime()->MeasureProcessCPUTime();

/// The same with narrower instructions: 0 any x86-64, 1 AVX2, 2 AVX-512.
void sliderTableInstructions(benchmark::State& state) {
    const auto set = static_cast<analysis::InstructionSet>(state.range(0));
    if (set > analysis::widestInstructionSet()) {
        state.SkipWithError("this machine cannot run it");
        return;
    }
    const auto [logits, labels] = tests::randomLogits(1000000, 10, 3.0, 1);
    const analysis::SliderTable table(logits, labels, 15, set);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(table.at(1.7));
    }
}
BENCHMARK(sliderTableInstructions)
    ->DenseRange(0, 2)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

void sliderTablePreparation(benchmark::State& state) {
    const auto [logits, labels] = tests::randomLogits(state.range(0), state.range(1), 3.0, 1);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::SliderTable(logits, labels));
    }
}
BENCHMARK(sliderTablePreparation)->Apply(sizes);

void exactReliability(benchmark::State& state) {
    const auto [logits, labels] = tests::randomLogits(state.range(0), state.range(1), 3.0, 1);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::reliability(logits, labels, 1.7));
    }
}
BENCHMARK(exactReliability)->Apply(sizes);

void fittedTemperature(benchmark::State& state) {
    const auto [logits, labels] = tests::randomLogits(state.range(0), state.range(1), 3.0, 1);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::fitTemperature(logits, labels));
    }
}
BENCHMARK(fittedTemperature)->Args({10000, 10})->Unit(benchmark::kMillisecond);

} // namespace

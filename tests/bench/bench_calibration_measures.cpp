// What the Calibration page computes besides the numbers under the slider: intervals, smooth ECE,
// conventions, bin stability and recalibration of one run.

#include "core/analysis/calibration/calibration_conventions.h"
#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/calibration_intervals.h"
#include "core/analysis/calibration/smooth_calibration.h"
#include "core/analysis/recalibration/recalibration.h"
#include "tests/core/analysis/calibration/sample_logits.h"

#include <benchmark/benchmark.h>

#include <array>

using namespace finescope;

namespace {

void sizes(benchmark::internal::Benchmark* bench) {
    bench->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond);
}

analysis::Forecasts forecastsOf(const benchmark::State& state) {
    const auto [logits, labels] = tests::randomLogits(state.range(0), 10, 3.0, 1);
    return analysis::topLabelForecasts(logits, labels);
}

/// 1,000 replicates.
void bootstrapBand(benchmark::State& state) {
    const analysis::Forecasts forecasts = forecastsOf(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::bootstrapBand(forecasts, analysis::ConfidenceBins(15)));
    }
}
BENCHMARK(bootstrapBand)->Apply(sizes);

/// 1,000 replicates.
void consistencyBand(benchmark::State& state) {
    const analysis::Forecasts forecasts = forecastsOf(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::consistencyBand(forecasts, analysis::ConfidenceBins(15)));
    }
}
BENCHMARK(consistencyBand)->Apply(sizes);

void smoothCalibration(benchmark::State& state) {
    const analysis::Forecasts forecasts = forecastsOf(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::smoothCalibration(forecasts));
    }
}
BENCHMARK(smoothCalibration)->Apply(sizes);

void errorUnderEachConvention(benchmark::State& state) {
    const analysis::Forecasts forecasts = forecastsOf(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::errorUnderEachConvention(forecasts));
    }
}
BENCHMARK(errorUnderEachConvention)->Apply(sizes);

void errorByBinCount(benchmark::State& state) {
    const analysis::Forecasts forecasts = forecastsOf(state);
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::errorByBinCount(forecasts));
    }
}
BENCHMARK(errorByBinCount)->Apply(sizes);

/// Every way, fitted to 600 rows of 1,000 classes, with the intervals of `table recalibration`.
void recalibrateThousandClasses(benchmark::State& state) {
    using enum analysis::Recalibrator;
    constexpr std::array ways{none, temperature, adamTemperature, vectorScaling, isotonic, topLabelIsotonic};
    const auto [logits, labels] = tests::thousandClasses();
    for ([[maybe_unused]] auto turn : state) {
        benchmark::DoNotOptimize(analysis::recalibrate(ways, {logits, labels}, {logits, labels}));
    }
}
BENCHMARK(recalibrateThousandClasses)->Iterations(1)->Unit(benchmark::kSecond);

} // namespace

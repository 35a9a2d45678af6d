#include "core/analysis/adam_temperature.h"

#include "core/analysis/temperature_objective.h"
#include "core/analysis/validation.h"
#include "core/error.h"

#include <cmath>

namespace finescope::analysis {

namespace {

constexpr double kFirstDecay = 0.9, kSecondDecay = 0.999, kEpsilon = 1e-8;

/// NLL and its derivative by T.
struct AtTemperature {
    double nll = 0, slope = 0;
};

AtTemperature at(const MatrixViewF& logits, const Labels& labels, double temperature) {
    const TemperatureObjective objective = temperatureObjective(logits, labels, 1 / temperature);
    return {objective.nll, -objective.slope / (temperature * temperature)};
}

} // namespace

AdamTemperature adamTemperature(const MatrixViewF& logits, const Labels& labels, const AdamOptions& options) {
    requireLogitsAndLabels(logits, labels);
    requireTemperature(options.start);
    double temperature = options.start;
    AtTemperature now = at(logits, labels, temperature);
    AdamTemperature result{.value = temperature, .nll = now.nll, .end = AdamEnd::maxSteps};
    double first = 0, second = 0;
    int stale = 0;
    while (result.steps < options.maxSteps) {
        if (options.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "the temperature fit was cancelled");
        }
        const int step = result.steps + 1;
        first = kFirstDecay * first + (1 - kFirstDecay) * now.slope;
        second = kSecondDecay * second + (1 - kSecondDecay) * now.slope * now.slope;
        const double mean = first / (1 - std::pow(kFirstDecay, step));
        const double deviation = std::sqrt(second / (1 - std::pow(kSecondDecay, step)));
        const double next = temperature - options.learningRate * mean / (deviation + kEpsilon);
        if (!(next > 0)) {
            result.end = AdamEnd::notPositive;
            break;
        }
        temperature = next;
        now = at(logits, labels, temperature);
        result.steps = step;
        if (now.nll < result.nll) {
            result.value = temperature;
            result.nll = now.nll;
            stale = 0;
        } else if (++stale == options.patience) {
            result.end = AdamEnd::patience;
            break;
        }
    }
    return result;
}

} // namespace finescope::analysis

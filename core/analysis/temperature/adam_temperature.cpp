#include "core/analysis/temperature/adam_temperature.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/temperature/temperature_objective.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace finescope::analysis {

namespace {

constexpr double kFirstDecay = 0.9, kSecondDecay = 0.999, kEpsilon = 1e-8;

/// NLL and its derivative by T.
struct AtTemperature {
    double nll = 0, slope = 0;
};

/// NLL and slope at one temperature after another that is close by. Where many steps lie in a short interval
/// of beta = 1/T, they are interpolated from Chebyshev's points in it: sum_c exp(beta z_c) has no zero nearer
/// than pi / R to the real axis, R the largest difference of two logits of a row, so that of 2 / R wide
/// intervals 21 points give all digits that a double has (their error falls as 6.1^-20). Trefethen 2013,
/// Approximation Theory and Approximation Practice, chapters 5 and 8.
class Evaluations {
public:
    Evaluations(const MatrixViewF& logits, const Labels& labels, double learningRate)
        : m_logits(logits), m_labels(labels), m_learningRate(learningRate),
          m_range(static_cast<double>(
              (logits.rowwise().maxCoeff().cast<double>() - logits.rowwise().minCoeff().cast<double>())
                  .maxCoeff())) {}

    [[nodiscard]] AtTemperature at(double temperature) {
        const double beta = 1 / temperature;
        const TemperatureObjective objective = at(beta, std::abs(beta - m_centre) <= m_half);
        return {objective.nll, -objective.slope / (temperature * temperature)};
    }

private:
    static constexpr int kPoints = 21;
    static constexpr Eigen::Index kMany = 100'000;     // logits: of fewer a step takes no time
    static constexpr double kWorthwhile = 3 * kPoints; // steps that an interval must save

    TemperatureObjective at(double beta, bool inside) {
        if (inside) {
            return interpolated(beta);
        }
        const TemperatureObjective here = temperatureObjective(m_logits, m_labels, beta);
        const double half = std::min(1 / m_range, 0.4 * beta);
        if (m_logits.size() >= kMany && 2 * half > kWorthwhile * m_learningRate * beta * beta) {
            // Ahead of the steps, which go down the slope, and a little behind them.
            m_half = half;
            m_centre = beta - (here.slope > 0 ? 0.9 : -0.9) * half;
            for (int point = 0; point < kPoints; ++point) {
                m_values[static_cast<std::size_t>(point)] =
                    temperatureObjective(m_logits, m_labels, m_centre + m_half * place(point));
            }
        }
        return here;
    }

    static double place(int point) { return std::cos(std::numbers::pi * point / (kPoints - 1)); }

    [[nodiscard]] TemperatureObjective interpolated(double beta) const {
        const double x = (beta - m_centre) / m_half;
        TemperatureObjective sum;
        double weights = 0;
        for (int point = 0; point < kPoints; ++point) {
            const TemperatureObjective& value = m_values[static_cast<std::size_t>(point)];
            const double distance = x - place(point);
            if (distance == 0) {
                return value;
            }
            const bool end = point == 0 || point == kPoints - 1;
            const double weight = (point % 2 == 0 ? 1 : -1) * (end ? 0.5 : 1) / distance;
            sum.nll += weight * value.nll;
            sum.slope += weight * value.slope;
            weights += weight;
        }
        return {sum.nll / weights, sum.slope / weights, 0};
    }

    const MatrixViewF& m_logits;
    const Labels& m_labels;
    double m_learningRate, m_range;
    double m_centre = 0, m_half = -1; // no interval yet
    std::array<TemperatureObjective, kPoints> m_values{};
};

} // namespace

AdamTemperature adamTemperature(const MatrixViewF& logits, const Labels& labels, const AdamOptions& options) {
    requireLogitsAndLabels(logits, labels);
    requireTemperature(options.start);
    double temperature = options.start;
    Evaluations evaluations(logits, labels, options.learningRate);
    AtTemperature now = evaluations.at(temperature);
    AdamTemperature result{.value = temperature, .nll = now.nll, .end = AdamEnd::maxSteps};
    double first = 0, second = 0;
    int stale = 0;
    while (result.steps < options.maxSteps) {
        throwIfCancelled(options.hooks, "the temperature fit");
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
        now = evaluations.at(temperature);
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

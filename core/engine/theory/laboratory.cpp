#include "core/engine/theory/laboratory.h"

#include "core/analysis/kernel/spectrum.h"
#include "core/engine/theory/linear_model.h"
#include "core/engine/theory/random_draws.h"
#include "core/engine/theory/step_checks.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

namespace finescope::engine {

namespace {

constexpr std::array kPathAngles{0.0, 45.0, 90.0};

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Error(ErrorKind::cancelled, "stopped in the laboratory");
    }
}

/// Rows of length 1 at these angles to the span.
MatrixD samplesAt(const OutsideCase& given, std::span<const double> angles) {
    MatrixD rows(static_cast<Eigen::Index>(angles.size()), given.train.cols());
    for (std::size_t i = 0; i < angles.size(); ++i) {
        // cos(90 degrees) in double is 6e-17, which is not outside.
        const double radians = angles[i] * std::numbers::pi / 180;
        const double within = angles[i] == 90 ? 0 : std::cos(radians);
        rows.row(static_cast<Eigen::Index>(i)) =
            within * given.inside.row(0) + std::sin(radians) * given.outside.row(0);
    }
    return rows;
}

double spectralNorm(const MatrixD& symmetric) {
    return analysis::symmetricSingularValues(symmetric)[0];
}

/// The smallest value that at least `level` of the sorted ones do not exceed.
double quantile(const std::vector<double>& sorted, double level) {
    const auto place = static_cast<std::size_t>(std::ceil(level * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(place, 1) - 1];
}

} // namespace

std::vector<double> laboratoryAngles() {
    std::vector<double> angles;
    for (int degrees = 0; degrees <= 90; degrees += 5) {
        angles.push_back(degrees);
    }
    return angles;
}

std::vector<double> laboratorySteps(std::int64_t last) {
    std::vector<double> steps;
    for (std::int64_t decade = 1; decade <= last; decade *= 10) {
        for (const std::int64_t digit : {1, 2, 5}) {
            if (digit * decade < last) {
                steps.push_back(static_cast<double>(digit * decade));
            }
        }
    }
    steps.push_back(static_cast<double>(last));
    return steps;
}

analysis::OrthogonalSeries measureOrthogonal(const OrthogonalSettings& settings) {
    const std::vector<double> angles = laboratoryAngles(), steps = laboratorySteps(settings.steps);
    const auto rows = static_cast<Eigen::Index>(settings.seeds),
               stops = static_cast<Eigen::Index>(steps.size());
    analysis::OrthogonalSeries series{
        settings.dimension,   settings.samples,     MatrixD(rows, static_cast<Eigen::Index>(angles.size())),
        MatrixD(rows, stops), MatrixD(rows, stops), MatrixD(rows, stops)};
    for (Eigen::Index seed = 0; seed < rows; ++seed) {
        RandomBits bits(settings.seed + static_cast<std::uint64_t>(seed));
        OutsideCase given = randomOutsideCase(settings.dimension, settings.width, settings.classes,
                                              settings.samples, false, bits);
        LinearModel& model = given.model;
        const MatrixD path = samplesAt(given, kPathAngles), fan = samplesAt(given, angles);
        const MatrixD pathStart = linearFeatures(model, path), fanStart = linearFeatures(model, fan);
        const double rate = stableRate(model, given.train, given.labels);
        std::int64_t step = 0;
        for (Eigen::Index stop = 0; stop < stops; ++stop) {
            for (; static_cast<double>(step) < steps[static_cast<std::size_t>(stop)]; ++step) {
                throwIfStopped(settings.stop);
                descend(model, given.train, given.labels, rate);
            }
            const VectorD change = (linearFeatures(model, path) - pathStart).rowwise().norm();
            series.inside(seed, stop) = change[0];
            series.halfway(seed, stop) = change[1];
            series.outside(seed, stop) = change[2];
        }
        series.byAngle.row(seed) = (linearFeatures(model, fan) - fanStart).rowwise().norm().transpose();
    }
    return series;
}

std::vector<double> loraLevels() {
    return {0.05, 0.25, 0.5, 0.75, analysis::kLoraLevel};
}

std::vector<double> loraErrors() {
    std::vector<double> errors;
    for (int twentieth = 1; twentieth <= 40; ++twentieth) {
        errors.push_back(twentieth / 20.0);
    }
    return errors;
}

analysis::LoraSeries measureLora(const LoraLaboratorySettings& settings) {
    const std::vector<double> levels = loraLevels(), errors = loraErrors();
    const auto seeds = static_cast<Eigen::Index>(settings.seeds);
    analysis::LoraSeries series{settings.dimension, settings.rank,
                                MatrixD(seeds, static_cast<Eigen::Index>(levels.size())),
                                MatrixD(seeds, static_cast<Eigen::Index>(errors.size())), VectorD(seeds)};
    const double variance = 1.0 / (3.0 * static_cast<double>(settings.dimension));
    const double factor = variance * static_cast<double>(settings.rank);
    for (Eigen::Index seed = 0; seed < seeds; ++seed) {
        RandomBits bits(settings.seed + static_cast<std::uint64_t>(seed));
        const LinearModel model =
            randomLinearModel(settings.dimension, settings.width, settings.classes, bits);
        MatrixD inputs = normalMatrix(settings.samples, settings.dimension, 1, bits);
        inputs.rowwise().normalize();
        const Labels labels = randomLabels(settings.samples, settings.classes, bits);
        const MatrixD none(0, settings.dimension);
        const MatrixD expected = factor * linearKernel(model, inputs, none, labels).fTrain;
        const double unit = factor * spectralNorm(model.head.weight * model.head.weight.transpose());

        std::vector<double> found;
        VectorD squares = VectorD::Zero(settings.samples), sums = VectorD::Zero(settings.samples);
        for (std::int64_t draw = 0; draw < settings.draws; ++draw) {
            throwIfStopped(settings.stop);
            const LinearLora lora{normalMatrix(settings.rank, settings.dimension, std::sqrt(variance), bits),
                                  1};
            const MatrixD kernel = linearLoraKernel(model, lora, inputs, none, labels).fTrain;
            const auto block = [&](const MatrixD& of, Eigen::Index i, Eigen::Index j) -> MatrixD {
                const Eigen::Index size = settings.classes;
                return of.block(i * size, j * size, size, size);
            };
            for (Eigen::Index i = 0; i < inputs.rows(); ++i) {
                for (Eigen::Index j = 0; j <= i; ++j) {
                    found.push_back(spectralNorm(block(kernel, i, j) - block(expected, i, j)) / unit);
                }
                const double ratio = block(kernel, i, i).trace() / block(expected, i, i).trace();
                sums[i] += ratio;
                squares[i] += ratio * ratio;
            }
        }
        std::ranges::sort(found);
        for (std::size_t k = 0; k < levels.size(); ++k) {
            series.quantiles(seed, static_cast<Eigen::Index>(k)) = quantile(found, levels[k]);
        }
        for (std::size_t k = 0; k < errors.size(); ++k) {
            const auto within = std::ranges::upper_bound(found, errors[k]) - found.begin();
            series.share(seed, static_cast<Eigen::Index>(k)) =
                static_cast<double>(within) / static_cast<double>(found.size());
        }
        const auto draws = static_cast<double>(settings.draws);
        const VectorD means = sums / draws;
        const VectorD variances = (squares / draws - means.cwiseAbs2()) * (draws / (draws - 1));
        series.relativeDeviation[seed] = std::sqrt(variances.mean());
    }
    return series;
}

} // namespace finescope::engine

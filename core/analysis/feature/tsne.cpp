#include "core/analysis/feature/tsne.h"

#include "core/analysis/compute/parallel.h"
#include "core/analysis/compute/validation.h"
#include "core/analysis/feature/projection.h"
#include "core/analysis/feature/quad_tree.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

constexpr int kComponents = 50;
constexpr Eigen::Index kChunk = 512; // rows that a thread takes at a time
constexpr double kStartDeviation = 1e-4, kJitter = 0.1;
constexpr double kStillBelow = 1e-7;    // length of the gradient
constexpr double kNeighbourShare = 0.1; // of the progress

/// Repulsion on every point, and the sum of all weights.
struct Repulsions {
    MatrixD forces; ///< [N, 2]
    double weight = 0;
};

std::size_t chunksOf(Eigen::Index rows) {
    return static_cast<std::size_t>((rows + kChunk - 1) / kChunk);
}

Repulsions repulsions(const MatrixViewD& map, double theta, int threads) {
    const QuadTree tree(map);
    Repulsions result{.forces = MatrixD(map.rows(), 2), .weight = 0};
    std::vector<double> weights(chunksOf(map.rows()), 0.0);
    inParallel(threads, weights.size(), [&](std::size_t chunk) {
        const Eigen::Index first = static_cast<Eigen::Index>(chunk) * kChunk;
        for (Eigen::Index row = first; row < std::min(map.rows(), first + kChunk); ++row) {
            const QuadTree::Repulsion on = tree.repulsionOn(row, theta);
            weights[chunk] += on.weight;
            result.forces.row(row) << on.forceX, on.forceY;
        }
    });
    for (const double weight : weights) {
        result.weight += weight;
    }
    return result;
}

/// Standard normal numbers that are the same on every machine (Box and Muller 1958).
class Normal {
public:
    explicit Normal(std::uint64_t seed) : m_engine(seed) {}
    double operator()() {
        const double radius = std::sqrt(-2 * std::log(uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

private:
    double uniform() { return (static_cast<double>(m_engine() >> 11U) + 0.5) * 0x1p-53; }
    std::mt19937_64 m_engine;
};

/// The first principal components, and the first two of them as the map to start from.
struct Start {
    MatrixD components, map;
};

Start startOf(const MatrixViewF& points, std::uint64_t seed) {
    const PrincipalComponents principal = principalComponents(points, kComponents);
    Start start{.components = principal.project(points), .map = MatrixD::Zero(points.rows(), 2)};
    const Eigen::Index known = std::min<Eigen::Index>(2, start.components.cols());
    start.map.leftCols(known) = start.components.leftCols(known);
    if (known > 0) {
        start.map *= kStartDeviation / std::sqrt(principal.variance(0));
    }
    if (points.cols() <= kComponents || known == 0) {
        start.components = points.cast<double>(); // their distances as they are
    }
    Normal normal(seed);
    for (double& coordinate : start.map.reshaped()) {
        coordinate += kJitter * kStartDeviation * normal();
    }
    return start;
}

void requireOptions(const MatrixViewF& points, const TsneOptions& options) {
    if (points.rows() < 4 || points.cols() < 1) {
        throw Error(ErrorKind::badInput, "t-SNE needs at least 4 points of 1 number, got " +
                                             std::to_string(points.rows()) + " of " +
                                             std::to_string(points.cols()));
    }
    if (!(options.theta >= 0 && options.theta <= 1) || !(options.earlyExaggeration >= 1) ||
        options.iterations < 1 || options.exaggerated < 0) {
        throw Error(ErrorKind::badInput, "t-SNE needs a theta from 0 to 1, an exaggeration of at least 1 and "
                                         "at least one iteration");
    }
    requireFinite(points, "points");
}

} // namespace

MatrixD tsneGradient(const Affinities& affinities, const MatrixViewD& map, double theta, double exaggeration,
                     int threads) {
    const Repulsions apart = repulsions(map, theta, threads);
    MatrixD gradient(map.rows(), 2);
    inParallel(threads, chunksOf(map.rows()), [&](std::size_t chunk) {
        const Eigen::Index first = static_cast<Eigen::Index>(chunk) * kChunk;
        for (Eigen::Index row = first; row < std::min(map.rows(), first + kChunk); ++row) {
            double pullX = 0, pullY = 0;
            const auto at = static_cast<std::size_t>(row);
            for (auto entry = affinities.start[at]; entry < affinities.start[at + 1]; ++entry) {
                const Eigen::Index other = affinities.columns[static_cast<std::size_t>(entry)];
                const double dx = map(row, 0) - map(other, 0), dy = map(row, 1) - map(other, 1);
                const double pull =
                    affinities.values[static_cast<std::size_t>(entry)] / (1 + dx * dx + dy * dy);
                pullX += pull * dx;
                pullY += pull * dy;
            }
            gradient(row, 0) = 4 * (exaggeration * pullX - apart.forces(row, 0) / apart.weight);
            gradient(row, 1) = 4 * (exaggeration * pullY - apart.forces(row, 1) / apart.weight);
        }
    });
    return gradient;
}

double tsneDivergence(const Affinities& affinities, const MatrixViewD& map, double theta, int threads) {
    const double weight = repulsions(map, theta, threads).weight;
    double divergence = 0;
    for (Eigen::Index row = 0; row < map.rows(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        for (auto entry = affinities.start[at]; entry < affinities.start[at + 1]; ++entry) {
            const double p = affinities.values[static_cast<std::size_t>(entry)];
            if (p > 0) {
                const auto other = affinities.columns[static_cast<std::size_t>(entry)];
                divergence += p * std::log(p * weight * (1 + (map.row(row) - map.row(other)).squaredNorm()));
            }
        }
    }
    return divergence;
}

TsneMap tsne(const MatrixViewF& points, const TsneOptions& options, const WorkHooks& hooks) {
    requireOptions(points, options);
    const Start start = startOf(points, options.seed);
    throwIfCancelled(hooks, "t-SNE");
    const Affinities affinities = tsneAffinities(start.components, options.perplexity, options.threads,
                                                 part(hooks, 0, kNeighbourShare));
    TsneMap result{.points = start.map, .divergence = 0, .iterations = 0};
    MatrixD velocity = MatrixD::Zero(points.rows(), 2), gains = MatrixD::Ones(points.rows(), 2);
    const double rate = std::max(50.0, static_cast<double>(points.rows()) / options.earlyExaggeration / 4);
    for (int iteration = 0; iteration < options.iterations; ++iteration) {
        throwIfCancelled(hooks, "t-SNE");
        const bool early = iteration < options.exaggerated;
        const MatrixD gradient = tsneGradient(affinities, result.points, options.theta,
                                              early ? options.earlyExaggeration : 1, options.threads);
        if (!early && gradient.norm() < kStillBelow) {
            break;
        }
        // Steps grow where the gradient keeps its sign (Jacobs 1988).
        gains = (gradient.array() * velocity.array() < 0)
                    .select(gains.array() + 0.2, gains.array() * 0.8)
                    .cwiseMax(0.01);
        velocity = (early ? 0.5 : 0.8) * velocity - rate * gains.cwiseProduct(gradient);
        result.points += velocity;
        const Eigen::RowVector2d centre = result.points.colwise().mean();
        result.points.rowwise() -= centre;
        ++result.iterations;
        if (hooks.onProgress) {
            hooks.onProgress(kNeighbourShare +
                             (1 - kNeighbourShare) * result.iterations / options.iterations);
        }
    }
    if (!result.points.allFinite()) {
        throw Error(ErrorKind::numeric, "t-SNE gave numbers that are not finite; try another perplexity");
    }
    result.divergence = tsneDivergence(affinities, result.points, options.theta, options.threads);
    return result;
}

} // namespace finescope::analysis

#include "core/analysis/feature/feature_bootstrap.h"

#include "core/analysis/compute/parallel.h"
#include "core/analysis/feature/similarity_of_samples.h"
#include "core/random_bits.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kBlock = 256; // rows
constexpr Eigen::Index kLanes = 4;   // sums that are kept apart, so that no sum depends on the threads

void requireOptions(const BootstrapOptions& options) {
    if (options.replicates < 1 || !(options.level > 0 && options.level < 1)) {
        throw Error(ErrorKind::badInput,
                    "the bootstrap needs at least 1 replicate and a level between 0 and 1, got " +
                        std::to_string(options.replicates) + " and " + std::to_string(options.level));
    }
}

/// Calls use(lane, first, weights) for every block of rows, the blocks of a lane in order.
template <typename Use>
void forEachBlock(Eigen::Index rows, const BootstrapOptions& options, const WorkHooks& hooks,
                  const Use& use) {
    const Eigen::Index blocks = (rows + kBlock - 1) / kBlock;
    const Eigen::Index lanes = std::min(blocks, kLanes);
    // A step of every lane at a time, so that cancelling need not wait for a whole lane.
    for (Eigen::Index start = 0; start < blocks; start += lanes) {
        const Eigen::Index width = std::min(lanes, blocks - start);
        inParallel(
            options.threads, static_cast<std::size_t>(width),
            [&](std::size_t lane) {
                const Eigen::Index first = (start + static_cast<Eigen::Index>(lane)) * kBlock;
                use(lane, first, bootstrapWeights(first, std::min(kBlock, rows - first), options));
            },
            part(hooks, static_cast<double>(start) / static_cast<double>(blocks),
                 static_cast<double>(start + width) / static_cast<double>(blocks)),
            "the bootstrap");
    }
}

} // namespace

MatrixF bootstrapWeights(Eigen::Index first, Eigen::Index count, const BootstrapOptions& options) {
    MatrixF weights(count, options.replicates);
    for (Eigen::Index row = 0; row < count; ++row) {
        RandomBits bits(RandomBits(options.seed).next() ^ static_cast<std::uint64_t>(first + row));
        RandomBits draws(bits.next());
        for (Eigen::Index replicate = 0; replicate < options.replicates; ++replicate) {
            const double uniform = (static_cast<double>(draws.next() >> 11U) + 0.5) * 0x1p-53; // in (0, 1)
            weights(row, replicate) = static_cast<float>(-std::log(uniform));
        }
    }
    return weights;
}

Interval meanInterval(const VectorD& values, const BootstrapOptions& options, const WorkHooks& hooks) {
    requireOptions(options);
    if (values.size() == 0 || !values.allFinite()) {
        throw Error(ErrorKind::badInput, "the interval of a mean needs at least one value, all finite");
    }
    const double centre = values.mean();
    MatrixD sums = MatrixD::Zero(kLanes, options.replicates), weightSums = sums;
    forEachBlock(values.size(), options, hooks,
                 [&](std::size_t lane, Eigen::Index first, const MatrixF& weights) {
                     const auto row = static_cast<Eigen::Index>(lane);
                     for (Eigen::Index i = 0; i < weights.rows(); ++i) {
                         const auto weight = weights.row(i).cast<double>();
                         sums.row(row) += weight * (values(first + i) - centre);
                         weightSums.row(row) += weight;
                     }
                 });
    const VectorD means = sums.colwise().sum().array() / weightSums.colwise().sum().array() + centre;
    return percentileInterval({means.begin(), means.end()}, options.level);
}

Interval cosineSimilarityInterval(const MatrixViewF& features, const BootstrapOptions& options,
                                  const WorkHooks& hooks) {
    requireOptions(options);
    if (features.rows() < 2) {
        throw Error(ErrorKind::badInput, "cosine similarity needs at least 2 rows of features, got " +
                                             std::to_string(features.rows()));
    }
    const MatrixD rows = unitRows(features);
    const VectorD mean = rows.colwise().mean();
    // With u_i = mean + d_i, W = sum w, Q = sum w^2 and D = sum w d:
    // ||sum w u||^2 = W^2 ||mean||^2 + 2 W mean . D + ||D||^2. The last term is 1/N of the others, so that
    // single precision there leaves less than 1e-9 of an error; the others are summed in double.
    const double meanSquared = mean.squaredNorm();
    const VectorD along = (rows * mean).array() - meanSquared;
    const Eigen::Index count = options.replicates;
    std::vector<MatrixD> moved(kLanes, MatrixD::Zero(count, rows.cols()));
    MatrixD weightSums = MatrixD::Zero(kLanes, count), squareSums = weightSums, alongSums = weightSums;
    forEachBlock(rows.rows(), options, hooks,
                 [&](std::size_t lane, Eigen::Index first, const MatrixF& weights) {
                     const auto row = static_cast<Eigen::Index>(lane);
                     const MatrixF offsets =
                         (rows.middleRows(first, weights.rows()).rowwise() - mean.transpose()).cast<float>();
                     moved[lane] += MatrixF(weights.transpose() * offsets).cast<double>();
                     for (Eigen::Index i = 0; i < weights.rows(); ++i) {
                         const auto weight = weights.row(i).cast<double>();
                         weightSums.row(row) += weight;
                         squareSums.row(row) += weight.cwiseAbs2();
                         alongSums.row(row) += weight * along(first + i);
                     }
                 });
    for (std::size_t lane = 1; lane < moved.size(); ++lane) {
        moved[0] += moved[lane];
    }
    std::vector<double> values;
    for (Eigen::Index replicate = 0; replicate < count; ++replicate) {
        const double weight = weightSums.col(replicate).sum(), squares = squareSums.col(replicate).sum();
        const double length = weight * weight * meanSquared + 2 * weight * alongSums.col(replicate).sum() +
                              moved[0].row(replicate).squaredNorm();
        values.push_back((length - squares) / (weight * weight - squares));
    }
    return percentileInterval(std::move(values), options.level);
}

} // namespace finescope::analysis

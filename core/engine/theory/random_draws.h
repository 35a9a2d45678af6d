#pragma once

#include "core/engine/random_stream.h"
#include "core/matrix.h"

namespace finescope::engine {

/// Independent entries from N(0, standardDeviation^2), by the polar method: the same on every machine.
/// Source: Marsaglia and Bray 1964.
[[nodiscard]] MatrixD normalMatrix(Eigen::Index rows, Eigen::Index columns, double standardDeviation,
                                   RandomBits& bits);

/// Independent entries, uniform in (-bound, bound).
[[nodiscard]] MatrixD uniformMatrix(Eigen::Index rows, Eigen::Index columns, double bound, RandomBits& bits);

/// `count` labels, each class in turn and then shuffled, so that all of them occur where count >= classes.
[[nodiscard]] Labels randomLabels(std::int64_t count, std::int64_t classes, RandomBits& bits);

} // namespace finescope::engine

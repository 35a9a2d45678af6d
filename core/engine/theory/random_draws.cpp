#include "core/engine/theory/random_draws.h"

#include <cmath>

namespace finescope::engine {

MatrixD normalMatrix(Eigen::Index rows, Eigen::Index columns, double standardDeviation, RandomBits& bits) {
    MatrixD matrix(rows, columns);
    const Eigen::Index count = matrix.size();
    for (Eigen::Index i = 0; i < count;) {
        const double x = 2 * bits.unit() - 1, y = 2 * bits.unit() - 1;
        const double square = x * x + y * y;
        if (square >= 1 || square == 0) {
            continue;
        }
        const double factor = standardDeviation * std::sqrt(-2 * std::log(square) / square);
        matrix.data()[i++] = factor * x;
        if (i < count) {
            matrix.data()[i++] = factor * y;
        }
    }
    return matrix;
}

MatrixD uniformMatrix(Eigen::Index rows, Eigen::Index columns, double bound, RandomBits& bits) {
    return MatrixD::NullaryExpr(rows, columns, [&] { return bound * (2 * bits.unit() - 1); });
}

Labels randomLabels(std::int64_t count, std::int64_t classes, RandomBits& bits) {
    Labels labels = shuffledRows(count, bits);
    for (std::int64_t& label : labels) {
        label %= classes;
    }
    return labels;
}

} // namespace finescope::engine

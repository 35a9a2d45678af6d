#pragma once

#include "core/matrix.h"

#include <cstdint>
#include <random>

namespace finescope::tests {

struct LabelledLogits {
    MatrixF logits;
    Labels labels;
};

/// The generator of references.md, Congruential logits: numbers 0 .. 32767 that any language can repeat.
class CongruentialNumbers {
public:
    std::uint64_t next() {
        m_state = (m_state * 1103515245 + 12345) & 0x7fffffff;
        return (m_state >> 16U) & 0x7fffU;
    }

private:
    std::uint64_t m_state = 12345;
};

/// The set of 1000 rows and 5 classes of references.md, Congruential logits: its calibration numbers were
/// computed with the code of three other projects.
inline LabelledLogits congruentialLogits() {
    LabelledLogits result{MatrixF(1000, 5), Labels(1000)};
    CongruentialNumbers numbers;
    const auto next = [&numbers] { return numbers.next(); };
    for (Eigen::Index row = 0; row < 1000; ++row) {
        for (Eigen::Index column = 0; column < 5; ++column) {
            result.logits(row, column) = static_cast<float>(static_cast<double>(next()) / 32768 * 12 - 6);
        }
        const auto label = static_cast<Eigen::Index>(next() % 5);
        if (next() % 100 < 70) {
            result.logits(row, label) += 2.5F;
        }
        result.labels[static_cast<std::size_t>(row)] = label;
    }
    return result;
}

/// Normal logits of the given spread, labels drawn uniformly.
inline LabelledLogits randomLogits(Eigen::Index rows, Eigen::Index classes, double spread,
                                   std::uint32_t seed) {
    LabelledLogits result{MatrixF(rows, classes), Labels(static_cast<std::size_t>(rows))};
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0F, static_cast<float>(spread));
    std::uniform_int_distribution<std::int64_t> label(0, classes - 1);
    for (Eigen::Index row = 0; row < rows; ++row) {
        for (Eigen::Index column = 0; column < classes; ++column) {
            result.logits(row, column) = normal(generator);
        }
        result.labels[static_cast<std::size_t>(row)] = label(generator);
    }
    return result;
}

/// 600 rows of 1,000 classes; two of three labels stand out, so that there is something to fit.
inline LabelledLogits thousandClasses() {
    LabelledLogits result = randomLogits(600, 1000, 2.0, 7);
    for (std::size_t row = 0; row < result.labels.size(); ++row) {
        result.logits(static_cast<Eigen::Index>(row), result.labels[row]) += row % 3 == 0 ? 0.0F : 4.0F;
    }
    return result;
}

} // namespace finescope::tests

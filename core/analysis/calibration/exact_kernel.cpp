#include "core/analysis/calibration/exact_kernel.h"

#include "core/analysis/calibration/exponential.h"

namespace finescope::analysis {

namespace {

using Values = ExactRows::Values;

/// The largest of each row of values [classes, kExactBlock] and the first class that has it.
FINESCOPE_INLINE inline void findLargest(const double* __restrict values, std::size_t classes,
                                         Values& largestOut, Values& predictedOut) {
    alignas(64) Values largest, predicted;
    for (std::size_t row = 0; row < kExactBlock; ++row) {
        largest[row] = values[row];
        predicted[row] = 0;
    }
    for (std::size_t column = 1; column < classes; ++column) {
        const double* __restrict value = values + column * kExactBlock;
        const auto name = static_cast<double>(column);
        for (std::size_t row = 0; row < kExactBlock; ++row) {
            const bool larger = value[row] > largest[row];
            predicted[row] = larger ? name : predicted[row];
            largest[row] = larger ? value[row] : largest[row];
        }
    }
    largestOut = largest;
    predictedOut = predicted;
}

FINESCOPE_INLINE inline void addExponentials(const double* __restrict values, std::size_t classes,
                                             double temperature, const Values& largest, const Values& label,
                                             ExactRows& out) {
    alignas(64) Values rest{}, squares{}, ofLabel{}, exponentOfLabel{};
    for (std::size_t column = 0; column < classes; ++column) {
        const double* __restrict value = values + column * kExactBlock;
        const auto name = static_cast<double>(column);
        for (std::size_t row = 0; row < kExactBlock; ++row) {
            // The largest is subtracted before the division: the largest exponent is exactly 0 at every T.
            const double exponent = (value[row] - largest[row]) / temperature;
            const double exponential = expOfNegative(exponent);
            const bool isLabel = label[row] == name;
            const double other = isLabel ? 0.0 : exponential;
            rest[row] += other;
            squares[row] += other * other;
            ofLabel[row] = isLabel ? exponential : ofLabel[row];
            exponentOfLabel[row] = isLabel ? exponent : exponentOfLabel[row];
        }
    }
    for (std::size_t row = 0; row < kExactBlock; ++row) {
        const double sum = rest[row] + ofLabel[row];
        out.sum[row] = sum;
        out.brier[row] = (squares[row] + rest[row] * rest[row]) / (sum * sum);
        out.labelExponent[row] = exponentOfLabel[row];
    }
}

} // namespace

void transposeRows(const MatrixViewF& logits, std::size_t first, std::size_t rows, std::vector<double>& out) {
    const auto classes = static_cast<std::size_t>(logits.cols());
    out.resize(classes * kExactBlock);
    for (std::size_t row = 0; row < kExactBlock; ++row) {
        const std::size_t source = first + (row < rows ? row : 0);
        const float* const values = logits.data() + static_cast<Eigen::Index>(source) * logits.outerStride();
        for (std::size_t column = 0; column < classes; ++column) {
            out[column * kExactBlock + row] = static_cast<double>(values[column]);
        }
    }
}

void computeExactRows(const MatrixViewF& logits, const Labels& labels, std::size_t first, std::size_t rows,
                      double temperature, std::vector<double>& scratch, ExactRows& out, InstructionSet set) {
    const auto classes = static_cast<std::size_t>(logits.cols());
    transposeRows(logits, first, rows, scratch);
    alignas(64) Values largest, label;
    for (std::size_t row = 0; row < kExactBlock; ++row) {
        label[row] = static_cast<double>(labels[first + (row < rows ? row : 0)]);
    }
    const double* const values = scratch.data();
    runWith(set, [&]() FINESCOPE_INLINE {
        findLargest(values, classes, largest, out.predicted);
        addExponentials(values, classes, temperature, largest, label, out);
    });
}

} // namespace finescope::analysis

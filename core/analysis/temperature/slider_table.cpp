#include "core/analysis/temperature/slider_table.h"

#include "core/analysis/compute/parallel.h"
#include "core/analysis/compute/validation.h"
#include "core/analysis/temperature/slider_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <numbers>
#include <thread>
#include <utility>

namespace finescope::analysis {

namespace {

constexpr std::size_t kChunk = 8192; // rows that one thread takes at a time, whatever the number of threads
constexpr std::size_t kLogitsPerThread = 500'000; // fewer do not pay for waking another thread
constexpr std::size_t kMostThreads = 8;           // by then memory is the limit

constexpr std::align_val_t kLine{64}; // a vector of 16 floats never lies across two lines of the cache

struct FreeLines {
    void operator()(float* values) const { ::operator delete[](values, kLine); }
};

/// Not a std::vector, which would write all of it once more.
std::unique_ptr<float[], FreeLines> uninitialised(std::size_t count) {
    return std::unique_ptr<float[], FreeLines>(
        static_cast<float*>(::operator new[](count * sizeof(float), kLine)));
}

int threadsFor(std::size_t logits) {
    const auto useful = static_cast<int>(std::min(logits / kLogitsPerThread, kMostThreads));
    if (useful < 2) {
        return 1; // the system answers how many cores there are more slowly than a small table its numbers
    }
    return std::min(useful, std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

} // namespace

struct SliderTable::Prepared {
    explicit Prepared(int binCount) : edges(binCount) {}

    ConfidenceBins edges;
    InstructionSet set = InstructionSet::baseline;
    std::size_t rows = 0;
    std::size_t columns = 0;                         // C - 1
    std::unique_ptr<float[], FreeLines> differences; // as SliderRows has them
    std::vector<std::uint8_t> right;
    double labelDistance = 0; // sum of z_max - z_y

    [[nodiscard]] std::size_t paddedRows() const {
        return (rows + kSliderBlock - 1) / kSliderBlock * kSliderBlock;
    }
    [[nodiscard]] SliderRows chunk(std::size_t index) const {
        const std::size_t first = index * kChunk;
        return {.differences = differences.get() + first * columns,
                .right = right.data() + first,
                .columns = columns,
                .rows = std::min(kChunk, rows - first)};
    }
    void take(const MatrixViewF& logits, const Labels& labels, std::size_t row);
};

void SliderTable::Prepared::take(const MatrixViewF& logits, const Labels& labels, std::size_t row) {
    const float* const values = logits.data() + static_cast<Eigen::Index>(row) * logits.outerStride();
    const auto label = static_cast<std::size_t>(labels[row]);
    const std::size_t predicted =
        static_cast<std::size_t>(std::max_element(values, values + columns + 1) - values);
    const double largest = values[predicted];
    const std::size_t inBlock = row % kSliderBlock;
    float* target = differences.get() + (row - inBlock) * columns + inBlock;
    const auto put = [&](std::size_t column) {
        const double difference = (static_cast<double>(values[column]) - largest) * std::numbers::log2e;
        *target = static_cast<float>(
            std::max(difference, static_cast<double>(std::numeric_limits<float>::lowest())));
        target += kSliderBlock;
    };
    if (label != predicted) {
        put(label);
    }
    for (std::size_t column = 0; column <= columns; ++column) {
        if (column != predicted && column != label) {
            put(column);
        }
    }
    right[row] = label == predicted ? 1 : 0;
    labelDistance += largest - static_cast<double>(values[label]);
}

SliderTable::SliderTable(const MatrixViewF& logits, const Labels& labels, int binCount, InstructionSet set) {
    requireLogitsAndLabels(logits, labels);
    auto prepared = std::make_unique<Prepared>(binCount);
    prepared->set = set;
    prepared->rows = static_cast<std::size_t>(logits.rows());
    prepared->columns = static_cast<std::size_t>(logits.cols()) - 1;
    const std::size_t padded = prepared->paddedRows(), columns = prepared->columns;
    prepared->differences = uninitialised(padded * columns);
    prepared->right.resize(padded);
    for (std::size_t row = 0; row < prepared->rows; ++row) {
        prepared->take(logits, labels, row);
    }
    for (std::size_t row = prepared->rows; row < padded; ++row) {
        const std::size_t inBlock = row % kSliderBlock;
        for (std::size_t column = 0; column < columns; ++column) {
            prepared->differences[(row - inBlock) * columns + column * kSliderBlock + inBlock] =
                std::numeric_limits<float>::lowest();
        }
        prepared->right[row] = 1;
    }
    m_prepared = std::move(prepared);
}

SliderTable::~SliderTable() = default;
SliderTable::SliderTable(SliderTable&&) noexcept = default;
SliderTable& SliderTable::operator=(SliderTable&&) noexcept = default;

Reliability SliderTable::at(double temperature) const {
    requireTemperature(temperature);
    const Prepared& table = *m_prepared;
    // What float can hold; temperatures of a slider are far from either end.
    constexpr double kSmallest = 1e-37, kLargest = 1e37;
    const auto beta = static_cast<float>(std::clamp(1 / temperature, kSmallest, kLargest));
    const std::size_t chunks = (table.rows + kChunk - 1) / kChunk;
    std::vector<ReliabilitySums> parts(chunks);
    forEachTask(chunks, threadsFor(table.rows * (table.columns + 1)), [&](std::size_t, std::size_t chunk) {
        parts[chunk] = sumSliderRows(table.chunk(chunk), beta, table.edges.count(), table.set);
    });
    ReliabilitySums sums = std::move(parts.front());
    for (std::size_t chunk = 1; chunk < chunks; ++chunk) {
        sums.add(parts[chunk]);
    }
    sums.nll += table.labelDistance / temperature;
    return sums.finish(table.edges, temperature);
}

std::size_t SliderTable::bytes() const {
    const Prepared& table = *m_prepared;
    return table.paddedRows() * (table.columns * sizeof(float) + sizeof(std::uint8_t));
}

} // namespace finescope::analysis

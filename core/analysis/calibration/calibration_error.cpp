#include "core/analysis/calibration/calibration_error.h"

#include "core/analysis/calibration/reliability_sums.h"
#include "core/analysis/calibration/softmax_row.h"
#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace finescope::analysis {

namespace {

/// n_m / N of each bin.
std::vector<double> sharesOf(std::span<const ReliabilityBin> bins) {
    double total = 0;
    for (const ReliabilityBin& bin : bins) {
        total += static_cast<double>(bin.count);
    }
    std::vector<double> shares;
    shares.reserve(bins.size());
    for (const ReliabilityBin& bin : bins) {
        shares.push_back(bin.count > 0 ? static_cast<double>(bin.count) / total : 0.0);
    }
    return shares;
}

} // namespace

std::vector<ReliabilityBin> binForecasts(const Forecasts& forecasts, const ConfidenceBins& edges) {
    requireForecasts(forecasts);
    std::vector<BinSums> sums(edges.count());
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        sums[edges.indexOf(forecasts.confidence[row])].add(forecasts.confidence[row],
                                                           forecasts.right[row] != 0);
    }
    return meansOf(sums, edges.edges());
}

CalibrationError calibrationError(std::span<const ReliabilityBin> bins) {
    CalibrationError result;
    const std::vector<double> shares = sharesOf(bins);
    for (std::size_t index = 0; index < bins.size(); ++index) {
        if (bins[index].count == 0) {
            continue;
        }
        const double gap = std::abs(bins[index].gap());
        result.ece += shares[index] * gap;
        if (!result.mceBin || gap > result.mce) {
            result.mce = gap;
            result.mceBin = index;
        }
    }
    return result;
}

ConfidenceSplit confidenceSplit(std::span<const ReliabilityBin> bins) {
    ConfidenceSplit result;
    const std::vector<double> shares = sharesOf(bins);
    for (std::size_t index = 0; index < bins.size(); ++index) {
        const double gap = bins[index].gap();
        (gap < 0 ? result.over : result.under) += shares[index] * std::abs(gap);
    }
    return result;
}

double debiasedL2(std::span<const ReliabilityBin> bins) {
    double squared = 0;
    const std::vector<double> shares = sharesOf(bins);
    for (std::size_t index = 0; index < bins.size(); ++index) {
        const ReliabilityBin& bin = bins[index];
        if (bin.count < 2) {
            continue;
        }
        const double variance = bin.accuracy * (1 - bin.accuracy) / (static_cast<double>(bin.count) - 1);
        squared += shares[index] * (bin.gap() * bin.gap() - variance);
    }
    return std::sqrt(std::max(squared, 0.0));
}

WorstBin worstBin(const Forecasts& forecasts, const ConfidenceBins& edges) {
    const std::vector<ReliabilityBin> bins = binForecasts(forecasts, edges);
    WorstBin worst;
    // There is one: binForecasts() refuses an empty set.
    worst.index = calibrationError(bins).mceBin.value();
    worst.bin = bins[worst.index];
    worst.rows.reserve(static_cast<std::size_t>(worst.bin.count));
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        if (edges.indexOf(forecasts.confidence[row]) == worst.index) {
            worst.rows.push_back(static_cast<std::int64_t>(row));
        }
    }
    return worst;
}

std::vector<BinCountError> errorByBinCount(const Forecasts& forecasts, int first, int last) {
    if (first > last) {
        throw Error(ErrorKind::badInput, "numbers of bins from " + std::to_string(first) + " to " +
                                             std::to_string(last) + ": expected the smaller one first");
    }
    std::vector<BinCountError> result;
    for (int count = first; count <= last; ++count) {
        const CalibrationError error = calibrationError(binForecasts(forecasts, ConfidenceBins(count)));
        result.push_back({.binCount = count, .ece = error.ece, .mce = error.mce});
    }
    return result;
}

ClassWiseCalibration classWiseCalibration(const MatrixViewF& logits, const Labels& labels, double temperature,
                                          int binCount) {
    requireTemperature(temperature);
    requireLogitsAndLabels(logits, labels);
    const ConfidenceBins edges(binCount);
    const auto classes = static_cast<std::size_t>(logits.cols());
    std::vector<std::vector<BinSums>> sums(classes, std::vector<BinSums>(edges.count()));
    SoftmaxRow softmax(logits.cols());
    ClassWiseCalibration result;
    result.classes.resize(classes);
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        softmax.set(logits.row(row), temperature);
        const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(row)]);
        ++result.classes[label].rows;
        for (std::size_t column = 0; column < classes; ++column) {
            const double probability = softmax.probabilities()(static_cast<Eigen::Index>(column));
            sums[column][edges.indexOf(probability)].add(probability, column == label);
        }
    }
    for (std::size_t column = 0; column < classes; ++column) {
        ClassCalibration& one = result.classes[column];
        one.bins = meansOf(sums[column], edges.edges());
        one.ece = calibrationError(one.bins).ece;
        result.ece += one.ece / static_cast<double>(classes);
    }
    return result;
}

} // namespace finescope::analysis

#include "core/analysis/calibration/reliability.h"

#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/exact_kernel.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/reliability_sums.h"
#include "core/analysis/compute/validation.h"

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

std::vector<ReliabilityBin> meansOf(std::span<const BinSums> sums, std::span<const double> edges) {
    std::vector<ReliabilityBin> bins(sums.size());
    for (std::size_t index = 0; index < sums.size(); ++index) {
        ReliabilityBin& bin = bins[index];
        bin.low = edges[index];
        bin.high = edges[index + 1];
        bin.count = sums[index].count;
        if (bin.count > 0) {
            const auto members = static_cast<double>(bin.count);
            bin.accuracy = static_cast<double>(sums[index].right) / members;
            bin.meanConfidence = sums[index].confidence / members;
        }
    }
    return bins;
}

void ReliabilitySums::add(const ReliabilitySums& other) {
    for (std::size_t index = 0; index < bins.size(); ++index) {
        bins[index].count += other.bins[index].count;
        bins[index].right += other.bins[index].right;
        bins[index].confidence += other.bins[index].confidence;
    }
    count += other.count;
    nll += other.nll;
    brier += other.brier;
}

Reliability ReliabilitySums::finish(const ConfidenceBins& edges, double temperature) const {
    const auto total = static_cast<double>(count);
    Reliability result;
    result.temperature = temperature;
    result.count = count;
    result.nll = nll / total;
    result.brier = brier / total;
    result.bins = meansOf(bins, edges.edges());
    const CalibrationError error = calibrationError(result.bins);
    result.ece = error.ece;
    result.mce = error.mce;
    result.mceBin = error.mceBin;
    for (const Bin& bin : bins) {
        result.accuracy += static_cast<double>(bin.right) / total;
        result.meanConfidence += bin.confidence / total;
    }
    return result;
}

Reliability reliability(const MatrixViewF& logits, const Labels& labels, double temperature, int binCount) {
    requireTemperature(temperature);
    requireLogitsAndLabels(logits, labels);
    const ConfidenceBins edges(binCount);
    ReliabilitySums sums;
    sums.bins.resize(edges.count());
    sums.count = logits.rows();
    forEachExactRow(logits, labels, temperature, [&](const ExactRow& row) {
        sums.nll += row.nll;
        sums.brier += row.brier;
        sums.bins[edges.indexOf(row.confidence)].add(row.confidence, row.right);
    });
    return sums.finish(edges, temperature);
}

Reliability reliability(const MatrixViewF& logits, const Labels& labels, double temperature, Binning binning,
                        int binCount) {
    // What does not depend on the bins is the same in either kind.
    Reliability result = reliability(logits, labels, temperature, binCount);
    if (binning == Binning::equalMass) {
        const Forecasts forecasts = topLabelForecasts(logits, labels, temperature);
        result.bins = binForecasts(forecasts, ConfidenceBins::equalMass(forecasts.confidence, binCount));
        const CalibrationError error = calibrationError(result.bins);
        result.ece = error.ece;
        result.mce = error.mce;
        result.mceBin = error.mceBin;
    }
    return result;
}

} // namespace finescope::analysis

#include "core/analysis/reliability.h"

#include "core/analysis/reliability_sums.h"
#include "core/analysis/validation.h"

#include <cmath>

namespace finescope::analysis {

Reliability ReliabilitySums::finish(const ConfidenceBins& edges, double temperature) const {
    const auto total = static_cast<double>(count);
    Reliability result;
    result.temperature = temperature;
    result.count = count;
    result.nll = nll / total;
    result.brier = brier / total;
    result.bins.resize(bins.size());
    for (std::size_t index = 0; index < bins.size(); ++index) {
        const Bin& sums = bins[index];
        ReliabilityBin& bin = result.bins[index];
        bin.low = edges.edges()[index];
        bin.high = edges.edges()[index + 1];
        bin.count = sums.count;
        if (sums.count == 0) {
            continue;
        }
        const auto members = static_cast<double>(sums.count);
        bin.accuracy = static_cast<double>(sums.right) / members;
        bin.meanConfidence = sums.confidence / members;
        const double gap = std::abs(bin.gap());
        result.ece += members / total * gap;
        if (!result.mceBin || gap > result.mce) {
            result.mce = gap;
            result.mceBin = index;
        }
        result.accuracy += static_cast<double>(sums.right) / total;
        result.meanConfidence += sums.confidence / total;
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

    Eigen::ArrayXd values(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        values = logits.row(row).cast<double>().transpose().array();
        Eigen::Index predicted = 0;
        for (Eigen::Index column = 1; column < logits.cols(); ++column) {
            if (values(column) > values(predicted)) {
                predicted = column;
            }
        }
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        // The largest is subtracted before the division: the largest exponent is exactly 0 at every
        // temperature.
        const double largest = values(predicted);
        values = (values - largest) / temperature;
        const double labelExponent = values(label);
        values = values.exp();
        const double sum = values.sum();
        values /= sum;
        const double confidence = values(predicted);
        sums.nll += std::log(sum) - labelExponent;
        values(label) -= 1;
        sums.brier += values.square().sum();

        ReliabilitySums::Bin& bin = sums.bins[edges.indexOf(confidence)];
        ++bin.count;
        bin.right += predicted == label ? 1 : 0;
        bin.confidence += confidence;
    }
    return sums.finish(edges, temperature);
}

} // namespace finescope::analysis

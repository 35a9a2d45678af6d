#include "core/analysis/compute/validation.h"

#include "core/error.h"

#include <cmath>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

/// "3 rows, first: 4, 17, 20" with at most five of them.
class RowList {
public:
    void add(std::size_t row) {
        if (m_count < 5) {
            m_first += (m_count == 0 ? "" : ", ") + std::to_string(row);
        }
        ++m_count;
    }
    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] std::string text() const {
        return std::to_string(m_count) + (m_count == 1 ? " row (row " : " rows (first: ") + m_first + ")";
    }

private:
    std::size_t m_count = 0;
    std::string m_first;
};

} // namespace

void requireLabels(const Labels& labels, Eigen::Index rows, Eigen::Index classes, std::string_view what) {
    if (static_cast<Eigen::Index>(labels.size()) != rows) {
        throw Error(ErrorKind::badInput, std::string(what) + " have " + std::to_string(rows) +
                                             " rows but there are " + std::to_string(labels.size()) +
                                             " labels: give one label for each row");
    }
    RowList outside;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (labels[row] < 0 || labels[row] >= classes) {
            outside.add(row);
        }
    }
    if (!outside.empty()) {
        throw Error(ErrorKind::badInput, "labels must be 0.." + std::to_string(classes - 1) +
                                             ", but they are not in " + outside.text());
    }
}

void requireFinite(const MatrixViewF& values, std::string_view what) {
    RowList broken;
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
        if (!values.row(row).allFinite()) {
            broken.add(static_cast<std::size_t>(row));
        }
    }
    if (!broken.empty()) {
        throw Error(ErrorKind::badInput, std::string(what) + " are NaN or infinite in " + broken.text() +
                                             ": nothing can be derived from them; did training diverge?");
    }
}

void requireLogitsAndLabels(const MatrixViewF& logits, const Labels& labels) {
    if (logits.rows() == 0 || logits.cols() == 0) {
        throw Error(ErrorKind::badInput, "logits are empty (" + std::to_string(logits.rows()) + " rows, " +
                                             std::to_string(logits.cols()) +
                                             " classes): expected at least one of each");
    }
    requireLabels(labels, logits.rows(), logits.cols(), "logits");
    requireFinite(logits, "logits");
}

void requireFeaturesAndLabels(const MatrixViewF& features, const Labels& labels, int classes) {
    if (features.rows() == 0 || features.cols() == 0) {
        throw Error(ErrorKind::badInput, "features are empty (" + std::to_string(features.rows()) +
                                             " rows, width " + std::to_string(features.cols()) +
                                             "): expected at least one of each");
    }
    requireLabels(labels, features.rows(), classes, "features");
    requireFinite(features, "features");
}

void requireConfidences(std::span<const double> confidences) {
    if (confidences.empty()) {
        throw Error(ErrorKind::badInput, "there are no predictions: expected at least one row");
    }
    RowList outside;
    for (std::size_t row = 0; row < confidences.size(); ++row) {
        if (!(confidences[row] >= 0 && confidences[row] <= 1)) {
            outside.add(row);
        }
    }
    if (!outside.empty()) {
        throw Error(ErrorKind::badInput,
                    "confidences must be numbers from 0 to 1, but they are not in " + outside.text());
    }
}

void requireTemperature(double temperature) {
    if (!(temperature > 0) || !std::isfinite(temperature)) {
        throw Error(ErrorKind::badInput,
                    "temperature must be a positive number, got " + std::to_string(temperature));
    }
}

} // namespace finescope::analysis

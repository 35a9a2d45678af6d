#pragma once

#include "core/matrix.h"

#include <span>
#include <string_view>

namespace finescope::analysis {

/// Refuses what no calibration number can be computed from: an empty set, no class, as many labels as not
/// rows, a label outside 0..C-1, or logits that are NaN or infinite. logits [N, C], labels [N]. Throws
/// Error{badInput} that counts the offending rows and names the first ones.
void requireLogitsAndLabels(const MatrixViewF& logits, const Labels& labels);

/// The same for a labelled set of features: features [N, h], labels [N] in 0..classes-1.
void requireFeaturesAndLabels(const MatrixViewF& features, const Labels& labels, int classes);

/// Labels alone, of `rows` rows. `what` is the plural that the message starts with ("features").
void requireLabels(const Labels& labels, Eigen::Index rows, Eigen::Index classes, std::string_view what);

/// Throws Error{badInput} unless every value is finite. `what` is the plural that the message starts with
/// ("logits").
void requireFinite(const MatrixViewF& values, std::string_view what);

/// Throws Error{badInput} unless there is at least one confidence and each is in [0, 1], rows named.
void requireConfidences(std::span<const double> confidences);

/// Throws Error{badInput} unless T is a positive, finite number.
void requireTemperature(double temperature);

} // namespace finescope::analysis

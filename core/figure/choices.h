#pragma once

#include <cstdint>

/// What may be chosen about figures, as builders, requests, the command line and the pages' controls know it.
namespace finescope::figure {

enum class XAxis {
    epochs, ///< rows of `/epochs`; linear probing takes one unit, filled with its recorded iterations
    steps,  ///< rows of `/steps`: optimiser steps, and iterations while probing
};

/// Where zero is when a run has both stages.
enum class Origin {
    fineTuning, ///< the start of fine-tuning, so that methods compare; linear probing lies before 0
    start,      ///< the start of the run
};

/// What a line over training stands for.
enum class Grouping {
    runs,    ///< every run is a line
    methods, ///< mean line and band over the seeds of a method, its members drawn faintly
};

enum class Projection { pca, tsne };

enum class SpectrumAxis { index, fraction };

/// A number that a curve over temperature can show: a row each of calibration/curve_quantities.h.
enum class CurveQuantity { ece, mce, nll, brier };

/// What the whiskers of a reliability diagram are; 95 %.
enum class AccuracyIntervals : std::uint8_t {
    none,
    wilson,      ///< of the accuracy of each bin, from its counts
    bootstrap,   ///< of the accuracy of each bin, rows drawn again
    consistency, ///< where the accuracy of a calibrated model would lie
};

/// At which temperature runs are shown: one for all, or each at its own fitted one.
struct TemperatureChoice {
    bool fitted = false;
    double value = 1; ///< when not fitted
};

} // namespace finescope::figure

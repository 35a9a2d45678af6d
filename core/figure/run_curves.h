#pragma once

#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// The names under which a quantity is recorded in the two tables; the first one present counts.
struct SeriesNames {
    std::vector<std::string> steps{}, epochs{};
};

/// One recorded quantity of one run over both stages. Rows that hold no finite number are left out.
struct RunCurve {
    std::vector<double> x{}, y{};
    std::optional<double> switchAt{}; ///< where fine-tuning starts, if the run has both stages
};

/// The values as recorded, x strictly in the order of recording. A stage that the table of the chosen axis
/// does not cover is taken from the other one, its rows placed by the step that `/steps` gives for their
/// epoch. Empty if neither table has the quantity.
[[nodiscard]] RunCurve runCurve(const record::Run& run, const SeriesNames& names, XAxis xAxis, Origin origin);

/// Where fine-tuning starts on that axis, if the run has both stages.
[[nodiscard]] std::optional<double> fineTuningStart(const record::Run& run, XAxis xAxis, Origin origin);

/// x of evaluations on the axis of runCurve().
[[nodiscard]] std::vector<double>
evaluationPlaces(const record::Run& run, std::span<const record::EpochKey> keys, XAxis xAxis, Origin origin);

} // namespace finescope::figure

#pragma once

#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// Which rows of a quantity are of training batches, that is with dropout; those of linear probing never
/// are, nor those of /epochs at epoch 0, and an evaluation never is (definitions.md, Recorded curves).
enum class DropoutRows {
    never,
    steps,     ///< rows of `/steps` while fine-tuning; those of `/epochs` are evaluations
    bothTables ///< rows of either table while fine-tuning
};

/// The names under which a quantity is recorded in the two tables; the first one present counts.
struct SeriesNames {
    std::vector<std::string> steps{}, epochs{};
    DropoutRows dropout = DropoutRows::never;
};

/// Rows of a quantity that hold NaN or infinity.
struct NonFiniteRows {
    std::string first{};   ///< "NaN at step 120": the first such row
    std::size_t count = 0; ///< of `rows`, those of its stages and table
    std::size_t rows = 0;
    std::vector<double> x{}; ///< where each stretch of them begins
};

/// One recorded quantity of one run over both stages. Rows that hold no finite number are no points of it.
struct RunCurve {
    std::vector<double> x{}, y{};
    std::optional<double> switchAt{}; ///< where fine-tuning starts, if the run has both stages
    /// Points, by index, that no line joins to the one before: the two were not measured alike, or rows
    /// between them are not finite.
    std::vector<std::size_t> breaks{};
    bool dropoutJump = false; ///< one of the breaks is between rows without and with dropout
    std::optional<ProbingSpan> probing{};
    NonFiniteRows nonFinite{};
};

/// The values as recorded, x in the order of recording. A stage that the table of the chosen axis does not
/// cover is taken from the other one, its rows placed by the step that `/steps` gives for their epoch. Empty
/// if neither table has the quantity. NaN in the row of /epochs at epoch 0, before the first batch, and in
/// all rows of a stage that the other table covers, says that nothing was recorded there, and so do the rows
/// between values of which no two stand in neighbouring rows; all other NaN and infinity is counted.
[[nodiscard]] RunCurve runCurve(const record::Run& run, const SeriesNames& names, XAxis xAxis, Origin origin);

/// Where the run is of linear probing on that axis, if it has that stage.
[[nodiscard]] std::optional<ProbingSpan> probingSpan(const record::Run& run, XAxis xAxis, Origin origin);

/// Where fine-tuning starts on that axis, if the run has both stages.
[[nodiscard]] std::optional<double> fineTuningStart(const record::Run& run, XAxis xAxis, Origin origin);

/// x of evaluations on the axis of runCurve().
[[nodiscard]] std::vector<double>
evaluationPlaces(const record::Run& run, std::span<const record::EpochKey> keys, XAxis xAxis, Origin origin);

} // namespace finescope::figure

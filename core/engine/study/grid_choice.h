#pragma once

#include "core/engine/study/study_cells.h"
#include "core/engine/study/study_folder.h"

namespace finescope::engine {

/// What came out for one candidate of a search.
struct CandidateScore {
    /// Of its selected epoch, by tuning seed; NaN if the run failed (it diverged, say).
    std::vector<double> values;
    std::optional<double> mean; ///< absent if a run failed
};

struct GridChoice {
    std::string metric; ///< series of /epochs that decides
    std::vector<CandidateScore> candidates;
    std::optional<std::size_t> winner; ///< absent if runs are missing, or none of the candidates has a mean
    std::vector<std::size_t> missing;  ///< cells that have not ended
};

/// The candidate of the highest mean, the first of those whose means are within 1e-12 of each other's; absent
/// if none has one.
[[nodiscard]] std::optional<std::size_t> bestCandidate(const std::vector<CandidateScore>& candidates);

/// Reads the tuning runs of a search and chooses. definitions.md, Grid search. Throws Error{badFile} if a run
/// is complete without the metric, or, of a task of the user's own, if its task.json cannot be used.
[[nodiscard]] GridChoice chooseCandidate(const GridSearch& search, const StudyCells& cells,
                                         const StudyFolder& folder);

/// The chosen settings over those of an evaluation cell. A cell without a search keeps its own.
[[nodiscard]] Settings settingsOf(const StudyCell& cell, const StudyCells& cells,
                                  const std::vector<GridChoice>& choices);

/// One line for people: what was chosen for a search, on which grounds; or why nothing was.
[[nodiscard]] std::string describeChoice(const GridSearch& search, const GridChoice& choice,
                                         const StudyCells& cells);

/// Writes choice.json unless it says the same already: for every search its candidates, their metric by seed
/// and on average, and the winner. Throws Error{internal} if it cannot be written.
void writeChoices(const StudyCells& cells, const std::vector<GridChoice>& choices, const StudyFolder& folder);

} // namespace finescope::engine

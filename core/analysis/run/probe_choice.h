#pragma once

#include "core/record/run.h"

#include <optional>
#include <vector>

namespace finescope::analysis {

/// A strength that a probe could choose, and its mean accuracy over the folds of its cross-validation.
struct ProbeCandidate {
    double strength = 0;
    double accuracy = 0;
};

/// What a run's linear probe chose, and among what, as its config says.
struct ProbeChoice {
    double strength = 0; ///< scikit-learn's C
    std::vector<ProbeCandidate> candidates;
    std::size_t folds = 0;

    /// The chosen candidate's; none where it is not among them.
    [[nodiscard]] std::optional<double> accuracy() const;
};

/// From "probe" of the config (run-file.md, Root attributes): {"C", "rows" [folds], "scores": [{"C",
/// "accuracy", ...}]}. None in a run that did not probe, has not yet, or does not say; candidates that are
/// not both numbers are left out.
[[nodiscard]] std::optional<ProbeChoice> probeChoice(const record::Run& run);

} // namespace finescope::analysis

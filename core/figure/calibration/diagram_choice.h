#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/calibration_conventions.h"
#include "core/figure/choices.h"
#include "core/figure/figure_request.h"
#include "core/record/run.h"

#include <cstdint>
#include <string>

namespace finescope::figure {

/// What a reliability diagram looks at, and in which bins.
struct DiagramChoice {
    int binCount = 15;
    analysis::Binning binning = analysis::Binning::equalWidth;
    /// Whose bins of equal width; another than our own has neither bins of equal mass nor resampled
    /// intervals.
    analysis::Convention convention = analysis::Convention::finescope;
    /// Name of the class whose probability is looked at, against all others; "": the predicted class.
    std::string ofClass{};
    AccuracyIntervals intervals = AccuracyIntervals::none;
    bool operator==(const DiagramChoice&) const = default;

    /// Whether it is what analysis::reliability() and SliderTable give: the default but for the number of
    /// bins and the whiskers.
    [[nodiscard]] bool plain() const;
    /// Whether the whiskers take thousands of draws.
    [[nodiscard]] bool resampled() const;
};

/// What a reliability diagram of the request looks at.
[[nodiscard]] DiagramChoice diagramChoice(const FigureRequest& request);

/// Throws Error{badInput} that says what does not go together.
void validate(const DiagramChoice& choice);

/// What is not the default, for above a diagram: "bins of equal mass", "as netcal", "class 'no'"; else "".
[[nodiscard]] std::string choiceText(const DiagramChoice& choice);

/// Bins and whiskers as sentences for notes: "15 equal-width bins (low, high] on the confidence of the
/// predicted class.".
[[nodiscard]] std::string binsNote(const DiagramChoice& choice);
[[nodiscard]] std::string intervalsNote(const DiagramChoice& choice);

} // namespace finescope::figure

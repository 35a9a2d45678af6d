#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/theory/theory_laboratory.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace finescope::figure {

/// What a figure is made from.
enum class FigureInput { runs, verification };

/// A kind of figure: all there is to know of it. A new kind is its builder and a row of figureKinds().
struct FigureKind {
    /// Runs that cannot be used go to `problems`. Kinds that may take long report progress.
    using OfRuns = Figure (*)(const FigureRequest&, std::span<const record::Run>, const analysis::WorkHooks&,
                              Problems& problems);
    using OfVerification = Figure (*)(const FigureRequest&, const analysis::TheoryLaboratory&);

    std::string_view name, description;
    std::variant<OfRuns, OfVerification> build;

    /// Run files, or the output of finescope-engine verify --json.
    [[nodiscard]] FigureInput input() const {
        return std::holds_alternative<OfRuns>(build) ? FigureInput::runs : FigureInput::verification;
    }
};

[[nodiscard]] std::span<const FigureKind> figureKinds();

/// Of a kind that validate() takes.
[[nodiscard]] FigureInput inputOf(std::string_view kind);

/// When the newest of the runs was made, ISO 8601; "" without runs. What dates a picture, so that the same
/// files give the same bytes.
[[nodiscard]] std::string dataDate(std::span<const record::Run> runs);

/// Builds what `request` asks for from runs that were read already. Throws Error{badInput} for an unknown
/// kind and where the runs lack what the kind cannot do without. A run that cannot be used is left out, and
/// Figure::problems says why; where none can be used, what reading the first threw passes.
/// Kinds of figure that may take long report progress and throw Error{cancelled}.
[[nodiscard]] Figure buildFigure(const FigureRequest& request, std::span<const record::Run> runs,
                                 const analysis::WorkHooks& hooks = {});

/// The same of the kinds that show what the linear laboratory measured.
[[nodiscard]] Figure buildFigure(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory);

} // namespace finescope::figure

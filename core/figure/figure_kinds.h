#pragma once

#include "core/figure/figure.h"
#include "core/figure/recipe.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <string_view>

namespace finescope::figure {

/// A kind of figure as the command line and recipes name it.
struct FigureKind {
    std::string_view name, description;
};

[[nodiscard]] std::span<const FigureKind> figureKinds();

/// When the newest of the runs was made, ISO 8601; "" without runs. What dates a picture, so that the same
/// files give the same bytes.
[[nodiscard]] std::string dataDate(std::span<const record::Run> runs);

/// Builds what `request` asks for from runs that were read already. Throws Error{badInput} for an unknown
/// kind and where the runs lack what the kind cannot do without; and what reading their large parts throws.
[[nodiscard]] Figure buildFigure(const FigureRequest& request, std::span<const record::Run> runs);

} // namespace finescope::figure

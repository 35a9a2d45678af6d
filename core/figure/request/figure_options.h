#pragma once

#include "core/figure/figure_request.h"
#include "core/figure/request/option.h"

#include <span>

namespace finescope::figure {

using FigureOption = Option<FigureRequest>;

/// All that may be asked of figures but their kind and files, in the order in which recipes hold it. A new
/// option is a row here, a member of FigureRequest, and the builder that reads it.
[[nodiscard]] std::span<const FigureOption> figureOptions();

} // namespace finescope::figure

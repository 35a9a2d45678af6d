#pragma once

#include "core/figure/figure.h"

#include <functional>
#include <string>

namespace finescope::figure {

/// How a role looks, as themes name it.
struct PgfLook {
    std::string colour = "000000"; ///< RRGGBB
    std::string dash = "solid";    ///< solid, dotted, long-dash, dash-dot, dash-dot-dot
    std::string marker = "none";   ///< none, triangle, circle, square, diamond, cross
    bool filledMarker = false;
};

struct PgfOptions {
    double widthMm = 139.7, heightMm = 86;
    double fontPt = 8;
    std::function<PgfLook(const Style&)> look{}; ///< empty: everything black
    std::string recipe{};                        ///< JSON, kept as a comment
};

/// A figure as a standalone LaTeX file for stock pgfplots (1.16 or newer): each panel one axis at its place,
/// its data inline at full precision, the picture exactly widthMm by heightMm. Specials of LaTeX in names are
/// escaped.
[[nodiscard]] std::string pgfplots(const Figure& figure, const PgfOptions& options);

} // namespace finescope::figure

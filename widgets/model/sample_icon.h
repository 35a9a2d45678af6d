#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/figure_theme.h"

#include <QIcon>

namespace finescope::widgets {

inline constexpr int kSampleWidth = 32, kSampleHeight = 14;
inline constexpr int kDotSize = 10;

/// A short piece of line with the colour, dash and marker of a style: what a legend shows.
[[nodiscard]] QIcon sampleIcon(const FigureTheme& theme, const figure::Style& style);

/// A filled dot.
[[nodiscard]] QIcon dotIcon(const QColor& colour);

} // namespace finescope::widgets

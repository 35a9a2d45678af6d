#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QIcon>

namespace finescope::widgets {

inline constexpr int kSampleWidth = 32, kSampleHeight = 14;
inline constexpr int kBadgeSize = 16;

/// A short piece of line with the colour, dash and marker of a style: what a legend shows.
[[nodiscard]] QIcon sampleIcon(const FigureTheme& theme, const figure::Style& style);

} // namespace finescope::widgets

#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/export/figure_export.h"

#include <QByteArray>

namespace finescope::widgets {

/// Under which names a file holds its recipe: in the document information of PDF; in SVG and PNG.
inline constexpr const char* kPdfRecipeKey = "FinescopeRecipe";
inline constexpr const char* kRecipeName = "finescope-recipe";

/// The figure as a whole file of each format: figure_export.h says what they hold.
[[nodiscard]] QByteArray pdfBytes(const figure::Figure& figure, const ExportOptions& options);
[[nodiscard]] QByteArray svgBytes(const figure::Figure& figure, const ExportOptions& options);
[[nodiscard]] QByteArray pngBytes(const figure::Figure& figure, const ExportOptions& options);

} // namespace finescope::widgets

#pragma once

#include "core/figure/figure.h"

#include <filesystem>
#include <string>

namespace finescope::widgets {

/// How a figure goes on paper. Sizes are physical and kept to 0.1 point; figure::kWidthMm and its neighbours
/// are their limits.
struct ExportOptions {
    double widthMm = 140, heightMm = 90;
    double fontPt = 8;          ///< of axis labels and headings; tick labels and legends are 7/8 of it
    int dpi = 300;              ///< of PNG
    bool svgTextAsPaths = true; ///< false: SVG text stays text and needs the font where it is shown
    std::string recipe;         ///< JSON that makes this figure again; embedded in the file. May be empty
    std::string created;        ///< ISO 8601 date of the data, for the PDF; SOURCE_DATE_EPOCH goes before it
};

/// ".pdf" of "F.PDF": formats are told by the suffix, whatever its case.
[[nodiscard]] std::string lowerSuffix(const std::filesystem::path& file);

/// Writes the figure as PDF, SVG or PNG, by the suffix of `target`, in the theme "print" whatever the window
/// shows. The same figure and options give the same bytes (for PDF: given `created` or SOURCE_DATE_EPOCH,
/// else the date is now). The target is replaced only when the file is whole. Needs a QApplication; GUI
/// thread. Throws Error{badInput} for another suffix or an impossible size, and what
/// record::writeWhole throws.
void exportFigure(const figure::Figure& figure, const std::filesystem::path& target,
                  const ExportOptions& options);

/// The height in mm that suits the figure on paper at this width and font size: square panels stay square,
/// others have the golden ratio, none is too low for its labels or a square larger than it gains by; headers
/// and legends get the room that they take. Needs a QGuiApplication.
[[nodiscard]] double suitableHeightMm(const figure::Figure& figure, double widthMm, double fontPt);

} // namespace finescope::widgets

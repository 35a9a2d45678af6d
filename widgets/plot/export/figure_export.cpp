#include "widgets/plot/export/figure_export.h"

#include "core/error.h"
#include "core/figure/request/recipe.h"
#include "core/record/hidden_file.h"
#include "widgets/plot/export/paper_formats.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace finescope::widgets {

namespace {

void check(const ExportOptions& options) {
    figure::requireWithin(options.widthMm, figure::kWidthMm, "width", "mm");
    figure::requireWithin(options.heightMm, figure::kHeightMm, "height", "mm");
    figure::requireWithin(options.fontPt, figure::kFontPt, "font size", "pt");
    figure::requireWithin(options.dpi, figure::kDpi, "resolution", "dpi");
}

} // namespace

std::string lowerSuffix(const std::filesystem::path& file) {
    std::string suffix = file.extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return suffix;
}

void exportFigure(const figure::Figure& figure, const std::filesystem::path& target,
                  const ExportOptions& options) {
    check(options);
    const std::string suffix = lowerSuffix(target);
    QByteArray bytes;
    if (suffix == ".pdf") {
        bytes = pdfBytes(figure, options);
    } else if (suffix == ".svg") {
        bytes = svgBytes(figure, options);
    } else if (suffix == ".png") {
        bytes = pngBytes(figure, options);
    } else {
        throw Error(ErrorKind::badInput, target.string() +
                                             ": a figure is exported as .pdf, .svg or .png, not as '" +
                                             suffix + "'");
    }
    const std::string_view whole(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    record::writeWhole(target, {&whole, 1});
}

} // namespace finescope::widgets

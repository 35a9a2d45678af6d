#include "widgets/plot/figure_export.h"

#include "core/error.h"
#include "core/figure/recipe.h"
#include "widgets/plot/paper_formats.h"

#include <QSaveFile>

#include <algorithm>
#include <cctype>

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
    QSaveFile file(QString::fromStdString(target.string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        throw Error(ErrorKind::badFile,
                    target.string() + ": cannot be written: " + file.errorString().toStdString());
    }
}

} // namespace finescope::widgets

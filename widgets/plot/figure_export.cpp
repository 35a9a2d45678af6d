#include "widgets/plot/figure_export.h"

#include "core/error.h"
#include "widgets/plot/paper_formats.h"

#include <QSaveFile>

#include <algorithm>
#include <cctype>

namespace finescope::widgets {

namespace {

void check(const ExportOptions& options) {
    const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
    // 5 m is the largest page of PDF 1.4 (14400 points).
    if (!within(options.widthMm, 10, 5000) || !within(options.heightMm, 10, 5000)) {
        throw Error(ErrorKind::badInput, "the size of a figure must be between 10 and 5000 mm; it is " +
                                             std::to_string(options.widthMm) + " x " +
                                             std::to_string(options.heightMm) + " mm");
    }
    if (!within(options.fontPt, 3, 72)) {
        throw Error(ErrorKind::badInput, "the font of a figure must be between 3 and 72 pt; it is " +
                                             std::to_string(options.fontPt) + " pt");
    }
    if (options.dpi < 36 || options.dpi > 2400) {
        throw Error(ErrorKind::badInput,
                    "the resolution of a figure must be between 36 and 2400 dpi; it is " +
                        std::to_string(options.dpi));
    }
}

} // namespace

void exportFigure(const figure::Figure& figure, const std::filesystem::path& target,
                  const ExportOptions& options) {
    check(options);
    std::string suffix = target.extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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

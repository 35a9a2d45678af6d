#include "widgets/plot/export/paper_formats.h"

#include "core/error.h"
#include "core/figure/request/recipe.h"
#include "core/figure/write/printable.h"
#include "widgets/plot/export/pdf_file.h"
#include "widgets/plot/paint/outline_device.h"
#include "widgets/plot/scene/figure_plot.h"

#include <QBuffer>
#include <QDateTime>
#include <QImageWriter>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kPointsPerMm = 72 / 25.4;
constexpr int kUnitsPerInch = static_cast<int>(72 * kUnitsPerPoint);
constexpr double kMostPixels = 2e8; // 0.8 GB
constexpr auto kVector =
    QCPPainter::PainterModes(QCPPainter::pmVectorized | QCPPainter::pmNoCaching | QCPPainter::pmNonCosmetic);

/// A length in the units of a paper style.
int units(double mm) {
    return static_cast<int>(std::lround(mm * kPointsPerMm * kUnitsPerPoint));
}

void paint(const figure::Figure& figure, const ExportOptions& options, QCPPainter& painter) {
    FigurePlot plot(paperStyle(options.fontPt));
    plot.setFigure(figure::printable(figure));
    plot.paintOn(painter, QSize(units(options.widthMm), units(options.heightMm)));
}

/// Length as a PDF or SVG number: at most three decimals, a point whatever the locale.
QByteArray decimal(double value) {
    QByteArray text = QByteArray::number(value, 'f', 3);
    while (text.endsWith('0')) {
        text.chop(1);
    }
    if (text.endsWith('.')) {
        text.chop(1);
    }
    return text;
}

/// A name out of a run, as every format can hold it.
QString nameOf(const std::string& text) {
    return QString::fromStdString(figure::printable(text));
}

/// An element of SVG with this text; "" without one.
QByteArray element(const QByteArray& name, const QString& text, const QByteArray& attributes = {}) {
    return text.isEmpty()
               ? QByteArray()
               : "<" + name + attributes + ">" + text.toHtmlEscaped().toUtf8() + "</" + name + ">\n";
}

/// The date in the file: reproducible builds' SOURCE_DATE_EPOCH, else the data's, else now.
QDateTime dateOf(const ExportOptions& options) {
    bool given = false;
    const qint64 epoch = qEnvironmentVariable("SOURCE_DATE_EPOCH").toLongLong(&given);
    if (given) {
        return QDateTime::fromSecsSinceEpoch(epoch, QTimeZone::utc());
    }
    const QDateTime created = QDateTime::fromString(QString::fromStdString(options.created), Qt::ISODate);
    return (created.isValid() ? created : QDateTime::currentDateTimeUtc()).toUTC();
}

} // namespace

double suitableHeightMm(const figure::Figure& figure, double widthMm, double fontPt) {
    FigurePlot plot(paperStyle(fontPt));
    plot.setFigure(figure);
    return std::clamp(plot.suitableHeight(units(widthMm)) / (kPointsPerMm * kUnitsPerPoint),
                      figure::kHeightMm.low, figure::kHeightMm.high);
}

QByteArray pdfBytes(const figure::Figure& figure, const ExportOptions& options) {
    const double width = options.widthMm * kPointsPerMm, height = options.heightMm * kPointsPerMm;
    const QSizeF page(std::ceil(width),
                      std::ceil(height)); // QPageSize rounds to whole points whatever one asks
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(kUnitsPerInch);
        writer.setPageSize(QPageSize(page, QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins({0, 0, 0, 0});
        writer.setTitle(nameOf(figure.title));
        writer.setCreator(QStringLiteral("finescope"));
        QCPPainter painter;
        if (!painter.begin(&writer)) {
            throw Error(ErrorKind::internal, "Qt cannot write PDF");
        }
        painter.setModes(kVector);
        // The origin of PDF is the lower left corner: what the page is too high has to stay above.
        painter.translate(0, (page.height() - height) * kUnitsPerPoint);
        paint(figure, options, painter);
        painter.end();
    }
    PdfFile file(buffer.data());
    file.setTitle(nameOf(figure.title));
    file.setPageSize(decimal(width), decimal(height));
    file.setDate(dateOf(options));
    if (!options.recipe.empty()) {
        file.addInformation(kPdfRecipeKey, pdfText(QString::fromStdString(options.recipe)));
    }
    return file.bytes();
}

QByteArray svgBytes(const figure::Figure& figure, const ExportOptions& options) {
    const QSize size = QSize(units(options.widthMm), units(options.heightMm));
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(kUnitsPerInch);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    if (options.svgTextAsPaths) {
        QPainter target(&generator);
        OutlineDevice outlines(target, size, kUnitsPerInch);
        QCPPainter painter;
        painter.begin(&outlines);
        painter.setModes(kVector);
        paint(figure, options, painter);
        painter.end();
    } else {
        QCPPainter painter;
        painter.begin(&generator);
        painter.setModes(kVector);
        paint(figure, options, painter);
        painter.end();
    }
    QByteArray bytes = buffer.data();
    // QSvgGenerator knows whole units only: the true size instead. What it writes into titles is not escaped
    // in every version: title, description and recipe go before the first element.
    const qsizetype begin = bytes.indexOf("<svg width=\""), view = bytes.indexOf("viewBox=", begin);
    const qsizetype defs = bytes.indexOf("<defs>", view);
    if (begin < 0 || view < 0 || defs < 0) {
        throw Error(ErrorKind::internal,
                    "the SVG that Qt wrote has no size; the export does not support this version of Qt");
    }
    bytes.insert(defs,
                 element("title", nameOf(figure.title)) + element("desc", nameOf(figure.altText)) +
                     element("metadata", nameOf(options.recipe), " id=\"" + QByteArray(kRecipeName) + "\""));
    bytes.replace(begin, view - begin,
                  "<svg width=\"" + decimal(options.widthMm) + "mm\" height=\"" + decimal(options.heightMm) +
                      "mm\"\n ");
    return bytes;
}

QByteArray pngBytes(const figure::Figure& figure, const ExportOptions& options) {
    const auto pixels = [&](double mm) { return static_cast<int>(std::lround(mm / 25.4 * options.dpi)); };
    const QSize size(pixels(options.widthMm), pixels(options.heightMm));
    const QImage::Format format = QImage::Format_RGB32;
    QImage image =
        static_cast<double>(size.width()) * size.height() <= kMostPixels ? QImage(size, format) : QImage();
    if (image.isNull()) {
        throw Error(ErrorKind::badInput, "an image of " + std::to_string(size.width()) + " x " +
                                             std::to_string(size.height()) +
                                             " pixels is too large; choose a smaller size or resolution");
    }
    image.fill(Qt::white);
    const int perMetre = static_cast<int>(std::lround(options.dpi / 0.0254));
    image.setDotsPerMeterX(perMetre);
    image.setDotsPerMeterY(perMetre);
    {
        QCPPainter painter;
        painter.begin(&image);
        // As for paper: no caching of texts and no shift by half a pixel, both of which are for whole pixels.
        painter.setModes(kVector);
        const double scale = static_cast<double>(options.dpi) / kUnitsPerInch;
        painter.scale(scale, scale);
        paint(figure, options, painter);
        painter.end();
    }
    // Texts of the image and not of its writer, which makes one blank of several.
    image.setText(QStringLiteral("Title"), nameOf(figure.title));
    image.setText(QStringLiteral("Software"), QStringLiteral("finescope"));
    if (!options.recipe.empty()) {
        image.setText(QLatin1String(kRecipeName), QString::fromStdString(options.recipe));
    }
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QImageWriter writer(&buffer, "png");
    if (!writer.write(image)) {
        throw Error(ErrorKind::internal, "PNG: " + writer.errorString().toStdString());
    }
    return buffer.data();
}

} // namespace finescope::widgets

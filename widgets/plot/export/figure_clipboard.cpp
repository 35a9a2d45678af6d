#include "widgets/plot/export/figure_clipboard.h"

#include "core/figure/write/printable.h"
#include "core/figure/write/spreadsheet_name.h"
#include "widgets/plot/export/paper_formats.h"
#include "widgets/plot/scene/figure_plot.h"

#include <QMimeData>

namespace finescope::widgets {

namespace {

QString cell(const std::string& text) {
    return QString::fromStdString(
        figure::spreadsheetName(figure::printable(text), figure::SpreadsheetNames::quoted));
}

QString cell(double value) {
    return QString::number(value, 'g', 17);
}

} // namespace

QString tabSeparated(const figure::Figure& figure) {
    QString text = QStringLiteral("panel\tmark\tx\ty\tx_end\ty_end\n");
    for (const auto& panel : figure.panels) {
        const QString where = cell(panel.header);
        const auto row = [&](const std::string& name, const QStringList& values) {
            text += where + QLatin1Char('\t') + cell(name) + QLatin1Char('\t') +
                    values.join(QLatin1Char('\t')) + QLatin1Char('\n');
        };
        for (const auto& line : panel.curves) {
            for (std::size_t i = 0; i < line.x.size(); ++i) {
                row(line.name, {cell(line.x[i]), cell(line.y[i]), {}, {}});
            }
        }
        for (const auto& scatter : panel.scatters) {
            for (std::size_t i = 0; i < scatter.x.size(); ++i) {
                row(scatter.name, {cell(scatter.x[i]), cell(scatter.y[i]), {}, {}});
            }
        }
        for (const auto& band : panel.bands) {
            for (std::size_t i = 0; i < band.x.size(); ++i) {
                row(band.name, {cell(band.x[i]), cell(band.low[i]), {}, cell(band.high[i])});
            }
        }
        for (const auto& bars : panel.bars) {
            for (std::size_t i = 0; i < bars.left.size(); ++i) {
                row(bars.name,
                    {cell(bars.left[i]), cell(bars.base[i]), cell(bars.right[i]), cell(bars.top[i])});
            }
        }
        if (panel.heatMap && !panel.heatMap->across) {
            const figure::HeatCells& cells = *panel.heatMap->cells;
            for (std::int64_t y = 0; y < cells.rows; ++y) {
                for (std::int64_t x = 0; x < cells.columns; ++x) {
                    row(panel.heatMap->label,
                        {QString::number(x), QString::number(y), cell(cells.at(y, x)), {}});
                }
            }
        }
    }
    return text;
}

QMimeData* clipboardData(const figure::Figure& figure, QSize size, const PaintStyle& style) {
    auto* data = new QMimeData;
    QImage image(size * 2, QImage::Format_RGB32);
    image.fill(style.theme.background);
    {
        QCPPainter painter;
        painter.begin(&image);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.scale(2, 2);
        FigurePlot plot(style);
        plot.setFigure(figure);
        plot.paintOn(painter, size);
        painter.end();
    }
    data->setImageData(image);
    // On paper as wide as on a screen of 96 pixels per inch.
    ExportOptions options;
    options.widthMm = size.width() / 96.0 * 25.4;
    options.heightMm = size.height() / 96.0 * 25.4;
    data->setData(QStringLiteral("image/svg+xml"), svgBytes(figure, options));
    data->setText(tabSeparated(figure));
    return data;
}

} // namespace finescope::widgets

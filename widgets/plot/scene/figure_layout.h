#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/paint_style.h"
#include "widgets/plot/scene/legend.h"

#include <qcustomplot.h>

#include <QHash>

#include <set>
#include <string>
#include <vector>

namespace finescope::widgets {

/// Places the panels of a figure: inner edges of one column (and one row) in line whatever the axis labels
/// need, square panels square, headers above their panel, legends beside or below. A figure too wide for its
/// columns is continued in further rows. Draws the headers and the outer legends. The style and the hidden
/// names belong to the plot and outlive the layout. GUI thread.
class FigureLayout : public QCPLayout {
public:
    FigureLayout(const PaintStyle& style, const std::set<std::string>& hidden);
    ~FigureLayout() override;

    /// One axis rect per panel, in the figure's order; takes them over.
    void adopt(const std::vector<QCPAxisRect*>& axisRects);

    /// New headers and legends; the number of panels is that of `adopt`.
    void setFigure(const figure::Figure& figure);

    /// Heights once given to headers are kept so that changing numbers do not move the panels; this gives
    /// them up, and what was measured with another font.
    void forgetHeaderHeights();

    /// The height that suits the figure at its present width: square panels square, others in the golden
    /// ratio, headers, axes and legends as they are.
    [[nodiscard]] double suitableHeight();

    /// Name of the outer legend's entry at a position of the plot; empty if none.
    [[nodiscard]] QString legendEntryAt(QPointF position) const;

    [[nodiscard]] int elementCount() const override { return static_cast<int>(m_axisRects.size()); }
    [[nodiscard]] QCPLayoutElement* elementAt(int index) const override;
    QCPLayoutElement* takeAt(int index) override;
    bool take(QCPLayoutElement* element) override;

protected:
    void updateLayout() override;
    void draw(QCPPainter* painter) override;

private:
    /// The name of a vertical line, written above the panel: inside it would lie on the data.
    struct TopLabel {
        double at = 0; ///< in the units of the x axis
        QString text;
    };
    struct Cell {
        std::string header;
        std::vector<std::string> lines;
        bool square = false;
        figure::Legend legendPlace = figure::Legend::none;
        figure::Panel legendSource; ///< the marks without their data
        std::vector<TopLabel> topLabels;
        QStringList heading; ///< as drawn: in two lines where one is too narrow
        QStringList wrapped; ///< the lines under it, as drawn
        int mostLines = 0;   ///< that `wrapped` ever had
        QRectF headerRect;
        LegendBlock legend;
        QPointF legendAt;
    };
    struct Grid;

    enum class Edge { left, right };

    /// What a tick label at the end of the x axis needs beyond the panel.
    [[nodiscard]] double halfLabel(const QCPAxisRect* panel, Edge edge);
    [[nodiscard]] Grid arrange(int blocks);
    [[nodiscard]] std::size_t cellIndex(int row, int column) const;
    [[nodiscard]] QStringList wrapHeading(const Cell& cell, double width) const;
    [[nodiscard]] QStringList wrapLines(const Cell& cell, double width);
    [[nodiscard]] double headingHeight() const;
    [[nodiscard]] double lineHeight() const;
    /// Width of a text in the font of captions: one layout asks for the same many times.
    [[nodiscard]] double captionWidth(const QString& text);
    [[nodiscard]] double headerHeight(const Cell& cell) const;
    /// Room for the legend below a cell: up to the next cell of the row that has one.
    [[nodiscard]] double legendWidth(const Grid& grid, int row, int column, int end) const;
    void drawTopLabels(QCPPainter& painter, const Cell& cell, const QCPAxisRect& panel) const;

    const PaintStyle& m_style;
    const std::set<std::string>& m_hidden;
    std::vector<QCPAxisRect*> m_axisRects;
    std::vector<Cell> m_cells;
    std::vector<double> m_rowHeights;
    QHash<QString, double> m_captionWidths;
    int m_columns = 1;
};

} // namespace finescope::widgets

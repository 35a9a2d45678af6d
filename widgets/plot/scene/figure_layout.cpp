#include "widgets/plot/scene/figure_layout.h"

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

/// Sizes of one way to arrange the figure, in `blocks` of columns below each other.
struct FigureLayout::Grid {
    int blocks = 1, perBlock = 1, rows = 1;
    std::vector<double> innerWidth, left, right;                 ///< per column of the figure
    std::vector<std::vector<double>> header, innerHeight, below; ///< [block][row]
    double share = 1;    ///< width of a panel that uses all of the figure's width
    double smallest = 0; ///< the smaller side of the smallest panel

    [[nodiscard]] int firstOf(int block) const { return block * perBlock; }
    [[nodiscard]] int endOf(int block) const {
        return std::min(firstOf(block) + perBlock, static_cast<int>(innerWidth.size()));
    }
};

FigureLayout::FigureLayout(const PaintStyle& style, const std::set<std::string>& hidden)
    : m_style(style), m_hidden(hidden) {}

FigureLayout::~FigureLayout() {
    clear();
}

void FigureLayout::adopt(const std::vector<QCPAxisRect*>& axisRects) {
    m_axisRects = axisRects;
    m_cells.assign(axisRects.size(), {});
    for (QCPAxisRect* rect : axisRects) {
        adoptElement(rect);
    }
}

QCPLayoutElement* FigureLayout::elementAt(int index) const {
    return index >= 0 && index < elementCount() ? m_axisRects[static_cast<std::size_t>(index)] : nullptr;
}

QCPLayoutElement* FigureLayout::takeAt(int index) {
    QCPLayoutElement* element = elementAt(index);
    if (element) {
        releaseElement(element);
        m_axisRects.erase(m_axisRects.begin() + index);
        m_cells.erase(m_cells.begin() + index);
    }
    return element;
}

bool FigureLayout::take(QCPLayoutElement* element) {
    const auto found = std::ranges::find(m_axisRects, element);
    return found != m_axisRects.end() && takeAt(static_cast<int>(found - m_axisRects.begin()));
}

void FigureLayout::setFigure(const figure::Figure& figure) {
    m_columns = std::max(1, figure.columns);
    m_rowHeights = figure.rowHeights;
    m_captionWidths.clear();
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const figure::Panel& panel = figure.panels[i];
        Cell& cell = m_cells[i];
        cell.header = panel.header;
        cell.lines = panel.lines;
        cell.square = panel.square;
        cell.legendPlace = panel.legend;
        cell.legendSource = {};
        cell.topLabels.clear();
        for (const auto& line : panel.references) {
            if (line.vertical && !line.label.empty()) {
                cell.topLabels.push_back({line.at, QString::fromStdString(line.label)});
            }
        }
        std::ranges::sort(cell.topLabels, {}, &TopLabel::at);
        if (panel.legend == figure::Legend::beside || panel.legend == figure::Legend::below) {
            for (const auto& line : panel.curves) {
                cell.legendSource.curves.push_back(
                    {line.name, {}, {}, line.style, line.markers, line.legend, line.emphasised, line.side});
            }
            for (const auto& band : panel.bands) {
                cell.legendSource.bands.push_back({band.name, {}, {}, {}, band.style, band.side});
            }
            for (const auto& bars : panel.bars) {
                cell.legendSource.bars.push_back(
                    {bars.name, {}, {}, {}, {}, bars.style, {}, {}, bars.legend, true});
            }
            for (const auto& scatter : panel.scatters) {
                cell.legendSource.scatters.push_back({scatter.name,
                                                      {},
                                                      {},
                                                      scatter.style,
                                                      {},
                                                      scatter.legend,
                                                      scatter.size,
                                                      scatter.fill,
                                                      {}});
            }
        }
    }
}

void FigureLayout::forgetHeaderHeights() {
    m_captionWidths.clear();
    for (Cell& cell : m_cells) {
        cell.mostLines = 0;
    }
}

double FigureLayout::captionWidth(const QString& text) {
    const auto known = m_captionWidths.constFind(text);
    return known != m_captionWidths.cend()
               ? *known
               : *m_captionWidths.insert(text, QFontMetricsF(m_style.caption).horizontalAdvance(text));
}

QStringList FigureLayout::wrapHeading(const Cell& cell, double width) const {
    const QString heading = QString::fromStdString(cell.header);
    const QFontMetricsF metrics(m_style.heading);
    if (heading.isEmpty() || metrics.horizontalAdvance(heading) <= width) {
        return heading.isEmpty() ? QStringList() : QStringList(heading);
    }
    // As much as fits before a comma, else before a space; else all of it in one shortened line.
    for (const QString& mark : {QStringLiteral(", "), QStringLiteral(" ")}) {
        for (qsizetype end = heading.lastIndexOf(mark); end > 0; end = heading.lastIndexOf(mark, end - 1)) {
            const qsizetype next = end + mark.size();
            const QString first = heading.first(next).trimmed();
            if (metrics.horizontalAdvance(first) <= width) {
                return {first, metrics.elidedText(heading.sliced(next), Qt::ElideRight, width)};
            }
        }
    }
    return {metrics.elidedText(heading, Qt::ElideRight, width)};
}

QStringList FigureLayout::wrapLines(const Cell& cell, double width) {
    QStringList wrapped;
    for (const auto& line : cell.lines) {
        // Double spaces separate what belongs together: break there first, and between words only where one
        // part alone is too wide.
        QString current;
        const auto push = [&](const QString& part, const QString& glue) {
            const QString longer = current.isEmpty() ? part : current + glue + part;
            if (current.isEmpty() || captionWidth(longer) <= width) {
                current = longer;
                return;
            }
            wrapped << current;
            current = part;
        };
        // A number keeps its percent sign beside it.
        const QString joined =
            QString::fromStdString(line).replace(QStringLiteral(" %"), QStringLiteral("\u00a0%"));
        for (const QString& part : joined.split(QStringLiteral("  "), Qt::SkipEmptyParts)) {
            if (captionWidth(part) <= width) {
                push(part, QStringLiteral("   "));
                continue;
            }
            for (const QString& word : part.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
                push(word, QStringLiteral(" "));
            }
        }
        wrapped << current;
    }
    return wrapped;
}

double FigureLayout::halfLabel(const QCPAxisRect* panel, Edge edge) {
    const QCPAxis* axis = panel->axis(QCPAxis::atBottom);
    const double least = 0.6 * m_style.em();
    const QVector<double> ticks = axis->tickVector();
    const QVector<QString> labels = axis->tickVectorLabels();
    if (!axis->tickLabels() || labels.isEmpty() || labels.size() != ticks.size()) {
        return least;
    }
    const bool first = edge == Edge::left;
    const double half = captionWidth(first ? labels.front() : labels.back()) / 2;
    const double inside = first ? axis->coordToPixel(ticks.front()) - panel->left()
                                : panel->right() - axis->coordToPixel(ticks.back());
    return std::max(least, half - inside);
}

double FigureLayout::headingHeight() const {
    return 1.15 * QFontMetricsF(m_style.heading).height();
}

double FigureLayout::lineHeight() const {
    return 1.1 * m_style.em();
}

double FigureLayout::headerHeight(const Cell& cell) const {
    const auto lines = static_cast<double>(std::max<qsizetype>(cell.mostLines, cell.wrapped.size()));
    const double height = static_cast<double>(cell.heading.size()) * headingHeight() + lines * lineHeight();
    const double above = cell.topLabels.empty() ? 0 : lineHeight();
    return height + (height > 0 ? 0.35 * m_style.em() : 0) + above;
}

double FigureLayout::legendWidth(const Grid& grid, int row, int column, int end) const {
    double width = grid.innerWidth[static_cast<std::size_t>(column)];
    for (int next = column + 1; next < end; ++next) {
        const std::size_t index = cellIndex(row, next);
        if (index < m_cells.size() && m_cells[index].legendPlace == figure::Legend::below) {
            break;
        }
        const auto c = static_cast<std::size_t>(next);
        width += grid.right[c - 1] + 2 * m_style.gap + grid.left[c] + grid.innerWidth[c];
    }
    return width;
}

std::size_t FigureLayout::cellIndex(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(m_columns) +
           static_cast<std::size_t>(column);
}

double FigureLayout::suitableHeight() {
    constexpr double kGoldenRatio = 0.618;
    constexpr double kLowest = 9;   // em: below that the ticks and the label of y run into each other
    constexpr double kLargest = 26; // em: a larger square shows no more
    const Grid grid = arrange(1);
    double height = 0;
    double unit = 0; // of the relative heights; the first row sets it
    for (int row = 0; row < grid.rows; ++row) {
        const auto r = static_cast<std::size_t>(row);
        const Cell& first = m_cells[cellIndex(row, 0)];
        double plot = first.square ? std::min(grid.share, kLargest * m_style.em())
                                   : std::max(kGoldenRatio * grid.share, kLowest * m_style.em());
        if (r < m_rowHeights.size() && m_rowHeights[r] > 0) {
            unit = unit > 0 ? unit : plot / m_rowHeights[r];
            plot = unit * m_rowHeights[r];
        }
        height += plot + grid.header.front()[r] + grid.below.front()[r] + (row > 0 ? m_style.gap : 0);
    }
    return height + margins().top() + margins().bottom();
}

FigureLayout::Grid FigureLayout::arrange(int blocks) {
    Grid grid;
    grid.blocks = blocks;
    const int columns = std::min(m_columns, std::max(1, elementCount()));
    grid.perBlock = (columns + blocks - 1) / blocks;
    grid.rows = (elementCount() + m_columns - 1) / m_columns;
    const auto exists = [&](int row, int column) { return row * m_columns + column < elementCount(); };
    const auto ratio = [&](int row) {
        const auto index = static_cast<std::size_t>(row);
        return index < m_rowHeights.size() && m_rowHeights[index] > 0 ? m_rowHeights[index] : 1.0;
    };
    const auto isSquare = [&](int row) { return m_cells[cellIndex(row, 0)].square; };
    const double width = rect().width(), height = rect().height(), gap = 2 * m_style.gap;

    // What axes and legends need around the inner edges.
    grid.left.assign(static_cast<std::size_t>(columns), 0);
    grid.right = grid.left;
    grid.innerWidth = grid.left;
    for (int row = 0; row < grid.rows; ++row) {
        for (int column = 0; column < columns && exists(row, column); ++column) {
            Cell& cell = m_cells[cellIndex(row, column)];
            const QMargins margins = m_axisRects[cellIndex(row, column)]->margins();
            const auto c = static_cast<std::size_t>(column);
            double right = std::max<double>(margins.right(),
                                            halfLabel(m_axisRects[cellIndex(row, column)], Edge::right));
            if (cell.legendPlace == figure::Legend::beside) {
                cell.legend = LegendBlock(cell.legendSource, m_style, 0);
                right += cell.legend.empty() ? 0 : cell.legend.size().width() + m_style.gap;
            }
            grid.left[c] = std::max({grid.left[c], static_cast<double>(margins.left()),
                                     halfLabel(m_axisRects[cellIndex(row, column)], Edge::left)});
            grid.right[c] = std::max(grid.right[c], right);
        }
    }
    grid.header.assign(static_cast<std::size_t>(blocks),
                       std::vector<double>(static_cast<std::size_t>(grid.rows), 0));
    grid.innerHeight = grid.below = grid.header;
    grid.smallest = 1e9;
    for (int block = 0; block < blocks; ++block) {
        const int first = grid.firstOf(block), end = grid.endOf(block);
        double around = gap * (end - first - 1);
        for (int column = first; column < end; ++column) {
            around +=
                grid.left[static_cast<std::size_t>(column)] + grid.right[static_cast<std::size_t>(column)];
        }
        // Every block as wide as a full one, so that panels of all blocks have one size.
        const double share = std::max(1.0, (width - around * grid.perBlock / (end - first)) / grid.perBlock);
        grid.share = share;
        for (int column = first; column < end; ++column) {
            grid.innerWidth[static_cast<std::size_t>(column)] = share;
        }
        const auto b = static_cast<std::size_t>(block);
        double inner = share;
        // Headers wrap to the width, which for square panels follows from the height that the headers leave.
        for (int pass = 0; pass < 2; ++pass) {
            double used = 0, sum = 0, squareRatio = 0;
            for (int row = 0; row < grid.rows; ++row) {
                const auto r = static_cast<std::size_t>(row);
                double header = 0, below = 0;
                for (int column = first; column < end && exists(row, column); ++column) {
                    Cell& cell = m_cells[cellIndex(row, column)];
                    const auto c = static_cast<std::size_t>(column);
                    const double room = grid.innerWidth[c] + std::min(grid.right[c], 2 * m_style.em());
                    cell.heading = wrapHeading(cell, room);
                    cell.wrapped = wrapLines(cell, room);
                    header = std::max(header, headerHeight(cell));
                    double bottom = m_axisRects[cellIndex(row, column)]->margins().bottom();
                    if (cell.legendPlace == figure::Legend::below) {
                        cell.legend =
                            LegendBlock(cell.legendSource, m_style, legendWidth(grid, row, column, end));
                        bottom += cell.legend.empty() ? 0 : cell.legend.size().height() + 0.5 * m_style.em();
                    }
                    below = std::max(below, bottom);
                    if (cell.square) {
                        squareRatio = std::max(squareRatio, ratio(row));
                    }
                }
                grid.header[b][r] = std::max(header, 0.5 * m_style.em());
                grid.below[b][r] = below;
                used += grid.header[b][r] + below + (row > 0 ? m_style.gap : 0);
                sum += ratio(row);
            }
            const double room = std::max(1.0, (height - (blocks - 1) * gap) / blocks - used);
            double unit = room / sum, stretched = unit;
            if (squareRatio > 0) {
                unit = std::min(unit, share / squareRatio);
                inner = unit * squareRatio;
                // What squares of this width leave over goes to the rows that need not be square.
                double squares = 0;
                for (int row = 0; row < grid.rows; ++row) {
                    squares += isSquare(row) ? ratio(row) : 0;
                }
                stretched = sum > squares ? (room - unit * squares) / (sum - squares) : unit;
            }
            for (int row = 0; row < grid.rows; ++row) {
                constexpr double kThin = 0.1; // a colour scale needs no more room than it asks for
                const double own = isSquare(row) || squareRatio == 0 || ratio(row) < kThin
                                       ? unit * ratio(row)
                                       : std::min(stretched * ratio(row), inner);
                grid.innerHeight[b][static_cast<std::size_t>(row)] = std::max(1.0, own);
            }
            for (int column = first; column < end; ++column) {
                grid.innerWidth[static_cast<std::size_t>(column)] = squareRatio > 0 ? inner : share;
            }
            grid.smallest = std::min({grid.smallest, inner, 1.5 * room / sum});
        }
    }
    return grid;
}

void FigureLayout::updateLayout() {
    if (m_axisRects.empty()) {
        return;
    }
    Grid grid = arrange(1);
    bool compared = false;
    // Continue in further rows only where that makes the panels clearly larger.
    for (int blocks = 2; blocks <= std::min(m_columns, 4); ++blocks) {
        if (grid.smallest > 14 * m_style.em()) {
            break;
        }
        Grid other = arrange(blocks);
        compared = true;
        if (other.smallest > 1.2 * grid.smallest) {
            grid = std::move(other);
        }
    }
    if (compared) { // the cells are those of the last arrangement
        grid = arrange(grid.blocks);
    }

    const double gap = 2 * m_style.gap;
    double y = rect().top();
    for (int block = 0; block < grid.blocks; ++block) {
        const auto b = static_cast<std::size_t>(block);
        double total = gap * (grid.perBlock - 1);
        for (int column = 0; column < grid.perBlock; ++column) {
            const auto c = static_cast<std::size_t>(column);
            total += grid.left[c] + grid.innerWidth[c] + grid.right[c];
        }
        const double start = rect().left() + std::max(0.0, (rect().width() - total) / 2);
        for (int row = 0; row < grid.rows; ++row) {
            const auto r = static_cast<std::size_t>(row);
            double x = start;
            const double top = y + grid.header[b][r];
            for (int column = grid.firstOf(block); column < grid.endOf(block); ++column) {
                const auto c = static_cast<std::size_t>(column);
                const int index = row * m_columns + column;
                if (index >= elementCount()) {
                    break;
                }
                Cell& cell = m_cells[static_cast<std::size_t>(index)];
                QCPAxisRect* panel = m_axisRects[static_cast<std::size_t>(index)];
                const QMargins margins = panel->margins();
                const QRect inner(QPoint(static_cast<int>(std::lround(x + grid.left[c])),
                                         static_cast<int>(std::lround(top))),
                                  QSize(static_cast<int>(std::lround(grid.innerWidth[c])),
                                        static_cast<int>(std::lround(grid.innerHeight[b][r]))));
                panel->setOuterRect(inner.marginsAdded(margins));
                cell.mostLines = std::max(cell.mostLines, static_cast<int>(cell.wrapped.size()));
                cell.headerRect = QRectF(inner.left(), y, inner.width() + grid.right[c], grid.header[b][r]);
                cell.legendAt =
                    cell.legendPlace == figure::Legend::beside
                        ? QPointF(inner.right() + margins.right() + m_style.gap, inner.top())
                        : QPointF(inner.left(), inner.bottom() + margins.bottom() + 0.5 * m_style.em());
                x += grid.left[c] + grid.innerWidth[c] + grid.right[c] + gap;
            }
            y = top + grid.innerHeight[b][r] + grid.below[b][r] + m_style.gap;
        }
        y += gap - m_style.gap;
    }
}

void FigureLayout::drawTopLabels(QCPPainter& painter, const Cell& cell, const QCPAxisRect& panel) const {
    const QCPAxis* axis = panel.axis(QCPAxis::atBottom);
    const double height = 1.1 * m_style.em();
    double free = panel.left();
    painter.setFont(m_style.caption);
    painter.setPen(m_style.theme.caption);
    for (const TopLabel& label : cell.topLabels) {
        if (!axis->range().contains(label.at)) {
            continue;
        }
        const double width = QFontMetricsF(m_style.caption).horizontalAdvance(label.text);
        const double middle = axis->coordToPixel(label.at);
        const double left = std::max(free, std::min(middle - width / 2, panel.right() - width));
        painter.drawText(QRectF(left, panel.top() - height, width, height),
                         static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, label.text);
        free = left + width + m_style.gap;
    }
}

void FigureLayout::draw(QCPPainter* painter) {
    painter->setAntialiasing(true);
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        drawTopLabels(*painter, m_cells[i], *m_axisRects[i]);
    }
    for (const Cell& cell : m_cells) {
        double y = cell.headerRect.top();
        const auto write = [&](const QStringList& lines, const QFont& font, const QColor& colour,
                               double height) {
            painter->setFont(font);
            painter->setPen(colour);
            for (const QString& line : lines) {
                painter->drawText(QRectF(cell.headerRect.left(), y, cell.headerRect.width(), height),
                                  static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
                                  line);
                y += height;
            }
        };
        write(cell.heading, m_style.heading, m_style.theme.ink, headingHeight());
        write(cell.wrapped, m_style.caption, m_style.theme.caption, lineHeight());
        if (!cell.legend.empty()) {
            cell.legend.paint(*painter, cell.legendAt, m_style, m_hidden);
        }
    }
}

QString FigureLayout::legendEntryAt(QPointF position) const {
    for (const Cell& cell : m_cells) {
        const QString name = cell.legend.entryAt(position - cell.legendAt);
        if (!name.isEmpty()) {
            return name;
        }
    }
    return {};
}

} // namespace finescope::widgets

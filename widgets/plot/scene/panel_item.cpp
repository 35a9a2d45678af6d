#include "widgets/plot/scene/panel_item.h"

#include "core/figure/data_range.h"
#include "widgets/plot/paint/mark_painter.h"
#include "widgets/plot/paint/ticks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace finescope::widgets {

namespace {

/// Whether a curve goes on outside the range that the figure gives its axis.
bool curvesLeave(const figure::Panel& panel) {
    return panel.y.range && std::ranges::any_of(panel.curves, [&](const figure::Line& line) {
               return line.side == figure::Side::left && std::ranges::any_of(line.y, [&](double y) {
                          return y > panel.y.range->high || y < panel.y.range->low;
                      });
           });
}

/// Ticks of figure.h's axes for QCustomPlot; asks for the length of the axis to choose how many.
class Ticker : public QCPAxisTicker {
public:
    Ticker(const QCPAxis* axis, figure::Axis description, figure::Scale scale, const PaintStyle& style)
        : m_axis(axis), m_description(std::move(description)), m_scale(scale), m_style(style) {}

    void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                  QVector<double>* subTicks, QVector<QString>* labels) override {
        const bool horizontal = m_axis->orientation() == Qt::Horizontal;
        const double length = horizontal ? m_axis->axisRect()->width() : m_axis->axisRect()->height();
        if (range != m_range || length != m_length) {
            m_range = range;
            m_length = length;
            m_ticks = choose(horizontal);
        }
        ticks = m_ticks.at;
        if (subTicks) {
            *subTicks = m_ticks.between;
        }
        if (labels) {
            *labels = m_ticks.labels;
        }
    }

private:
    [[nodiscard]] Ticks choose(bool horizontal) const {
        const QFontMetricsF metrics(m_style.caption);
        const double span = m_scale == figure::Scale::logarithmic ? std::log10(m_range.upper / m_range.lower)
                                                                  : m_range.size();
        const auto room = [&](const QStringList& texts, double step) {
            const double distance = m_length * step / span;
            if (!horizontal) {
                return distance >= 2.4 * metrics.height() || texts.size() <= 2;
            }
            double widest = 0;
            for (const QString& text : texts) {
                widest = std::max(widest, metrics.horizontalAdvance(text));
            }
            return distance >= widest + 1.1 * metrics.height() || texts.size() <= 2;
        };
        return ticksFor(m_description, m_scale, m_range.lower, m_range.upper, room);
    }

    const QCPAxis* m_axis;
    figure::Axis m_description;
    figure::Scale m_scale;
    const PaintStyle& m_style;
    QCPRange m_range;
    double m_length = 0;
    Ticks m_ticks;
};

bool sameAxis(const figure::Axis& one, const figure::Axis& other) {
    const auto all = [](const figure::Axis& axis) {
        return std::tie(axis.label, axis.scale, axis.ticks, axis.categories, axis.range, axis.tickLabels);
    };
    return all(one) == all(other);
}

int whole(double length) {
    return static_cast<int>(std::lround(length));
}

/// With cells of many pixels: viewers of PDF smear those of one.
QImage enlarged(const QImage& image) {
    constexpr int kPixels = 1200, kMost = 16;
    const int factor = std::clamp(kPixels / std::max(image.width(), image.height()), 1, kMost);
    return image.scaled(factor * image.width(), factor * image.height());
}

/// Long labels of short axes in two lines, broken before a bracket where both parts fit, else at the space
/// nearest to the middle.
QString fitted(const QString& label, double length, const QFont& font) {
    const auto fits = [most = 1.15 * length, metrics = QFontMetricsF(font)](const QString& text) {
        return metrics.horizontalAdvance(text) <= most;
    };
    if (length <= 0 || fits(label)) {
        return label;
    }
    qsizetype best = label.indexOf(QLatin1String(" ("));
    if (best >= 0 && !(fits(label.first(best)) && fits(label.sliced(best + 1)))) {
        best = -1;
    }
    for (qsizetype at = best < 0 ? label.indexOf(QLatin1Char(' ')) : -1; at >= 0;
         at = label.indexOf(QLatin1Char(' '), at + 1)) {
        if (best < 0 || std::abs(at - label.size() / 2) < std::abs(best - label.size() / 2)) {
            best = at;
        }
    }
    QString text = label;
    if (best >= 0) {
        text[best] = QLatin1Char('\n');
    }
    return text;
}

} // namespace

PanelItem::PanelItem(QCPAxisRect* axisRect, const PaintStyle& style, const std::set<std::string>& hidden)
    : QCPLayerable(axisRect->parentPlot(), QStringLiteral("main"), axisRect), m_axisRect(axisRect),
      m_style(style), m_hidden(hidden) {
    m_axisRect->setMinimumMargins({0, 0, 0, 0});
    m_axisRect->setMinimumSize(1, 1);
    m_axisRect->setRangeDrag({});
    m_axisRect->setRangeZoom({});
    m_axisRect->axis(QCPAxis::atTop)->setVisible(false);
    // Below: a grid line at the end of an axis would cover it. axes() has them in an order that changes from
    // process to process, and an exported file must not.
    for (const auto side : {QCPAxis::atLeft, QCPAxis::atRight, QCPAxis::atTop, QCPAxis::atBottom}) {
        m_axisRect->axis(side)->grid()->setLayer(QStringLiteral("grid"));
    }
}

void PanelItem::setPanel(const figure::Panel& panel) {
    const bool sameX = panel.x.scale == m_panel.x.scale && panel.x.categories == m_panel.x.categories;
    const bool sameY = panel.y.scale == m_panel.y.scale;
    if (!sameX) {
        m_ownX.reset();
    }
    if (!sameY) {
        m_ownY.reset();
        m_ownYScale.reset();
    }
    const auto colours = [](const figure::Panel& of) {
        return of.heatMap ? std::tuple(of.header, of.heatMap->label, of.heatMap->scale)
                          : std::tuple(of.header, std::string(), figure::Scale::linear);
    };
    if (m_ownColours && colours(panel) != colours(m_panel)) { // of another run or quantity
        forgetColours();
    }
    // Axes that stay as they are keep their ticks and painted labels: under a slider only the marks change.
    const bool styled = m_styledSize == m_axisRect->size() && hasAxesOf(panel);
    m_panel = panel;
    m_curvesLeave = curvesLeave(panel);
    if (styled) {
        showMarks();
    } else {
        restyle();
    }
}

bool PanelItem::hasAxesOf(const figure::Panel& panel) const {
    const bool sameRight = panel.right && m_panel.right
                               ? sameAxis(*panel.right, *m_panel.right)
                               : panel.right.has_value() == m_panel.right.has_value();
    return sameAxis(panel.x, m_panel.x) && sameAxis(panel.y, m_panel.y) && sameRight &&
           panel.blank == m_panel.blank && panel.heatMap.has_value() == m_panel.heatMap.has_value();
}

figure::Scale PanelItem::yScale() const {
    return m_ownYScale.value_or(m_panel.y.scale);
}

void PanelItem::restyle() {
    styleAxis(xAxis(), m_panel.x, m_panel.x.scale);
    styleAxis(yAxis(), m_panel.y, yScale());
    rightAxis()->setVisible(m_panel.right.has_value());
    if (m_panel.right) {
        styleAxis(rightAxis(), *m_panel.right, m_panel.right->scale);
        rightAxis()->grid()->setVisible(false);
    }
    const bool bare = m_panel.blank || !m_panel.emptyText.empty(); // a scale without data would be made up
    for (QCPAxis* axis : {xAxis(), yAxis()}) {
        axis->setVisible(!bare);
        axis->grid()->setVisible(axis->grid()->visible() && !bare);
    }
    m_styledSize = m_axisRect->size();
    showMarks();
}

void PanelItem::showMarks() {
    applyRanges();
    m_legend = m_panel.legend == figure::Legend::inside ? LegendBlock(m_panel, m_style, 0) : LegendBlock();
    showHeatMap();
}

void PanelItem::showHeatMap() {
    if (!m_panel.heatMap) {
        m_heat.clear();
        return;
    }
    figure::HeatMap map = *m_panel.heatMap;
    if (!isColourScale()) { // a scale looks the same whatever its ends are
        map.colours = m_ownColours ? m_ownColours : map.colours;
    }
    m_heat.show(map);
}

void PanelItem::styleAxis(QCPAxis* axis, const figure::Axis& description, figure::Scale scale) {
    const QPen line(m_style.theme.axis, m_style.hairline, Qt::SolidLine, Qt::FlatCap);
    axis->setScaleType(scale == figure::Scale::logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis->setTicker(QSharedPointer<Ticker>::create(axis, description, scale, m_style));
    axis->setBasePen(line);
    axis->setTickPen(line);
    axis->setSubTickPen(line);
    axis->setTickLength(0, whole(m_style.tick));
    axis->setSubTicks(scale == figure::Scale::logarithmic);
    axis->setSubTickLength(0, whole(0.5 * m_style.tick));
    axis->setTickLabels(description.tickLabels);
    axis->setTickLabelFont(m_style.caption);
    axis->setTickLabelColor(m_style.theme.caption);
    axis->setTickLabelPadding(whole(0.25 * m_style.em()));
    const double length = axis->orientation() == Qt::Horizontal ? m_axisRect->width() : m_axisRect->height();
    axis->setLabel(fitted(QString::fromStdString(description.label), length, m_style.body));
    axis->setLabelFont(m_style.body);
    axis->setLabelColor(m_style.theme.ink);
    axis->setLabelPadding(whole(0.3 * m_style.em()));
    axis->setPadding(0);
    axis->grid()->setPen(QPen(m_style.theme.grid, m_style.hairline, Qt::SolidLine, Qt::FlatCap));
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->grid()->setSubGridVisible(false);
    axis->grid()->setAntialiased(m_style.paper);
    axis->grid()->setVisible(!m_panel.heatMap && description.ticks != figure::TickStyle::category);
}

void PanelItem::fitToRoom() {
    xAxis()->setLabel(fitted(QString::fromStdString(m_panel.x.label), m_axisRect->width(), m_style.body));
    yAxis()->setLabel(fitted(QString::fromStdString(m_panel.y.label), m_axisRect->height(), m_style.body));
    if (m_panel.right) {
        rightAxis()->setLabel(
            fitted(QString::fromStdString(m_panel.right->label), m_axisRect->height(), m_style.body));
    }
    double rotation = 0;
    if (m_panel.x.ticks == figure::TickStyle::category) {
        const QFontMetricsF metrics(m_style.caption);
        const double distance = m_axisRect->width() / xAxis()->range().size();
        for (const auto& name : m_panel.x.categories) {
            if (metrics.horizontalAdvance(QString::fromStdString(name)) + 0.4 * m_style.em() > distance) {
                rotation = -40;
            }
        }
    }
    xAxis()->setTickLabelRotation(rotation);
}

void PanelItem::applyRanges() {
    const auto apply = [](QCPAxis* axis, const figure::Range& range) {
        axis->setRange(range.low, range.high);
    };
    apply(xAxis(), m_ownX ? *m_ownX : figure::homeRangeX(m_panel, m_panel.x.scale));
    apply(yAxis(), m_ownY ? *m_ownY : figure::homeRangeY(m_panel, figure::Side::left, yScale()));
    if (m_panel.right) {
        apply(rightAxis(), m_ownRight
                               ? *m_ownRight
                               : figure::homeRangeY(m_panel, figure::Side::right, m_panel.right->scale));
    }
}

void PanelItem::setX(const figure::Range& range) {
    m_ownX = range;
    applyRanges();
}

void PanelItem::setY(figure::Side side, const figure::Range& range) {
    (side == figure::Side::left ? m_ownY : m_ownRight) = range;
    applyRanges();
}

void PanelItem::setColours(const figure::Range& range) {
    m_ownColours = range;
    showHeatMap();
    if (isColourScale()) {
        setX(range);
    }
}

void PanelItem::forgetColours() {
    m_ownColours.reset();
    if (isColourScale()) {
        m_ownX.reset();
    }
    restyle();
}

void PanelItem::goHome() {
    m_ownColours.reset();
    m_ownX.reset();
    m_ownY.reset();
    m_ownRight.reset();
    m_ownYScale.reset();
    restyle();
    forgetLegendPlace();
}

void PanelItem::writeView(figure::Panel& panel) const {
    if (m_ownColours && panel.heatMap) {
        figure::HeatMap map = *panel.heatMap;
        map.colours = m_ownColours;
        if (isColourScale()) {
            panel = figure::colourScale(map);
        } else {
            panel.heatMap = map;
        }
    }
    const auto write = [](const std::optional<figure::Range>& own, figure::Axis& axis) {
        axis.range = own ? own : axis.range;
    };
    if (m_ownYScale) {
        panel.y.scale = *m_ownYScale;
    }
    write(m_ownX, panel.x);
    write(m_ownY, panel.y);
    if (panel.right) {
        write(m_ownRight, *panel.right);
    }
}

void PanelItem::toggleLogarithmicY() {
    if (m_panel.y.ticks == figure::TickStyle::category || m_panel.heatMap) {
        return;
    }
    m_ownYScale = yScale() == figure::Scale::linear ? figure::Scale::logarithmic : figure::Scale::linear;
    m_ownY.reset();
    restyle();
    forgetLegendPlace();
}

PanelMap PanelItem::map(figure::Side side) const {
    const QRectF rect(m_axisRect->rect());
    const QCPAxis* y = side == figure::Side::right && m_panel.right ? rightAxis() : yAxis();
    const auto axis = [](const QCPAxis* from, double atLow, double atHigh) {
        return AxisMap{from->range().lower, from->range().upper, from->scaleType() == QCPAxis::stLogarithmic,
                       atLow, atHigh};
    };
    return {axis(xAxis(), rect.left(), rect.right()), axis(y, rect.bottom(), rect.top()), rect};
}

QRect PanelItem::clipRect() const {
    if (m_panel.blank) { // a long legend may use the room of the axes that are not there
        return parentPlot()->viewport();
    }
    // At home all data are inside, unless the figure says up to where: let markers at the edge be whole.
    const int reach = atHome() && !m_panel.heatMap && !m_curvesLeave ? whole(m_style.marker) : 0;
    return m_axisRect->rect().adjusted(-reach, -reach, reach, reach);
}

void PanelItem::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(true);
}

void PanelItem::draw(QCPPainter* painter) {
    const PanelMap left = map(figure::Side::left), right = map(figure::Side::right);
    const auto of = [&](figure::Side side) -> const PanelMap& {
        return side == figure::Side::left ? left : right;
    };
    if (!m_panel.emptyText.empty()) {
        painter->setPen(m_style.theme.caption);
        painter->setFont(m_style.body);
        painter->drawText(left.rect.adjusted(m_style.gap, m_style.gap, -m_style.gap, -m_style.gap),
                          static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap,
                          QString::fromStdString(m_panel.emptyText));
        return;
    }
    drawHeatMap(*painter, left);
    for (const auto& band : m_panel.bands) {
        if (shown(band.name)) {
            paintBand(*painter, band, of(band.side), m_style);
        }
    }
    for (const auto& bars : m_panel.bars) {
        if (shown(bars.name)) {
            paintBars(*painter, bars, left, m_style);
        }
    }
    paintReferences(*painter, m_panel.references, left, m_style);
    // Faint members first, so that their mean lies on top.
    for (const bool emphasised : {false, true}) {
        for (const auto& line : m_panel.curves) {
            if (line.emphasised == emphasised && shown(line.name)) {
                paintLine(*painter, line, of(line.side), m_style);
            }
        }
    }
    for (const auto& scatter : m_panel.scatters) {
        if (shown(scatter.name)) {
            paintScatter(*painter, scatter, left, m_style);
        }
    }
    drawLegend(*painter);
}

void PanelItem::drawHeatMap(QCPPainter& painter, const PanelMap& where) {
    if (m_heat.empty()) {
        return;
    }
    const figure::HeatCells& cells = *m_panel.heatMap->cells;
    const figure::Range across =
        isColourScale() && m_ownColours
            ? *m_ownColours
            : m_panel.heatMap->across.value_or(figure::Range{0, static_cast<double>(cells.columns)});
    const QRectF target(QPointF(where.x(across.low), where.y(static_cast<double>(cells.rows))),
                        QPointF(where.x(across.high), where.y(0)));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (m_style.paper) {
        painter.drawImage(target, enlarged(m_heat.image(std::numeric_limits<double>::infinity())));
    } else {
        painter.drawImage(target, m_heat.image(target.width()));
    }
}

void PanelItem::drawLegend(QCPPainter& painter) {
    if (m_legend.empty()) {
        return;
    }
    if (!m_legendPlace) {
        m_legendPlace = m_panel.blank ? QPointF(0, 0)
                                      : freePlace(m_panel, map(figure::Side::left), map(figure::Side::right),
                                                  m_legend.size(), m_style.gap) -
                                            QPointF(m_axisRect->rect().topLeft());
    }
    const QPointF corner = QPointF(m_axisRect->rect().topLeft()) + *m_legendPlace;
    QColor paper = m_style.theme.background;
    paper.setAlphaF(0.8F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(paper);
    painter.drawRect(QRectF(corner, m_legend.size()));
    m_legend.paint(painter, corner, m_style, m_hidden);
}

QString PanelItem::legendEntryAt(QPointF position) const {
    if (m_legend.empty() || !m_legendPlace) {
        return {};
    }
    return m_legend.entryAt(position - QPointF(m_axisRect->rect().topLeft()) - *m_legendPlace);
}

} // namespace finescope::widgets

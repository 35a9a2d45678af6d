#include "widgets/control/house_style.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kRowPadding = 6; // above and below the text of a row together
constexpr double kCorner = 2.5;
constexpr double kMarkWidth = 1.6; // the line weight of the icons

void paintCheckBox(const QStyleOption& option, QPainter& painter) {
    const bool enabled = option.state & QStyle::State_Enabled;
    const auto group = enabled ? QPalette::Active : QPalette::Disabled;
    const double side = std::min(option.rect.width(), option.rect.height()) - 1.0;
    const QRectF box(QPointF(option.rect.x() + 0.5, option.rect.y() + 0.5), QSizeF(side, side));
    const bool marked = option.state & (QStyle::State_On | QStyle::State_NoChange);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hovered = enabled && (option.state & QStyle::State_MouseOver);
    const QColor edge = option.palette.color(group, enabled ? QPalette::PlaceholderText : QPalette::Mid);
    const QColor accent = option.palette.color(group, QPalette::Highlight);
    painter.setPen(marked ? accent : hovered ? option.palette.color(QPalette::Text) : edge);
    painter.setBrush(marked ? accent : option.palette.color(group, QPalette::Base));
    painter.drawRoundedRect(box, kCorner, kCorner);
    const auto at = [&box](double x, double y) {
        return QPointF(box.x() + x * box.width(), box.y() + y * box.height());
    };
    QPainterPath mark;
    if (option.state & QStyle::State_On) {
        mark.moveTo(at(0.22, 0.52));
        mark.lineTo(at(0.42, 0.72));
        mark.lineTo(at(0.78, 0.3));
    } else if (option.state & QStyle::State_NoChange) {
        mark.moveTo(at(0.25, 0.5));
        mark.lineTo(at(0.75, 0.5));
    }
    painter.setPen(QPen(option.palette.color(group, QPalette::HighlightedText), kMarkWidth, Qt::SolidLine,
                        Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(mark);
    painter.restore();
}

} // namespace

HouseStyle::HouseStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void HouseStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, option->palette.color(QPalette::Window));
        painter->fillRect(option->rect.x(), option->rect.bottom(), option->rect.width(), 1,
                          option->palette.color(QPalette::Mid));
        return;
    case CE_Splitter:
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void HouseStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
    if (element == PE_IndicatorCheckBox || element == PE_IndicatorItemViewItemCheck) {
        paintCheckBox(*option, *painter);
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

QSize HouseStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ItemViewItem) {
        result.rheight() += kRowPadding;
    }
    return result;
}

int HouseStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* result) const {
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0
                                                       : QProxyStyle::styleHint(hint, option, widget, result);
}

} // namespace finescope::widgets

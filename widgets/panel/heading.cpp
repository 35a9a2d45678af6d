#include "widgets/panel/heading.h"

#include "widgets/control/elided_label.h"

#include <QLabel>
#include <QLineEdit>

namespace finescope::widgets {

namespace {

constexpr double kHeadingScale = 1.2;
constexpr double kCaptionScale = 0.9;

void scaleFont(QWidget& widget, double scale, QFont::Weight weight) {
    QFont font = widget.font();
    font.setPointSizeF(scale * font.pointSizeF());
    font.setWeight(weight);
    widget.setFont(font);
}

} // namespace

QLabel* makeHeading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    scaleFont(*label, kHeadingScale, QFont::DemiBold);
    label->setMinimumHeight(QLineEdit().sizeHint().height());
    return label;
}

QLabel* makeCaption(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    useCaptionFont(*label);
    return label;
}

ElidedLabel* makeElidedCaption(QWidget* parent) {
    auto* label = new ElidedLabel(parent);
    useCaptionFont(*label);
    return label;
}

void useCaptionFont(QWidget& widget) {
    scaleFont(widget, kCaptionScale, QFont::Normal);
}

} // namespace finescope::widgets

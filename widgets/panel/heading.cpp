#include "widgets/panel/heading.h"

#include <QLabel>

namespace finescope::widgets {

namespace {

constexpr double kHeadingScale = 1.2;
constexpr double kCaptionScale = 0.9;

QLabel* makeLabel(const QString& text, double scale, QFont::Weight weight, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setPointSizeF(scale * font.pointSizeF());
    font.setWeight(weight);
    label->setFont(font);
    return label;
}

} // namespace

QLabel* makeHeading(const QString& text, QWidget* parent) {
    return makeLabel(text, kHeadingScale, QFont::DemiBold, parent);
}

QLabel* makeCaption(const QString& text, QWidget* parent) {
    return makeLabel(text, kCaptionScale, QFont::Normal, parent);
}

} // namespace finescope::widgets

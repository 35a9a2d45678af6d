#include "widgets/control/elided_label.h"

#include <QPainter>
#include <QStyle>

namespace finescope::widgets {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

QSize ElidedLabel::minimumSizeHint() const {
    return {0, QLabel::minimumSizeHint().height()};
}

QString ElidedLabel::shownText(int width) const {
    const QString elided = fontMetrics().elidedText(text(), Qt::ElideRight, width);
    const qsizetype lastPart = elided == text() ? -1 : elided.lastIndexOf(QLatin1String(kBetweenParts));
    return lastPart < 0 ? elided : elided.first(lastPart) + QStringLiteral(" …");
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    style()->drawItemText(&painter, contentsRect(), QStyle::visualAlignment(layoutDirection(), alignment()),
                          palette(), isEnabled(), shownText(contentsRect().width()), foregroundRole());
}

} // namespace finescope::widgets

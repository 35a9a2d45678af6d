#include "widgets/model/sample_icon.h"

#include "widgets/plot/paint/mark_painter.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPixmap>

namespace finescope::widgets {

namespace {

constexpr double kLineWidth = 2;
constexpr double kMarkerSize = 7;

QPixmap blank(int width, int height) {
    const double scale = qGuiApp->devicePixelRatio();
    QPixmap pixmap(qRound(width * scale), qRound(height * scale));
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    return pixmap;
}

} // namespace

QIcon sampleIcon(const FigureTheme& theme, const figure::Style& style) {
    QPixmap pixmap = blank(kSampleWidth, kSampleHeight);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const RoleStyle role = theme.role(style);
    const PaintStyle paint = screenStyle(theme, QGuiApplication::font());
    painter.setPen(paint.pen(role, kLineWidth));
    painter.drawLine(QPointF(1, kSampleHeight / 2.0), QPointF(kSampleWidth - 1, kSampleHeight / 2.0));
    paintMarker(painter, QPointF(kSampleWidth / 2.0, kSampleHeight / 2.0), role, kMarkerSize, paint);
    painter.end();
    return QIcon(pixmap);
}

} // namespace finescope::widgets

#include "widgets/control/icon.h"

#include "core/error.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

#include <algorithm>
#include <utility>

// Q_INIT_RESOURCE has to stand outside every namespace; a static library's resources are not linked in
// without it.
static void registerIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace finescope::widgets {

namespace {

constexpr int kLabelSize = 16;

QByteArray source(const QString& name) {
    registerIcons();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        throw Error(ErrorKind::internal, "there is no icon '" + name.toStdString() + "' in resources/icons");
    }
    return file.readAll();
}

QColor inkOf(QIcon::Mode mode) {
    const QPalette palette = QGuiApplication::palette();
    switch (mode) {
    case QIcon::Disabled:
        return palette.color(QPalette::Disabled, QPalette::ButtonText);
    case QIcon::Selected:
        return palette.color(QPalette::Active, QPalette::HighlightedText);
    case QIcon::Normal:
    case QIcon::Active:
        return palette.color(QPalette::Active, QPalette::ButtonText);
    }
    Q_UNREACHABLE();
}

/// Renders the drawing anew at each size, so that a change of the palette needs no new icon.
class LineIcon : public QIconEngine {
public:
    explicit LineIcon(QByteArray svg) : m_svg(std::move(svg)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        QByteArray svg = m_svg;
        svg.replace("currentColor", inkOf(mode).name().toLatin1());
        QRect square(QPoint(), actualSize(rect.size(), mode, QIcon::Off));
        square.moveCenter(rect.center());
        QSvgRenderer(svg).render(painter, square);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        if (size.isEmpty()) { // a squeezed button
            return {};
        }
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override {
        const int side = std::min(size.width(), size.height());
        return {side, side};
    }

    [[nodiscard]] QIconEngine* clone() const override { return new LineIcon(*this); }

private:
    QByteArray m_svg;
};

} // namespace

QIcon themedIcon(const QString& name) {
    return QIcon(new LineIcon(source(name)));
}

QIcon applicationIcon() {
    return QIcon(new LineIcon(source(QStringLiteral("finescope"))));
}

IconLabel::IconLabel(QWidget* parent) : QWidget(parent) {
    setFixedSize(kLabelSize, kLabelSize);
}

void IconLabel::setIcon(const QIcon& icon) {
    m_icon = icon;
    update();
}

void IconLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    m_icon.paint(&painter, rect());
}

} // namespace finescope::widgets

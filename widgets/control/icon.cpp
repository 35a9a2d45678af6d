#include "widgets/control/icon.h"

#include "core/error.h"

#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

// Q_INIT_RESOURCE has to stand outside every namespace; a static library's resources are not linked in
// without it.
static void registerIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace finescope::widgets {

namespace {

QByteArray source(const QString& name) {
    registerIcons();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        throw Error(ErrorKind::internal, "there is no icon '" + name.toStdString() + "' in resources/icons");
    }
    return file.readAll();
}

void addSize(QIcon& icon, const QByteArray& svg, int size) {
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(svg).render(&painter);
    icon.addPixmap(pixmap);
}

} // namespace

QIcon themedIcon(const QString& name, const QColor& ink) {
    QByteArray svg = source(name);
    svg.replace("currentColor", ink.name().toLatin1());
    QIcon icon;
    for (const int size : {16, 24, 32, 48}) {
        addSize(icon, svg, size);
    }
    return icon;
}

QIcon applicationIcon() {
    const QByteArray svg = source(QStringLiteral("finescope"));
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        addSize(icon, svg, size);
    }
    return icon;
}

} // namespace finescope::widgets

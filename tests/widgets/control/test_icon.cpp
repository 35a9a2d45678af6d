#include "core/error.h"
#include "widgets/control/icon.h"

#include <QGuiApplication>
#include <QImage>
#include <QPalette>
#include <QtTest>

using namespace finescope;
using widgets::themedIcon;

namespace {

/// The colour of the most opaque pixel.
QColor inkOf(const QIcon& icon, QIcon::Mode mode = QIcon::Normal) {
    const QImage image = icon.pixmap(QSize(48, 48), 1.0, mode).toImage();
    QColor ink(0, 0, 0, 0);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (const QColor pixel = image.pixelColor(x, y); pixel.alpha() > ink.alpha()) {
                ink = pixel;
            }
        }
    }
    return ink;
}

} // namespace

class TestIcon : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linesFollowThePaletteWithoutANewIcon() {
        const QIcon icon = themedIcon(QStringLiteral("stop"));
        const QPalette before = QGuiApplication::palette();
        QPalette palette = before;
        palette.setColor(QPalette::Active, QPalette::ButtonText, QColor(0x102030));
        palette.setColor(QPalette::Disabled, QPalette::ButtonText, QColor(0x808080));
        QGuiApplication::setPalette(palette);
        QCOMPARE(inkOf(icon), QColor(0x102030));
        QCOMPARE(inkOf(icon, QIcon::Disabled), QColor(0x808080));
        palette.setColor(QPalette::Active, QPalette::ButtonText, QColor(0xe0e0e0));
        QGuiApplication::setPalette(palette);
        QCOMPARE(inkOf(icon), QColor(0xe0e0e0));
        QGuiApplication::setPalette(before);
    }

    void badgesKeepTheirColours() {
        QCOMPARE(inkOf(themedIcon(QStringLiteral("badge-live"))), QColor(0x00a356));
    }

    void isAsSharpAsItIsAskedFor() {
        const QPixmap pixmap = themedIcon(QStringLiteral("open")).pixmap(QSize(16, 16), 1.5);
        QCOMPARE(pixmap.size(), QSize(24, 24));
    }

    void anUnknownNameIsAnError() {
        QVERIFY_EXCEPTION_THROWN((void)themedIcon(QStringLiteral("none")), Error);
    }
};

QTEST_MAIN(TestIcon)

#include "test_icon.moc"

#include "tests/support/contrast.h"
#include "widgets/control/house_style.h"

#include <QImage>
#include <QPainter>
#include <QStyleOptionButton>
#include <QtTest>

using finescope::tests::contrast;
using finescope::widgets::HouseStyle;

class TestHouseStyle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anUncheckedBoxIsSeenOnItsBase_data() {
        QTest::addColumn<QColor>("base");
        QTest::addColumn<QColor>("faint");
        QTest::newRow("dark") << QColor(0x1b1e23) << QColor(0x868e99);
        QTest::newRow("light") << QColor(0xffffff) << QColor(0x7a828d);
    }

    void anUncheckedBoxIsSeenOnItsBase() {
        QFETCH(QColor, base);
        QFETCH(QColor, faint);
        const HouseStyle style;
        QImage image(16, 16, QImage::Format_RGB32);
        image.fill(base);
        QPainter painter(&image);
        QStyleOptionButton box;
        box.rect = QRect(0, 0, 16, 16);
        box.state = QStyle::State_Enabled | QStyle::State_Off;
        box.palette.setColor(QPalette::Base, base);
        box.palette.setColor(QPalette::PlaceholderText, faint);
        style.drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &box, &painter, nullptr);
        painter.end();
        QVERIFY(contrast(image.pixelColor(8, 0), base) >= 3.0); // WCAG 2.1, 1.4.11: parts of controls
        QCOMPARE(image.pixelColor(8, 8), base);
    }

    void theThreeStatesLookDifferent() {
        const HouseStyle style;
        QList<QImage> images;
        for (const auto state : {QStyle::State_Off, QStyle::State_On, QStyle::State_NoChange}) {
            QImage image(16, 16, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            QStyleOptionButton box;
            box.rect = image.rect();
            box.state = QStyle::State_Enabled | state;
            style.drawPrimitive(QStyle::PE_IndicatorCheckBox, &box, &painter, nullptr);
            painter.end();
            QVERIFY(!images.contains(image));
            images.append(image);
        }
    }

    void buttonsOfDialogsCarryNoStockPictures() {
        HouseStyle style;
        QCOMPARE(style.styleHint(QStyle::SH_DialogButtonBox_ButtonsHaveIcons, nullptr, nullptr, nullptr), 0);
    }
};

QTEST_MAIN(TestHouseStyle)

#include "test_house_style.moc"

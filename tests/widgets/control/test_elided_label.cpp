#include "widgets/control/elided_label.h"

#include <QtTest>

using namespace finescope;
using widgets::ElidedLabel;

class TestElidedLabel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatFitsIsShownWhole() {
        ElidedLabel label;
        label.setText(QStringLiteral("LP 6.08   FT 0.368"));
        QCOMPARE(label.shownText(10'000), label.text());
    }

    void oneNameEndsInAnEllipsis() {
        ElidedLabel label;
        label.setText(QStringLiteral("a-very-long-name"));
        const QString shown = label.shownText(label.fontMetrics().horizontalAdvance(label.text()) / 2);
        QVERIFY(shown.size() > 1 && shown.size() < label.text().size());
        QVERIFY2(shown.endsWith(QStringLiteral("…")), qPrintable(shown));
    }

    /// "0.8" is another number than 0.816.
    void partsAreShownWholeOrNotAtAll() {
        ElidedLabel label;
        label.setText(QStringLiteral("LP 6.08   FT 0.368   LoRA 0.816"));
        const QStringList whole{QStringLiteral("LP 6.08 …"), QStringLiteral("LP 6.08   FT 0.368 …"),
                                label.text()};
        const int first = label.fontMetrics().horizontalAdvance(QStringLiteral("LP 6.08   FT"));
        for (int width = first; width < 2 * label.fontMetrics().horizontalAdvance(label.text()); ++width) {
            const QString shown = label.shownText(width);
            QVERIFY2(whole.contains(shown), qPrintable(shown));
            QVERIFY(label.fontMetrics().horizontalAdvance(shown) <= width);
        }
    }
};

QTEST_MAIN(TestElidedLabel)
#include "test_elided_label.moc"

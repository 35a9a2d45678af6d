#include "core/figure/data_range.h"
#include "tests/support/near.h"

using namespace finescope;
using namespace finescope::figure;

namespace {

/// Data from 2 to 10 and an interval about them.
Panel dataWithInterval(double low, double high, bool asWhiskers) {
    Panel panel;
    panel.curves.push_back({.name = "mean", .x = {0, 1}, .y = {2, 10}});
    if (asWhiskers) {
        panel.curves.push_back({.name = "interval", .x = {1, 1}, .y = {low, high}, .whiskers = true});
    } else {
        panel.bands.push_back({.name = "interval", .x = {0, 1}, .low = {low, low}, .high = {high, high}});
    }
    return panel;
}

} // namespace

class TestDataRange : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anIntervalNearTheDataIsShownWhole() {
        for (const bool asWhiskers : {false, true}) {
            const Range range = homeRangeY(dataWithInterval(1, 13, asWhiskers), Side::left, Scale::linear);
            QVERIFY(range.low <= 1);
            QVERIFY(range.high >= 13);
        }
    }

    void anIntervalFarFromTheDataDoesNotSqueezeThem() {
        for (const bool asWhiskers : {false, true}) {
            const Range range =
                homeRangeY(dataWithInterval(-120, 130, asWhiskers), Side::left, Scale::linear);
            QCOMPARE(range.low, 0); // no datum is negative
            QVERIFY2(range.high >= 14 && range.high < 15, qPrintable(QString::number(range.high)));
        }
        Panel negative = dataWithInterval(-120, 130, false);
        negative.curves.front().y = {-2, 10};
        const Range range = homeRangeY(negative, Side::left, Scale::linear);
        QVERIFY2(range.low <= -8 && range.low > -10, qPrintable(QString::number(range.low)));
    }

    void anIntervalAboutOneValueIsShown() {
        Panel panel = dataWithInterval(1, 13, false);
        panel.curves.front().y = {6, 6};
        const Range range = homeRangeY(panel, Side::left, Scale::linear);
        QVERIFY(range.low <= 1);
        QVERIFY(range.high >= 13);
    }

    void logarithmicRangesWidenByFactors() {
        const Range range = homeRangeY(dataWithInterval(1e-9, 1e9, false), Side::left, Scale::logarithmic);
        QVERIFY2(range.low > 0.3 && range.low < 0.7, qPrintable(QString::number(range.low)));
        QVERIFY2(range.high > 31 && range.high < 50, qPrintable(QString::number(range.high)));
    }

    void anIntervalAloneMakesTheRange() {
        Panel panel;
        panel.bands.push_back({.name = "interval", .x = {0}, .low = {-3}, .high = {4}});
        const Range range = homeRangeY(panel, Side::left, Scale::linear);
        QVERIFY(range.low <= -3);
        QVERIFY(range.high >= 4);
    }
};

QTEST_GUILESS_MAIN(TestDataRange)
#include "test_data_range.moc"

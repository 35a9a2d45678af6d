#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/chart/grouped_bars.h"
#include "widgets/plot/paint/ticks.h"
#include "widgets/plot/scene/reading.h"

#include <QtTest>

using namespace finescope;
using widgets::PanelMap;
using widgets::ReadOut;

namespace {

/// 100 x 100 pixels for x and y in [0, 1].
PanelMap unitMap() {
    return {{.low = 0, .high = 1, .atLow = 0, .atHigh = 100},
            {.low = 0, .high = 1, .atLow = 100, .atHigh = 0},
            QRectF(0, 0, 100, 100)};
}

ReadOut readAt(const figure::Panel& panel, QPointF cursor) {
    return widgets::readOut(panel, unitMap(), unitMap(), cursor, {});
}

/// 4 rows of confidence .9 of which 2 are right, and 4 of .6 of which 3 are.
figure::ReliabilityEntry twoBins() {
    figure::ReliabilityEntry entry{.name = "FT", .style = {.role = "ft"}, .current = {}};
    entry.current.count = 8;
    entry.current.bins = {{.low = 0.5, .high = 0.75, .count = 4, .accuracy = 0.75, .meanConfidence = 0.6},
                          {.low = 0.75, .high = 1, .count = 4, .accuracy = 0.5, .meanConfidence = 0.9}};
    return entry;
}

} // namespace

class TestReading : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The diagonal has two points and the gap's bar ends at no quantity: the bin says all there is, once.
    void aReliabilityDiagramSaysItsBinOnly() {
        const figure::ReliabilityEntry entry = twoBins();
        const figure::Figure figure = figure::reliabilityFigure(std::span(&entry, 1), {});
        for (const QPointF cursor : {QPointF(65, 50), QPointF(99, 5), QPointF(52, 99)}) {
            const ReadOut out = readAt(figure.panels[0], cursor);
            QCOMPARE(out.readings.size(), std::size_t{1});
            QVERIFY2(out.readings[0].text.contains(QStringLiteral("n = 4")),
                     qPrintable(out.readings[0].text));
        }
    }

    /// What says nothing is said by its builder, not guessed from its colour: a bound is grey and has values.
    void aGreyLineWithValuesSaysThem() {
        figure::Panel panel;
        figure::Line line{.name = "bound at 95 %", .x = {0, 0.5, 1}, .y = {0.2, 0.4, 0.6}};
        line.style.role = "reference";
        panel.curves.push_back(line);
        QCOMPARE(readAt(panel, {50, 50}).readings.size(), std::size_t{1});
        panel.curves.front().readOut = false;
        QVERIFY(readAt(panel, {50, 50}).readings.empty());
    }

    void aPointOfLinearProbingSaysItsIteration() {
        figure::Panel panel;
        panel.x.label = "fine-tuning epoch";
        panel.curves.push_back({.name = "LP-FT", .x = {0, 0.25, 0.5, 1}, .y = {0.2, 0.4, 0.6, 0.8}});
        QCOMPARE(readAt(panel, {25, 50}).heading, QStringLiteral("fine-tuning epoch 0.25"));
        panel.curves.front().probing =
            figure::ProbingSpan{.from = 0, .to = 0.5, .iterations = 94, .last = false};
        QCOMPARE(readAt(panel, {25, 50}).heading, QStringLiteral("linear probing, iteration 47 of 94"));
        QVERIFY(readAt(panel, {25, 50}).namesAxis);
        QCOMPARE(readAt(panel, {50, 50}).heading, QStringLiteral("fine-tuning epoch 0.5"));
        QCOMPARE(readAt(panel, {100, 50}).heading, QStringLiteral("fine-tuning epoch 1"));
        panel.curves.front().probing->last = true;
        QCOMPARE(readAt(panel, {50, 50}).heading, QStringLiteral("linear probing, iteration 94 of 94"));
        panel.curves.front().probing->iterations = 0;
        QCOMPARE(readAt(panel, {25, 50}).heading, QStringLiteral("linear probing, 50\u202f%"));
    }

    void aBarOfSeedsSaysItsMethodAndEnds() {
        figure::Panel panel;
        figure::BarSeries series;
        series.name = "FT";
        series.values = {{0.25, 0.5, 0.75}};
        addGroupedBars(panel, {"rte"}, {series}, {});
        PanelMap map = unitMap();
        map.x.low = -0.6;
        map.x.high = 0.6;
        const ReadOut out = widgets::readOut(panel, map, map, {50, 2}, {});
        QCOMPARE(out.readings.size(), std::size_t{1});
        const QString said = out.readings[0].name + out.readings[0].text;
        QVERIFY2(said.contains(QStringLiteral("FT")) && said.contains(QStringLiteral("95 %")),
                 qPrintable(said));
    }

    void noTickOfALogarithmicAxisLiesOutsideIt() {
        const figure::Axis axis{.scale = figure::Scale::logarithmic};
        for (const int most : {2, 3, 5, 100}) {
            const auto room = [most](const QStringList& labels, double) { return labels.size() <= most; };
            const widgets::Ticks ticks = widgets::ticksFor(axis, figure::Scale::logarithmic, 0.05, 2e4, room);
            QVERIFY(!ticks.at.isEmpty());
            for (const double value : ticks.at + ticks.between) {
                QVERIFY2(value > 0.0499 && value < 2.0001e4, qPrintable(QString::number(value)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestReading)
#include "test_reading.moc"

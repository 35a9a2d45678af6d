#include "core/analysis/slider_table.h"

#include "core/analysis/softmax.h"
#include "core/error.h"
#include "tests/core/analysis/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Rows whose confidence lies within `margin` of an inner bin edge: float may put them on the other side.
std::int64_t rowsNearAnEdge(const MatrixF& logits, double temperature, int bins, double margin) {
    const VectorD confidence = softmax(logits, temperature).rowwise().maxCoeff();
    std::int64_t count = 0;
    for (const double value : confidence) {
        const double scaled = value * bins;
        const double nearest = std::round(scaled);
        count += nearest >= 1 && nearest < bins && std::abs(scaled - nearest) <= margin * bins ? 1 : 0;
    }
    return count;
}

} // namespace

class TestSliderTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheExactPath_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("spread");
        QTest::addRow("one row") << 1 << 3 << 1.0;
        QTest::addRow("less than a block") << 100 << 2 << 2.0;
        QTest::addRow("one block") << 256 << 5 << 3.0;
        QTest::addRow("blocks and a rest") << 5003 << 10 << 4.0;
        QTest::addRow("many classes") << 700 << 150 << 3.0;
        QTest::addRow("one class") << 40 << 1 << 1.0;
        QTest::addRow("far apart") << 1000 << 4 << 500.0;
    }
    void agreesWithTheExactPath() {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(double, spread);
        const auto [logits, labels] = tests::randomLogits(rows, classes, spread, 17);
        for (const int bins : {15, 10, 1, 64}) {
            const SliderTable table(logits, labels, bins);
            for (const double temperature : {0.01, 0.3, 1.0, 1.7, 6.4, 1000.0}) {
                const Reliability fast = table.at(temperature);
                const Reliability exact = reliability(logits, labels, temperature, bins);
                QCOMPARE(fast.count, exact.count);
                QCOMPARE(fast.temperature, temperature);
                QVERIFY_NEAR(fast.accuracy, exact.accuracy, 1e-12);
                QVERIFY_NEAR(fast.meanConfidence, exact.meanConfidence, 1e-6);
                QVERIFY_NEAR(fast.nll, exact.nll, 1e-6);
                QVERIFY_NEAR(fast.brier, exact.brier, 1e-6);
                const std::int64_t doubtful = rowsNearAnEdge(logits, temperature, bins, 1e-6);
                std::int64_t moved = 0;
                for (std::size_t bin = 0; bin < exact.bins.size(); ++bin) {
                    QCOMPARE(fast.bins[bin].low, exact.bins[bin].low);
                    QCOMPARE(fast.bins[bin].high, exact.bins[bin].high);
                    moved += std::abs(fast.bins[bin].count - exact.bins[bin].count);
                }
                QVERIFY2(moved <= 2 * doubtful,
                         qPrintable(QStringLiteral("%1 rows moved, %2 near an edge, T = %3")
                                        .arg(moved / 2)
                                        .arg(doubtful)
                                        .arg(temperature)));
                if (moved == 0) {
                    QVERIFY_NEAR(fast.ece, exact.ece, 1e-6);
                    QVERIFY_NEAR(fast.mce, exact.mce, 1e-6);
                    for (std::size_t bin = 0; bin < exact.bins.size(); ++bin) {
                        QVERIFY_NEAR(fast.bins[bin].accuracy, exact.bins[bin].accuracy, 1e-12);
                        QVERIFY_NEAR(fast.bins[bin].meanConfidence, exact.bins[bin].meanConfidence, 1e-6);
                    }
                }
            }
        }
    }

    void agreesWithThreeOtherProjects() {
        const auto [logits, labels] = tests::congruentialLogits();
        const Reliability result = SliderTable(logits, labels).at(2.0);
        QVERIFY_NEAR(result.ece, .258427668, 1e-6);
        QVERIFY_NEAR(result.mce, .383584441, 1e-6);
        QVERIFY_NEAR(result.nll, 1.865499961, 1e-6);
        QVERIFY_NEAR(result.brier, .848628151, 1e-6);
    }

    void tiedRowsAreOneHalf() {
        const SliderTable table(MatrixF::Zero(300, 2), Labels(300, 1), 2);
        const Reliability result = table.at(3.0);
        QCOMPARE(result.bins[0].count, 300); // exactly on the edge 1/2: the lower bin
        QCOMPARE(result.meanConfidence, 0.5);
        QCOMPARE(result.accuracy, 0.0);
    }

    void refusesWhatTheExactPathRefuses() {
        QVERIFY_THROWS_EXCEPTION(Error, SliderTable(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, SliderTable(MatrixF::Zero(1, 2), {2}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)SliderTable(MatrixF::Zero(1, 2), {0}).at(0.0));
    }
};

QTEST_APPLESS_MAIN(TestSliderTable)
#include "test_slider_table.moc"

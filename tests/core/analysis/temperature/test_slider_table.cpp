#include "core/analysis/temperature/slider_table.h"

#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <thread>

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

/// Whether two results of the same rows say the same to the last bit.
bool same(const Reliability& one, const Reliability& other) {
    bool same = one.ece == other.ece && one.mce == other.mce && one.nll == other.nll &&
                one.brier == other.brier && one.accuracy == other.accuracy &&
                one.meanConfidence == other.meanConfidence && one.bins.size() == other.bins.size();
    for (std::size_t bin = 0; same && bin < one.bins.size(); ++bin) {
        same = one.bins[bin].count == other.bins[bin].count &&
               one.bins[bin].accuracy == other.bins[bin].accuracy &&
               one.bins[bin].meanConfidence == other.bins[bin].meanConfidence;
    }
    return same;
}

} // namespace

class TestSliderTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheExactPath_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("spread");
        QTest::addColumn<int>("set");
        const char* const names[] = {"any machine", "AVX2", "AVX-512"};
        for (const InstructionSet set : availableInstructionSets()) {
            const int index = static_cast<int>(set);
            const auto add = [&](const char* what, int rows, int classes, double spread) {
                QTest::addRow("%s, %s", what, names[index]) << rows << classes << spread << index;
            };
            add("one row", 1, 3, 1.0);
            add("less than a block", 20, 2, 2.0);
            add("one block", 32, 5, 3.0);
            add("blocks and a rest", 5003, 10, 4.0);
            add("chunks and a rest", 20011, 3, 2.0);
            add("many classes", 700, 150, 3.0);
            add("one class", 40, 1, 1.0);
            add("far apart", 1000, 4, 500.0);
        }
    }
    void agreesWithTheExactPath() {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(double, spread);
        QFETCH(int, set);
        const auto [logits, labels] = tests::randomLogits(rows, classes, spread, 17);
        for (const int bins : {15, 10, 1, 64}) {
            const SliderTable table(logits, labels, bins, static_cast<InstructionSet>(set));
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

    void agreesWhereItTakesSeveralThreads() {
        // 1,200,000 logits; rows near an edge are counted, and no other row is in another bin.
        const auto [logits, labels] = tests::randomLogits(120000, 10, 3.0, 5);
        const SliderTable table(logits, labels);
        for (const double temperature : {0.7, 2.3}) {
            const Reliability fast = table.at(temperature);
            const Reliability exact = reliability(logits, labels, temperature);
            QCOMPARE(fast.count, exact.count);
            std::int64_t moved = 0;
            for (std::size_t bin = 0; bin < exact.bins.size(); ++bin) {
                moved += std::abs(fast.bins[bin].count - exact.bins[bin].count);
            }
            QVERIFY(moved <= 2 * rowsNearAnEdge(logits, temperature, 15, 1e-6));
            QVERIFY_NEAR(fast.nll, exact.nll, 1e-6);
            QVERIFY_NEAR(fast.brier, exact.brier, 1e-6);
            QVERIFY_NEAR(fast.meanConfidence, exact.meanConfidence, 1e-6);
            QVERIFY_NEAR(fast.accuracy, exact.accuracy, 1e-12);
            // Whoever took which rows, the sums are the same.
            for (int turn = 0; turn < 5; ++turn) {
                QVERIFY(same(table.at(temperature), fast));
            }
        }
    }

    void answersSeveralThreadsAtOnce() {
        const auto [logits, labels] = tests::randomLogits(3000, 7, 2.0, 8);
        const SliderTable table(logits, labels);
        std::vector<Reliability> alone;
        for (int i = 0; i < 4; ++i) {
            alone.push_back(table.at(0.5 + i));
        }
        std::vector<Reliability> together(4);
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < 4; ++i) {
                threads.emplace_back([&, i] { together[i] = table.at(0.5 + static_cast<double>(i)); });
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(same(together[i], alone[i]));
        }
    }

    void extremesAreThoseOfTheExactPath_data() {
        QTest::addColumn<double>("temperature");
        for (const double temperature : {1e-37, 1e-20, 1e20, 1e37}) {
            QTest::addRow("T = %g", temperature) << temperature;
        }
    }
    void extremesAreThoseOfTheExactPath() {
        QFETCH(double, temperature);
        MatrixF logits(5, 3);
        logits << 0, 0, 0, 1, 1, 0, -3e38F, 3e38F, 1e30F, 1e-42F, 0, 0, 5, -5, 0;
        const Labels labels{0, 1, 0, 0, 2};
        const Reliability fast = SliderTable(logits, labels).at(temperature);
        const Reliability exact = reliability(logits, labels, temperature);
        QVERIFY_NEAR(fast.ece, exact.ece, 1e-6);
        QVERIFY_NEAR(fast.mce, exact.mce, 1e-6);
        QVERIFY_NEAR(fast.brier, exact.brier, 1e-6);
        QVERIFY_NEAR(fast.meanConfidence, exact.meanConfidence, 1e-6);
        QVERIFY(std::isfinite(fast.brier));
        QVERIFY(fast.nll == exact.nll || std::abs(fast.nll / exact.nll - 1) < 1e-6);
    }

    void keepsLessThanTheLogits_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addRow("10 classes") << 3200 << 10;
        QTest::addRow("150 classes") << 320 << 150;
        QTest::addRow("2 classes") << 3200 << 2;
        QTest::addRow("one class") << 3200 << 1;
        QTest::addRow("a rest") << 3201 << 10;
    }
    void keepsLessThanTheLogits() {
        QFETCH(int, rows);
        QFETCH(int, classes);
        const SliderTable table(MatrixF::Zero(rows, classes), Labels(static_cast<std::size_t>(rows), 0));
        const std::size_t padded = (static_cast<std::size_t>(rows) + 31) / 32 * 32;
        QCOMPARE(table.bytes(), padded * (4 * static_cast<std::size_t>(classes - 1) + 1));
        QVERIFY(table.bytes() < padded * static_cast<std::size_t>(classes) * sizeof(float));
    }

    void refusesWhatTheExactPathRefuses() {
        QVERIFY_THROWS_EXCEPTION(Error, SliderTable(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, SliderTable(MatrixF::Zero(1, 2), {2}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)SliderTable(MatrixF::Zero(1, 2), {0}).at(0.0));
    }
};

QTEST_APPLESS_MAIN(TestSliderTable)
#include "test_slider_table.moc"

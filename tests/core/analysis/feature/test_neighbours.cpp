#include "core/analysis/feature/neighbours.h"

#include "core/analysis/statistics/rank_correlation.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <array>
#include <limits>
#include <set>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// Indices of the k nearest other rows, by all distances in full.
std::set<Eigen::Index> nearestByBruteForce(const MatrixF& features, Eigen::Index row, int k) {
    std::vector<std::pair<double, Eigen::Index>> all;
    for (Eigen::Index other = 0; other < features.rows(); ++other) {
        if (other != row) {
            all.emplace_back((features.row(row) - features.row(other)).cast<double>().norm(), other);
        }
    }
    std::ranges::sort(all);
    std::set<Eigen::Index> nearest;
    for (int i = 0; i < k; ++i) {
        nearest.insert(all[static_cast<std::size_t>(i)].second);
    }
    return nearest;
}

} // namespace

class TestNeighbours : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pointsOnALineByHand() {
        MatrixF line(5, 1), folded(5, 1);
        line << 0, 1, 3, 7, 15;    // nearest: 1, 0, 1, 2, 3
        folded << 0, 10, 1, 8, 20; // nearest: 2, 3, 0, 1, 1
        QCOMPARE(neighbourOverlap(line, line, 1), 1.0);
        QCOMPARE(neighbourOverlap(line, folded, 1), 0.0);
        QCOMPARE(neighbourOverlap(line, folded, 4), 1.0); // all others
        QCOMPARE(neighbourPurity(line, {0, 0, 1, 1, 0}, 1), 3.0 / 5);
    }

    void agreesWithAllDistancesInFull() {
        const MatrixF before = (tests::randomLogits(60, 5, 1.0, 1).logits.array() + 100.0F).matrix();
        const MatrixF after = before + 0.5F * tests::randomLogits(60, 5, 1.0, 2).logits;
        const Labels labels = tests::randomLogits(60, 3, 1.0, 3).labels;
        double kept = 0, same = 0;
        for (Eigen::Index row = 0; row < 60; ++row) {
            const auto first = nearestByBruteForce(before, row, 7), last = nearestByBruteForce(after, row, 7);
            kept += static_cast<double>(
                std::ranges::count_if(first, [&](Eigen::Index other) { return last.contains(other); }));
            same += static_cast<double>(std::ranges::count_if(first, [&](Eigen::Index other) {
                return labels[static_cast<std::size_t>(other)] == labels[static_cast<std::size_t>(row)];
            }));
        }
        QVERIFY(kept > 0 && kept < 60 * 7);
        QVERIFY_NEAR(neighbourOverlap(before, after, 7), kept / (60 * 7), 1e-12);
        QVERIFY_NEAR(neighbourPurity(before, labels, 7), same / (60 * 7), 1e-12);
    }

    void someRowsSpeakForAll() {
        const MatrixF before = (tests::randomLogits(60, 5, 1.0, 1).logits.array() + 100.0F).matrix();
        const MatrixF after = before + 0.5F * tests::randomLogits(60, 5, 1.0, 2).logits;
        const Labels labels = tests::randomLogits(60, 3, 1.0, 3).labels;
        const NeighbourNumbers all = neighbourNumbers(before, after, labels, {.k = 7});
        QCOMPARE(all.rows, 60);
        QVERIFY_NEAR(all.overlap->value, neighbourOverlap(before, after, 7), 1e-12);
        QVERIFY_NEAR(all.purityBefore.value(), neighbourPurity(before, labels, 7), 1e-12);
        QVERIFY_NEAR(all.purityAfter.value(), neighbourPurity(after, labels, 7), 1e-12);
        QVERIFY(all.overlap->interval->low < all.overlap->value);
        QVERIFY(all.overlap->interval->high > all.overlap->value);
        QVERIFY_NEAR(all.overlapByChance(), 7.0 / 59, 1e-12);
        // Every third row, its neighbours still among all.
        const NeighbourNumbers some = neighbourNumbers(before, after, labels, {.k = 7, .mostRows = 20});
        double kept = 0;
        for (Eigen::Index row = 0; row < 60; row += 3) {
            const auto first = nearestByBruteForce(before, row, 7), last = nearestByBruteForce(after, row, 7);
            kept += static_cast<double>(
                std::ranges::count_if(first, [&](Eigen::Index other) { return last.contains(other); }));
        }
        QCOMPARE(some.rows, 20);
        QCOMPARE(some.samples, 60);
        QVERIFY_NEAR(some.overlap->value, kept / (20 * 7), 1e-12);
    }

    void whatWasNotRecordedIsAbsent() {
        const MatrixF before = tests::randomLogits(20, 3, 1.0, 1).logits;
        const Labels labels(20, 0);
        const NeighbourNumbers half = neighbourNumbers(before, MatrixF{}, labels);
        QVERIFY(half.purityBefore.has_value() && !half.purityAfter && !half.overlap);
        QVERIFY(!neighbourNumbers(before, before, labels, {.k = 20}).overlap); // no more rows than neighbours
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourNumbers(before, before, Labels(19, 0)));
        double furthest = 0;
        QVERIFY_THROWS_EXCEPTION(
            Error,
            (void)neighbourNumbers(before, before, labels, {},
                                   {.onProgress = [&](double done) { furthest = std::max(furthest, done); },
                                    .cancelled = [&] { return furthest > 0; }}));
        QVERIFY(furthest < 1);
    }

    void whatHasNoNeighboursIsRefused() {
        const MatrixF rows = MatrixF::Ones(3, 2);
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourOverlap(rows, rows, 3));
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourOverlap(rows, rows, 0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourOverlap(rows, MatrixF::Ones(4, 2), 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourPurity(rows, {0, 1}, 1));
        const MatrixF broken = MatrixF::Constant(3, 2, std::numeric_limits<float>::quiet_NaN());
        QVERIFY_THROWS_EXCEPTION(Error, (void)neighbourOverlap(rows, broken, 1));
    }

    void rankCorrelationWithTies() {
        // scipy.stats.spearmanr([1, 2, 2, 4, 5, 0.5], [5, 4, 4.5, 3, -9, 4])
        constexpr std::array one{1.0, 2.0, 2.0, 4.0, 5.0, 0.5}, other{5.0, 4.0, 4.5, 3.0, -9.0, 4.0};
        QVERIFY_NEAR(rankCorrelation(one, other).value(), -0.7205882352941176, 1e-14);
        QVERIFY_NEAR(rankCorrelation(one, one).value(), 1.0, 1e-14);
        QVERIFY(!rankCorrelation(one, std::array{1.0, 1.0, 1.0, 1.0, 1.0, 1.0}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)rankCorrelation(one, std::array{1.0, 2.0}));
    }
};

QTEST_APPLESS_MAIN(TestNeighbours)
#include "test_neighbours.moc"

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

    const MatrixF m_before = (tests::randomLogits(60, 5, 1.0, 1).logits.array() + 100.0F).matrix();
    const MatrixF m_after = m_before + 0.5F * tests::randomLogits(60, 5, 1.0, 2).logits;
    const Labels m_labels = tests::randomLogits(60, 3, 1.0, 3).labels;

    /// Shares of the 7 nearest, of every `step`-th row.
    struct Counted {
        double kept = 0, sameBefore = 0, sameAfter = 0;
    };

    [[nodiscard]] Counted countedOf(Eigen::Index step) const {
        Counted counted;
        double all = 0;
        for (Eigen::Index row = 0; row < m_before.rows(); row += step) {
            const auto first = nearestByBruteForce(m_before, row, 7),
                       last = nearestByBruteForce(m_after, row, 7);
            const auto same = [&](Eigen::Index other) {
                return m_labels[static_cast<std::size_t>(other)] == m_labels[static_cast<std::size_t>(row)];
            };
            counted.kept += static_cast<double>(
                std::ranges::count_if(first, [&](Eigen::Index other) { return last.contains(other); }));
            counted.sameBefore += static_cast<double>(std::ranges::count_if(first, same));
            counted.sameAfter += static_cast<double>(std::ranges::count_if(last, same));
            all += 7;
        }
        return {counted.kept / all, counted.sameBefore / all, counted.sameAfter / all};
    }

private Q_SLOTS:
    void pointsOnALineByHand() {
        MatrixF line(5, 1), folded(5, 1);
        line << 0, 1, 3, 7, 15;    // nearest: 1, 0, 1, 2, 3
        folded << 0, 10, 1, 8, 20; // nearest: 2, 3, 0, 1, 1
        const Labels labels{0, 0, 1, 1, 0};
        const auto overlap = [&](const MatrixF& after, int k) {
            return neighbourNumbers(line, after, labels, {.k = k}).overlap->value;
        };
        QCOMPARE(overlap(line, 1), 1.0);
        QCOMPARE(overlap(folded, 1), 0.0);
        QCOMPARE(overlap(folded, 4), 1.0); // all others
        const NeighbourNumbers numbers = neighbourNumbers(line, folded, labels, {.k = 1});
        QCOMPARE(numbers.purityBefore.value(), 3.0 / 5);
        QCOMPARE(numbers.purityAfter.value(), 1.0 / 5);
    }

    void agreesWithAllDistancesInFull() {
        const NeighbourNumbers all = neighbourNumbers(m_before, m_after, m_labels, {.k = 7});
        const Counted counted = countedOf(1);
        QVERIFY(counted.kept > 0 && counted.kept < 1);
        QCOMPARE(all.rows, 60);
        QVERIFY_NEAR(all.overlap->value, counted.kept, 1e-12);
        QVERIFY_NEAR(all.purityBefore.value(), counted.sameBefore, 1e-12);
        QVERIFY_NEAR(all.purityAfter.value(), counted.sameAfter, 1e-12);
        QVERIFY(all.overlap->interval->low < all.overlap->value);
        QVERIFY(all.overlap->interval->high > all.overlap->value);
        QVERIFY_NEAR(all.overlapByChance(), 7.0 / 59, 1e-12);
    }

    /// Every third row, its neighbours still among all.
    void someRowsSpeakForAll() {
        const NeighbourNumbers some = neighbourNumbers(m_before, m_after, m_labels, {.k = 7, .mostRows = 20});
        const Counted counted = countedOf(3);
        QCOMPARE(some.rows, 20);
        QCOMPARE(some.samples, 60);
        QVERIFY_NEAR(some.overlap->value, counted.kept, 1e-12);
        QVERIFY_NEAR(some.purityBefore.value(), counted.sameBefore, 1e-12);
        QVERIFY_NEAR(some.purityAfter.value(), counted.sameAfter, 1e-12);
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
        const Labels labels(3, 0);
        const auto numbers = [&](const MatrixF& before, const MatrixF& after, int k) {
            return neighbourNumbers(before, after, labels, {.k = k});
        };
        QVERIFY_THROWS_EXCEPTION(Error, (void)numbers(rows, rows, 0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)numbers(rows, MatrixF::Ones(4, 2), 1));
        const MatrixF broken = MatrixF::Constant(3, 2, std::numeric_limits<float>::quiet_NaN());
        QVERIFY_THROWS_EXCEPTION(Error, (void)numbers(rows, broken, 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)numbers(broken, rows, 1));
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

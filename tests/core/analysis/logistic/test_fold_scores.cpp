#include "core/analysis/logistic/fold_scores.h"

#include "core/error.h"

#include <boost/rational.hpp>

#include <QtTest>

#include <numeric>
#include <random>

using namespace finescope;
using namespace finescope::analysis;

namespace {

using Fraction = boost::rational<std::int64_t>;
using Hits = std::vector<std::int64_t>;

FoldScores scoresOf(const Hits& rows, const std::vector<Hits>& hits) {
    FoldScores scores(rows, hits.size());
    for (std::size_t candidate = 0; candidate < hits.size(); ++candidate) {
        for (std::size_t fold = 0; fold < rows.size(); ++fold) {
            scores.setHits(candidate, fold, hits[candidate][fold]);
        }
    }
    return scores;
}

Fraction exactMean(const Hits& rows, const Hits& hits) {
    Fraction sum = 0;
    for (std::size_t fold = 0; fold < rows.size(); ++fold) {
        sum += Fraction(hits[fold], rows[fold]);
    }
    return sum / static_cast<std::int64_t>(rows.size());
}

/// As it was added up before.
double sumOfRounded(const Hits& rows, const Hits& hits) {
    double sum = 0;
    for (std::size_t fold = 0; fold < rows.size(); ++fold) {
        sum += static_cast<double>(hits[fold]) / static_cast<double>(rows[fold]) /
               static_cast<double>(rows.size());
    }
    return sum;
}

} // namespace

class TestFoldScores : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theMeanIsOverFoldsNotRows() {
        const FoldScores scores = scoresOf({2, 3}, {{1, 3}, {2, 1}});
        QCOMPARE(scores.mean(0), 0.75);
        QCOMPARE(scores.mean(1), 2.0 / 3);
        QCOMPARE(scores.best(), std::size_t{0});
    }

    // Hits by fold of the recorded demo's linear probe at seed 54: 21.54 and 166.8 are right on 318 of 400
    // rows each, but 166.8 was chosen, because its shares add up to an ulp more.
    void theDemosSeed54ChoosesTheSmallerStrength() {
        const Hits rows(5, 80);
        const std::vector<Hits> hits{{42, 42, 42, 43, 43}, {42, 42, 42, 43, 43}, {42, 42, 42, 43, 43},
                                     {49, 46, 49, 49, 51}, {58, 57, 59, 57, 56}, {63, 64, 58, 63, 62},
                                     {66, 67, 62, 62, 61}, {67, 68, 64, 62, 57}, {66, 66, 64, 61, 55},
                                     {67, 67, 62, 60, 55}};
        QVERIFY(sumOfRounded(rows, hits[7]) > sumOfRounded(rows, hits[6]));
        const FoldScores scores = scoresOf(rows, hits);
        QCOMPARE(scores.best(), std::size_t{6});
        QCOMPARE(scores.mean(6), 0.795);
        QCOMPARE(scores.mean(7), 0.795);
    }

    // Hits of ten strengths by fold, hardly better than chance, as those of a probe are: many scores are
    // equal.
    void theFirstOfTheExactlyBestWins() {
        std::mt19937 generator(16);
        int tied = 0;
        int wronglyByRoundedSums = 0;
        for (int draw = 0; draw < 4000; ++draw) {
            const auto size = static_cast<std::int64_t>(4 + generator() % 40);
            Hits rows(5, size);
            for (std::size_t fold = 0; fold < generator() % 5; ++fold) {
                ++rows[fold];
            }
            std::vector<Hits> hits(10);
            for (Hits& candidate : hits) {
                for (const std::int64_t count : rows) {
                    candidate.push_back(count - std::min<std::int64_t>(count, generator() % 3));
                }
            }
            std::size_t exact = 0;
            std::size_t rounded = 0;
            for (std::size_t candidate = 1; candidate < hits.size(); ++candidate) {
                const Fraction own = exactMean(rows, hits[candidate]);
                const Fraction best = exactMean(rows, hits[exact]);
                tied += own == best ? 1 : 0;
                exact = own > best ? candidate : exact;
                rounded = sumOfRounded(rows, hits[candidate]) > sumOfRounded(rows, hits[rounded]) ? candidate
                                                                                                  : rounded;
            }
            wronglyByRoundedSums += rounded != exact ? 1 : 0;
            const FoldScores scores = scoresOf(rows, hits);
            QCOMPARE(scores.best(), exact);
            for (std::size_t candidate = 0; candidate < hits.size(); ++candidate) {
                const Fraction mean = exactMean(rows, hits[candidate]);
                QVERIFY(std::abs(scores.mean(candidate) - boost::rational_cast<double>(mean)) <= 1e-15);
                QCOMPARE(scores.mean(candidate) == scores.mean(exact), mean == exactMean(rows, hits[exact]));
            }
        }
        QVERIFY(tied > 100);
        QVERIFY(wronglyByRoundedSums > 100);
    }

    void foldsOfHundredsOfMillionsOfRowsAreExact() {
        // One hit in a fold of n or of n + 1 rows: the doubles are equal, the fractions are not.
        const std::int64_t n = 400'000'000;
        const FoldScores scores = scoresOf(
            {n, n, n, n, n + 1}, {{n, n, n, n - 1, n + 1}, {n, n, n, n, n}, {n, n, n - 1, n, n + 1}});
        QCOMPARE(scores.best(), std::size_t{1});
    }

    void whatCannotBeComparedIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, FoldScores(Hits{}, 1));
        QVERIFY_THROWS_EXCEPTION(Error, FoldScores(Hits{3, 0}, 1));
        QVERIFY_THROWS_EXCEPTION(Error,
                                 FoldScores(Hits{1'000'000'007, 1'000'000'009, 998'244'353, 999'999'937}, 1));
        FoldScores scores({3, 4}, 1);
        QVERIFY_THROWS_EXCEPTION(Error, scores.setHits(0, 0, 4));
        QVERIFY_THROWS_EXCEPTION(Error, scores.setHits(0, 1, -1));
    }
};

QTEST_APPLESS_MAIN(TestFoldScores)
#include "test_fold_scores.moc"

#include "core/analysis/calibration/calibration_intervals.h"

#include "core/analysis/calibration/calibration_error.h"
#include "core/error.h"
#include "core/random_bits.h"
#include "tests/core/analysis/calibration/calibration_samples.h"
#include "tests/support/near.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// The distribution of how many of the rows come true, each with its own probability: exact, by adding one
/// row after another.
std::vector<double> poissonBinomial(const std::vector<double>& probabilities) {
    std::vector<double> chances{1};
    for (const double probability : probabilities) {
        std::vector<double> next(chances.size() + 1, 0.0);
        for (std::size_t count = 0; count < chances.size(); ++count) {
            next[count] += chances[count] * (1 - probability);
            next[count + 1] += chances[count] * probability;
        }
        chances = std::move(next);
    }
    return chances;
}

/// The smallest fraction with at least a chance of p at or below it.
double quantileOf(const std::vector<double>& chances, double p) {
    double below = 0;
    for (std::size_t count = 0; count < chances.size(); ++count) {
        below += chances[count];
        if (below >= p) {
            return static_cast<double>(count) / static_cast<double>(chances.size() - 1);
        }
    }
    return 1;
}

Forecasts manyOf(std::size_t rows, double confidence, std::size_t right) {
    Forecasts result{std::vector<double>(rows, confidence), std::vector<std::uint8_t>(rows, 0)};
    std::fill_n(result.right.begin(), right, std::uint8_t{1});
    return result;
}

} // namespace

class TestCalibrationIntervals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The numbers of the reference implementation (Vigna, splitmix64.c) from 1234567.
    void randomBitsAreSplitmix64() {
        RandomBits bits(1234567);
        for (const std::uint64_t expected : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                             4593380528125082431U, 16408922859458223821U}) {
            QCOMPARE(bits.next(), expected);
        }
    }

    void percentilesAreNumpys() {
        // numpy.percentile([1, 2, 3, 4], [0, 25, 50, 90, 100])
        const std::vector<double> sorted{1, 2, 3, 4};
        QCOMPARE(percentileOfSorted(sorted, 0), 1.0);
        QCOMPARE(percentileOfSorted(sorted, .25), 1.75);
        QCOMPARE(percentileOfSorted(sorted, .5), 2.5);
        QCOMPARE(percentileOfSorted(sorted, .9), 3.7);
        QCOMPARE(percentileOfSorted(sorted, 1), 4.0);
        const Interval middle = percentileInterval({4, 1, 3, 2}, .5);
        QCOMPARE(middle.low, 1.75);
        QCOMPARE(middle.high, 3.25);
        QCOMPARE(percentileInterval({7}, .95).low, 7.0);
    }

    void wilsonAgreesWithScipy_data() { tests::addReferenceCases(); }
    void wilsonAgreesWithScipy() {
        FETCH_REFERENCE_FORECASTS(forecasts);
        const QJsonArray expected = tests::calibrationReferences()[name][QStringLiteral("wilson")].toArray();
        const auto mine = wilsonIntervals(binForecasts(forecasts, ConfidenceBins(15)));
        QCOMPARE(static_cast<qsizetype>(mine.size()), expected.size());
        for (std::size_t bin = 0; bin < mine.size(); ++bin) {
            const QJsonArray bounds = expected[static_cast<qsizetype>(bin)].toArray();
            QCOMPARE(mine[bin].has_value(), bounds.size() == 2);
            if (mine[bin]) {
                QVERIFY_NEAR(mine[bin]->low, bounds[0].toDouble(), 1e-12);
                QVERIFY_NEAR(mine[bin]->high, bounds[1].toDouble(), 1e-12);
            }
        }
    }

    void wilsonAtTheEnds() {
        const double z2 = 1.959963984540054 * 1.959963984540054;
        for (const std::int64_t count : {1, 7, 1000000}) {
            const Interval none = wilsonInterval(0, count);
            QCOMPARE(none.low, 0.0);
            QVERIFY_NEAR(none.high, z2 / (static_cast<double>(count) + z2), 1e-14);
            const Interval all = wilsonInterval(count, count);
            QVERIFY_NEAR(all.low, 1 - none.high, 1e-14);
            QCOMPARE(all.high, 1.0);
        }
        const Interval wide = wilsonInterval(3, 10, .99);
        const Interval narrow = wilsonInterval(3, 10, .9);
        QVERIFY(wide.low < narrow.low && narrow.low < .3 && .3 < narrow.high && narrow.high < wide.high);
    }

    void bootstrapOfOneBinIsBinomial() {
        const Forecasts forecasts = manyOf(200, .75, 120);
        const CalibrationBand band =
            bootstrapBand(forecasts, ConfidenceBins(10), {.replicates = 20000, .seed = 3});
        const auto chances = poissonBinomial(std::vector<double>(200, .6));
        const Interval accuracy = band.accuracy[7].value();
        // Twenty thousand draws place a percentile to well within one row of the 200.
        QVERIFY_NEAR(accuracy.low, quantileOf(chances, .025), .0051);
        QVERIFY_NEAR(accuracy.high, quantileOf(chances, .975), .0051);
        // ECE is |accuracy - .75|, and with one bin also MCE.
        QVERIFY_NEAR(band.ece.interval.low, .75 - accuracy.high, 1e-12);
        QVERIFY_NEAR(band.ece.interval.high, .75 - accuracy.low, 1e-12);
        QVERIFY_NEAR(band.mce.interval.high, band.ece.interval.high, 1e-12);
        // Standard error sqrt(.6 * .4 / 200 / 20000) = 2.4e-4.
        QVERIFY_NEAR(band.ece.mean, .15, 1e-3);
        QCOMPARE(std::ranges::count_if(band.accuracy, [](const auto& bin) { return bin.has_value(); }), 1);
    }

    void bootstrapAgreesWithNumpys_data() { tests::addReferenceCases(); }
    void bootstrapAgreesWithNumpys() {
        FETCH_REFERENCE_FORECASTS(forecasts);
        const QJsonValue expected = tests::calibrationReferences()[name][QStringLiteral("bootstrap")];
        const CalibrationBand band =
            bootstrapBand(forecasts, ConfidenceBins(15), {.replicates = 4000, .seed = 2});
        // Two generators: a percentile of 4000 draws is known to about 4 % of a standard deviation, 1 % of
        // the interval; MCE has a long tail and steps.
        const auto compare = [&](const Interval& mine, const QString& what, double part) {
            const QJsonArray theirs = expected[what].toArray();
            const double width = theirs[1].toDouble() - theirs[0].toDouble();
            QVERIFY_NEAR(mine.low, theirs[0].toDouble(), part * width);
            QVERIFY_NEAR(mine.high, theirs[1].toDouble(), part * width);
        };
        compare(band.ece.interval, QStringLiteral("ece"), .08);
        compare(band.mce.interval, QStringLiteral("mce"), .15);
    }

    void consistencyOfACalibratedModelIsPoissonBinomial() {
        Forecasts forecasts;
        for (int row = 0; row < 100; ++row) {
            forecasts.confidence.push_back(.61 + .0008 * row);
            forecasts.right.push_back(1);
        }
        const CalibrationBand band =
            consistencyBand(forecasts, ConfidenceBins(10), {.replicates = 20000, .seed = 5});
        const auto chances = poissonBinomial(forecasts.confidence);
        const Interval accuracy = band.accuracy[6].value();
        QVERIFY_NEAR(accuracy.low, quantileOf(chances, .025), .0101);
        QVERIFY_NEAR(accuracy.high, quantileOf(chances, .975), .0101);
        const double meanConfidence = binForecasts(forecasts, ConfidenceBins(10))[6].meanConfidence;
        double expectedEce = 0;
        for (std::size_t count = 0; count < chances.size(); ++count) {
            expectedEce += chances[count] * std::abs(static_cast<double>(count) / 100 - meanConfidence);
        }
        QVERIFY_NEAR(band.ece.mean, expectedEce, 1e-3); // standard error 2e-4
        // All right: far outside of what a calibrated model would do.
        QVERIFY(accuracy.high < 1);
        QVERIFY(1 - meanConfidence > band.ece.interval.high);
    }

    void certainForecastsAlwaysComeTrue() {
        const Forecasts forecasts{{0, 0, 1, 1}, {1, 0, 1, 0}};
        const CalibrationBand band = consistencyBand(forecasts, ConfidenceBins(15));
        QCOMPARE(band.accuracy.front()->high, 0.0);
        QCOMPARE(band.accuracy.back()->low, 1.0);
        QCOMPARE(band.ece.interval.high, 0.0);
    }

    void stoppingIsHeeded() {
        std::stop_source source;
        source.request_stop();
        try {
            (void)bootstrapBand(
                {{.5}, {1}}, ConfidenceBins(15),
                {.hooks = {.onProgress = {}, .cancelled = [&] { return source.stop_requested(); }}});
            QFAIL("it went on");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }

    void aSeedIsRepeatable() {
        const Forecasts forecasts = tests::hundredths();
        const ConfidenceBins edges = ConfidenceBins::equalMass(forecasts.confidence, 15);
        const CalibrationBand first = bootstrapBand(forecasts, edges, {.replicates = 50, .seed = 9});
        const CalibrationBand again = bootstrapBand(forecasts, edges, {.replicates = 50, .seed = 9});
        const CalibrationBand other = bootstrapBand(forecasts, edges, {.replicates = 50, .seed = 10});
        QCOMPARE(first.ece.mean, again.ece.mean);
        QCOMPARE(first.mce.interval.low, again.mce.interval.low);
        QVERIFY(first.ece.mean != other.ece.mean);
        for (std::size_t bin = 0; bin < edges.count(); ++bin) {
            QVERIFY(first.accuracy[bin]->low <= first.accuracy[bin]->high);
        }
    }

    void oneRowAndEqualRows() {
        for (const auto& forecasts : {manyOf(1, .7, 1), manyOf(30, .7, 30), manyOf(30, 1, 0)}) {
            for (const auto& band : {bootstrapBand(forecasts, ConfidenceBins(15)),
                                     consistencyBand(forecasts, ConfidenceBins(15))}) {
                QVERIFY(std::isfinite(band.ece.mean) && std::isfinite(band.mce.mean));
                QCOMPARE(band.accuracy.size(), std::size_t{15});
            }
        }
    }

    void rubbishIsRefused() {
        const Forecasts one{{.5}, {1}};
        const ConfidenceBins edges(15);
        for (const Resampling& options :
             {Resampling{.replicates = 0}, Resampling{.replicates = 100001}, Resampling{.level = 0},
              Resampling{.level = 1}, Resampling{.level = std::numeric_limits<double>::quiet_NaN()}}) {
            QVERIFY_THROWS_EXCEPTION(Error, (void)bootstrapBand(one, edges, options));
            QVERIFY_THROWS_EXCEPTION(Error, (void)consistencyBand(one, edges, options));
        }
        QVERIFY_THROWS_EXCEPTION(Error, (void)bootstrapBand({}, edges));
        QVERIFY_THROWS_EXCEPTION(Error, (void)consistencyBand({}, edges));
        QVERIFY_THROWS_EXCEPTION(Error, (void)wilsonInterval(0, 0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)wilsonInterval(2, 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)wilsonInterval(-1, 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)wilsonInterval(1, 2, 1.5));
    }
};

QTEST_APPLESS_MAIN(TestCalibrationIntervals)
#include "test_calibration_intervals.moc"

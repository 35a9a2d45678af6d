#include "core/analysis/calibration/calibration_error.h"

#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/calibration_samples.h"
#include "tests/support/near.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// ECE straight from its formula, of {sum of confidences, number right} in each group of rows.
double eceOfGroups(const std::map<double, std::pair<double, double>>& sumsOfGroup, std::size_t rows) {
    double ece = 0;
    for (const auto& [key, sums] : sumsOfGroup) {
        ece += std::abs(sums.first - sums.second) / static_cast<double>(rows);
    }
    return ece;
}

} // namespace

class TestCalibrationError : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheVectorOfThreeProjects_data() {
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("equalMass");
        QTest::addColumn<double>("l2");
        QTest::addColumn<double>("classWise");
        QTest::addColumn<double>("mce");
        QTest::addRow("T = 1") << 1.0 << .422799471 << .431630318 << .190620838 << .514047789;
        QTest::addRow("T = 2") << 2.0 << .258427668 << .261329715 << .130316897 << .383584441;
    }
    void agreesWithTheVectorOfThreeProjects() {
        QFETCH(double, temperature);
        QFETCH(double, equalMass);
        QFETCH(double, l2);
        QFETCH(double, classWise);
        QFETCH(double, mce);
        const auto [logits, labels] = tests::congruentialLogits();
        const Reliability ofMass = reliability(logits, labels, temperature, Binning::equalMass, 15);
        QCOMPARE(ofMass.bins.size(), std::size_t{15});
        QVERIFY_NEAR(ofMass.ece, equalMass, 1e-9);
        QVERIFY_NEAR(debiasedL2(ofMass.bins), l2, 1e-9);
        QVERIFY_NEAR(classWiseCalibration(logits, labels, temperature).ece, classWise, 1e-9);
        const Forecasts forecasts = topLabelForecasts(logits, labels, temperature);
        QVERIFY_NEAR(std::abs(worstBin(forecasts, ConfidenceBins(15)).bin.gap()), mce, 1e-9);
    }

    void agreesWithVerifiedCalibration_data() { tests::addReferenceCases(); }
    void agreesWithVerifiedCalibration() {
        FETCH_REFERENCE_FORECASTS(forecasts);
        const QJsonObject expected =
            tests::calibrationReferences()[name][QStringLiteral("equal_mass")].toObject();
        for (const QString& count : expected.keys()) {
            const auto bins =
                binForecasts(forecasts, ConfidenceBins::equalMass(forecasts.confidence, count.toInt()));
            QVERIFY_NEAR(calibrationError(bins).ece, expected[count][QStringLiteral("ece")].toDouble(),
                         1e-12);
            QVERIFY_NEAR(debiasedL2(bins), expected[count][QStringLiteral("l2")].toDouble(), 1e-12);
        }
    }

    void classWiseAgreesWithNetcal_data() { tests::addReferenceCases(); }
    void classWiseAgreesWithNetcal() {
        QFETCH(QString, name);
        const QJsonValue expected = tests::calibrationReferences()[name][QStringLiteral("class_wise")];
        if (expected.isUndefined()) {
            return; // only confidences were saved
        }
        const auto lenet =
            name.startsWith(QStringLiteral("lenet")) ? tests::lenetLogits() : tests::congruentialLogits();
        if (!lenet) {
            QSKIP(qPrintable(QStringLiteral("missing: shared/data/calibration/%1").arg(name)));
        }
        const double temperature = name.endsWith(QStringLiteral("2")) ? 2 : 1;
        const ClassWiseCalibration mine = classWiseCalibration(lenet->logits, lenet->labels, temperature);
        QVERIFY_NEAR(mine.ece, expected.toDouble(), 1e-12);
        const auto classes = static_cast<std::size_t>(lenet->logits.cols());
        QCOMPARE(mine.classes.size(), classes);
        // Each class is a set of forecasts of its own.
        const MatrixD probabilities = softmax(lenet->logits, temperature);
        for (std::size_t column = 0; column < classes; ++column) {
            Forecasts forecasts;
            for (std::size_t row = 0; row < lenet->labels.size(); ++row) {
                forecasts.confidence.push_back(
                    probabilities(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)));
                forecasts.right.push_back(lenet->labels[row] == static_cast<std::int64_t>(column) ? 1 : 0);
            }
            QCOMPARE(mine.classes[column].rows,
                     std::count(forecasts.right.begin(), forecasts.right.end(), std::uint8_t{1}));
            QVERIFY_NEAR(mine.classes[column].ece,
                         calibrationError(binForecasts(forecasts, ConfidenceBins(15))).ece, 1e-14);
        }
    }

    void forecastsAreWhatReliabilityBins() {
        const auto [logits, labels] = tests::randomLogits(500, 4, 2.0, 11);
        for (const auto binning : {Binning::equalWidth, Binning::equalMass}) {
            const Reliability whole = reliability(logits, labels, 1.7, binning, 12);
            const Forecasts forecasts = topLabelForecasts(logits, labels, 1.7);
            const auto bins = binForecasts(forecasts, ConfidenceBins::of(binning, forecasts.confidence, 12));
            QCOMPARE(bins.size(), whole.bins.size());
            for (std::size_t bin = 0; bin < bins.size(); ++bin) {
                QCOMPARE(bins[bin].count, whole.bins[bin].count);
                QCOMPARE(bins[bin].accuracy, whole.bins[bin].accuracy);
                QCOMPARE(bins[bin].meanConfidence, whole.bins[bin].meanConfidence);
                QCOMPARE(bins[bin].low, whole.bins[bin].low);
                QCOMPARE(bins[bin].high, whole.bins[bin].high);
            }
            QCOMPARE(calibrationError(bins).ece, whole.ece);
            QCOMPARE(calibrationError(bins).mceBin, whole.mceBin);
        }
        // NLL and Brier do not depend on the bins.
        QCOMPARE(reliability(logits, labels, 1.7, Binning::equalMass, 5).nll,
                 reliability(logits, labels, 1.7).nll);
    }

    void equalMassKeepsEqualConfidencesTogether_data() {
        QTest::addColumn<std::vector<double>>("confidences");
        QTest::addColumn<int>("asked");
        QTest::addColumn<std::vector<std::int64_t>>("counts");
        using Values = std::vector<double>;
        using Counts = std::vector<std::int64_t>;
        QTest::newRow("six apart") << Values{.6, .1, .5, .2, .4, .3} << 3 << Counts{2, 2, 2};
        QTest::newRow("seven in three") << Values{.1, .2, .3, .4, .5, .6, .7} << 3 << Counts{3, 2, 2};
        QTest::newRow("a block over a cut") << Values{.1, .2, .2, .2, .3, .4} << 3 << Counts{4, 2};
        QTest::newRow("a block over two") << Values{.1, .2, .2, .2, .2, .2, .2, .9} << 4 << Counts{7, 1};
        QTest::newRow("a block at the end") << Values{.1, .2, .9, .9, .9, .9} << 3 << Counts{2, 4};
        QTest::newRow("one value") << Values(20, .9) << 15 << Counts{20};
        QTest::newRow("all one") << Values(20, 1.0) << 15 << Counts{20};
        QTest::newRow("zeros and ones") << Values{0, 0, 0, 1, 1, 1} << 50 << Counts{3, 3};
        QTest::newRow("more bins than rows") << Values{.2, .4, .8} << 50 << Counts{1, 1, 1};
        QTest::newRow("one row") << Values{.4} << 15 << Counts{1};
        QTest::newRow("neighbours") << Values{.5, std::nextafter(.5, 1), std::nextafter(.5, 0)} << 3
                                    << Counts{1, 1, 1};
        QTest::newRow("below one") << Values{1, std::nextafter(1, 0)} << 2 << Counts{1, 1};
    }
    void equalMassKeepsEqualConfidencesTogether() {
        QFETCH(std::vector<double>, confidences);
        QFETCH(int, asked);
        QFETCH(std::vector<std::int64_t>, counts);
        const auto edges = ConfidenceBins::equalMass(confidences, asked);
        QVERIFY(std::ranges::is_sorted(edges.edges(), std::ranges::less_equal()));
        QCOMPARE(edges.edges().front(), 0.0);
        QCOMPARE(edges.edges().back(), 1.0);
        std::vector<std::int64_t> found(edges.count());
        for (const double confidence : confidences) {
            const std::size_t bin = edges.indexOf(confidence);
            ++found[bin];
            QVERIFY(confidence <= edges.edges()[bin + 1]);
            QVERIFY(confidence > edges.edges()[bin] || bin == 0);
        }
        QCOMPARE(found, counts);
    }

    void equalMassOfTiesHoldsWholeValues() {
        const Forecasts forecasts = tests::hundredths();
        for (int asked = 5; asked <= 50; ++asked) {
            const auto edges = ConfidenceBins::equalMass(forecasts.confidence, asked);
            const auto bins = binForecasts(forecasts, edges);
            QVERIFY(bins.size() <= static_cast<std::size_t>(asked));
            std::map<double, std::set<std::size_t>> binsOfValue;
            for (const double confidence : forecasts.confidence) {
                binsOfValue[confidence].insert(edges.indexOf(confidence));
            }
            QVERIFY(std::ranges::all_of(binsOfValue, [](const auto& one) { return one.second.size() == 1; }));
            QVERIFY(std::ranges::all_of(bins, [](const ReliabilityBin& bin) { return bin.count > 0; }));
        }
        // As many bins as values: ECE is that of the values themselves.
        std::map<double, std::pair<double, double>> sums;
        for (std::size_t row = 0; row < forecasts.size(); ++row) {
            sums[forecasts.confidence[row]].first += forecasts.confidence[row];
            sums[forecasts.confidence[row]].second += forecasts.right[row];
        }
        const auto finest = ConfidenceBins::equalMass(forecasts.confidence, 1000);
        QCOMPARE(finest.count(), sums.size());
        QVERIFY_NEAR(calibrationError(binForecasts(forecasts, finest)).ece,
                     eceOfGroups(sums, forecasts.size()), 1e-14);
    }

    void overAndUnderconfidenceAddUp() {
        // .9 of which half is right, .3 of which all is right.
        const Forecasts forecasts{{.9, .9, .3, .3, .3}, {1, 0, 1, 1, 1}};
        const ConfidenceSplit split = confidenceSplit(binForecasts(forecasts, ConfidenceBins(10)));
        QVERIFY_NEAR(split.over, .4 * .4, 1e-15);
        QVERIFY_NEAR(split.under, .6 * .7, 1e-15);
        const auto [logits, labels] = tests::congruentialLogits();
        const Reliability whole = reliability(logits, labels, 2);
        const ConfidenceSplit parts = confidenceSplit(whole.bins);
        QVERIFY_NEAR(parts.over + parts.under, whole.ece, 1e-15);
        QVERIFY(parts.over > parts.under);
    }

    void debiasingByHand() {
        // Four rows at .5, of which three are right: gap .25, acc (1 - acc) / 3 = .0625: nothing is left.
        const Forecasts four{{.5, .5, .5, .5}, {1, 1, 1, 0}};
        QCOMPARE(debiasedL2(binForecasts(four, ConfidenceBins(10))), 0.0);
        // Two rows at .1, both right: gap .9, no variance; a third, alone in its bin, adds nothing.
        const Forecasts three{{.1, .1, .8}, {1, 1, 0}};
        QVERIFY_NEAR(debiasedL2(binForecasts(three, ConfidenceBins(10))), std::sqrt(2.0 / 3) * .9, 1e-15);
    }

    void theWorstBinNamesItsRows() {
        const Forecasts forecasts{{.95, .15, .92, .55, .18, .91}, {1, 1, 1, 1, 1, 0}};
        const WorstBin worst = worstBin(forecasts, ConfidenceBins(10));
        QCOMPARE(worst.index, std::size_t{1});
        QCOMPARE(worst.bin.count, 2);
        QCOMPARE(worst.rows, (std::vector<std::int64_t>{1, 4}));
        const auto [logits, labels] = tests::congruentialLogits();
        const Reliability whole = reliability(logits, labels);
        const WorstBin ofWhole = worstBin(topLabelForecasts(logits, labels), ConfidenceBins(15));
        QCOMPARE(ofWhole.index, whole.mceBin.value());
        QCOMPARE(static_cast<std::int64_t>(ofWhole.rows.size()), whole.bins[ofWhole.index].count);
    }

    void errorByBinCountIsReliabilityInEachOfThem() {
        const auto [logits, labels] = tests::congruentialLogits();
        const auto errors = errorByBinCount(topLabelForecasts(logits, labels));
        QCOMPARE(errors.size(), std::size_t{46});
        QCOMPARE(errors.front().binCount, 5);
        QCOMPARE(errors.back().binCount, 50);
        for (const BinCountError& one : errors) {
            const Reliability whole = reliability(logits, labels, 1, one.binCount);
            QCOMPARE(one.ece, whole.ece);
            QCOMPARE(one.mce, whole.mce);
        }
        QVERIFY_NEAR(errors[5].ece, .422799471, 1e-9);
        QVERIFY_NEAR(errors[10].ece, .422851847, 1e-9);
    }

    void hostileLogitsGiveNumbers_data() {
        QTest::addColumn<double>("scale");
        for (const double scale : {1e30, -1e30, 3e38, 1e-40, 1.5e-45, 0.0}) {
            QTest::addRow("%g", scale) << scale;
        }
    }
    void hostileLogitsGiveNumbers() {
        QFETCH(double, scale);
        MatrixF logits(3, 3);
        logits << 1, 0, -1, -1, 1, 0, 1, -1, 1;
        logits *= static_cast<float>(scale);
        const Labels oneClass{1, 1, 1};
        for (const double temperature : {.01, 1.0, 1000.0}) {
            const Reliability whole = reliability(logits, oneClass, temperature, Binning::equalMass, 15);
            const ClassWiseCalibration classes = classWiseCalibration(logits, oneClass, temperature);
            QVERIFY(std::isfinite(whole.ece) && std::isfinite(whole.mce) && std::isfinite(whole.nll));
            QVERIFY(std::isfinite(debiasedL2(whole.bins)));
            QVERIFY(classes.ece >= 0 && classes.ece <= 1);
            QCOMPARE(classes.classes[0].rows, 0);
            QCOMPARE(classes.classes[1].rows, 3);
            const Forecasts forecasts = topLabelForecasts(logits, oneClass, temperature);
            QVERIFY(!worstBin(forecasts, ConfidenceBins(15)).rows.empty());
        }
    }

    void oneRowAndOneClass() {
        const Reliability one = reliability(MatrixF::Zero(1, 1), {0}, 1, Binning::equalMass, 15);
        QCOMPARE(one.ece, 0.0);
        QCOMPARE(one.bins.size(), std::size_t{1});
        QCOMPARE(classWiseCalibration(MatrixF::Zero(1, 1), {0}).ece, 0.0);
        QCOMPARE(debiasedL2(one.bins), 0.0);
        QCOMPARE(errorByBinCount({{.7}, {1}}).size(), std::size_t{46});
        QCOMPARE(calibrationError({}).ece, 0.0);
        QVERIFY(!calibrationError({}).mceBin);
    }

    void rubbishIsRefused() {
        const auto nan = std::numeric_limits<double>::quiet_NaN();
        QVERIFY_THROWS_EXCEPTION(Error, (void)ConfidenceBins::equalMass({}, 15));
        QVERIFY_THROWS_EXCEPTION(Error, (void)ConfidenceBins::equalMass(std::vector{.5, nan}, 15));
        QVERIFY_THROWS_EXCEPTION(Error, (void)ConfidenceBins::equalMass(std::vector{.5, 1.5}, 15));
        QVERIFY_THROWS_EXCEPTION(Error, (void)ConfidenceBins::equalMass(std::vector{.5}, 0));
        QVERIFY_THROWS_EXCEPTION(Error, (void)binForecasts({}, ConfidenceBins(15)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)worstBin({}, ConfidenceBins(15)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)errorByBinCount({}, 5, 50));
        QVERIFY_THROWS_EXCEPTION(Error, (void)errorByBinCount({{.5}, {1}}, 6, 5));
        QVERIFY_THROWS_EXCEPTION(Error, (void)errorByBinCount({{.5}, {1}}, 0, 5));
        MatrixF logits = MatrixF::Zero(2, 2);
        logits(1, 1) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY_THROWS_EXCEPTION(Error, (void)classWiseCalibration(logits, {0, 1}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)topLabelForecasts(logits, {0, 1}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)topLabelForecasts(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)reliability(logits, {0, 1}, 1, Binning::equalMass, 15));
        try {
            (void)binForecasts({{.5, nan, 2}, {1, 0, 0}}, ConfidenceBins(15));
            QFAIL("NaN was accepted");
        } catch (const Error& error) {
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("2 rows (first: 1, 2)")));
        }
    }
};

QTEST_APPLESS_MAIN(TestCalibrationError)
#include "test_calibration_error.moc"

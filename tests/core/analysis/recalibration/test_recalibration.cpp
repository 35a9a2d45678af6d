#include "core/analysis/recalibration/recalibration.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/analysis/recalibration/recalibration_sets.h"
#include "tests/support/near.h"

#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::analysis;

namespace {

constexpr std::array kAll{
    Recalibrator::none,          Recalibrator::temperature, Recalibrator::adamTemperature,
    Recalibrator::vectorScaling, Recalibrator::isotonic,    Recalibrator::topLabelIsotonic};

const std::array kNumbers{&RecalibrationChange::ece, &RecalibrationChange::mce, &RecalibrationChange::nll,
                          &RecalibrationChange::brier, &RecalibrationChange::accuracy};

} // namespace

class TestRecalibration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Its time is a goal of tests/bench.
    void aThousandClassesHaveProgressAndCanBeCancelled() {
        const auto [logits, labels] = tests::thousandClasses();
        std::vector<double> fractions;
        const std::vector<Recalibrated> results = recalibrate(
            kAll, {logits, labels}, {logits, labels},
            {.bootstrap = {
                 .hooks = {.onProgress = [&](double done) { fractions.push_back(done); }, .cancelled = {}}}});
        QCOMPARE(results.size(), std::size(kAll));
        QVERIFY(fractions.size() > 100 && std::ranges::is_sorted(fractions));
        QVERIFY(fractions.front() >= 0 && fractions.back() == 1);
        int asked = 0;
        try {
            (void)recalibrate(
                kAll, {logits, labels}, {logits, labels},
                {.bootstrap = {.hooks = {.onProgress = {}, .cancelled = [&] { return ++asked > 3; }}}});
            QFAIL("was not cancelled");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }

    void scoresAddUpToTheReliability() {
        const auto [logits, labels] = tests::congruentialLogits();
        for (const double temperature : {0.3, 1.0, 6.0}) {
            const Reliability expected = reliability(logits, labels, temperature, 10);
            const Reliability actual = reliability(rowScores(logits, labels, temperature), 10, temperature);
            QVERIFY_NEAR(actual.ece, expected.ece, 1e-13);
            QVERIFY_NEAR(actual.mce, expected.mce, 1e-13);
            QVERIFY_NEAR(actual.nll, expected.nll, 1e-13);
            QVERIFY_NEAR(actual.brier, expected.brier, 1e-13);
            QCOMPARE(actual.accuracy, expected.accuracy);
            const MatrixD probabilities = softmax(logits, temperature);
            const RowScores given = probabilityScores(probabilities, predictionsOf(probabilities), labels);
            QVERIFY_NEAR(reliability(given, 10).nll, expected.nll, 1e-12);
        }
    }

    void intervalOfTheChangeIsNumPys() {
        const tests::RecalibrationSets sets = tests::recalibrationSets(3, 50, 120, 60);
        QVERIFY(!sets.reference.isEmpty());
        const RecalibrationChange change =
            recalibrationChange(rowScores(sets.logits, sets.labels), rowScores(sets.logits, sets.labels, 1.7),
                                15, {.resamples = 60, .level = 0.9, .seed = 7});
        const QJsonObject expected = sets.reference[QStringLiteral("change")].toObject();
        for (std::size_t i = 0; i < kNumbers.size(); ++i) {
            const NumberChange& number = change.*kNumbers[i];
            const auto at = [&](const char* key) {
                return expected[QLatin1String(key)][static_cast<qsizetype>(i)].toDouble();
            };
            QVERIFY_NEAR(number.before, at("before"), 1e-12);
            QVERIFY_NEAR(number.after, at("after"), 1e-12);
            QVERIFY_NEAR(number.low, at("low"), 1e-12);
            QVERIFY_NEAR(number.high, at("high"), 1e-12);
        }
    }

    void intervalsHoldTheChangeAndNothingChangesAtTheSameTemperature() {
        const auto [logits, labels] = tests::congruentialLogits();
        const RowScores one = rowScores(logits, labels);
        const RecalibrationChange change = recalibrationChange(one, rowScores(logits, labels, 6.44));
        for (const auto number :
             {&RecalibrationChange::nll, &RecalibrationChange::brier, &RecalibrationChange::ece}) {
            const NumberChange& value = change.*number;
            QVERIFY(value.low < value.change() && value.change() < value.high && value.high < 0);
        }
        QCOMPARE(change.accuracy.low, 0.0); // a temperature never changes a prediction
        QCOMPARE(change.accuracy.high, 0.0);
        const RecalibrationChange none = recalibrationChange(one, one);
        for (const auto number : kNumbers) {
            QCOMPARE((none.*number).low, 0.0);
            QCOMPARE((none.*number).high, 0.0);
        }
    }

    void theIntervalOfTheNllIsThatOfAMean() {
        // Mean differences of n rows: half the width of a 95 % interval is 1.96 s / sqrt(n), nearly.
        const auto [logits, labels] = tests::congruentialLogits();
        const RowScores before = rowScores(logits, labels), after = rowScores(logits, labels, 6.44);
        double mean = 0, square = 0;
        for (std::size_t row = 0; row < before.size(); ++row) {
            const double difference = after.nll[row] - before.nll[row];
            mean += difference / 1000;
            square += difference * difference / 1000;
        }
        const NumberChange nll = recalibrationChange(before, after, 15, {.resamples = 4000}).nll;
        QVERIFY_NEAR(nll.change(), mean, 1e-12);
        const double half = 1.96 * std::sqrt((square - mean * mean) / 1000);
        QVERIFY(std::abs((nll.high - nll.low) / 2 / half - 1) < 0.08);
    }

    void sameSeedSameInterval() {
        const auto [logits, labels] = tests::congruentialLogits();
        const RowScores one = rowScores(logits, labels), two = rowScores(logits, labels, 2);
        const auto at = [&](std::uint64_t seed) {
            return recalibrationChange(one, two, 15, {.resamples = 50, .seed = seed}).ece.low;
        };
        QCOMPARE(at(3), at(3));
        QVERIFY(at(3) != at(4));
    }

    void everyWayIsEvaluatedOnOtherRows() {
        const tests::RecalibrationSets sets = tests::recalibrationSets(6, 600, 400, 1);
        QVERIFY(!sets.reference.isEmpty());
        const std::vector<Recalibrated> all =
            recalibrate(kAll, {sets.fitLogits, sets.fitLabels}, {sets.logits, sets.labels},
                        {.bootstrap = {.resamples = 20}});
        QCOMPARE(all.size(), kAll.size());
        const Reliability before = reliability(sets.logits, sets.labels);
        for (const Recalibrated& one : all) {
            QVERIFY_NEAR(one.change.ece.before, before.ece, 1e-12);
            QCOMPARE(one.numbers.count, std::int64_t{400});
        }
        QCOMPARE(all[0].numbers.accuracy, before.accuracy);
        const FittedTemperature fitted = fitTemperature(sets.fitLogits, sets.fitLabels);
        QCOMPARE(all[1].temperature.value(), fitted.value);
        QVERIFY_NEAR(all[1].numbers.nll, reliability(sets.logits, sets.labels, fitted.value).nll, 1e-12);
        QVERIFY_NEAR(all[2].temperature.value(), fitted.value, 0.02);
        for (const std::size_t kept : {0, 1, 2, 5}) {
            QCOMPARE(all[kept].changedPredictions, std::int64_t{0});
            QCOMPARE(all[kept].change.accuracy.after, all[kept].change.accuracy.before);
        }
        // The set has classes of unequal scale and offset: vector scaling undoes what one temperature cannot.
        QVERIFY(all[3].changedPredictions > 0 &&
                all[3].change.accuracy.after != all[3].change.accuracy.before);
        QVERIFY(all[3].numbers.nll < all[1].numbers.nll);
        QCOMPARE(all[4].changedPredictions, std::int64_t{sets.reference[QStringLiteral("changed")].toInt()});
        QVERIFY(all[4].changedPredictions > 0);
    }

    void impossibleLabelsAreCounted() {
        // Fitted on rows that are all right, isotonic regression is certain; elsewhere one is wrong.
        MatrixF logits(4, 2);
        logits << 3, 0, 2, 0, 0, 2, 0, 3;
        const std::array ways{Recalibrator::isotonic, Recalibrator::temperature};
        const Labels right{0, 0, 1, 1}, wrong{1, 0, 1, 1};
        const std::vector<Recalibrated> both = recalibrate(ways, {logits, right}, {logits, wrong});
        QCOMPARE(both[0].impossibleLabels, std::int64_t{1});
        QVERIFY(std::isinf(both[0].numbers.nll));
        QVERIFY(std::isnan(both[0].change.nll.low));
        QVERIFY(std::isfinite(both[0].change.brier.low));
        QVERIFY(both[1].caution.find("as T goes to 0") != std::string::npos);
    }

    void hostileInput() {
        const auto [logits, labels] = tests::congruentialLogits();
        const MatrixF one = logits.topRows(1);
        const MatrixF equal = MatrixF::Constant(5, 5, 3);
        const MatrixF huge = logits.topRows(20) * 1e30F;
        const MatrixF subnormal = logits.topRows(20) * 1e-40F;
        for (const MatrixF* set : {&one, &equal, &huge, &subnormal}) {
            const Labels own(labels.begin(), labels.begin() + set->rows());
            const Labels ones(own.size(), 1);
            for (const Labels& chosen : {own, ones}) {
                for (const Recalibrated& result :
                     recalibrate(kAll, {*set, chosen}, {*set, chosen}, {.bootstrap = {.resamples = 5}})) {
                    QVERIFY(std::isfinite(result.numbers.ece) && std::isfinite(result.numbers.brier));
                    QVERIFY(!std::isnan(result.numbers.nll));
                }
            }
        }
        MatrixF broken = logits;
        broken(17, 1) = std::nanf("");
        const LabelledLogits good{logits, labels}, bad{broken, labels};
        for (const auto& [fit, evaluated] : {std::pair(&good, &bad), std::pair(&bad, &good)}) {
            try {
                (void)recalibrate(kAll, *fit, *evaluated);
                QFAIL("NaN was accepted");
            } catch (const Error& error) {
                QVERIFY(std::string(error.what()).find("row 17") != std::string::npos);
            }
        }
        const MatrixF two = MatrixF::Zero(1, 2);
        const Labels zero{0};
        QVERIFY_THROWS_EXCEPTION(Error, (void)recalibrate(kAll, good, {two, zero}));
        QVERIFY_THROWS_EXCEPTION(Error,
                                 (void)recalibrationChange(rowScores(logits, labels), rowScores(two, zero)));
        MatrixD outside = MatrixD::Constant(1, 2, 0.7);
        QVERIFY_THROWS_EXCEPTION(Error, (void)probabilityScores(outside, Labels{0}, Labels{0}));
    }
};

QTEST_APPLESS_MAIN(TestRecalibration)
#include "test_recalibration.moc"

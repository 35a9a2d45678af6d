#include "core/analysis/temperature/temperature.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <limits>
#include <tuple>

using namespace finescope;
using namespace finescope::analysis;

class TestTemperature : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithThePublishedOptimum() {
        const auto [logits, labels] = tests::congruentialLogits();
        const FittedTemperature fitted = fitTemperature(logits, labels);
        QVERIFY_NEAR(fitted.value, 6.442496, 1e-7);
        QVERIFY(!fitted.atBound);
        QVERIFY_NEAR(fitted.nll, reliability(logits, labels, fitted.value).nll, 1e-14);
    }

    void oneRightOneWrongHasAClosedForm() {
        // n rows with logit gap g, a fraction a of them right: sigma(g / T) = a.
        MatrixF logits = MatrixF::Zero(4, 2);
        logits.col(0).setConstant(3.0F);
        const FittedTemperature fitted = fitTemperature(logits, {0, 0, 0, 1});
        QVERIFY_NEAR(fitted.value, 3 / std::log(3.0), 1e-12);
    }

    void noNeighbourIsBetter_data() {
        QTest::addColumn<double>("spread");
        QTest::addColumn<int>("classes");
        for (const double spread : {1e-3, 0.3, 5.0, 300.0}) {
            for (const int classes : {2, 7}) {
                QTest::addRow("spread %g, %d classes", spread, classes) << spread << classes;
            }
        }
    }
    void noNeighbourIsBetter() {
        QFETCH(double, spread);
        QFETCH(int, classes);
        auto [logits, labels] = tests::randomLogits(300, classes, spread, 21);
        for (Eigen::Index row = 0; row < 300; row += 2) {
            logits(row, labels[static_cast<std::size_t>(row)]) += static_cast<float>(2 * spread);
        }
        const FittedTemperature fitted = fitTemperature(logits, labels);
        for (const double factor : {0.5, 0.99, 0.9999, 1.0001, 1.01, 2.0}) {
            const double neighbour = fitted.value * factor;
            if (neighbour >= kSmallestTemperature && neighbour <= kLargestTemperature) {
                QVERIFY(reliability(logits, labels, neighbour).nll >= fitted.nll - 1e-14);
            }
        }
        QCOMPARE(fitted.atBound, fitted.value == kSmallestTemperature || fitted.value == kLargestTemperature);
    }

    void scalingTheLogitsScalesTheOptimum() {
        const auto [logits, labels] = tests::congruentialLogits();
        const double one = fitTemperature(logits, labels).value;
        QVERIFY_NEAR(fitTemperature(logits * 8, labels).value, 8 * one, 1e-10);
    }

    void separatedRowsEndAtTheLowerBound() {
        MatrixF logits(2, 2);
        logits << 1.0F, 0.0F, 0.0F, 1.0F;
        const FittedTemperature fitted = fitTemperature(logits, {0, 1});
        QVERIFY(fitted.atBound);
        QCOMPARE(fitted.value, kSmallestTemperature);
        QVERIFY(fitted.why == TemperatureCase::separable);
        // So far apart that every other exponential underflows to 0 there.
        QVERIFY(fitTemperature(logits * 1000, {0, 1}).atBound);
    }

    void worseThanChanceEndsAtTheUpperBound() {
        MatrixF logits(2, 2);
        logits << 1.0F, 0.0F, 0.0F, 1.0F;
        const FittedTemperature fitted = fitTemperature(logits, {1, 0});
        QVERIFY(fitted.atBound);
        QCOMPARE(fitted.value, kLargestTemperature);
        QVERIFY(fitted.why == TemperatureCase::uninformative);
    }

    // A row's label has the logit 1 as often as chance has it: the slope at 1/T = 0 is exactly 0, and in
    // doubles, where thirds are rounded, now above it and now below.
    void asGoodAsChanceIsUninformative_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("rounds");
        QTest::addColumn<float>("unit");
        for (const int classes : {2, 3, 5, 7, 10, 49}) {
            for (const int rounds : {1, 3, 1000}) {
                for (const float unit : {1.0F, 0.1F, 1e-14F, 1e-40F, 1e30F}) {
                    QTest::addRow("%d classes, %d rounds, unit %g", classes, rounds,
                                  static_cast<double>(unit))
                        << classes << rounds << unit;
                }
            }
        }
    }
    void asGoodAsChanceIsUninformative() {
        QFETCH(int, classes);
        QFETCH(int, rounds);
        QFETCH(float, unit);
        const Eigen::Index rows = Eigen::Index{classes} * rounds;
        MatrixF logits = MatrixF::Zero(rows, classes);
        Labels labels;
        for (Eigen::Index row = 0; row < rows; ++row) {
            const Eigen::Index label = row % 2;
            labels.push_back(label);
            logits(row, row % classes == 0 ? label : (label + 1) % classes) = unit; // one row in C is right
        }
        const FittedTemperature fitted = fitTemperature(logits, labels);
        QVERIFY(fitted.why == TemperatureCase::uninformative);
        QCOMPARE(fitted.value, kLargestTemperature);
        QVERIFY(fitted.atBound);
        // One right row more, and there is a minimum again, however far up.
        logits.row(1).setZero();
        logits(1, labels[1]) = unit;
        QVERIFY(fitTemperature(logits, labels).why != TemperatureCase::uninformative);
    }

    void aTieWithTheLabelIsSeparableToo() {
        MatrixF logits(2, 2);
        logits << 1.0F, 0.0F, 2.0F, 2.0F;
        const FittedTemperature fitted = fitTemperature(logits, {0, 1});
        QVERIFY(fitted.why == TemperatureCase::separable);
        QCOMPARE(fitted.value, kSmallestTemperature);
    }

    void aMinimumOutsideTheRangeIsToldFromNone() {
        // sigma(g / T) = 3/4, so T = g / ln 3 whatever the gap g.
        for (const auto& [gap, bound, why] :
             {std::tuple(0.003F, kSmallestTemperature, TemperatureCase::below),
              std::tuple(3000.0F, kLargestTemperature, TemperatureCase::above),
              std::tuple(1e30F, kLargestTemperature, TemperatureCase::above),
              std::tuple(1e-40F, kSmallestTemperature, TemperatureCase::below)}) {
            MatrixF logits = MatrixF::Zero(4, 2);
            logits.col(0).setConstant(gap);
            const FittedTemperature fitted = fitTemperature(logits, {0, 0, 0, 1});
            QCOMPARE(fitted.value, bound);
            QVERIFY(fitted.atBound && fitted.why == why);
            QVERIFY(std::isfinite(fitted.nll));
        }
    }

    void oneRowIsSeparableOrUninformative() {
        MatrixF logits(1, 3);
        logits << 0.2F, 1.0F, -3.0F;
        QVERIFY(fitTemperature(logits, {1}).why == TemperatureCase::separable);
        QVERIFY(fitTemperature(logits, {2}).why == TemperatureCase::uninformative);
        // 0.2 is above the mean of its row, so that T -> infinity is not the best; nor is T -> 0.
        QVERIFY(fitTemperature(logits, {0}).why == TemperatureCase::minimum);
    }

    void oneClassPresentIsFitted() {
        auto [logits, labels] = tests::congruentialLogits();
        logits.col(2).array() += 3;
        const Labels ones(labels.size(), 2);
        const FittedTemperature fitted = fitTemperature(logits, ones);
        QVERIFY(fitted.why == TemperatureCase::minimum);
        for (const double factor : {0.99, 1.01}) {
            QVERIFY(reliability(logits, ones, fitted.value * factor).nll > fitted.nll);
        }
    }

    void everyCaseButTheMinimumIsSaidInWords() {
        QVERIFY(inWords(TemperatureCase::minimum).empty());
        QVERIFY(inWords(TemperatureCase::separable).find("as T goes to 0") != std::string::npos);
        QVERIFY(inWords(TemperatureCase::uninformative).find("as T grows") != std::string::npos);
        QVERIFY(inWords(TemperatureCase::constant).find("same logit") != std::string::npos);
    }

    void aTemperatureNearZeroOverflowsNothing() {
        // (z - largest) / T is -infinity: the row that is right costs nothing, the other without bound.
        MatrixF logits(2, 2);
        logits << 3e38F, -3e38F, 3e38F, 0.0F;
        const Reliability right = reliability(logits, {0, 0}, 1e-300);
        QCOMPARE(right.nll, 0.0);
        QCOMPARE(right.meanConfidence, 1.0);
        QCOMPARE(logLikelihood(logits, {0, 0}, 1e-300).sum(), 0.0);
        const Reliability wrong = reliability(logits, {0, 1}, 1e-300);
        QVERIFY(std::isinf(wrong.nll) && wrong.nll > 0);
        QCOMPARE(wrong.brier, 1.0);
        QCOMPARE(wrong.ece, 0.5);
    }

    void aClassifierOfTheEquivalentNormGivesTheSameProbabilities() {
        const MatrixF features = tests::randomLogits(20, 6, 1, 3).logits;
        const MatrixF weight = tests::randomLogits(4, 6, 1, 4).logits;
        const double temperature = 2.5;
        const MatrixF divided = weight / static_cast<float>(temperature);
        const MatrixD scaled = softmax(features * weight.transpose(), temperature);
        QVERIFY((softmax(features * divided.transpose()) - scaled).cwiseAbs().maxCoeff() < 1e-6);
        QVERIFY_NEAR(equivalentClassifierNorm(weight.norm(), temperature), divided.norm(), 1e-6);
        QVERIFY_THROWS_EXCEPTION(Error, (void)equivalentClassifierNorm(1, 0));
    }

    void equalLogitsHaveNothingToFit() {
        const FittedTemperature fitted = fitTemperature(MatrixF::Constant(3, 2, 7.0F), {0, 1, 1});
        QCOMPARE(fitted.value, 1.0);
        QVERIFY(!fitted.atBound);
        QVERIFY(fitted.why == TemperatureCase::constant);
        QVERIFY_NEAR(fitted.nll, std::log(2.0), 1e-15);
    }

    void unusableInputIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitTemperature(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitTemperature(MatrixF::Zero(2, 2), {0, 2}));
        MatrixF broken = MatrixF::Zero(9, 2);
        broken(4, 1) = std::numeric_limits<float>::quiet_NaN();
        broken(7, 0) = std::numeric_limits<float>::infinity();
        try {
            (void)fitTemperature(broken, Labels(9, 0));
            QFAIL("NaN was accepted");
        } catch (const Error& error) {
            QVERIFY(std::string(error.what()).find("2 rows (first: 4, 7)") != std::string::npos);
        }
    }
};

QTEST_APPLESS_MAIN(TestTemperature)
#include "test_temperature.moc"

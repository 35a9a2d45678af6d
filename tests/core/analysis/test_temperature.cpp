#include "core/analysis/temperature.h"

#include "core/analysis/reliability.h"
#include "core/error.h"
#include "tests/core/analysis/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

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
        // So far apart that every other exponential underflows to 0 there.
        QVERIFY(fitTemperature(logits * 1000, {0, 1}).atBound);
    }

    void worseThanChanceEndsAtTheUpperBound() {
        MatrixF logits(2, 2);
        logits << 1.0F, 0.0F, 0.0F, 1.0F;
        const FittedTemperature fitted = fitTemperature(logits, {1, 0});
        QVERIFY(fitted.atBound);
        QCOMPARE(fitted.value, kLargestTemperature);
    }

    void equalLogitsHaveNothingToFit() {
        const FittedTemperature fitted = fitTemperature(MatrixF::Constant(3, 2, 7.0F), {0, 1, 1});
        QCOMPARE(fitted.value, 1.0);
        QVERIFY(!fitted.atBound);
        QVERIFY_NEAR(fitted.nll, std::log(2.0), 1e-15);
    }

    void unusableInputIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitTemperature(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitTemperature(MatrixF::Zero(2, 2), {0, 2}));
    }
};

QTEST_APPLESS_MAIN(TestTemperature)
#include "test_temperature.moc"

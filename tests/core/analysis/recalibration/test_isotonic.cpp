#include "core/analysis/recalibration/isotonic_calibration.h"

#include "core/analysis/calibration/row_scores.h"
#include "core/analysis/calibration/softmax.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/analysis/recalibration/recalibration_sets.h"
#include "tests/support/near.h"

#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::analysis;

using Values = std::vector<double>;

class TestIsotonic : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void violatorsArePooled() {
        // 1, 3, 2, 4, 3, 3: 3 and 2 pool to 2.5, then 4, 3 and 3 to 10/3.
        const IsotonicFunction function = fitIsotonic(Values{1, 2, 3, 4, 5, 6}, Values{1, 3, 2, 4, 3, 3});
        QCOMPARE(function.x, (Values{1, 2, 3, 4, 6}));
        QCOMPARE(function.y, (Values{1, 2.5, 2.5, 10.0 / 3, 10.0 / 3}));
        QCOMPARE(function.at(0), 1.0);
        QCOMPARE(function.at(1.5), 1.75);
        QCOMPARE(function.at(5), 10.0 / 3);
        QCOMPARE(function.at(9), 10.0 / 3);
    }

    void equalPositionsAreAveragedInAnyOrder() {
        const IsotonicFunction function = fitIsotonic(Values{2, 1, 2, 1}, Values{1, 0, 0, 1});
        QCOMPARE(function.at(1), 0.5);
        QCOMPARE(function.at(2), 0.5);
        QCOMPARE(fitIsotonic(Values{0.3}, Values{1}).at(0.9), 1.0);
    }

    void fallingValuesGiveTheirMean() {
        const IsotonicFunction function = fitIsotonic(Values{1, 2, 3}, Values{5, 3, 1});
        QCOMPARE(function.y.front(), 3.0);
        QCOMPARE(function.y.back(), 3.0);
    }

    void noOtherNeverFallingFunctionIsNearer() {
        // Brute force: the best of all never falling choices among the values k/6 is no better.
        const Values y{4.0 / 6, 1.0 / 6, 5.0 / 6, 2.0 / 6, 3.0 / 6};
        const Values x{1, 2, 3, 4, 5};
        const auto error = [&y](const auto& f) {
            double sum = 0;
            for (std::size_t i = 0; i < y.size(); ++i) {
                sum += (y[i] - f(i)) * (y[i] - f(i));
            }
            return sum;
        };
        const IsotonicFunction function = fitIsotonic(x, y);
        const double fitted = error([&](std::size_t i) { return function.at(x[i]); });
        double best = 100;
        std::array<int, 5> level{};
        for (level[0] = 0; level[0] <= 12; ++level[0]) {
            for (level[1] = level[0]; level[1] <= 12; ++level[1]) {
                for (level[2] = level[1]; level[2] <= 12; ++level[2]) {
                    for (level[3] = level[2]; level[3] <= 12; ++level[3]) {
                        for (level[4] = level[3]; level[4] <= 12; ++level[4]) {
                            best = std::min(best, error([&](std::size_t i) { return level[i] / 12.0; }));
                        }
                    }
                }
            }
        }
        QVERIFY(fitted <= best);
        QVERIFY_NEAR(fitted, best, 0.01);
    }

    void agreesWithScikitLearn_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("fitRows");
        for (const int classes : {2, 3, 6}) {
            for (const int fitRows : {40, 600}) { // the second set has many ties
                QTest::addRow("%d classes, %d rows", classes, fitRows) << classes << fitRows;
            }
        }
    }
    void agreesWithScikitLearn() {
        QFETCH(int, classes);
        QFETCH(int, fitRows);
        const tests::RecalibrationSets sets = tests::recalibrationSets(classes, fitRows, 200, 1);
        QVERIFY(!sets.reference.isEmpty());
        const MatrixD probabilities =
            calibratedProbabilities(fitIsotonicCalibration(sets.fitLogits, sets.fitLabels), sets.logits);
        const QJsonArray expected = sets.reference[QStringLiteral("isotonic")].toArray();
        QCOMPARE(expected.size(), probabilities.size());
        for (Eigen::Index i = 0; i < probabilities.size(); ++i) {
            QVERIFY_NEAR(probabilities.data()[i], expected[static_cast<qsizetype>(i)].toDouble(), 1e-9);
        }
        const IsotonicFunction function = fitTopLabelIsotonic(sets.fitLogits, sets.fitLabels);
        const MatrixD top = topLabelProbabilities(function, sets.logits);
        const Labels predicted = argmax(sets.logits);
        const QJsonArray confidence = sets.reference[QStringLiteral("top_label")].toArray();
        for (Eigen::Index row = 0; row < top.rows(); ++row) {
            QVERIFY_NEAR(top(row, predicted[static_cast<std::size_t>(row)]),
                         confidence[static_cast<qsizetype>(row)].toDouble(), 1e-9);
            QVERIFY_NEAR(top.row(row).sum(), 1.0, 1e-12);
        }
    }

    void rowsThatNoFunctionKnowsAreUniform() {
        // Each class is right only where its probability is large: low values of all three give zeros.
        MatrixF fit(3, 3);
        fit << 9, 0, 0, 0, 9, 0, 0, 0, 9;
        const IsotonicCalibration calibration = fitIsotonicCalibration(fit, {0, 1, 2});
        IsotonicCalibration zeros = calibration;
        for (IsotonicFunction& function : zeros.classes) {
            function = {{0.0}, {0.0}};
        }
        const MatrixD probabilities = calibratedProbabilities(zeros, MatrixF::Zero(1, 3));
        QCOMPARE(probabilities(0, 1), 1.0 / 3);
    }

    void theRestIsSharedInProportion() {
        // Confidence e^2 / (e^2 + e + 1) becomes 1/2; the others keep the ratio e : 1.
        MatrixF logits(1, 3);
        logits << 1, 2, 0;
        const MatrixD probabilities = topLabelProbabilities({{0.0}, {0.5}}, logits);
        QCOMPARE(probabilities(0, 1), 0.5);
        QVERIFY_NEAR(probabilities(0, 0), 0.5 * std::exp(1.0) / (std::exp(1.0) + 1), 1e-14);
        MatrixF certain(1, 3); // the others vanish beside it
        certain << 0, 1e30F, 0;
        QCOMPARE(topLabelProbabilities({{0.0}, {0.6}}, certain)(0, 2), 0.2);
    }

    void onItsOwnRowsTheTopLabelIsCalibrated() {
        // Within each pool the mean of right is the confidence: a bin per value has no gap.
        const auto [logits, labels] = tests::congruentialLogits();
        const IsotonicFunction function = fitTopLabelIsotonic(logits, labels);
        const RowScores scores =
            probabilityScores(topLabelProbabilities(function, logits), argmax(logits), labels);
        QVERIFY(reliability(scores, 15).ece < 1e-12);
        QCOMPARE(reliability(scores).accuracy, reliability(logits, labels).accuracy);
    }

    void hostileInput() {
        const auto [logits, labels] = tests::congruentialLogits();
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitIsotonic(Values{}, Values{}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitIsotonic(Values{1}, Values{1, 2}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitIsotonic(Values{std::nan("")}, Values{1}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitIsotonicCalibration(MatrixF(0, 2), {}));
        const IsotonicCalibration five = fitIsotonicCalibration(logits, labels);
        QVERIFY_THROWS_EXCEPTION(Error, (void)calibratedProbabilities(five, MatrixF::Zero(1, 2)));
        // One row, one class present, equal logits, and sizes at both ends of float.
        for (const MatrixF& hostile :
             {MatrixF(logits.topRows(1)), MatrixF(MatrixF::Zero(4, 5)), MatrixF(logits.topRows(9) * 1e30F),
              MatrixF(logits.topRows(9) * 1e-40F)}) {
            const Labels ones(static_cast<std::size_t>(hostile.rows()), 1);
            const MatrixD probabilities =
                calibratedProbabilities(fitIsotonicCalibration(hostile, ones), hostile);
            QVERIFY_NEAR(probabilities.rowwise().sum().minCoeff(), 1.0, 1e-12);
            QCOMPARE(probabilities.col(1).minCoeff(), 1.0);
            QVERIFY(topLabelProbabilities(fitTopLabelIsotonic(hostile, ones), hostile).allFinite());
        }
    }
};

QTEST_APPLESS_MAIN(TestIsotonic)
#include "test_isotonic.moc"

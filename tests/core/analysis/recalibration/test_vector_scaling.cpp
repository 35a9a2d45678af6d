#include "core/analysis/recalibration/vector_scaling.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/analysis/recalibration/recalibration_sets.h"
#include "tests/support/near.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// The gradient of the mean NLL by weight and bias, straight from its definition: [2 C].
VectorD gradientOf(const VectorScaling& scaling, const MatrixF& logits, const Labels& labels) {
    VectorD gradient = VectorD::Zero(2 * logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        VectorD residual(logits.cols());
        double largest = -std::numeric_limits<double>::infinity();
        for (Eigen::Index column = 0; column < logits.cols(); ++column) {
            residual(column) =
                scaling.weight(column) * static_cast<double>(logits(row, column)) + scaling.bias(column);
            largest = std::max(largest, residual(column));
        }
        residual = (residual.array() - largest).exp();
        residual /= residual.sum();
        residual(labels[static_cast<std::size_t>(row)]) -= 1;
        gradient.head(logits.cols()) += residual.cwiseProduct(logits.row(row).cast<double>().transpose());
        gradient.tail(logits.cols()) += residual;
    }
    return gradient / static_cast<double>(logits.rows());
}

} // namespace

class TestVectorScaling : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// A linear probe of two classes gives logits that are each other's negative but for their rounding.
    void roundingTellsNothingApart() {
        MatrixF exact(300, 2);
        Labels labels;
        for (Eigen::Index row = 0; row < exact.rows(); ++row) {
            const auto logit = static_cast<float>(3.3 * std::sin(1.7 * static_cast<double>(row)));
            exact.row(row) << logit, -logit;
            labels.push_back((row * 7) % 10 < 4 ? 0 : 1);
        }
        MatrixF rounded = exact;
        for (Eigen::Index row = 0; row < exact.rows(); ++row) {
            rounded(row, 1) = std::nextafter(rounded(row, 1), row % 3 == 0 ? 100.0F : -100.0F);
        }
        const VectorScaling one = fitVectorScaling(exact, labels), other = fitVectorScaling(rounded, labels);
        QVERIFY(one.hasMinimum && other.hasMinimum);
        QVERIFY_NEAR(other.nll, one.nll, 1e-7);
        QVERIFY(other.weight.cwiseAbs().maxCoeff() < 10);
    }

    void agreesWithSciPy_data() {
        QTest::addColumn<int>("classes");
        for (const int classes : {2, 3, 6}) {
            QTest::addRow("%d classes", classes) << classes;
        }
    }
    void agreesWithSciPy() {
        QFETCH(int, classes);
        const tests::RecalibrationSets sets = tests::recalibrationSets(classes, 400, 60, 1);
        QVERIFY(!sets.reference.isEmpty());
        const VectorScaling fitted = fitVectorScaling(sets.fitLogits, sets.fitLabels);
        const QJsonObject expected = sets.reference[QStringLiteral("vector_scaling")].toObject();
        QVERIFY(fitted.hasMinimum);
        QVERIFY(fitted.nll <= expected[QStringLiteral("nll")].toDouble() + 1e-13);
        QVERIFY_NEAR(fitted.nll, expected[QStringLiteral("nll")].toDouble(), 1e-9);
        for (int k = 0; k < classes; ++k) {
            QVERIFY_NEAR(fitted.weight(k), expected[QStringLiteral("weight")][k].toDouble(), 1e-5);
            QVERIFY_NEAR(fitted.bias(k), expected[QStringLiteral("bias")][k].toDouble(), 1e-5);
        }
        QVERIFY(gradientOf(fitted, sets.fitLogits, sets.fitLabels).cwiseAbs().maxCoeff() < 1e-11);
    }

    void isStationaryAndBeatsTemperature() {
        // references.md, Congruential logits; temperature scaling is the case w = 1/T, b = 0.
        const auto [logits, labels] = tests::congruentialLogits();
        const VectorScaling fitted = fitVectorScaling(logits, labels);
        QVERIFY(fitted.hasMinimum);
        QVERIFY(gradientOf(fitted, logits, labels).cwiseAbs().maxCoeff() < 1e-12);
        QVERIFY(fitted.nll <= fitTemperature(logits, labels).nll);
        QVERIFY_NEAR(fitted.bias.sum(), 0.0, 1e-12);
        const MatrixF scaled = scaledLogits(fitted, logits).cast<float>();
        QVERIFY_NEAR(reliability(scaled, labels).nll, fitted.nll, 1e-6);
    }

    void equalLogitsLeaveTheSharesOfTheClasses() {
        // Equal logits leave the offsets alone: softmax(b) is the share of each class.
        const VectorScaling fitted =
            fitVectorScaling(MatrixF::Constant(8, 3, 2.0F), {0, 0, 0, 0, 1, 1, 1, 2});
        QVERIFY(fitted.hasMinimum);
        QVERIFY_NEAR(fitted.nll, -(0.5 * std::log(0.5) + 0.375 * std::log(0.375) + 0.125 * std::log(0.125)),
                     1e-14);
        QVERIFY_NEAR(fitted.bias(0) - fitted.bias(2), std::log(4.0), 1e-10);
        QVERIFY_NEAR(fitted.bias(1) - fitted.bias(2), std::log(3.0), 1e-10);
        QCOMPARE(fitted.weight(0), 0.0);
    }

    void scaleAndOffsetOfTheLogitsAreUndone() {
        const auto [logits, labels] = tests::congruentialLogits();
        const VectorScaling one = fitVectorScaling(logits, labels);
        MatrixF moved = logits * 1024;
        moved.col(2).array() += 4096;
        const VectorScaling other = fitVectorScaling(moved, labels);
        QVERIFY_NEAR(other.nll, one.nll, 1e-6); // the offset rounds the logits
        QVERIFY_NEAR(other.weight(0) * 1024, one.weight(0), 1e-4);
    }

    void nothingToReachIsSaid() {
        MatrixF separable(4, 2);
        separable << 2, 0, 1, 0, 0, 1, 0, 3;
        const VectorScaling apart = fitVectorScaling(separable, {0, 0, 1, 1});
        QVERIFY(!apart.hasMinimum);
        QVERIFY(apart.nll < 1e-10 && apart.weight.allFinite());
        const auto [logits, labels] = tests::congruentialLogits();
        Labels withoutTwo = labels;
        std::ranges::replace(withoutTwo, 2, 3);
        const VectorScaling absent = fitVectorScaling(logits, withoutTwo);
        QVERIFY(!absent.hasMinimum);
        QVERIFY(absent.weight.allFinite() && absent.bias.allFinite());
        QVERIFY(!fitVectorScaling(logits, Labels(labels.size(), 1)).hasMinimum);
        QVERIFY(!fitVectorScaling(logits.topRows(1), {3}).hasMinimum);
    }

    void hugeAndSubnormalLogitsGiveNumbers() {
        const auto [logits, labels] = tests::congruentialLogits();
        const double expected = fitVectorScaling(logits, labels).nll;
        QVERIFY_NEAR(fitVectorScaling(logits * 1e30F, labels).nll, expected, 1e-6);
        const VectorScaling subnormal = fitVectorScaling(logits * 1e-39F, labels);
        QVERIFY(subnormal.hasMinimum && subnormal.weight.allFinite());
        QVERIFY_NEAR(subnormal.nll, expected, 1e-4); // few digits are left in the logits
    }

    void theGradientIsAsSmallAsSaid_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("classes");
        QTest::addColumn<bool>("everyClass");
        for (const auto& [rows, classes] : {std::pair{600, 1000}, std::pair{300, 40}, std::pair{2000, 7}}) {
            for (const bool every : {false, true}) {
                if (!every || rows >= 2 * classes) {
                    QTest::addRow("%d x %d, %s", rows, classes, every ? "every class" : "some classes")
                        << rows << classes << every;
                }
            }
        }
    }
    void theGradientIsAsSmallAsSaid() {
        QFETCH(int, rows);
        QFETCH(int, classes);
        QFETCH(bool, everyClass);
        auto [logits, labels] = tests::randomLogits(rows, classes, 2.0, 7);
        for (std::size_t row = 0; row < labels.size(); ++row) {
            const auto index = static_cast<Eigen::Index>(row);
            labels[row] = everyClass ? index % classes : labels[row] % (classes - 1);
            if (row % 3 != 0) {
                logits(index, labels[row]) += 4.0F;
            }
        }
        const VectorScaling fitted = fitVectorScaling(logits, labels);
        QVERIFY(fitted.gradientNorm <= kVectorScalingGradient);
        QCOMPARE(fitted.hasMinimum, everyClass);
        // From the definition, by factors and offsets of standardised logits.
        const VectorD gradient = gradientOf(fitted, logits, labels);
        const VectorD byBias = gradient.tail(classes);
        const MatrixD values = logits.cast<double>();
        const VectorD mean = values.colwise().mean().transpose();
        const VectorD deviation =
            ((values.rowwise() - mean.transpose()).cwiseAbs2().colwise().mean().transpose()).cwiseSqrt();
        const VectorD byWeight = (gradient.head(classes) - byBias.cwiseProduct(mean)).cwiseProduct(deviation);
        QVERIFY2(std::hypot(byWeight.norm(), byBias.norm()) <= 2 * kVectorScalingGradient,
                 qPrintable(QString::number(std::hypot(byWeight.norm(), byBias.norm()))));
        // Convex: no other place is lower by more than the gradient allows.
        QVERIFY(fitted.nll <= fitTemperature(logits, labels).nll + 1e-12);
    }

    void progressRisesAndCancelEnds() {
        const auto [logits, labels] = tests::randomLogits(300, 40, 2.0, 7);
        std::vector<double> fractions;
        (void)fitVectorScaling(
            logits, labels,
            {.onProgress = [&](double fraction) { fractions.push_back(fraction); }, .cancelled = {}});
        QVERIFY(fractions.size() > 3 && std::ranges::is_sorted(fractions));
        QVERIFY(fractions.front() >= 0 && fractions.back() == 1);
        int asked = 0;
        try {
            (void)fitVectorScaling(logits, labels,
                                   {.onProgress = {}, .cancelled = [&] { return ++asked > 5; }});
            QFAIL("was not cancelled");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
            QCOMPARE(asked, 6);
        }
    }

    void unusableInputIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitVectorScaling(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fitVectorScaling(MatrixF::Zero(2, 2), {0, 2}));
        const VectorScaling three{VectorD::Ones(3), VectorD::Zero(3)};
        QVERIFY_THROWS_EXCEPTION(Error, (void)scaledLogits(three, MatrixF::Zero(2, 2)));
        QCOMPARE(fitVectorScaling(MatrixF::Zero(2, 1), {0, 0}).nll, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestVectorScaling)
#include "test_vector_scaling.moc"

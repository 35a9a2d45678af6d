#include "core/analysis/classifier/row_norms.h"

#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QtTest>

#include <numbers>

using namespace finescope;
using namespace finescope::analysis;

namespace {

double meanLoss(const MatrixD& features, const Labels& labels, const MatrixD& weight, const VectorD& bias) {
    double loss = 0;
    for (Eigen::Index row = 0; row < features.rows(); ++row) {
        const VectorD logits = weight * features.row(row).transpose() + bias;
        loss += std::log((logits.array() - logits.maxCoeff()).exp().sum()) + logits.maxCoeff() -
                logits(labels[static_cast<std::size_t>(row)]);
    }
    return loss / static_cast<double>(features.rows());
}

} // namespace

class TestClassifier : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normsAndAnglesByHand() {
        MatrixF weight(4, 2);
        weight << 3.0F, 4.0F, -6.0F, -8.0F, 4.0F, -3.0F, 0.0F, 0.0F;
        QCOMPARE(classifierRowNorms(weight), VectorD(Eigen::Vector4d(5, 10, 5, 0)));
        const MatrixD angles = classifierRowAngles(weight);
        QVERIFY_NEAR(angles(0, 1), std::numbers::pi, 1e-15);
        QVERIFY_NEAR(angles(0, 2), std::numbers::pi / 2, 1e-15);
        QCOMPARE(angles(1, 1), 0.0);
        QCOMPARE(angles(1, 2), angles(2, 1));
        QVERIFY(std::isnan(angles(0, 3)));
    }

    // definitions.md, Theory checks, T7.
    void derivativeEqualsTheFiniteDifference() {
        const auto [features, drawn] = tests::randomLogits(80, 6, 1.0, 2);
        Labels labels;
        for (const auto label : drawn) {
            labels.push_back(label % 4);
        }
        const MatrixF weight = tests::randomLogits(4, 6, 0.8, 3).logits;
        const VectorF bias = VectorF::LinSpaced(4, -0.5F, 0.7F);
        const VectorD derivative = lossByRowNorm(features, labels, weight, bias);
        const MatrixD x = features.cast<double>();
        for (Eigen::Index k = 0; k < 4; ++k) {
            const double step = 1e-4;
            const auto lossAt = [&](double change) {
                MatrixD moved = weight.cast<double>();
                const double norm = moved.row(k).norm();
                moved.row(k) *= (norm + change) / norm;
                return meanLoss(x, labels, moved, bias.cast<double>());
            };
            // Fourth order: the error is of the order of step^4.
            const double difference =
                (8 * (lossAt(step) - lossAt(-step)) - (lossAt(2 * step) - lossAt(-2 * step))) / (12 * step);
            QVERIFY_NEAR(derivative(k), difference, 1e-10);
        }
    }

    /// Logits as a run file has them, rounded to float, give what the features give, and what a difference of
    /// losses gives that scales the part of a logit that its row makes.
    void derivativeFromLogitsIsThatFromFeatures() {
        const auto [features, drawn] = tests::randomLogits(300, 12, 1.5, 7);
        Labels labels;
        for (const auto label : drawn) {
            labels.push_back(label % 5);
        }
        const MatrixF weight = tests::randomLogits(5, 12, 2.0, 8).logits;
        const VectorF bias = VectorF::LinSpaced(5, -2.0F, 3.0F);
        MatrixD exact = features.cast<double>() * weight.cast<double>().transpose();
        exact.rowwise() += bias.cast<double>().transpose();
        const MatrixF logits = exact.cast<float>();
        const VectorD fromLogits = lossByRowNormFromLogits(logits, labels, weight, bias);
        const VectorD fromFeatures = lossByRowNorm(features, labels, weight, bias);
        const VectorD norms = weight.cast<double>().rowwise().norm();
        for (Eigen::Index k = 0; k < 5; ++k) {
            QVERIFY_NEAR(fromLogits(k), fromFeatures(k), 1e-6);
            const auto lossAt = [&](double change) {
                double loss = 0;
                for (Eigen::Index row = 0; row < logits.rows(); ++row) {
                    VectorD z = logits.row(row).cast<double>().transpose();
                    const double offset = bias(k);
                    z(k) = offset + (z(k) - offset) * (norms(k) + change) / norms(k);
                    const double most = z.maxCoeff();
                    loss += most + std::log((z.array() - most).exp().sum()) -
                            z(labels[static_cast<std::size_t>(row)]);
                }
                return loss / static_cast<double>(logits.rows());
            };
            const double step = 1e-4;
            const double difference =
                (8 * (lossAt(step) - lossAt(-step)) - (lossAt(2 * step) - lossAt(-2 * step))) / (12 * step);
            QVERIFY_NEAR(fromLogits(k), difference, 1e-9);
        }
    }

    /// One row, two classes, by hand: p = (3/4, 1/4), y = 1, b = 0.
    void derivativeFromLogitsByHand() {
        MatrixF logits(1, 2);
        logits << static_cast<float>(std::log(3.0)), 0.0F;
        MatrixF weight(2, 2);
        weight << 0.0F, 2.0F, 4.0F, 0.0F;
        const VectorD derivative = lossByRowNormFromLogits(logits, {1}, weight, VectorF::Zero(2));
        QVERIFY_NEAR(derivative(0), 0.75 * std::log(3.0) / 2, 1e-7); // it should not be so sure of class 0
        QCOMPARE(derivative(1), 0.0);                                // its projection is 0
    }

    /// A bias is no part of a norm: adding it to logits and bias alike changes p but not the projections.
    void derivativeOfLogitsWithoutAnyWeightIsZero() {
        MatrixF logits(3, 2);
        logits << 2.0F, -1.0F, 2.0F, -1.0F, 2.0F, -1.0F;
        const VectorF bias = Eigen::Vector2f(2.0F, -1.0F);
        const VectorD derivative = lossByRowNormFromLogits(logits, {0, 1, 1}, MatrixF::Ones(2, 3), bias);
        QCOMPARE(derivative, VectorD(Eigen::Vector2d(0, 0)));
        MatrixF zeroRow = MatrixF::Ones(2, 3);
        zeroRow.row(1).setZero();
        const VectorD undefined = lossByRowNormFromLogits(logits, {0, 1, 1}, zeroRow, VectorF::Zero(2));
        QVERIFY(std::isfinite(undefined(0)) && std::isnan(undefined(1)));
    }

    void rowChangesByHand() {
        MatrixF before(3, 2), after(3, 2);
        before << 3.0F, 4.0F, 1.0F, 0.0F, 0.0F, 0.0F;
        after << 6.0F, 8.0F, 0.0F, 2.0F, 3.0F, 4.0F;
        const RowChanges changes = classifierRowChanges(before, after);
        QCOMPARE(changes.normBefore, VectorD(Eigen::Vector3d(5, 1, 0)));
        QCOMPARE(changes.normAfter, VectorD(Eigen::Vector3d(10, 2, 5)));
        QVERIFY_NEAR(changes.cosine(0), 1, 1e-15);
        QVERIFY(changes.cosine(0) <= 1);
        QCOMPARE(changes.cosine(1), 0.0);
        QVERIFY(std::isnan(changes.cosine(2)));
        QVERIFY_NEAR(changes.displacement(0), 5, 1e-15);
        QVERIFY_NEAR(changes.displacement(1), std::sqrt(5.0), 1e-15);
        QVERIFY_NEAR(changes.displacement(2), 5, 1e-15);
        // The law of cosines holds for any two rows.
        const MatrixF first = tests::randomLogits(6, 40, 1.0, 4).logits;
        const MatrixF last = tests::randomLogits(6, 40, 3.0, 5).logits;
        const RowChanges drawn = classifierRowChanges(first, last);
        for (Eigen::Index k = 0; k < 6; ++k) {
            const double a = drawn.normBefore(k), b = drawn.normAfter(k);
            QVERIFY_NEAR(drawn.displacement(k), std::sqrt(a * a + b * b - 2 * a * b * drawn.cosine(k)),
                         1e-12);
        }
    }

    void unusableInputIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)lossByRowNormFromLogits(MatrixF::Ones(2, 3), {0, 1},
                                                                      MatrixF::Ones(2, 3), VectorF::Zero(2)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)lossByRowNormFromLogits(MatrixF::Ones(2, 2), {0, 2},
                                                                      MatrixF::Ones(2, 3), VectorF::Zero(2)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)lossByRowNormFromLogits(MatrixF::Ones(2, 2), {0, 1},
                                                                      MatrixF::Ones(2, 3), VectorF::Zero(3)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)classifierRowChanges(MatrixF::Ones(2, 3), MatrixF::Ones(2, 4)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)classifierRowChanges(MatrixF::Ones(2, 3), MatrixF::Ones(3, 3)));
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)lossByRowNorm(MatrixF::Ones(2, 3), {0, 1}, MatrixF::Ones(2, 4), VectorF::Zero(2)));
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)lossByRowNorm(MatrixF::Ones(2, 3), {0, 2}, MatrixF::Ones(2, 3), VectorF::Zero(2)));
        QVERIFY_THROWS_EXCEPTION(
            Error, (void)lossByRowNorm(MatrixF::Ones(2, 3), {0, 1}, MatrixF::Ones(2, 3), VectorF::Zero(3)));
        QVERIFY(
            std::isnan(lossByRowNorm(MatrixF::Ones(2, 3), {0, 1}, MatrixF::Zero(2, 3), VectorF::Zero(2))(0)));
    }
};

QTEST_APPLESS_MAIN(TestClassifier)
#include "test_classifier.moc"

#include "core/analysis/classifier.h"

#include "core/error.h"
#include "tests/core/analysis/sample_logits.h"
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

    void cosinesByHand() {
        MatrixF features(3, 2);
        features << 1.0F, 0.0F, -2.0F, -2.0F, 0.0F, 0.0F;
        MatrixF weight(2, 2);
        weight << 1.0F, 1.0F, 0.0F, 7.0F;
        const MatrixD cosines = featureClassifierCosines(features, weight);
        QVERIFY_NEAR(cosines(0, 0), std::sqrt(0.5), 1e-15);
        QCOMPARE(cosines(0, 1), 0.0);
        QVERIFY_NEAR(cosines(1, 0), -1.0, 1e-15);
        QVERIFY(std::isnan(cosines(2, 0)));
    }

    // PAPER T7.
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

    void unusableInputIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error,
                                 (void)featureClassifierCosines(MatrixF::Ones(2, 3), MatrixF::Ones(2, 4)));
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

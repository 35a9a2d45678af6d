#include "core/analysis/feature/similarity_and_difference.h"

#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <Eigen/LU>
#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// trace((S_W + lambda I)^-1 S_B) straight from definitions.md, Fisher's discriminant ratio, with lambda =
/// ridge tr(S_W) / h.
double fisherByDefinition(const MatrixF& features, const Labels& labels, int classes, double ridge) {
    const MatrixD x = features.cast<double>();
    const VectorD mean = x.colwise().mean();
    MatrixD within = MatrixD::Zero(x.cols(), x.cols());
    MatrixD between = MatrixD::Zero(x.cols(), x.cols());
    for (int label = 0; label < classes; ++label) {
        VectorD classMean = VectorD::Zero(x.cols());
        double count = 0;
        for (Eigen::Index row = 0; row < x.rows(); ++row) {
            if (labels[static_cast<std::size_t>(row)] == label) {
                classMean += x.row(row);
                ++count;
            }
        }
        classMean /= count;
        between += count * (classMean - mean) * (classMean - mean).transpose();
        for (Eigen::Index row = 0; row < x.rows(); ++row) {
            if (labels[static_cast<std::size_t>(row)] == label) {
                const VectorD offset = x.row(row).transpose() - classMean;
                within += offset * offset.transpose();
            }
        }
    }
    const double lambda = ridge * within.trace() / static_cast<double>(x.cols());
    const MatrixD shifted = within + lambda * MatrixD::Identity(x.cols(), x.cols());
    return shifted.fullPivLu().solve(between).trace();
}

tests::LabelledLogits classedFeatures(Eigen::Index rows, Eigen::Index width, int classes,
                                      std::uint32_t seed) {
    auto [features, labels] = tests::randomLogits(rows, width, 1.0, seed);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        labels[row] = static_cast<std::int64_t>(row) % classes;
        features(static_cast<Eigen::Index>(row), labels[row]) += 1.5F;
    }
    return {features, labels};
}

} // namespace

class TestFeatureStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cosineOfThreeRowsByHand() {
        MatrixF features(3, 2);
        features << 1.0F, 0.0F, 0.0F, 2.0F, 3.0F, 3.0F;
        QVERIFY_NEAR(cosineSimilarity(features), (0 + std::sqrt(0.5) + std::sqrt(0.5)) / 3, 1e-15);
    }

    void cosineEqualsTheMeanOverPairs() {
        MatrixF features = tests::randomLogits(60, 30, 0.1, 4).logits;
        features.array() += 1.0F; // similar, as an encoder's features are
        double sum = 0;
        for (Eigen::Index i = 0; i < 60; ++i) {
            for (Eigen::Index j = 0; j < i; ++j) {
                const VectorD a = features.row(i).cast<double>();
                const VectorD b = features.row(j).cast<double>();
                sum += a.dot(b) / (a.norm() * b.norm());
            }
        }
        QVERIFY_NEAR(cosineSimilarity(features), sum / (60 * 59 / 2.0), 1e-13);
    }

    void cosineDoesNotDependOnLengths() {
        MatrixF features = tests::randomLogits(20, 5, 1.0, 4).logits;
        const double before = cosineSimilarity(features);
        features.row(7) *= 1024;
        QVERIFY_NEAR(cosineSimilarity(features), before, 1e-14);
    }

    void cosineRefusesRowsWithoutDirection() {
        MatrixF features = MatrixF::Ones(3, 2);
        features.row(1).setZero();
        try {
            (void)cosineSimilarity(features);
            QFAIL("accepted a row of zeros");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::numeric);
            QVERIFY(QString::fromLatin1(error.what()).contains(QStringLiteral("row 1")));
        }
        QVERIFY_THROWS_EXCEPTION(Error, (void)cosineSimilarity(MatrixF::Ones(1, 2)));
    }

    void differenceByHand() {
        MatrixF before(2, 2);
        before << 0.0F, 0.0F, 1.0F, 1.0F;
        MatrixF after(2, 2);
        after << 3.0F, 4.0F, 1.0F, 2.0F;
        QCOMPARE(featureDifference(before, after), 3.0);
        QCOMPARE(featureDifference(before, before), 0.0);
        QVERIFY_THROWS_EXCEPTION(Error, (void)featureDifference(before, MatrixF::Zero(3, 2)));
    }

    void fisherByHandInOneDimension() {
        // Classes {0, 2} and {10, 12}: S_W = 2 + 2, S_B = 4 * 25.
        MatrixF features(4, 1);
        features << 0.0F, 2.0F, 10.0F, 12.0F;
        const FisherRatio ratio = fisherDiscriminantRatio(features, {0, 0, 1, 1}, 2);
        QVERIFY_NEAR(ratio.value, 25.0, 1e-13);
        QCOMPARE(ratio.ridge, 0.0);
        QCOMPARE(ratio.rankWithin, 1);
        QCOMPARE(ratio.samples, 4);
        QCOMPARE(ratio.width, 1);
    }

    void fisherFollowsTheDefinition_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("width");
        QTest::addColumn<double>("ridge"); // what the rule of definitions.md chooses
        QTest::addRow("many rows") << 200 << 20 << 0.0;
        QTest::addRow("just enough rows") << 23 << 20 << 0.0;
        QTest::addRow("one row too few") << 22 << 20 << 1e-3;
        QTest::addRow("fewer rows than width") << 15 << 40 << 1e-3;
    }
    void fisherFollowsTheDefinition() {
        QFETCH(int, rows);
        QFETCH(int, width);
        QFETCH(double, ridge);
        const auto [features, labels] = classedFeatures(rows, width, 3, 6);
        const FisherRatio ratio = fisherDiscriminantRatio(features, labels, 3);
        QCOMPARE(ratio.ridge, ridge);
        QCOMPARE(ratio.rankWithin, std::min(width, rows - 3));
        QVERIFY_NEAR(ratio.value, fisherByDefinition(features, labels, 3, ridge), 1e-8);
        const FisherRatio other = fisherDiscriminantRatio(features, labels, 3, 0.1);
        QCOMPARE(other.ridge, 0.1);
        QVERIFY_NEAR(other.value, fisherByDefinition(features, labels, 3, 0.1), 1e-9);
    }

    void fisherDropsWhatALayerNormLoses() {
        // Rows that sum to zero have no variance along (1, .., 1): the result is that of the other
        // coordinates.
        auto [features, labels] = classedFeatures(300, 12, 3, 6);
        MatrixF normed(300, 13);
        normed.leftCols(12) = features;
        normed.col(12) = -features.rowwise().sum();
        const FisherRatio ratio = fisherDiscriminantRatio(normed, labels, 3);
        QCOMPARE(ratio.ridge, 0.0);
        QCOMPARE(ratio.rankWithin, 12); // what float rounding of the sum leaves is far below the threshold
        QVERIFY_NEAR(ratio.value, fisherByDefinition(features, labels, 3, 0), 1e-5);
        MatrixF coarse = (features * 256).array().round() / 256; // sums exactly
        normed.leftCols(12) = coarse;
        normed.col(12) = -coarse.rowwise().sum();
        const FisherRatio exact = fisherDiscriminantRatio(normed, labels, 3);
        QCOMPARE(exact.rankWithin, 12);
        QVERIFY_NEAR(exact.value, fisherByDefinition(coarse, labels, 3, 0), 1e-9);
    }

    void fisherDoesNotDependOnLinearMapsOfTheFeatures() {
        const auto [features, labels] = classedFeatures(300, 8, 2, 12);
        const MatrixF map = tests::randomLogits(8, 8, 1.0, 3).logits;
        QVERIFY_NEAR(fisherDiscriminantRatio(features * map, labels, 2).value,
                     fisherDiscriminantRatio(features, labels, 2).value, 1e-3); // float product
    }

    void fisherLeavesAbsentClassesOut() {
        const auto [features, labels] = classedFeatures(100, 5, 3, 6);
        QCOMPARE(fisherDiscriminantRatio(features, labels, 7).value,
                 fisherDiscriminantRatio(features, labels, 3).value);
    }

    void fisherRefusesWhatHasNoRatio() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)fisherDiscriminantRatio(MatrixF::Ones(4, 2), {0, 0, 0, 0}, 2));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fisherDiscriminantRatio(MatrixF::Ones(4, 2), {0, 0, 1, 1}, 2));
        QVERIFY_THROWS_EXCEPTION(Error, (void)fisherDiscriminantRatio(MatrixF::Ones(4, 2), {0, 0, 1, 5}, 2));
    }
};

QTEST_APPLESS_MAIN(TestFeatureStatistics)
#include "test_feature_statistics.moc"

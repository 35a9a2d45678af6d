#include "core/analysis/feature/projection.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/analysis/statistics/matthews.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <Eigen/SVD>
#include <QtTest>

#include <array>

using namespace finescope;
using namespace finescope::analysis;

namespace {

std::span<const double> spanOf(const VectorD& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

record::KernelState smallKernel() {
    record::KernelState kernel;
    kernel.state = "pretrained";
    kernel.classes = 2;
    const MatrixD phi = tests::randomLogits(6, 4, 1.0, 1).logits.cast<double>();
    const MatrixD jacobian = tests::randomLogits(12, 5, 1.0, 2).logits.cast<double>();
    kernel.pTrain = (phi * phi.transpose()).array() + 1;
    kernel.fTrain = jacobian * jacobian.transpose();
    kernel.trainResiduals = tests::randomLogits(6, 2, 1.0, 3).logits.cast<double>();
    return kernel;
}

} // namespace

class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void spectrumEqualsTheSingularValueDecomposition() {
        const MatrixD half = tests::randomLogits(15, 15, 1.0, 4).logits.cast<double>();
        const MatrixD matrix = half + half.transpose(); // indefinite
        const VectorD values = symmetricSingularValues(matrix);
        const Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix);
        QVERIFY_NEAR((values - svd.singularValues()).norm(), 0.0, 1e-12);
        QVERIFY_THROWS_EXCEPTION(Error, (void)symmetricSingularValues(MatrixD::Zero(2, 3)));
        QVERIFY_THROWS_EXCEPTION(Error, (void)symmetricSingularValues(MatrixD::Constant(2, 2, std::nan(""))));
    }

    void ranksByHand() {
        const VectorD equal = VectorD::Constant(8, 3.0);
        QCOMPARE(numericalRank(spanOf(equal)), 8);
        QVERIFY_NEAR(effectiveRank(spanOf(equal)), 8.0, 1e-14);
        QVERIFY_NEAR(stableRank(spanOf(equal)), 8.0, 1e-14);
        // The tolerance is 1 x 4 / 2^23 = 4.77e-7.
        const std::array<double, 4> uneven = {1.0, 0.5, 4.8e-7, 4.7e-7};
        QCOMPARE(numericalRank(uneven), 3);
        QVERIFY_NEAR(stableRank(uneven), 1.25, 1e-12);
        const double p = 2.0 / 3;
        const std::array<double, 3> two = {2.0, 1.0, 0.0};
        QVERIFY_NEAR(effectiveRank(two), std::exp(-p * std::log(p) - (1 - p) * std::log(1 - p)), 1e-14);
        const std::array<double, 2> none = {0.0, 0.0};
        QCOMPARE(numericalRank(none), 0);
        QCOMPARE(effectiveRank(none), 0.0);
        QCOMPARE(stableRank(none), 0.0);
    }

    void kernelNumbersFollowTheFlattenedMatrices() {
        const record::KernelState kernel = smallKernel();
        MatrixD p = MatrixD::Zero(12, 12);
        for (Eigen::Index i = 0; i < 12; ++i) {
            for (Eigen::Index j = 0; j < 12; ++j) {
                p(i, j) = i % 2 == j % 2 ? kernel.pTrain(i / 2, j / 2) : 0.0;
            }
        }
        const std::array<MatrixD, 3> flat = {p, kernel.fTrain, p + kernel.fTrain};
        const MatrixD spectrum = kernelSpectrum(kernel).value();
        for (const KernelPart part : kKernelParts) {
            const auto row = static_cast<std::size_t>(part);
            QVERIFY_NEAR(kernelFrobeniusNorm(kernel, part), flat[row].norm(), 1e-13);
            const Eigen::JacobiSVD<Eigen::MatrixXd> svd(flat[row]);
            QVERIFY_NEAR(
                (spectrum.row(static_cast<Eigen::Index>(row)).transpose() - svd.singularValues()).norm(), 0.0,
                1e-11);
        }
        // definitions.md, Ranks: the rank of P is C times that of its scalars.
        QCOMPARE(numericalRank({spectrum.row(0).data(), 12}),
                 2 * numericalRank(spanOf(symmetricSingularValues(kernel.pTrain))));

        const VectorD ratios = fineTuningRatios(kernel);
        const Eigen::Map<const VectorD> delta(kernel.trainResiduals.data(), 12);
        double mean = 0;
        for (Eigen::Index i = 0; i < 6; ++i) {
            const double ratio =
                (flat[1] * delta).segment(2 * i, 2).norm() / (flat[2] * delta).segment(2 * i, 2).norm();
            QVERIFY_NEAR(ratios(i), ratio, 1e-12);
            mean += ratio / 6;
        }
        QVERIFY_NEAR(fineTuningRatio(kernel).value(), mean, 1e-12);
    }

    void kernelsWithoutPretrainPartOrResiduals() {
        record::KernelState kernel = smallKernel();
        kernel.pTrain.setZero();
        QVERIFY_NEAR(fineTuningRatio(kernel).value(), 1.0, 1e-14);
        kernel.trainResiduals.setZero();
        QVERIFY(!fineTuningRatio(kernel));
        kernel.trainResiduals.resize(5, 2);
        QVERIFY_THROWS_EXCEPTION(Error, (void)fineTuningRatio(kernel));
    }

    void aStoredSpectrumIsKept() {
        record::KernelState kernel = smallKernel();
        kernel.spectrum = MatrixD::Constant(3, 12, 2.0);
        QCOMPARE(kernelSpectrum(kernel).value(), kernel.spectrum.value());
    }

    void matthewsOfTwoClassesByHand() {
        // TP 3, TN 2, FP 1, FN 2: (3*2 - 1*2) / sqrt(4*5*3*4).
        const Labels labels = {1, 1, 1, 1, 1, 0, 0, 0};
        const Labels predicted = {1, 1, 1, 0, 0, 0, 0, 1};
        QVERIFY_NEAR(matthewsCorrelation(predicted, labels, 2), 4 / std::sqrt(240.0), 1e-15);
        QVERIFY_NEAR(matthewsCorrelation(labels, labels, 2), 1.0, 1e-15);
        QCOMPARE(matthewsCorrelation(Labels(8, 1), labels, 2), 0.0);
        QVERIFY_THROWS_EXCEPTION(Error, (void)matthewsCorrelation({0}, {0, 1}, 2));
        QVERIFY_THROWS_EXCEPTION(Error, (void)matthewsCorrelation({0, 2}, {0, 1}, 2));
    }

    void principalComponentsOfALineByHand() {
        MatrixF points(3, 2);
        points << 1.0F, 1.0F, 2.0F, 3.0F, 3.0F, 5.0F; // along (1, 2)
        const PrincipalComponents components = principalComponents(points, 2);
        QCOMPARE(components.axes.rows(), 1); // there is no second direction
        QVERIFY_NEAR(components.axes(0, 0), 1 / std::sqrt(5.0), 1e-14);
        QVERIFY_NEAR(components.axes(0, 1), 2 / std::sqrt(5.0), 1e-14);
        QVERIFY_NEAR(components.variance(0), 5.0, 1e-13);
        QVERIFY_NEAR(components.totalVariance, 5.0, 1e-13);
        QVERIFY_NEAR(components.project(points)(2, 0), std::sqrt(5.0), 1e-13);
    }

    void principalComponentsEqualTheSingularValueDecomposition_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("width");
        QTest::addRow("tall") << 50 << 9;
        QTest::addRow("wide") << 9 << 50;
    }
    void principalComponentsEqualTheSingularValueDecomposition() {
        QFETCH(int, rows);
        QFETCH(int, width);
        const MatrixF points = tests::randomLogits(rows, width, 1.0, 9).logits;
        const PrincipalComponents components = principalComponents(points, 3);
        MatrixD centred = points.cast<double>();
        centred.rowwise() -= centred.colwise().mean().eval();
        const Eigen::JacobiSVD<Eigen::MatrixXd> svd(centred, Eigen::ComputeThinU | Eigen::ComputeThinV);
        const MatrixD scores = components.project(points);
        for (Eigen::Index index = 0; index < 3; ++index) {
            QVERIFY_NEAR(components.variance(index), std::pow(svd.singularValues()(index), 2) / (rows - 1),
                         1e-12);
            QVERIFY_NEAR(std::abs(components.axes.row(index).dot(svd.matrixV().col(index))), 1.0, 1e-12);
            const VectorD theirs = svd.matrixU().col(index) * svd.singularValues()(index);
            QVERIFY_NEAR(std::min((scores.col(index) - theirs).norm(), (scores.col(index) + theirs).norm()),
                         0.0, 1e-11);
        }
        QVERIFY_NEAR((components.axes * components.axes.transpose() - MatrixD::Identity(3, 3)).norm(), 0.0,
                     1e-13);
        QVERIFY_THROWS_EXCEPTION(Error, (void)principalComponents(points.topRows(1), 1));
        QVERIFY_THROWS_EXCEPTION(Error, (void)components.project(MatrixF::Zero(2, width + 1)));
    }

    void spreadOverFiveSeedsByHand() {
        const std::array<double, 5> values = {1, 2, 3, 4, 5};
        const double s = std::sqrt(2.5);
        const auto halfWidth = [&](Spread spread) {
            const SeedStatistics statistics = seedStatistics(values, spread);
            return (statistics.high - statistics.low) / 2;
        };
        QCOMPARE(seedStatistics(values).n, 5);
        QCOMPARE(seedStatistics(values).mean, 3.0);
        QVERIFY_NEAR(halfWidth(Spread::standardDeviation), s, 1e-14);
        QVERIFY_NEAR(halfWidth(Spread::standardError), s / std::sqrt(5.0), 1e-14);
        QVERIFY_NEAR(halfWidth(Spread::tInterval95), 2.7764451051977987 * s / std::sqrt(5.0),
                     1e-12); // t table, 4 d.f.
        QVERIFY_NEAR(halfWidth(Spread::range), 2.0, 0.0);
    }

    void oneSeedHasNoSpread() {
        const std::array<double, 1> one = {0.7};
        for (const Spread spread :
             {Spread::tInterval95, Spread::standardDeviation, Spread::standardError, Spread::range}) {
            const SeedStatistics statistics = seedStatistics(one, spread);
            QCOMPARE(statistics.low, 0.7);
            QCOMPARE(statistics.high, 0.7);
            QCOMPARE(statistics.n, 1);
        }
        QVERIFY_THROWS_EXCEPTION(Error, (void)seedStatistics({}));
        const std::array<double, 2> broken = {1, std::nan("")};
        QVERIFY_THROWS_EXCEPTION(Error, (void)seedStatistics(broken));
    }
};

QTEST_APPLESS_MAIN(TestStatistics)
#include "test_statistics.moc"

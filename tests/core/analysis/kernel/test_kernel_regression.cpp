#include "core/analysis/kernel/kernel_comparison.h"
#include "core/analysis/kernel/kernel_regression.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/error.h"
#include "tests/support/near.h"
#include "tests/support/python.h"
#include "tests/support/raw_array.h"

#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace finescope;
using namespace finescope::analysis;

namespace {

MatrixD readMatrix(const QString& path, Eigen::Index columns) {
    const auto values = tests::readRawArray<double>(path);
    return Eigen::Map<const MatrixD>(values.data(), static_cast<Eigen::Index>(values.size()) / columns,
                                     columns);
}

/// P = 1 for samples of one class, else 0; F without anything; C = 2.
record::KernelState separableKernel(int samples) {
    record::KernelState kernel;
    kernel.state = "pretrained";
    kernel.adapted = "full";
    kernel.classes = 2;
    for (int i = 0; i < samples; ++i) {
        kernel.trainIndex.push_back(i);
        kernel.trainLabels.push_back(i % 2);
    }
    kernel.pTrain = MatrixD::NullaryExpr(
        samples, samples, [](Eigen::Index i, Eigen::Index j) { return i % 2 == j % 2 ? 1 : 0; });
    kernel.fTrain = MatrixD::Zero(2 * samples, 2 * samples);
    kernel.trainResiduals = MatrixD::Constant(samples, 2, 0.5);
    return kernel;
}

} // namespace

class TestKernelRegression : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // scikit-learn stops well above the optimum where a kernel is badly scaled; NumPy's Newton does not.
    void noObjectiveIsAboveScikitLearns_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("samples");
        QTest::addColumn<double>("norm");
        QTest::newRow("norm 10") << 2 << 40 << 1e1;
        QTest::newRow("norm 1e3, three classes") << 3 << 24 << 1e3;
        QTest::newRow("norm 1e5") << 2 << 24 << 1e5;
        QTest::newRow("norm 1e7") << 2 << 24 << 1e7;
    }
    void noObjectiveIsAboveScikitLearns() {
        QFETCH(int, classes);
        QFETCH(int, samples);
        QFETCH(double, norm);
        const QTemporaryDir folder;
        const auto reference = tests::runPython(
            QStringLiteral("tests/core/analysis/kernel/kernel_regression_reference.py"),
            {folder.path(), QString::number(classes), QString::number(samples), QString::number(norm)});
        QVERIFY(!reference.isNull());
        record::KernelState kernel;
        kernel.state = "pretrained";
        kernel.classes = classes;
        kernel.trainLabels = tests::readRawArray<std::int64_t>(folder.filePath(QStringLiteral("labels")));
        kernel.testLabels = tests::readRawArray<std::int64_t>(folder.filePath(QStringLiteral("labels_test")));
        kernel.pTrain = readMatrix(folder.filePath(QStringLiteral("p")), samples);
        kernel.pTest = readMatrix(folder.filePath(QStringLiteral("p_test")), samples);
        kernel.fTrain = readMatrix(folder.filePath(QStringLiteral("f")), samples * classes);
        kernel.fTest = readMatrix(folder.filePath(QStringLiteral("f_test")), samples * classes);
        kernel.trainResiduals = MatrixD::Zero(samples, classes);

        Labels labels;
        for (const auto label : kernel.trainLabels) {
            for (int c = 0; c < classes; ++c) {
                labels.push_back(label == c ? 1 : 0);
            }
        }
        for (const KernelPart part : kKernelParts) {
            const auto rows = flattenedKernel(kernel.pTrain, kernel.fTrain, part);
            const auto reduced = reduceFeatures(rows);
            const auto expected = reference.array()[static_cast<int>(part)].toObject();
            for (const auto& entry : expected[QStringLiteral("fits")].toArray()) {
                const auto fit = entry.toObject();
                const double strength = fit[QStringLiteral("strength")].toDouble();
                const KernelFit ours = fitKernelRows(reduced, labels, strength);
                double objective = 0.5 * ours.alpha.squaredNorm();
                for (Eigen::Index row = 0; row < rows.rows(); ++row) {
                    const double value = rows.row(row).dot(ours.alpha) + ours.intercept;
                    const double margin = labels[static_cast<std::size_t>(row)] == 1 ? value : -value;
                    objective += strength * (margin > 0 ? std::log1p(std::exp(-margin))
                                                        : std::log1p(std::exp(margin)) - margin);
                }
                const double newton = fit[QStringLiteral("newton")].toDouble();
                const double sklearn = fit[QStringLiteral("sklearn")].toDouble();
                const auto where = QStringLiteral("part %1, C %2: %3, reported %4, NumPy %5, scikit-learn %6")
                                       .arg(static_cast<int>(part))
                                       .arg(strength)
                                       .arg(objective, 0, 'g', 12)
                                       .arg(ours.objective, 0, 'g', 12)
                                       .arg(newton, 0, 'g', 12)
                                       .arg(sklearn, 0, 'g', 12);
                QVERIFY2(objective <= sklearn * (1 + 1e-6), qPrintable(where));
                QVERIFY2(std::abs(objective - newton) <= 1e-7 * newton, qPrintable(where));
                QVERIFY2(std::abs(objective - ours.objective) <= 1e-6 * objective, qPrintable(where));
            }
        }

        int done = 0;
        KernelRegressionHooks hooks;
        hooks.onFit = [&](int fits, int total) {
            QCOMPARE(fits, done + 1);
            QCOMPARE(total, 150);
            done = fits;
        };
        const MatrixD found = kernelRegression(kernel, hooks);
        QCOMPARE(done, 150);
        if (norm > 100) {
            return; // scikit-learn does not reach the optima that it chooses among
        }
        for (int part = 0; part < 3; ++part) {
            const auto expected = reference.array()[part].toObject()[QStringLiteral("accuracies")].toArray();
            for (int column = 0; column < 4; ++column) {
                QVERIFY_NEAR(found(part, column), expected[column].toDouble(), 1e-12);
            }
        }
    }

    void accuraciesOfASeparableAndAnEmptyKernel() {
        auto kernel = separableKernel(10);
        const MatrixD found = kernelRegression(kernel);
        for (const int part : {0, 2}) {
            QCOMPARE(found(part, 0), 1.0);
            QCOMPARE(found(part, 2), 1.0);
        }
        // Nothing to learn from: the intercept of balanced decisions is 0, which is no yes.
        QCOMPARE(found(1, 0), 0.5);
        QCOMPARE(found(1, 2), 0.5);
        QVERIFY(std::isnan(found(0, 1)) && std::isnan(found(0, 3)));
        kernel.testLabels = {1, 1, 0};
        kernel.pTest = kernel.pTrain.middleRows(0, 3);
        kernel.fTest = kernel.fTrain.middleRows(0, 6);
        const MatrixD tested = kernelRegression(kernel);
        // Rows 0, 1, 2 are of the classes 0, 1, 0.
        QVERIFY_NEAR(tested(0, 1), 2.0 / 3, 1e-15);
        QVERIFY_NEAR(tested(0, 3), 2.0 / 3, 1e-15);
    }

    // A head of a large norm makes entries of a million: the gradient's own rounding is then all that is left
    // of it, and the fits are as good as double precision has them.
    void largeSeparableKernelsAreSolvedUpToRounding() {
        std::mt19937_64 generator(5);
        std::normal_distribution<double> normal;
        for (int draw = 0; draw < 40; ++draw) {
            auto kernel = separableKernel(6);
            const double scale = std::pow(10, draw % 8);
            MatrixD factors = MatrixD::NullaryExpr(kernel.fTrain.rows(), kernel.fTrain.rows(),
                                                   [&] { return normal(generator); });
            kernel.fTrain = scale * factors * factors.transpose();
            const MatrixD found = kernelRegression(kernel);
            QVERIFY(found(1, 0) >= 0.5 && found(1, 0) <= 1);
            // Full rank and hardly any penalty: every decision can be learned.
            QVERIFY2(scale < 1e3 || found(1, 0) == 1, qPrintable(QString::number(found(1, 0))));
        }
    }

    void fewSamplesAndAStopAreRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)kernelRegression(separableKernel(4)));
        std::stop_source source;
        source.request_stop();
        try {
            (void)kernelRegression(separableKernel(10), {{}, source.get_token()});
            QFAIL("was not cancelled");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }

    void theGapOfSpectraIsInDecades() {
        const std::vector<double> one = {8, 4, 2};
        const std::vector<double> other = {1, 0.05, 0.025};
        QVERIFY_NEAR(spectrumGap(one, other).value(), 2.0 / 3, 1e-14);
        QVERIFY_NEAR(spectrumGap(other, one).value(), 2.0 / 3, 1e-14);
        QCOMPARE(spectrumGap(one, one).value(), 0.0);
        // Below the lower rank there is nothing to compare.
        const std::vector<double> low = {1, 0.05, 0};
        QVERIFY_NEAR(spectrumGap(one, low).value(), 0.5, 1e-14);
        QVERIFY(!spectrumGap(one, std::vector<double>{0, 0, 0}));
    }

    void loraIsComparedWithTheQueryAndValuePart() {
        auto full = separableKernel(6);
        std::srand(3);
        const MatrixD jacobian = MatrixD::Random(12, 30);
        full.fTrain = jacobian * jacobian.transpose();
        full.fTrainQueryValue = jacobian.leftCols(20) * jacobian.leftCols(20).transpose();
        auto lora = full;
        lora.adapted = "lora";
        lora.fTrainQueryValue.reset();
        lora.fTrain = 0.25 * *full.fTrainQueryValue;
        const auto compare = [](const record::KernelState& one, const record::KernelState& other) {
            return compareKernels({one, kernelSpectrum(one), queryValueSpectrum(one)},
                                  {other, kernelSpectrum(other), queryValueSpectrum(other)});
        };
        auto comparison = compare(lora, full);
        QVERIFY_NEAR(comparison.fitted.value(), 0.25, 1e-14);
        QVERIFY(!comparison.expected);
        QVERIFY_NEAR(comparison.queryValueGap.value(), 0.0, 1e-10);
        const VectorD one = symmetricSingularValues(lora.fTrain);
        const VectorD other = symmetricSingularValues(full.fTrain);
        QVERIFY_NEAR(comparison.gap.value(),
                     ((one / one(0)).array() / (other / other(0)).array()).log10().abs().mean(), 1e-12);
        // What is orthogonal to F_qv changes the distance, not the fitted scalar.
        MatrixD apart = MatrixD::Identity(12, 12);
        apart -= apart.cwiseProduct(*full.fTrainQueryValue).sum() / full.fTrainQueryValue->squaredNorm() *
                 *full.fTrainQueryValue;
        lora.fTrain += apart;
        lora.loraScale = 2;
        lora.loraSigma2 = 1.0 / 48;
        lora.loraRank = 4;
        comparison = compare(lora, full);
        QVERIFY_NEAR(comparison.fitted.value(), 0.25, 1e-13);
        QVERIFY_NEAR(comparison.expected.value(), 1.0 / 3, 1e-15);
        QVERIFY(comparison.queryValueGap.value() > 0.01);

        full.fTrainQueryValue.reset();
        QVERIFY(!compare(lora, full).fitted);
        QVERIFY_THROWS_EXCEPTION(Error, (void)compare(full, full));
        lora.trainIndex[2] = 99;
        QVERIFY_THROWS_EXCEPTION(Error, (void)compare(lora, full));
    }
};

QTEST_APPLESS_MAIN(TestKernelRegression)
#include "test_kernel_regression.moc"

#include "core/engine/theory/laboratory.h"
#include "core/engine/theory/linear_theory.h"
#include "core/engine/theory/random_draws.h"
#include "core/engine/threads.h"
#include "core/error.h"
#include "tests/support/near.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace finescope;
using namespace finescope::engine;

namespace {

MatrixD matrix(std::initializer_list<std::initializer_list<double>> rows) {
    MatrixD result(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.begin()->size()));
    Eigen::Index i = 0;
    for (const auto& row : rows) {
        Eigen::Index j = 0;
        for (const double value : row) {
            result(i, j++) = value;
        }
        ++i;
    }
    return result;
}

} // namespace

class TestLinearLaboratory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    // B = (1 2), V = (1 3)^T: worked out by hand. definitions.md, Linear model
    void kernelsOfASmallModel() {
        const LinearModel model{matrix({{1, 2}}), {matrix({{1}, {3}}), VectorD{{0.5, -0.5}}}};
        const MatrixD train = matrix({{1, 0}, {0, 1}}), test = matrix({{1, 1}});
        const HeadKernel kernel = linearKernel(model, train, test, {0, 1});
        QCOMPARE(kernel.pTrain, matrix({{2, 3}, {3, 5}}));
        QCOMPARE(kernel.pTest, matrix({{4, 7}}));
        QCOMPARE(kernel.fTrain, matrix({{1, 3, 0, 0}, {3, 9, 0, 0}, {0, 0, 1, 3}, {0, 0, 3, 9}}));
        QCOMPARE(kernel.fTest, matrix({{1, 3, 1, 3}, {3, 9, 3, 9}}));
        // Logits (1.5, 2.5) of the first sample.
        QVERIFY_NEAR(kernel.trainResiduals(0, 0), 1 - 1 / (1 + std::exp(1.0)), 1e-15);
        QVERIFY_NEAR(kernel.trainResiduals(0, 1), -1 / (1 + std::exp(-1.0)), 1e-15);

        const LinearLora lora{matrix({{2, 1}}), 0.5}; // A e_1 = 2, A e_2 = 1
        const HeadKernel adapted = linearLoraKernel(model, lora, train, test, {0, 1});
        QCOMPARE(adapted.pTrain, kernel.pTrain);
        QCOMPARE(adapted.fTrain,
                 0.25 * matrix({{4, 12, 2, 6}, {12, 36, 6, 18}, {2, 6, 1, 3}, {6, 18, 3, 9}}));
    }

    // One step by hand-written gradients is that of LibTorch's.
    void descentIsThatOfLibTorch() {
        const TheorySize size;
        const LinearTheory theory(size, LoraDistribution::normal, 11);
        RandomBits bits(11);
        LinearModel model = randomLinearModel(size.inputs, size.width, size.classes, bits);
        const MatrixD train = normalMatrix(size.train, size.inputs, 1, bits),
                      test = normalMatrix(size.test, size.inputs, 1, bits);
        const MatrixD before = headLogits(linearFeatures(model, test), model.head);
        const StepChange step = theory.step(model.head, std::nullopt, 0.01);
        descend(model, train, theory.labels(), 0.01);
        const MatrixD change = headLogits(linearFeatures(model, test), model.head) - before;
        QVERIFY(relativeDifference(change, 0.01 * step.logits) < 1e-12);
    }

    void drawsHaveTheirMoments() {
        RandomBits bits(1);
        const MatrixD normal = normalMatrix(200, 501, 2, bits), uniform = uniformMatrix(200, 500, 3, bits);
        const double n = 1e5;
        QVERIFY(std::abs(normal.mean()) < 4 * 2 / std::sqrt(n));
        QVERIFY_NEAR(normal.array().square().mean(), 4.0, 4 * std::sqrt(2 / n));
        QVERIFY_NEAR(normal.array().pow(4).mean(), 48.0, 4 * std::sqrt(96 / 9.0 / n));
        QVERIFY_NEAR(uniform.array().square().mean(), 3.0, 4 * std::sqrt(0.8 / n));
        QVERIFY(uniform.cwiseAbs().maxCoeff() <= 3);
        Labels labels = randomLabels(7, 3, bits);
        QCOMPARE(std::ranges::count(labels, 0), 3);
        QCOMPARE(std::ranges::count(labels, 2), 2);
    }

    void orthogonalFeaturesStay() {
        const OrthogonalSettings settings{
            .dimension = 20, .samples = 6, .seeds = 3, .steps = 300, .seed = 4, .stop = {}};
        const analysis::OrthogonalSeries series = measureOrthogonal(settings);
        const auto angles = laboratoryAngles(), steps = laboratorySteps(300);
        QCOMPARE(angles.size(), std::size_t{19});
        QCOMPARE(steps, (std::vector<double>{1, 2, 5, 10, 20, 50, 100, 200, 300}));
        QCOMPARE(series.byAngle.rows(), 3);
        const Eigen::Index last = series.inside.cols() - 1;
        for (Eigen::Index seed = 0; seed < 3; ++seed) {
            const double whole = series.inside(seed, last);
            QVERIFY(whole > 0.1 && series.inside(seed, 0) < whole);
            QVERIFY_NEAR(series.byAngle(seed, 0), whole, 1e-12);
            for (std::size_t i = 0; i < angles.size(); ++i) { // the extractor is linear
                QVERIFY_NEAR(series.byAngle(seed, static_cast<Eigen::Index>(i)),
                             whole * std::cos(angles[i] * std::acos(-1.0) / 180), 1e-12);
            }
            QVERIFY_NEAR(series.halfway(seed, last), whole * std::sqrt(0.5), 1e-12);
        }
        QVERIFY(series.outside.maxCoeff() < 1e-13);
        QCOMPARE(measureOrthogonal(settings).byAngle, series.byAngle);
    }

    // One sample: eps = |chi^2_2 / 2 - 1| for rank 2, and chi^2_2 / 2 is exponential.
    void loraErrorsOfOneSample() {
        LoraLaboratorySettings settings{
            .dimension = 30, .rank = 2, .samples = 1, .seeds = 2, .draws = 20000, .seed = 9, .stop = {}};
        const analysis::LoraSeries series = measureLora(settings);
        const auto errors = loraErrors();
        const auto shareAt = [&](double error, Eigen::Index seed) {
            return series.share(seed, std::ranges::find(errors, error) - errors.begin());
        };
        for (Eigen::Index seed = 0; seed < 2; ++seed) {
            for (const double error : {0.25, 0.5, 1.5}) {
                const double expected = std::exp(std::min(0.0, error - 1)) - std::exp(-1 - error);
                QVERIFY_NEAR(shareAt(error, seed), expected, 4 * std::sqrt(0.25 / 20000));
            }
            QVERIFY_NEAR(series.relativeDeviation[seed], 1.0, 0.06); // sqrt(2/2)
            QVERIFY_NEAR(series.quantiles(seed, 4), -std::log(0.05) - 1, 0.1);
        }
        settings.rank = 32;
        settings.draws = 2000;
        const analysis::LoraSeries larger = measureLora(settings);
        QVERIFY_NEAR(larger.relativeDeviation[0], 0.25, 0.02);
        QVERIFY(larger.quantiles(0, 4) < series.quantiles(0, 4));
        std::stop_source stop;
        stop.request_stop();
        settings.stop = stop.get_token();
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(measureLora(settings)), Error);
    }
};

QTEST_GUILESS_MAIN(TestLinearLaboratory)
#include "test_linear_laboratory.moc"

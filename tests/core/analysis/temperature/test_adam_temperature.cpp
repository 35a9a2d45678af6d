#include "core/analysis/temperature/adam_temperature.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/data.h"
#include "tests/support/near.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;

class TestAdamTemperature : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void followsPyTorchStepByStep_data() {
        QFile file(QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/references/data/adam_temperature.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QTest::addColumn<QJsonObject>("trace");
        const QJsonArray traces = QJsonDocument::fromJson(file.readAll()).array();
        QCOMPARE(traces.size(), 3);
        for (const QJsonValue& trace : traces) {
            QTest::addRow("logits times %g", trace[QStringLiteral("factor")].toDouble()) << trace.toObject();
        }
    }
    void followsPyTorchStepByStep() {
        QFETCH(QJsonObject, trace);
        auto [logits, labels] = tests::congruentialLogits();
        logits *= static_cast<float>(trace[QStringLiteral("factor")].toDouble());
        const AdamTemperature fitted = adamTemperature(logits, labels);
        QVERIFY_NEAR(fitted.nll, trace[QStringLiteral("nll")].toDouble(), 1e-12);
        // Where T nears the minimum without passing it, the last steps change the NLL by less than it can be
        // computed to, and rounding decides when patience ends; near the start it passes it.
        const int steps = trace[QStringLiteral("steps")].toInt();
        QVERIFY_NEAR(fitted.value, trace[QStringLiteral("temperature")].toDouble(),
                     steps < 100 ? 1e-12 : 1e-5);
        QVERIFY(std::abs(fitted.steps - steps) <= (steps < 100 ? 0 : steps / 10));
        QVERIFY(fitted.end == AdamEnd::patience);
        QVERIFY_NEAR(fitted.nll, reliability(logits, labels, fitted.value).nll, 1e-12);
        const QJsonObject early = trace[QStringLiteral("early")].toObject();
        QVERIFY(!early.isEmpty());
        for (auto step = early.begin(); step != early.end(); ++step) {
            if (step.key().toInt() + 10 < fitted.steps) { // the NLL still falls: the last T is the best one
                const AdamTemperature cut = adamTemperature(logits, labels, {.maxSteps = step.key().toInt()});
                QVERIFY_NEAR(cut.value, step.value().toDouble(), 1e-10);
                QVERIFY(cut.end == AdamEnd::maxSteps);
            }
        }
    }

    void neverBeatsTheExactMinimum() {
        for (const double factor : {0.1, 1.0}) {
            auto [logits, labels] = tests::congruentialLogits();
            logits *= static_cast<float>(factor);
            const AdamTemperature adam = adamTemperature(logits, labels);
            const FittedTemperature exact = fitTemperature(logits, labels);
            QVERIFY(adam.nll >= exact.nll - 1e-14);
            QVERIFY_NEAR(adam.value, exact.value, 0.02);
        }
    }

    // Many rows go another way, from points between which is interpolated: the same rows many times over give
    // the same mean NLL, and so the same steps.
    void manyRowsGiveWhatFewDo_data() {
        QTest::addColumn<double>("factor");
        for (const double factor : {0.1, 0.5, 1.0, 3.0, 100.0}) {
            QTest::addRow("%g", factor) << factor;
        }
    }
    void manyRowsGiveWhatFewDo() {
        QFETCH(double, factor);
        auto [logits, labels] = tests::congruentialLogits();
        logits *= static_cast<float>(factor);
        MatrixF many(25 * logits.rows(), logits.cols());
        Labels manyLabels;
        for (Eigen::Index copy = 0; copy < 25; ++copy) {
            many.middleRows(copy * logits.rows(), logits.rows()) = logits;
            manyLabels.insert(manyLabels.end(), labels.begin(), labels.end());
        }
        for (const int steps : {1, 100, 2000}) {
            const AdamTemperature few = adamTemperature(logits, labels, {.maxSteps = steps});
            const AdamTemperature all = adamTemperature(many, manyLabels, {.maxSteps = steps});
            QVERIFY_NEAR(all.value, few.value, 1e-7);
            QVERIFY_NEAR(all.nll, few.nll, 1e-12);
        }
    }

    void stepsAreAboutTheLearningRate() {
        // The first step of Adam is the learning rate in the direction of the slope, whatever its size.
        const auto [logits, labels] = tests::congruentialLogits();
        QVERIFY_NEAR(adamTemperature(logits, labels, {.maxSteps = 1}).value, 1.001, 1e-8);
        QVERIFY_NEAR(adamTemperature(logits * 0.01F, labels, {.maxSteps = 1}).value, 0.999, 1e-7);
        // So a distant optimum is out of reach of few steps.
        const AdamTemperature cut = adamTemperature(logits * 1000, labels, {.maxSteps = 500});
        QVERIFY(cut.end == AdamEnd::maxSteps && cut.value < 1.6);
    }

    void separableLogitsEndWithoutAMinimum() {
        MatrixF logits(2, 2);
        logits << 1e-3F, 0.0F, 0.0F, 1e-3F;
        const AdamTemperature fitted = adamTemperature(logits, {0, 1});
        QVERIFY(fitted.value > 0 && fitted.value < 0.01);
        QVERIFY(fitted.end == AdamEnd::notPositive || fitted.end == AdamEnd::patience);
    }

    void equalLogitsStayAtTheStart() {
        const AdamTemperature fitted = adamTemperature(MatrixF::Constant(3, 2, 7.0F), {0, 1, 1});
        QCOMPARE(fitted.value, 1.0);
        QCOMPARE(fitted.steps, 10);
        QVERIFY(fitted.end == AdamEnd::patience);
    }

    void hugeAndSubnormalLogitsGiveNumbers() {
        for (const float gap : {1e30F, 1e-40F}) {
            MatrixF logits = MatrixF::Zero(4, 2);
            logits.col(0).setConstant(gap);
            const AdamTemperature fitted = adamTemperature(logits, {0, 0, 0, 1}, {.maxSteps = 50});
            QVERIFY(std::isfinite(fitted.value) && std::isfinite(fitted.nll) && fitted.value > 0);
        }
    }

    void unusableInputIsRefusedAndACancelledFitEnds() {
        QVERIFY_THROWS_EXCEPTION(Error, (void)adamTemperature(MatrixF(0, 2), {}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)adamTemperature(MatrixF::Zero(2, 2), {0, 2}));
        QVERIFY_THROWS_EXCEPTION(Error, (void)adamTemperature(MatrixF::Zero(2, 2), {0, 1}, {.start = 0}));
        std::stop_source stop;
        stop.request_stop();
        try {
            (void)adamTemperature(
                MatrixF::Identity(2, 2), {0, 1},
                {.hooks = {.onProgress = {}, .cancelled = [&] { return stop.stop_requested(); }}});
            QFAIL("a cancelled fit went on");
        } catch (const Error& error) {
            QCOMPARE(error.kind(), ErrorKind::cancelled);
        }
    }
};

QTEST_APPLESS_MAIN(TestAdamTemperature)
#include "test_adam_temperature.moc"

#include "core/engine/train/plan.h"

#include <QtTest>

using namespace finescope::engine;

/// What `train` chooses where nothing is said.
class TestPlan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Tomihari and Sato 2024, table 6 row by row, as it is printed.
    void stepsOfThePaper_data() {
        QTest::addColumn<Method>("method");
        QTest::addColumn<QString>("batchSizes");
        QTest::addColumn<QString>("learningRates");
        QTest::newRow("FT") << Method::ft << "16 16 32 32 16 32 32 16 16 8"
                            << "5e-5 1e-5 1e-5 1e-5 1e-3 5e-5 1e-5 1e-5 1e-5 5e-6";
        QTest::newRow("LoRA") << Method::lora << "16 16 32 16 16 16 32 32 16 8"
                              << "1e-3 1e-3 5e-4 1e-3 1e-4 1e-3 5e-4 5e-4 1e-3 5e-4";
        QTest::newRow("LP-FT") << Method::lpFt << "8 8 8 8 8 8 8 8 8 8"
                               << "5e-6 1e-5 1e-5 1e-5 1e-3 1e-5 1e-5 1e-5 1e-6 5e-6";
        QTest::newRow("LP-LoRA") << Method::lpLora << "8 8 8 8 8 8 8 8 8 8"
                                 << "1e-4 5e-4 5e-4 1e-3 1e-4 1e-3 1e-3 1e-3 5e-4 1e-3";
    }
    void stepsOfThePaper() {
        QFETCH(Method, method);
        QFETCH(QString, batchSizes);
        QFETCH(QString, learningRates);
        const char* const tasks[] = {"cb",   "rte",  "boolq", "wic",    "wsc",
                                     "cola", "sst2", "mrpc",  "amazon", "pubmed"};
        const QStringList sizes = batchSizes.split(' '), rates = learningRates.split(' ');
        for (int i = 0; i < 10; ++i) {
            const StepSettings steps = defaultSteps(tasks[i], method);
            QCOMPARE(steps.batchSize, sizes[i].toLongLong());
            QCOMPARE(steps.learningRate, rates[i].toDouble());
        }
        QVERIFY(defaultSteps("csv", method).learningRate > 0); // a task that the paper does not have
    }
};

QTEST_GUILESS_MAIN(TestPlan)
#include "test_plan.moc"

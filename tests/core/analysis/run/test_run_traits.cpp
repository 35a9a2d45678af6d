#include "core/analysis/run/run_traits.h"

#include "core/analysis/run/collapsed_class.h"
#include "core/record/run_reader.h"
#include "tests/support/tiny_run.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;

class TestRunTraits : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    record::Run runOf(const tests::TinyRun& options) const {
        const auto file = m_folder.filePath(QStringLiteral("run.h5")).toStdString();
        return record::readRun(tests::writeTinyRun(file, options));
    }

private Q_SLOTS:
    void theScaleIsThatOfTheConfig_data() {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<double>("scale");
        QTest::newRow("given") << QByteArray(R"({"classifier_scale": 0.1})") << 0.1;
        QTest::newRow("whole") << QByteArray(R"({"classifier_scale": 50})") << 50.0;
        QTest::newRow("not said") << QByteArray(R"({"epochs": 3})") << 1.0;
        for (const char* odd : {"", "[1]", "not JSON", R"({"classifier_scale": "10"})",
                                R"({"classifier_scale": 0})", R"({"classifier_scale": null})"}) {
            QTest::newRow(odd) << QByteArray(odd) << 1.0;
        }
    }
    void theScaleIsThatOfTheConfig() {
        QFETCH(QByteArray, config);
        record::Run run;
        run.config = config.toStdString();
        QTEST(analysis::classifierScale(run), "scale");
    }

    void anImportSaysOfWhichFile() {
        record::Run run;
        QVERIFY(!analysis::importedFrom(run));
        run.config = R"({"imported": {"file": "/data/scores.npz"}})";
        QCOMPARE(analysis::importedFrom(run), std::optional<std::filesystem::path>("/data/scores.npz"));
        for (const char* odd : {R"({"imported": 1})", R"({"imported": {"file": 3}})", "[]"}) {
            run.config = odd;
            QVERIFY2(!analysis::importedFrom(run), odd);
        }
    }

    void oneClassForAllIsACollapse() {
        const record::Run run = runOf({.method = "lora", .collapsed = true});
        for (const record::SplitInfo& split : run.splits) {
            QCOMPARE(analysis::collapsedClass(run, split), std::optional<std::int64_t>(0));
        }
        const record::Run sound = runOf({.method = "lora"});
        for (const record::SplitInfo& split : sound.splits) {
            QVERIFY(!analysis::collapsedClass(sound, split));
        }
    }

    void noLogitsAreNoCollapse() {
        record::Run run = runOf({.method = "lora", .collapsed = true});
        run.splits.front().logitKeys.clear();
        QVERIFY(!analysis::collapsedClass(run, run.splits.front()));
    }
};

QTEST_APPLESS_MAIN(TestRunTraits)
#include "test_run_traits.moc"

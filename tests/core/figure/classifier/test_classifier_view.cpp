#include "core/figure/classifier/classifier_view.h"

#include "core/error.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/record/run_reader.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"
#include "tests/support/python.h"
#include "tests/support/tiny_run.h"

#include <QJsonObject>
#include <QTemporaryDir>

#include <filesystem>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

double at(const QJsonValue& values, int row, int column) {
    return values.toArray().at(row).toArray().at(column).toDouble();
}

record::Run withSnapshots(const std::vector<record::EpochKey>& keys) {
    record::Run run = emptyRun("lp-ft");
    auto parts = std::make_shared<MemoryParts>();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        parts->snapshots.push_back(
            {keys[i], static_cast<float>(i + 1) * MatrixF::Identity(2, 2), VectorF::Zero(2)});
    }
    run.parts = parts;
    run.classifierKeys = keys;
    return run;
}

} // namespace

class TestClassifierView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithNumPy_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"lp", "ft", "lp-ft"}) {
            QTest::addRow("%s", method) << QString::fromLatin1(method);
        }
    }

    void agreesWithNumPy() {
        QFETCH(QString, method);
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("run.h5"));
        writeTinyRun(file.toStdString(), {.method = method.toStdString(), .classes = 4});
        compare(file);
    }

    /// A real encoder's features and logits, as they come out of its forward passes.
    void agreesWithNumPyOnTheDemo() {
        compare(QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo/runs/lp-ft.h5"));
        compare(QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo/runs/lora.h5"));
    }

    void beforeIsTheStartOfTheRunOrOfFineTuning() {
        record::Run run = withSnapshots({probing(0), probing(1), tuning(0), tuning(1), tuning(2)});
        const auto entryOf = [](const record::Run& one) { return classifierEntries({&one, 1}).at(0); };
        QCOMPARE(entryOf(run).sinceStart->normAfter(0), 5.0); // nothing is selected: the last
        for (const record::EpochKey& key : run.classifierKeys) {
            addEpoch(run, key, 1);
        }
        run.progress.selected = 3;
        const ClassifierEntry entry = entryOf(run);
        QCOMPARE(entry.sinceStart->normBefore(0), 1.0);
        QCOMPARE(entry.sinceStart->normAfter(0), 4.0);
        QCOMPARE(entry.sinceFineTuning->normBefore(0), 3.0);
        QCOMPARE(entry.sinceFineTuning->displacement(1), 1.0);
        QVERIFY(!entryOf(withSnapshots({probing(0), probing(1)})).sinceFineTuning);
        const record::Run none = emptyRun("ft");
        QVERIFY(classifierEntries({&none, 1}).empty());
    }

    void rowsAreComparedWithTheReportedModelOrNot() {
        record::Run run = withSnapshots({tuning(0), tuning(1)});
        addEpoch(run, tuning(0), 1);
        addEpoch(run, tuning(2), 1);
        Problems problems;
        const std::vector<ClassifierEntry> entries = classifierEntries({&run, 1}, &problems);
        QCOMPARE(entries.at(0).keys.size(), std::size_t{2}); // the curves are there
        QVERIFY(!entries[0].sinceStart && !entries[0].sinceFineTuning);
        QCOMPARE(problems.all().size(), std::size_t{1});
        QVERIFY(problems.all().front().find("lp-ft.h5: holds no snapshot") != std::string::npos);
        QVERIFY(classifierRowsTable({&run, 1}, entries).rows.empty());
    }

    void onlySplitsWithLogitsAtEverySnapshotAreOffered() {
        record::Run run = withSnapshots({tuning(0), tuning(1)});
        const MatrixF logits = MatrixF::Ones(3, 2);
        addSplit(run, "train", "train", tuning(0), logits, {0, 1, 1});
        addSplit(run, "shifted", "ood", tuning(0), logits, {0, 1, 1});
        addSplit(run, "held out", "test", tuning(0), logits, {0, 1, 1});
        QVERIFY(derivativeSplits(run).empty());
        QCOMPARE(defaultDerivativeSplit({&run, 1}), std::string());
        run.splits[1].logitKeys = {tuning(1), tuning(0)};
        QCOMPARE(defaultDerivativeSplit({&run, 1}), std::string("shifted"));
        run.splits[2].logitKeys = {tuning(0), tuning(1), tuning(2)};
        QCOMPARE(derivativeSplits(run), (std::vector<std::string>{"shifted", "held out"}));
        QCOMPARE(defaultDerivativeSplit({&run, 1}), std::string("held out"));
        // One that is asked for shows what is there.
        const auto entries = normDerivativeEntries({&run, 1}, "train");
        QCOMPARE(entries.at(0).keys.size(), std::size_t{1});
        QVERIFY(normDerivativeEntries({&run, 1}, "no such").empty());
    }

    void logitsThatDoNotFitNameTheFile() {
        record::Run run = withSnapshots({tuning(0)});
        addSplit(run, "test", "test", tuning(0), MatrixF::Ones(2, 3), {0, 1});
        auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
        parts->snapshots = {{tuning(0), MatrixF::Identity(2, 2), VectorF::Zero(2)}};
        run.parts = parts;
        try {
            static_cast<void>(normDerivativeEntries({&run, 1}, "test"));
            QFAIL("not refused");
        } catch (const Error& error) {
            QVERIFY2(
                std::string(error.what()).starts_with("lp-ft.h5, split test: the logits are of 3 classes"),
                error.what());
        }
    }

private:
    static void compare(const QString& file) {
        const QJsonObject expected =
            runPython(QStringLiteral("tests/core/figure/classifier/classifier_reference.py"),
                      {file, QStringLiteral("test")})
                .object();
        QVERIFY(!expected.isEmpty());
        const std::vector<record::Run> runs{record::readRun(file.toStdU16String())};
        const auto rows = classifierEntries(runs);
        const auto derivatives = normDerivativeEntries(runs, "test");
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(derivatives.size(), std::size_t{1});
        const auto snapshots = static_cast<int>(expected["norms"].toArray().size());
        const auto classes = static_cast<int>(rows[0].classes.size());
        QCOMPARE(static_cast<int>(rows[0].keys.size()), snapshots);
        QVERIFY(derivatives[0].keys == rows[0].keys);
        const int selected = expected["selected"].toInt();
        for (int i = 0; i < snapshots; ++i) {
            const QJsonValue angles = expected["angles"].toArray().at(i);
            for (int k = 0; k < classes; ++k) {
                QVERIFY_NEAR(rows[0].norms(i, k), at(expected["norms"], i, k), 1e-12);
                QVERIFY_NEAR(derivatives[0].values(i, k), at(expected["derivative"], i, k), 1e-8);
                for (int j = 0; j < classes; ++j) { // the arc cosine is right to 3e-8 near 0 and pi
                    QVERIFY_NEAR(rows[0].angles[static_cast<std::size_t>(i)](k, j), at(angles, k, j), 1e-7);
                }
            }
        }
        for (int k = 0; k < classes; ++k) {
            QVERIFY_NEAR(derivatives[0].values(selected, k),
                         expected["selected_derivative"].toArray().at(k).toDouble(), 2e-6);
            QVERIFY_NEAR(rows[0].sinceStart->cosine(k), expected["cosine"].toArray().at(k).toDouble(), 1e-12);
            QVERIFY_NEAR(rows[0].sinceStart->displacement(k),
                         expected["displacement"].toArray().at(k).toDouble(), 1e-12);
        }
    }
};

QTEST_GUILESS_MAIN(TestClassifierView)
#include "test_classifier_view.moc"

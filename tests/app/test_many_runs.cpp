#include "tests/support/data.h"
#include "tests/support/many_runs.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

namespace finescope::tests {

/// The program's commands on more files than it may open, and on files that crash whoever reads them.
class TestManyRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void moreRunsThanDescriptorsAreSummarised();
    void moreRunsThanDescriptorsGiveATable();
    void moreRunsThanDescriptorsGiveAFigure();
    void whatCrashesHdf5IsNamed_data();
    void whatCrashesHdf5IsNamed();
    void theProbesCommandIsHidden();

private:
    struct Outcome {
        int status = -1;
        QByteArray out, err;
    };
    // Never more than the limit of descriptors that users have.
    static Outcome runProgram(const QStringList& arguments) {
        const FewDescriptors few;
        QProcess process;
        process.start(FINESCOPE_PROGRAM, arguments);
        if (!process.waitForFinished(300000) || process.exitStatus() != QProcess::NormalExit) {
            process.kill();
            process.waitForFinished();
            return {};
        }
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    QTemporaryDir m_folder;
};

void TestManyRuns::initTestCase() {
    writeManyRuns(path("runs").toStdString(), kManyRuns);
}

void TestManyRuns::moreRunsThanDescriptorsAreSummarised() {
    const Outcome outcome = runProgram({"summary", "--json", path("runs")});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    const QJsonArray runs = QJsonDocument::fromJson(outcome.out).array();
    QCOMPARE(runs.size(), kManyRuns);
    for (const QJsonValue& run : runs) {
        QVERIFY(run.toObject()["splits"].toObject()["test"].toObject()["accuracy"].isDouble());
    }
}

void TestManyRuns::moreRunsThanDescriptorsGiveATable() {
    const Outcome outcome = runProgram({"table", "accuracy", path("runs"), "--format", "csv"});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(outcome.out.contains(QByteArray::number(kManyRuns))); // n of the one method
}

void TestManyRuns::moreRunsThanDescriptorsGiveAFigure() {
    const Outcome outcome =
        runProgram({"figure", "accuracy", path("runs"), "--output", path("accuracy.svg")});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(QFileInfo(path("accuracy.svg")).size() > 1000);
}

void TestManyRuns::whatCrashesHdf5IsNamed_data() {
    QTest::addColumn<QString>("file");
    const auto folder = sourceRoot().parent_path() / "shared" / "cases" / "hostile";
    const QDir hostile(QString::fromStdString(folder.string()));
    const auto files = hostile.entryInfoList({QStringLiteral("*.h5")}, QDir::Files);
    if (files.isEmpty()) {
        QSKIP("../shared/cases/hostile is not there");
    }
    for (const QFileInfo& file : files) {
        QTest::newRow(qPrintable(file.fileName())) << file.filePath();
    }
}

void TestManyRuns::whatCrashesHdf5IsNamed() {
    QFETCH(QString, file);
    const QByteArray name = QFileInfo(file).fileName().toUtf8();
    for (const QStringList& command :
         {QStringList{"summary", "--json", file}, QStringList{"table", "accuracy", file},
          QStringList{"figure", "accuracy", file, "--output", path("one.svg")}}) {
        const Outcome outcome = runProgram(command);
        QVERIFY2(outcome.status == 1 || outcome.status == 2, outcome.err.constData());
        QVERIFY2(outcome.err.contains(name) && outcome.err.count('\n') == 1, outcome.err.constData());
    }
}

void TestManyRuns::theProbesCommandIsHidden() {
    QVERIFY(!runProgram({"--help"}).out.contains("probe-files"));
}

} // namespace finescope::tests

QTEST_GUILESS_MAIN(finescope::tests::TestManyRuns)
#include "test_many_runs.moc"

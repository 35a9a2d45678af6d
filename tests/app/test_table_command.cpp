#include "core/figure/request/table_kinds.h"
#include "tests/app/few_runs.h"
#include "tests/app/program.h"
#include "tests/support/tiny_run.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::tests;

namespace {

QStringList tableKinds() {
    QStringList names;
    for (const figure::TableKind& kind : figure::tableKinds()) {
        names << QString::fromStdString(std::string(kind.name));
    }
    return names;
}

/// The kinds that an option names as those that use it.
QStringList kindsWith(std::string_view flag) {
    for (const figure::TableOption& option : figure::tableOptions()) {
        if (option.flag == flag) {
            return QString::fromStdString(std::string(option.kinds)).split(", ", Qt::SkipEmptyParts);
        }
    }
    return {};
}

} // namespace

/// Tables for people and for programs.
class TestTableCommand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tablesInEveryFormat_data();
    void tablesInEveryFormat();
    void optionsChangeWhatIsTold();
    void tablesForProgramsHaveNumbersInFull_data();
    void tablesForProgramsHaveNumbersInFull();
    void formulasAreQuotedUnlessSaid();

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

void TestTableCommand::initTestCase() {
    writeFewRuns(m_folder.path());
}

void TestTableCommand::tablesInEveryFormat_data() {
    QTest::addColumn<QString>("kind");
    for (const QString& kind : tableKinds()) {
        QTest::newRow(qPrintable(kind)) << kind;
    }
}

void TestTableCommand::tablesInEveryFormat() {
    QFETCH(const QString, kind);
    const QStringList table{"table", kind, path("runs"), path("more")};
    for (const QStringList& options : {QStringList{}, QStringList{"--split", "test"}}) {
        const Outcome outcome = runProgram(table + options);
        QVERIFY2(outcome.status == 0, outcome.err.constData());
        QVERIFY2(outcome.out.contains("| ---") && outcome.out.contains("| FT"), outcome.out.constData());
        QVERIFY2(outcome.err.isEmpty(), outcome.err.constData()); // progress is for terminals
    }
    QVERIFY(runProgram(table + QStringList{"--format", "latex"}).out.contains("\\toprule"));
    QCOMPARE(runProgram(table + QStringList{"-o", path("t.csv")}).status, 0);
    const QStringList overSeeds{"features", "norms", "classifier", "calibration", "accuracy"};
    QVERIFY(!overSeeds.contains(kind) || contents(path("t.csv")).contains(" sd,"));
}

void TestTableCommand::optionsChangeWhatIsTold() {
    QVERIFY(runProgram({"table", "recalibration", path("runs")}).out.contains("| vector scaling |"));
    QVERIFY(
        runProgram({"table", "calibration", path("runs"), "--fit-on", "test"}).out.contains("(in-sample)"));
    const QStringList atATemperature = kindsWith("--temperature");
    QVERIFY(!atATemperature.isEmpty());
    for (const QString& kind : atATemperature) {
        const Outcome outcome = runProgram({"table", kind, path("runs"), path("more"), "--temperature", "2"});
        QCOMPARE(outcome.status, 0);
        QVERIFY2(outcome.out.contains(", T = 2."), outcome.out.constData());
    }
    QCOMPARE(runProgram({"table", "classes", path("runs"), "--temperature", "warm"}).status, 2);
    const QStringList ofKernels = kindsWith("--state");
    QVERIFY(ofKernels.contains("kernel-lora"));
    for (const QString& kind : ofKernels) {
        QCOMPARE(runProgram({"table", kind, path("more"), "--state", "pretrained"}).out,
                 runProgram({"table", kind, path("more")}).out);
        const Outcome none = runProgram({"table", kind, path("more"), "--state", "after_lp"});
        QCOMPARE(none.status, 2);
        QVERIFY2(none.err.contains("after_lp"), none.err.constData());
    }
}

void TestTableCommand::tablesForProgramsHaveNumbersInFull_data() {
    QTest::addColumn<QStringList>("arguments");
    for (const QString& kind : tableKinds()) {
        QTest::newRow(qPrintable(kind))
            << QStringList{kind, path("runs/ft-1.h5"), path("runs/lp-ft-1.h5"), path("more")};
    }
    QTest::newRow("calibration with intervals")
        << QStringList{"calibration", path("runs/ft-1.h5"), "--intervals"};
}

/// CSV and JSON say the same, in ASCII, an interval in columns of its own.
void TestTableCommand::tablesForProgramsHaveNumbersInFull() {
    QFETCH(const QStringList, arguments);
    const Outcome csv = runProgram(QStringList{"table"} + arguments + QStringList{"--format", "csv"});
    QVERIFY2(csv.status == 0, csv.err.constData());
    const QString target = path("table.json");
    QCOMPARE(runProgram(QStringList{"table"} + arguments + QStringList{"-o", target}).status, 0);
    const QJsonObject table = QJsonDocument::fromJson(contents(target)).object();
    const QJsonArray columns = table["columns"].toArray(), rows = table["rows"].toArray();
    QVERIFY(!rows.isEmpty() && !table["notes"].toArray().isEmpty());
    for (const char* sign : {"\u2212", "\u221e", "\u00b1", "\u2013"}) {
        QVERIFY2(!csv.out.contains(sign), csv.out.constData());
        QVERIFY(!QJsonDocument(rows).toJson().contains(sign));
    }
    const QList<QByteArray> lines = csv.out.trimmed().split('\n');
    QCOMPARE(lines.size(), rows.size() + 1);
    static const QRegularExpression bracketed(QStringLiteral("[0-9] \\[|^\\[[\u2212-]?[0-9]"));
    bool full = false; // some number has more digits than a table for people shows
    bool intervals = false;
    for (const auto& column : columns) {
        intervals = intervals || column.toString().endsWith(" low");
    }
    for (qsizetype i = 0; i < rows.size(); ++i) {
        QCOMPARE(rows[i].toArray().size(), columns.size());
        for (const auto& value : rows[i].toArray()) {
            QVERIFY2(!value.toString().contains(bracketed), qPrintable(value.toString()));
            if (value.isDouble() && value.toDouble() != std::round(value.toDouble())) {
                const QByteArray digits =
                    QByteArray::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
                full = full || digits.size() > 10;
            }
        }
    }
    QVERIFY(full);
    const QString kind = arguments.first();
    const bool wanted =
        QStringList{"before-after", "recalibration", "measures", "worst-bin", "feature-classes"}.contains(
            kind) ||
        arguments.contains("--intervals");
    QVERIFY(!wanted || intervals);
}

void TestTableCommand::formulasAreQuotedUnlessSaid() {
    const QString run = path("formula.h5");
    writeTinyRun(run.toStdString(), {.method = "=1+1", .seed = 1, .classNames = {"+a", "-1", "@b"}});
    for (const char* format : {"csv", "markdown"}) {
        const QStringList table{"table", "classes", run, "--format", format};
        const QByteArray quoted = runProgram(table).out,
                         plain = runProgram(table + QStringList{"--plain-names"}).out;
        for (const char* name : {"=1+1", "+a", "@b"}) {
            QVERIFY2(quoted.contains(QByteArray("'") + name), quoted.constData());
            QVERIFY2(plain.contains(name) && !plain.contains(QByteArray("'") + name), plain.constData());
        }
        QVERIFY(quoted.contains("-1") && !quoted.contains("'-1")); // a number
    }
    const QStringList figure{"figure", "class-norms", run, "-o", path("formula.csv")};
    QCOMPARE(runProgram(figure).status, 0);
    QVERIFY(contents(path("formula.csv")).contains("'@b,"));
    QCOMPARE(runProgram(figure + QStringList{"--plain-names"}).status, 0);
    QVERIFY(contents(path("formula.csv")).contains(",@b,") ||
            contents(path("formula.csv")).contains("\n1,+a,"));
    QVERIFY(!contents(path("formula.csv")).contains("'@b"));
}

QTEST_GUILESS_MAIN(TestTableCommand)
#include "test_table_command.moc"

#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/table_kinds.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/app/program.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/data.h"
#include "tests/support/tiny_run.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <memory>
#include <utility>

using namespace finescope;
using namespace finescope::tests;

namespace {

/// What Python says of doing `change` to the file f; "" if it did.
QByteArray changeFile(const QString& name, const QByteArray& change) {
    QProcess python;
    python.start("/usr/bin/python3",
                 {"-c", "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); " + change, name});
    python.waitForFinished(60000);
    return python.exitCode() == 0 ? QByteArray() : python.readAllStandardError() + "failed";
}

void write(const QString& name, const QByteArray& bytes) {
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

/// The parts of a run, which remember whether the logits of its test split were asked for.
class WatchedParts : public record::RunParts {
public:
    explicit WatchedParts(std::shared_ptr<const record::RunParts> parts) : m_parts(std::move(parts)) {}

    [[nodiscard]] bool testLogitsWereRead() const { return m_testLogitsWereRead; }

    [[nodiscard]] Labels labels(const record::SplitInfo& split) const override {
        return m_parts->labels(split);
    }
    [[nodiscard]] MatrixF logits(const record::SplitInfo& split, std::size_t row) const override {
        if (split.name == "test") {
            m_testLogitsWereRead = true;
        }
        return m_parts->logits(split, row);
    }
    [[nodiscard]] MatrixF pretrainedFeatures(const record::SplitInfo& split) const override {
        return m_parts->pretrainedFeatures(split);
    }
    [[nodiscard]] MatrixF features(const record::SplitInfo& split) const override {
        return m_parts->features(split);
    }
    [[nodiscard]] record::ClassifierSnapshot classifier(std::size_t row) const override {
        return m_parts->classifier(row);
    }
    [[nodiscard]] record::KernelState kernel(const std::string& state) const override {
        return m_parts->kernel(state);
    }
    [[nodiscard]] std::vector<record::LoraMatrices> lora() const override { return m_parts->lora(); }

private:
    std::shared_ptr<const record::RunParts> m_parts;
    mutable std::atomic<bool> m_testLogitsWereRead = false;
};

/// Whether `build`, which takes runs, reads the logits of the test split of a whole one.
template <typename Build>
bool readsTestLogits(const QString& file, const Build& build) {
    record::Run run = record::readRun(file.toStdString());
    const auto parts = std::make_shared<const WatchedParts>(run.parts);
    run.parts = parts;
    build(std::span<const record::Run>(&run, 1));
    return parts->testLogitsWereRead();
}

bool figureReadsTestLogits(const QString& kind, const QString& file) {
    return readsTestLogits(file, [&](std::span<const record::Run> runs) {
        static_cast<void>(figure::buildFigure({.kind = kind.toStdString()}, runs));
    });
}

bool tableReadsTestLogits(const QString& kind, const QString& file) {
    return readsTestLogits(file, [&](std::span<const record::Run> runs) {
        static_cast<void>(figure::buildTable({.kind = kind.toStdString()}, runs));
    });
}

} // namespace

/// No command lets a run that cannot be used hide the others, or counts a copy.
class TestBadRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void summaryGoesOn_data();
    void summaryGoesOn();
    void summaryOfNaNHasReasons();
    void whatIsReadIsSeen();
    void everyFigureGoesOn_data();
    void everyFigureGoesOn();
    void everyTableGoesOn_data();
    void everyTableGoesOn();
    void nothingToShowIsAnError();
    void aCopyIsCountedOnce_data();
    void aCopyIsCountedOnce();
    void aDamagedCopyHidesNothing_data();
    void aDamagedCopyHidesNothing();
    void noNameSteersTheTerminal();
    void aFullDiskKeepsTheOldFile_data();
    void aFullDiskKeepsTheOldFile();
    void sharedCases_data();
    void sharedCases();

private:
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

void TestBadRuns::initTestCase() {
    QVERIFY(QDir(m_folder.path()).mkpath("mixed"));
    for (const int seed : {1, 2}) {
        for (const double scale : {1.0, 10.0}) {
            const QString name = path(QStringLiteral("mixed/ft-%1-%2.h5").arg(seed).arg(scale));
            writeTinyRun(name.toStdString(), {.method = "ft", .seed = seed, .classifierScale = scale});
        }
    }
    const std::string kernel = path("mixed/ft-1-1.h5").toStdString();
    record::addKernel(kernel, record::readRun(kernel).runId, pattern::kernel("pretrained", 1));
    writeTinyRun(path("mixed/nan.h5").toStdString(), {.method = "lora", .seed = 3, .brokenLogits = true});
    const QByteArray whole = contents(path("mixed/ft-2-1.h5"));
    write(path("mixed/cut.h5"), whole.first(whole.size() / 2));
}

void TestBadRuns::summaryGoesOn_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << "bad.h5" << QByteArray("loss,accuracy\n1.0,0.5\n").repeated(100);
    QTest::newRow("empty") << "bad.h5" << QByteArray();
    QTest::newRow("cut short") << "bad.h5" << contents(path("mixed/cut.h5"));
    QTest::newRow("missing") << "none.h5" << QByteArray();
    QTest::newRow("predictions") << "bad.csv" << QByteArray("label,logit_0,logit_1\n0,1,2\n");
}

void TestBadRuns::summaryGoesOn() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    const QString bad = path(name);
    if (name.startsWith(QStringLiteral("bad"))) {
        write(bad, bytes);
    }
    for (const QStringList& files :
         {QStringList{bad, path("mixed/ft-1-1.h5")}, QStringList{path("mixed/ft-1-1.h5"), bad}}) {
        const Outcome outcome = runProgram(QStringList{"summary", "--json"} + files);
        QCOMPARE(outcome.status, 1);
        QVERIFY2(outcome.err.startsWith("finescope: ") && outcome.err.contains(name.toUtf8()),
                 outcome.err.constData());
        QCOMPARE(outcome.err.count('\n'), 1);
        const QJsonArray runs = QJsonDocument::fromJson(outcome.out).array();
        QCOMPARE(runs.size(), 2);
        for (const QJsonValue& run : runs) {
            const bool good = run["file"].toString() != bad;
            QCOMPARE(run["classifier"]["weight_norm"]["final"].isDouble(), good);
            QCOMPARE(run["temperature"]["value"].isDouble(), good);
            QCOMPARE(run["not_computed"]["file"].toString().contains(name), !good);
            QCOMPARE(run["name"].isNull(), !good);
        }
        QVERIFY(runProgram(QStringList{"summary"} + files).out.contains("accuracy"));
    }
    QFile::remove(bad);
}

void TestBadRuns::summaryOfNaNHasReasons() {
    const Outcome outcome = runProgram({"summary", "--json", path("mixed/nan.h5")});
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.err.contains("nan.h5") && outcome.err.contains("NaN"), outcome.err.constData());
    const QJsonValue run = QJsonDocument::fromJson(outcome.out).array().first();
    QVERIFY(run["splits"]["test"]["accuracy"].isNull());
    QVERIFY(run["splits"]["test"]["features"]["difference"].isDouble()); // needs no logits
    QVERIFY(run["splits"]["validation"]["accuracy"].isDouble());
    QVERIFY(run["temperature"]["value"].isDouble());
    QVERIFY(!run["temperature"]["splits"].toObject().contains("test"));
    QVERIFY(run["not_computed"]["splits.test"].toString().contains("row 0"));
    QCOMPARE(run["not_computed"].toObject().size(), 1);
    QVERIFY(runProgram({"summary", path("mixed/nan.h5")}).out.contains("not computed, splits.test: "));
    const Outcome good = runProgram({"summary", "--json", path("mixed/ft-1-1.h5")});
    QCOMPARE(good.status, 0);
    QVERIFY(!good.out.contains("not_computed"));
}

/// What the next tests expect of a kind follows from this.
void TestBadRuns::whatIsReadIsSeen() {
    const QString whole = path("mixed/ft-1-1.h5");
    QVERIFY(figureReadsTestLogits("accuracy", whole) && figureReadsTestLogits("norm-derivative", whole));
    QVERIFY(!figureReadsTestLogits("training", whole) && !figureReadsTestLogits("spectrum", whole));
    QVERIFY(tableReadsTestLogits("calibration", whole));
    QVERIFY(tableReadsTestLogits("norms", whole)); // what is not finite may have collapsed
    QVERIFY(!tableReadsTestLogits("classifier", whole) && !tableReadsTestLogits("kernel", whole));
}

void TestBadRuns::everyFigureGoesOn_data() {
    QTest::addColumn<QString>("kind");
    for (const figure::FigureKind& kind : figure::figureKinds()) {
        if (kind.input() == figure::FigureInput::runs) {
            const std::string name(kind.name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
}

void TestBadRuns::everyFigureGoesOn() {
    QFETCH(QString, kind);
    const QString target = path(kind + ".csv");
    const Outcome outcome = runProgram({"figure", kind, path("mixed"), "--output", target});
    QVERIFY2(outcome.status == 1, outcome.err.constData());
    QVERIFY2(outcome.err.contains("cut.h5"), outcome.err.constData());
    QVERIFY(contents(target).size() > 300);
    QCOMPARE(outcome.err.contains("nan.h5"), figureReadsTestLogits(kind, path("mixed/ft-1-1.h5")));
    if (kind == "accuracy") { // its other splits are there
        QVERIFY(contents(target).contains("LoRA"));
    }
}

void TestBadRuns::everyTableGoesOn_data() {
    QTest::addColumn<QString>("kind");
    for (const figure::TableKind& kind : figure::tableKinds()) {
        const std::string name(kind.name);
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestBadRuns::everyTableGoesOn() {
    QFETCH(QString, kind);
    const Outcome outcome = runProgram({"table", kind, path("mixed")});
    QVERIFY2(outcome.status == 1, outcome.err.constData());
    QVERIFY2(outcome.err.contains("cut.h5"), outcome.err.constData());
    const bool ofTestLogits = tableReadsTestLogits(kind, path("mixed/ft-1-1.h5"));
    QCOMPARE(outcome.err.contains("nan.h5"), ofTestLogits);
    QVERIFY2(outcome.out.contains("FT"), outcome.out.constData());
    QCOMPARE(outcome.out.contains("Not computed: "), ofTestLogits);
    if (kind == "features" || kind == "norms" || kind == "accuracy") {
        QVERIFY2(outcome.out.contains("LoRA"), outcome.out.constData()); // as far as it can be computed
    }
}

void TestBadRuns::nothingToShowIsAnError() {
    const QString target = path("nothing.pdf");
    for (const QStringList& command :
         {QStringList{"figure", "reliability", path("mixed/nan.h5"), "--output", target},
          QStringList{"table", "measures", path("mixed/nan.h5")},
          QStringList{"table", "accuracy", path("mixed/cut.h5")},
          QStringList{"summary", path("mixed/cut.h5"), "/no/such.h5"}}) {
        const Outcome outcome = runProgram(command);
        QCOMPARE(outcome.status, 2);
        QVERIFY(outcome.out.isEmpty());
        QCOMPARE(outcome.err.count('\n'), 1);
    }
    QVERIFY(!QFile::exists(target));
}

void TestBadRuns::aCopyIsCountedOnce_data() {
    QTest::addColumn<bool>("sameId");
    QTest::newRow("the same run_id") << true;
    QTest::newRow("the same predictions") << false;
}

/// A copied file, and the same run recorded once more under an identifier of its own.
void TestBadRuns::aCopyIsCountedOnce() {
    QFETCH(bool, sameId);
    const QTemporaryDir folder;
    const QString first = folder.filePath("a.h5"), second = folder.filePath("b.h5"),
                  copy = folder.filePath("copy.h5");
    writeTinyRun(first.toStdString(), {.method = "ft", .seed = 1});
    writeTinyRun(second.toStdString(), {.method = "ft", .seed = 2});
    QVERIFY(QFile::copy(first, copy));
    if (!sameId) {
        QProcess python;
        python.start(
            "/usr/bin/python3",
            {"-c", "import h5py, sys; h5py.File(sys.argv[1], 'r+').attrs['run_id'] = 'other'", copy});
        QVERIFY(python.waitForFinished(60000));
        QCOMPARE(python.exitCode(), 0);
    }
    const Outcome two = runProgram({"table", "accuracy", first, second, "--format", "csv"});
    const Outcome three = runProgram({"table", "accuracy", folder.path(), "--format", "csv"});
    QCOMPARE(three.status, 0);
    QCOMPARE(three.out, two.out);
    QVERIFY2(three.err.contains("copy.h5 is a copy of ") && three.err.contains("counted once"),
             three.err.constData());
    QVERIFY(two.err.isEmpty());
    const Outcome summary = runProgram({"summary", "--json", folder.path()});
    QCOMPARE(summary.status, 0);
    QCOMPARE(QJsonDocument::fromJson(summary.out).array().size(), 2);
    // Other seeds and other results are other runs.
    writeTinyRun(copy.toStdString(), {.method = "ft", .seed = 3});
    QVERIFY(runProgram({"table", "accuracy", folder.path()}).err.isEmpty());
}

void TestBadRuns::aDamagedCopyHidesNothing_data() {
    QTest::addColumn<QByteArray>("damage");
    QTest::newRow("label") << QByteArray("f['splits/test/labels'][0] = -1");
    QTest::newRow("classifier, another run_id")
        << QByteArray("f.attrs['run_id'] = 'other'; f['classifier/weight'][...] = float('nan')");
}

void TestBadRuns::aDamagedCopyHidesNothing() {
    QFETCH(QByteArray, damage);
    const QTemporaryDir folder;
    const QString damaged = folder.filePath("a.h5"), whole = folder.filePath("b.h5");
    writeTinyRun(whole.toStdString(), {.method = "ft"});
    QVERIFY(QFile::copy(whole, damaged));
    QCOMPARE(changeFile(damaged, damage), QByteArray());
    const Outcome alone = runProgram({"summary", "--json", whole});
    const Outcome both = runProgram({"summary", "--json", damaged, whole});
    const QJsonValue expected = QJsonDocument::fromJson(alone.out).array().first();
    QVERIFY2(QJsonDocument::fromJson(both.out).array().contains(expected), both.out + both.err);
}

void TestBadRuns::noNameSteersTheTerminal() {
    const QTemporaryDir folder;
    const QString file = folder.filePath("steers.h5");
    writeTinyRun(file.toStdString(), {.method = "ft"});
    QCOMPARE(changeFile(file, "f.move('splits/test', 'splits/te\\x1b[31m\\x9bst\\n')"), QByteArray());
    const Outcome outcome = runProgram({"summary", file, folder.filePath("no\nsuch\x1b[31m\u202E.h5")});
    QCOMPARE(outcome.status, 1);
    for (const QByteArray& said : {outcome.out, outcome.err}) {
        QVERIFY2(!said.contains('\x1b') && !said.contains("\xC2\x9B") && !said.contains("\u202E"), said);
    }
    QCOMPARE(outcome.err.count('\n'), 1);
    QVERIFY(outcome.out.contains("\n  te"));
    QVERIFY2(!outcome.out.contains("st\n"), outcome.out);
}

void TestBadRuns::aFullDiskKeepsTheOldFile_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("table") << "t.md" << QStringList{"table", "accuracy"};
    for (const char* name : {"f.csv", "f.svg", "f.pdf", "f.png", "f.tex"}) {
        QTest::newRow(name) << name << QStringList{"figure", "training"};
    }
}

void TestBadRuns::aFullDiskKeepsTheOldFile() {
    QFETCH(QString, name);
    QFETCH(QStringList, arguments);
    const QTemporaryDir folder;
    const QString target = folder.filePath(name);
    write(target, "old");
    QProcess shell; // no file may grow: what a full disk does, too
    shell.start("/bin/bash",
                QStringList{"-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", FINESCOPE_PROGRAM} +
                    arguments + QStringList{path("mixed/ft-1-1.h5"), "--output", target});
    QVERIFY(shell.waitForFinished(60000));
    const QByteArray said = shell.readAllStandardError();
    QVERIFY2(shell.exitCode() == 1 && said.contains(name.toUtf8() + ": cannot be written"), said);
    QCOMPARE(contents(target), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{name});
}

void TestBadRuns::sharedCases_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QByteArray>("err");
    QTest::newRow("NaN") << "16-nan-inf" << 1 << QByteArray("One run per cell")
                         << QByteArray("diverged-selected.h5");
    QTest::newRow("damaged") << "18-one-bad" << 1 << QByteArray("One run per cell") << QByteArray("cut.h5");
    QTest::newRow("copies") << "20-duplicates" << 0 << QByteArray("n = 2") << QByteArray("counted once");
    QTest::newRow("resumed") << "22-restart" << 0 << QByteArray("| FT |") << QByteArray();
}

void TestBadRuns::sharedCases() {
    QFETCH(QString, folder);
    QFETCH(int, status);
    QFETCH(QByteArray, out);
    QFETCH(QByteArray, err);
    const auto files = sharedData().parent_path() / "cases" / folder.toStdString();
    if (!std::filesystem::exists(files)) {
        QSKIP("the shared cases are not beside the sources");
    }
    const Outcome outcome = runProgram({"table", "accuracy", QString::fromStdString(files.string())});
    QCOMPARE(outcome.status, status);
    QVERIFY2(outcome.out.contains(out), outcome.out.constData());
    QVERIFY2(err.isEmpty() ? outcome.err.isEmpty() : outcome.err.contains(err), outcome.err.constData());
}

QTEST_GUILESS_MAIN(TestBadRuns)
#include "test_bad_runs.moc"

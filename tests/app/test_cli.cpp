#include "core/figure/request/figure_kinds.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/core/record/patterned_run.h"
#include "tests/support/near.h"
#include "tests/support/tiny_run.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <cmath>

#include <sys/stat.h>

using namespace finescope::tests;

namespace {

struct Outcome {
    int status = -1;
    QByteArray out, err;
};

/// The test's own environment with these variables, each NAME=VALUE, or NAME for without it.
QProcessEnvironment environmentWith(const QStringList& variables) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& variable : variables) {
        if (variable.contains('=')) {
            environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
        } else {
            environment.remove(variable);
        }
    }
    return environment;
}

/// Runs the built program, with these variables besides the test's own environment.
Outcome runProgram(const QStringList& arguments, const QStringList& variables = {}) {
    QProcess process;
    QProcessEnvironment environment = environmentWith(variables);
    environment.remove("QT_QPA_PLATFORM"); // the program finds its own way without a display
    process.setProcessEnvironment(environment);
    process.start(FINESCOPE_PROGRAM, arguments);
    if (!process.waitForFinished(120000)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray contents(const QString& name) {
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void summaryIsJson();
    void figuresOfEveryKind_data();
    void figuresOfEveryKind();
    void sameInputSameBytes();
    void localeChangesNothing();
    void figuresAreQuietWithoutASession();
    void figuresAreQuietInEveryLocale_data();
    void figuresAreQuietInEveryLocale();
    void recipeMakesTheFigureAgain_data();
    void recipeMakesTheFigureAgain();
    void recipeStandsAlone();
    void recipeWritesOnlyToTheOutput();
    void namesInARecipeAreBounded();
    void recipeOpensOnlyFilesAndFolders();
    void aTemperatureFittedOnWhatIsShownIsSaid();
    void tablesInEveryFormat();
    void tablesForProgramsHaveNumbersInFull_data();
    void tablesForProgramsHaveNumbersInFull();
    void formulasAreQuotedUnlessSaid();
    void badUseIsOneLine_data();
    void badUseIsOneLine();
    void anOptionTakesNoFile_data();
    void anOptionTakesNoFile();
    void helpListsTheKinds();
    void windowReportsItsPaints();

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

void TestCli::initTestCase() {
    QVERIFY(QDir(m_folder.path()).mkpath("runs"));
    for (const char* method : {"ft", "lp-ft"}) {
        for (const int seed : {1, 2}) {
            const QString name = path(QStringLiteral("runs/%1-%2.h5").arg(QLatin1String(method)).arg(seed));
            writeTinyRun(name.toStdString(), {.method = method, .seed = seed});
        }
    }
    QCOMPARE(runProgram({"figure", "accuracy", path("runs"), "--output", path("kept.pdf")}).status, 0);

    // What some kinds need besides: a scaled classifier, a kernel.
    QVERIFY(QDir(m_folder.path()).mkpath("more"));
    const std::string scaled = path("more/scaled.h5").toStdString();
    writeTinyRun(scaled, {.method = "ft", .seed = 1, .classifierScale = 10});
    finescope::record::addKernel(scaled, finescope::record::readRun(scaled).runId,
                                 pattern::kernel("pretrained", 1));
}

void TestCli::summaryIsJson() {
    const Outcome outcome = runProgram({"summary", path("runs"), "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonArray runs = QJsonDocument::fromJson(outcome.out).array();
    QCOMPARE(runs.size(), 4);
    QCOMPARE(runs[0].toObject()["method"].toString(), QString("ft"));
    QCOMPARE(runs[0].toObject()["splits"].toObject()["test"].toObject()["n"].toInt(), 120);
}

void TestCli::figuresOfEveryKind_data() {
    QTest::addColumn<QString>("kind");
    for (const finescope::figure::FigureKind& kind : finescope::figure::figureKinds()) {
        if (!kind.name.starts_with("theory-")) { // those are not of run files
            const std::string name(kind.name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
}

void TestCli::figuresOfEveryKind() {
    QFETCH(QString, kind);
    const QList<std::pair<QString, QByteArray>> starts{{"pdf", "%PDF-"},
                                                       {"svg", "<?xml"},
                                                       {"png", "\x89PNG"},
                                                       {"tex", "% "},
                                                       {"csv", "panel,header,mark,series"}};
    for (const auto& [suffix, start] : starts) {
        const QString target = path(kind + "." + suffix);
        const Outcome outcome = runProgram({"figure", kind, path("runs"), path("more"), "--output", target});
        QVERIFY2(outcome.status == 0, outcome.err.constData());
        QVERIFY(outcome.out.isEmpty());
        const QByteArray bytes = contents(target);
        QVERIFY2(bytes.startsWith(start), qPrintable(target));
        QVERIFY(bytes.size() > 300); // more than what comes before the data
    }
    const QByteArray tex = contents(path(kind + ".tex"));
    QVERIFY(tex.contains("\\addplot") || tex.contains("\\path"));
}

void TestCli::sameInputSameBytes() {
    for (const char* suffix : {"pdf", "svg", "png", "tex", "csv"}) {
        const QString one = path(QStringLiteral("one.%1").arg(suffix)),
                      two = path(QStringLiteral("two.%1").arg(suffix));
        QCOMPARE(runProgram({"figure", "reliability", path("runs"), "--output", one}).status, 0);
        QCOMPARE(runProgram({"figure", "reliability", path("runs"), "--output", two}).status, 0);
        QVERIFY(!contents(one).isEmpty());
        QVERIFY2(contents(one) == contents(two), suffix);
    }
}

void TestCli::localeChangesNothing() {
    // A locale of our own: whether the machine has German installed must not decide what is tested.
    QProcess compiler;
    compiler.start("localedef", {"-i", "de_DE", "-f", "UTF-8", path("de_DE.UTF-8")});
    QVERIFY2(compiler.waitForFinished(120000) && QFile::exists(path("de_DE.UTF-8/LC_NUMERIC")),
             "localedef could not compile de_DE; it needs the package locales");
    // The C library itself leaks what it splits LOCPATH into; a program under the leak checker would exit
    // with 1.
    QFile suppressions(path("leaks"));
    QVERIFY(suppressions.open(QIODevice::WriteOnly) && suppressions.write("leak:__argz_add_sep\n") > 0);
    suppressions.close();
    const QStringList german{"LOCPATH=" + m_folder.path(), "LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8",
                             "LSAN_OPTIONS=print_suppressions=0:suppressions=" + suppressions.fileName()};
    QProcess witness;
    witness.setProcessEnvironment(environmentWith(german));
    witness.start("/usr/bin/printf", {"%.1f", "0"});
    QVERIFY(witness.waitForFinished(30000));
    QCOMPARE(witness.readAllStandardOutput(), QByteArray("0,0")); // the locale is really in force
    const QStringList summary{"summary", path("runs"), "--json"};
    QCOMPARE(runProgram(summary, german).out, runProgram(summary, {"LC_ALL=C.UTF-8"}).out);
    for (const char* suffix : {"csv", "tex", "svg"}) {
        const QString one = path(QStringLiteral("c.%1").arg(suffix)),
                      two = path(QStringLiteral("de.%1").arg(suffix));
        QStringList figure{"figure", "reliability", path("runs"), "--temperature", "1.5", "--output"};
        QCOMPARE(runProgram(figure + QStringList{one}, {"LC_ALL=C.UTF-8"}).status, 0);
        QCOMPARE(runProgram(figure + QStringList{two}, german).status, 0);
        QVERIFY2(contents(one) == contents(two), suffix);
    }
}

/// As over ssh, in cron and in containers.
void TestCli::figuresAreQuietWithoutASession() {
    for (const char* session : {"XDG_RUNTIME_DIR", "XDG_RUNTIME_DIR=/no/such/folder", "XDG_RUNTIME_DIR=/"}) {
        for (const char* suffix : {"pdf", "tex"}) {
            const QString target = path(QStringLiteral("quiet.%1").arg(suffix));
            const Outcome outcome =
                runProgram({"figure", "reliability", path("runs"), "--output", target}, {session});
            QCOMPARE(outcome.status, 0);
            QCOMPARE(outcome.err, QByteArray());
            QVERIFY(QFile::remove(target));
        }
    }
}

void TestCli::figuresAreQuietInEveryLocale_data() {
    QTest::addColumn<QStringList>("locale");
    QTest::newRow("none") << QStringList{"LANG", "LC_ALL", "LC_CTYPE"};
    QTest::newRow("C") << QStringList{"LC_ALL=C"};
    QTest::newRow("POSIX") << QStringList{"LC_ALL", "LC_CTYPE", "LANG=POSIX"};
    QTest::newRow("C, but for the encoding") << QStringList{"LC_ALL", "LANG=C", "LC_CTYPE=C.UTF-8"};
    QTest::newRow("UTF-8, but for the encoding") << QStringList{"LC_ALL", "LANG=C.UTF-8", "LC_CTYPE=C"};
    QTest::newRow("not installed") << QStringList{"LC_ALL", "LC_CTYPE", "LANG=xx_XX.UTF-8"};
    QTest::newRow("a name from elsewhere") << QStringList{"LC_ALL", "LANG=C.UTF-8", "LC_CTYPE=UTF-8"};
}

/// As in containers, in cron and over ssh from another system.
void TestCli::figuresAreQuietInEveryLocale() {
    QFETCH(QStringList, locale);
    const QString target = path("locale.svg");
    const Outcome outcome = runProgram({"figure", "reliability", path("runs"), "--output", target}, locale);
    QCOMPARE(outcome.status, 0);
    QCOMPARE(outcome.err, QByteArray());
    QVERIFY(QFile::remove(target));
}

void TestCli::recipeMakesTheFigureAgain_data() {
    QTest::addColumn<QString>("suffix");
    for (const char* suffix : {"pdf", "svg", "png", "tex", "PDF", "Svg"}) {
        QTest::newRow(suffix) << QString(suffix);
    }
}

void TestCli::recipeMakesTheFigureAgain() {
    QFETCH(QString, suffix);
    const QString first = path("first." + suffix), again = path("again." + suffix);
    QCOMPARE(runProgram({"figure", "reliability", path("runs/ft-1.h5"), "--temperature", "1.7", "--epoch",
                         "2", "--width-mm", "82.55", "--font-pt", "7", "--dpi", "120", "--output", first})
                 .status,
             0);
    QVERIFY(contents(first).size() > 1000);
    const Outcome outcome = runProgram({"figure", "--recipe", first, "--output", again});
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY(contents(first) == contents(again));

    // What is said besides goes before the recipe.
    const QStringList hotter{"--recipe", first, "--temperature", "3", "--output", again};
    QCOMPARE(runProgram(QStringList{"figure"} + hotter).status, 0);
    QVERIFY(contents(first) != contents(again));
}

void TestCli::recipeStandsAlone() {
    const QString first = path("alone.tex"), again = path("alone-again.tex");
    QCOMPARE(runProgram({"figure", "temperature-curve", path("runs/ft-1.h5"), "-o", first}).status, 0);
    const QByteArray tex = contents(first), mark = "% recipe: ";
    const qsizetype start = tex.indexOf(mark) + mark.size();
    QFile recipe(path("recipe.json"));
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write(tex.mid(start, tex.indexOf('\n', start) - start)) > 0);
    recipe.close();
    QCOMPARE(runProgram({"figure", "--recipe", recipe.fileName(), "--output", again}).status, 0);
    QCOMPARE(contents(again), tex);
}

/// Where a figure goes is for the person to say, not for a recipe that may be anybody's.
void TestCli::recipeWritesOnlyToTheOutput() {
    QVERIFY(QDir(m_folder.path()).mkpath("recipes"));
    QFile recipe(path("recipes/recipe.json"));
    const QByteArray run = path("runs/ft-1.h5").toUtf8();
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + run + "\"]}") > 0);
    recipe.close();
    const Outcome without = runProgram({"figure", "--recipe", recipe.fileName()});
    QCOMPARE(without.status, 2);
    QVERIFY2(without.err.contains("--output"), without.err.constData());
    QCOMPARE(QDir(path("recipes")).entryList(QDir::Files), QStringList{"recipe.json"});
    // Not even a key that says so.
    QVERIFY(recipe.open(QIODevice::WriteOnly) &&
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + run +
                         "\"],\"output\":\"" + path("recipes/x.pdf").toUtf8() + "\"}") > 0);
    recipe.close();
    const Outcome said = runProgram({"figure", "--recipe", recipe.fileName(), "--output", path("said.pdf")});
    QCOMPARE(said.status, 2);
    QVERIFY2(said.err.contains("'output'"), said.err.constData());
    QCOMPARE(QDir(path("recipes")).entryList(QDir::Files), QStringList{"recipe.json"});
}

/// A recipe may come from anybody.
void TestCli::namesInARecipeAreBounded() {
    const auto refused = [&](const QByteArray& names) {
        QFile recipe(path("names.json"));
        if (!recipe.open(QIODevice::WriteOnly) ||
            recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[" + names + "]}") < 0) {
            qFatal("no recipe could be written");
        }
        recipe.close();
        QElapsedTimer timer;
        timer.start();
        const Outcome outcome = runProgram({"figure", "--recipe", recipe.fileName(), "-o", path("x.pdf")});
        const bool plain = std::ranges::all_of(
            outcome.err, [](unsigned char c) { return c == '\n' || (c >= 0x20 && c != 0x7F); });
        return outcome.status == 2 && timer.elapsed() < 20'000 && plain ? outcome.err : QByteArray("no");
    };
    QVERIFY(refused("\"/no/\\u001b[2J\\u0007.h5\"").contains("/no/\uFFFD[2J\uFFFD.h5: no such file"));
    QVERIFY(refused("\"/no/" + QByteArray(5000, 'a') + "\"").contains("5004 bytes in the name"));
    QVERIFY(refused("\"/\"") != "no");
}

/// A pipe that nobody writes to would be waited for without end.
void TestCli::recipeOpensOnlyFilesAndFolders() {
    const QString pipe = path("pipe.h5");
    QCOMPARE(mkfifo(pipe.toUtf8().constData(), 0600), 0);
    for (const QString& name : {pipe, QStringLiteral("/dev/zero")}) {
        QFile recipe(path("pipe.json"));
        QVERIFY(recipe.open(QIODevice::WriteOnly) &&
                recipe.write("{\"finescope_recipe\":1,\"kind\":\"training\",\"files\":[\"" + name.toUtf8() +
                             "\"]}") > 0);
        recipe.close();
        const Outcome outcome = runProgram({"figure", "--recipe", recipe.fileName(), "-o", path("x.pdf")});
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(name.toUtf8()), outcome.err.constData());
    }
    const Outcome itself = runProgram({"figure", "--recipe", pipe, "-o", path("x.pdf")});
    QCOMPARE(itself.status, 2);
    QVERIFY(QFile::remove(pipe));
}

void TestCli::aTemperatureFittedOnWhatIsShownIsSaid() {
    const QString target = path("fit.csv");
    const Outcome outcome = runProgram({"figure", "temperature-curve", path("runs/ft-1.h5"), "--fit-on",
                                        "test", "--quantity", "brier", "--output", target});
    QCOMPARE(outcome.status, 0);
    QVERIFY2(outcome.err.startsWith("finescope: caution: FT: ") && outcome.err.contains("(in-sample)"),
             outcome.err.constData());
    QCOMPARE(contents(target).count("\n1,,line,"), 241);
    QVERIFY(!contents(target).contains("\n2,"));
    QVERIFY(runProgram({"summary", path("runs/ft-1.h5")}).out.contains("temperature fitted on validation: "));
}

void TestCli::tablesInEveryFormat() {
    QVERIFY(runProgram({"table", "recalibration", path("runs")}).out.contains("| vector scaling |"));
    QVERIFY(
        runProgram({"table", "calibration", path("runs"), "--fit-on", "test"}).out.contains("(in-sample)"));
    for (const char* kind : {"features", "norms", "classifier", "calibration", "accuracy"}) {
        QVERIFY(runProgram({"table", kind, path("runs"), "--format", "latex"}).out.contains("\\toprule"));
        QVERIFY(runProgram({"table", kind, path("runs")}).out.contains("| ---"));
        QCOMPARE(runProgram({"table", kind, path("runs"), "-o", path("t.csv")}).status, 0);
        QVERIFY(contents(path("t.csv")).contains(" sd,"));
    }
    for (const char* kind : {"feature-classes", "feature-neighbours"}) {
        const Outcome outcome = runProgram({"table", kind, path("runs"), "--split", "test"});
        QCOMPARE(outcome.status, 0);
        QVERIFY2(outcome.out.contains("| FT"), outcome.out.constData());
        QVERIFY(outcome.err.isEmpty()); // progress is for terminals
    }
    for (const char* kind : {"conventions", "measures", "classes", "worst-bin"}) {
        const Outcome outcome = runProgram({"table", kind, path("runs"), "--temperature", "2"});
        QCOMPARE(outcome.status, 0);
        QVERIFY2(outcome.out.contains(", T = 2."), outcome.out.constData());
    }
    QCOMPARE(runProgram({"table", "classes", path("runs"), "--temperature", "warm"}).status, 2);
}

void TestCli::tablesForProgramsHaveNumbersInFull_data() {
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char* name, const QStringList& arguments) { QTest::newRow(name) << arguments; };
    for (const char* kind :
         {"features", "feature-classes", "feature-neighbours", "norms", "classifier", "calibration",
          "before-after", "recalibration", "conventions", "measures", "classes", "worst-bin", "accuracy"}) {
        row(kind, {kind, path("runs/ft-1.h5"), path("runs/lp-ft-1.h5")});
    }
    row("kernel", {"kernel", path("more")});
    row("calibration with intervals", {"calibration", path("runs/ft-1.h5"), "--intervals"});
}

/// CSV and JSON say the same, in ASCII, an interval in columns of its own.
void TestCli::tablesForProgramsHaveNumbersInFull() {
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

void TestCli::formulasAreQuotedUnlessSaid() {
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

void TestCli::badUseIsOneLine_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("names");
    const QString run = path("runs/ft-1.h5");
    QTest::newRow("no kind") << QStringList{"figure"} << QByteArray("KIND");
    QTest::newRow("unknown kind") << QStringList{"figure", "pie", run, "--output", path("x.pdf")}
                                  << QByteArray("'pie'");
    QTest::newRow("unknown suffix") << QStringList{"figure", "training", run, "--output", "x.doc"}
                                    << QByteArray("x.doc");
    QTest::newRow("missing file") << QStringList{"summary", "/no/such.h5"} << QByteArray("/no/such.h5");
    QTest::newRow("no temperature") << QStringList{"figure", "reliability", run,          "--temperature",
                                                   "warm",   "--output",    path("x.pdf")}
                                    << QByteArray("warm");
    QTest::newRow("negative temperature")
        << QStringList{"figure", "reliability", run, "--temperature=-1", "--output", path("x.pdf")}
        << QByteArray("temperature");
    QTest::newRow("unknown split") << QStringList{"figure", "reliability", run,          "--split",
                                                  "tset",   "--output",    path("x.pdf")}
                                   << QByteArray("'tset'");
    QTest::newRow("unknown split to fit on")
        << QStringList{"figure", "temperature-curve", run, "--fit-on", "tset", "--output", path("x.pdf")}
        << QByteArray("'tset'");
    QTest::newRow("unknown number over temperature")
        << QStringList{"figure", "temperature-curve", run, "--quantity", "acc", "--output", path("x.pdf")}
        << QByteArray("acc");
    QTest::newRow("no epoch") << QStringList{"figure", "reliability", run,          "--epoch",
                                             "last",   "--output",    path("x.pdf")}
                              << QByteArray("last");
    QTest::newRow("epoch that is not there")
        << QStringList{"figure", "reliability", run, "--epoch", "lp:7", "--output", path("x.pdf")}
        << QByteArray("epoch 7 of linear probing");
    QTest::newRow("unknown option") << QStringList{"summary", run, "--jsno"} << QByteArray("--jsno");
    QTest::newRow("run as recipe") << QStringList{"figure", "--recipe", run, "--output", path("x.pdf")}
                                   << QByteArray("ft-1.h5");
    QTest::newRow("no such recipe") << QStringList{"figure", "--recipe", "/no/r.json"}
                                    << QByteArray("/no/r.json");
    QTest::newRow("recipe over itself")
        << QStringList{"figure", "--recipe", path("kept.pdf")} << QByteArray("--output");
    QTest::newRow("too narrow") << QStringList{"figure", "training", run,          "--width-mm",
                                               "19",     "--output", path("x.pdf")}
                                << QByteArray("width must be from 20 to 2000 mm, not 19");
    QTest::newRow("no such preset") << QStringList{"figure", "training", run,          "--preset",
                                                   "nature", "--output", path("x.pdf")}
                                    << QByteArray("'nature'");
    QTest::newRow("too many pixels") << QStringList{"figure",     "training",     run,
                                                    "--width-mm", "2000",         "--height-mm",
                                                    "2000",       "--dpi",        "2400",
                                                    "--output",   path("big.png")}
                                     << QByteArray("pixels");
    QTest::newRow("unknown table") << QStringList{"table", "pie", run} << QByteArray("pie");
}

void TestCli::badUseIsOneLine() {
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, names);
    const Outcome outcome = runProgram(arguments);
    QCOMPARE(outcome.status, 2);
    QVERIFY(outcome.out.isEmpty());
    QVERIFY2(outcome.err.startsWith("finescope: ") && outcome.err.contains(names), outcome.err.constData());
    QCOMPARE(outcome.err.count('\n'), 1);
    QVERIFY(!QFile::exists(path("x.pdf")));
}

/// Options with one or two values may stand before the files.
void TestCli::anOptionTakesNoFile_data() {
    QTest::addColumn<QStringList>("option");
    QTest::newRow("name") << QStringList{"figure", "reliability", "--intervals", "wilson"};
    QTest::newRow("number") << QStringList{"figure", "reliability", "--bins", "10"};
    QTest::newRow("text") << QStringList{"figure", "reliability", "--temperature", "2"};
    QTest::newRow("two numbers") << QStringList{"figure", "training", "--colour-range", "0.1", "1"};
    QTest::newRow("flag") << QStringList{"figure", "training", "--log-y"};
    QTest::newRow("of a table") << QStringList{"table", "conventions", "--temperature", "fitted"};
}

void TestCli::anOptionTakesNoFile() {
    QFETCH(QStringList, option);
    const QString target = path(option.front() == "figure" ? "option.csv" : "option.md");
    const Outcome outcome = runProgram(option + QStringList{path("runs/ft-1.h5"), "--output", target});
    QVERIFY2(outcome.status == 0 && QFile::exists(target), outcome.err);
}

void TestCli::helpListsTheKinds() {
    const Outcome help = runProgram({"figure", "--help"});
    QCOMPARE(help.status, 0);
    for (const char* word : {"classifier-norm", "temperature-curve", "neurips", "--recipe"}) {
        QVERIFY2(help.out.contains(word), word);
    }
    QVERIFY(runProgram({"--version"}).out.startsWith("finescope "));
}

/// What bench_window waits for: the plot of both runs, painted, in a process of its own.
void TestCli::windowReportsItsPaints() {
    QProcess window;
    window.setProcessEnvironment(environmentWith({"QT_QPA_PLATFORM=offscreen", "HOME=" + m_folder.path()}));
    window.start(FINESCOPE_PROGRAM, {"--report-paints", path("runs/ft-1.h5"), path("runs/lp-ft-1.h5")});
    QJsonObject painted;
    while (painted["curves"].toInt() < 2) {
        QVERIFY2(window.canReadLine() || window.waitForReadyRead(60000), window.readAllStandardError());
        if (window.canReadLine()) {
            painted = QJsonDocument::fromJson(window.readLine()).object();
        }
    }
    QCOMPARE(painted["event"].toString(), QString("painted"));
    QVERIFY(!painted["plot"].toString().isEmpty());
    QVERIFY(painted["cpu_seconds"].toDouble() > 0);
    window.terminate();
    QVERIFY(window.waitForFinished(60000));
}

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"

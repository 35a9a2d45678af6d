#include "core/figure/request/figure_kinds.h"
#include "tests/app/few_runs.h"
#include "tests/app/program.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope::tests;

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
    void aTemperatureFittedOnWhatIsShownIsSaid();
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
    writeFewRuns(m_folder.path());
    QCOMPARE(runProgram({"figure", "accuracy", path("runs"), "--output", path("kept.pdf")}).status, 0);
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
        if (kind.input() == finescope::figure::FigureInput::runs) {
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
    for (const char* word : {"neurips", "--recipe"}) {
        QVERIFY2(help.out.contains(word), word);
    }
    QVERIFY(!finescope::figure::figureKinds().empty());
    const QByteArray text = help.out.simplified();
    const qsizetype begin = text.indexOf("Run files, or folders of them");
    const QByteArray aboutFiles = text.mid(begin, text.indexOf("--output", begin) - begin);
    for (const finescope::figure::FigureKind& kind : finescope::figure::figureKinds()) {
        const std::string name(kind.name);
        QVERIFY2(help.out.contains(name.c_str()), name.c_str());
        const bool ofVerification = kind.input() == finescope::figure::FigureInput::verification;
        QCOMPARE(aboutFiles.contains(name.c_str()), ofVerification);
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

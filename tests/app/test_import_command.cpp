#include "tests/support/data.h"
#include "tests/support/engine_program.h"
#include "tests/support/near.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <filesystem>

using namespace finescope;
using tests::Ended;
using tests::runEngine;

/// finescope-engine import as a user starts it, and what finescope makes of its run.
class TestImportCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }

    QString write(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(name));
        }
        return file.fileName();
    }

    static Ended runFinescope(const QStringList& arguments) {
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_PROGRAM), arguments);
        return tests::finish(process);
    }

    static QJsonObject summaryOf(const QString& run) {
        return QJsonDocument::fromJson(runFinescope({"summary", "--json", run}).out).array().at(0).toObject();
    }

private Q_SLOTS:
    void whatWasDecidedIsPrinted() {
        const QString file = write("a.csv", "label,p_0,p_1\n0,0.75,0.25\n1,0.5,0.5\n");
        const Ended ended =
            runEngine({"import", file, "--output", path("a.h5"), "--task", "rte", "--method", "ft"});
        QVERIFY2(ended.status == 0, ended.err);
        QVERIFY(ended.out.isEmpty());
        QVERIFY2(ended.err.contains("p_0 to p_1: probabilities (the file calls them probabilities"),
                 ended.err);
        const QJsonObject summary = summaryOf(path("a.h5"));
        QCOMPARE(summary["task"].toString(), QStringLiteral("rte"));
        QCOMPARE(summary["method"].toString(), QStringLiteral("ft"));
        QCOMPARE(summary["status"].toString(), QStringLiteral("complete"));
        QVERIFY(summary["temperature"].toObject()["value"].isNull());
        QVERIFY_NEAR(summary["splits"].toObject()["test"].toObject()["nll"].toDouble(),
                     -(std::log(0.75) + std::log(0.5)) / 2, 1e-6);
    }

    void progressIsJson() {
        const QString file = write("b.csv", "label,logit_0,logit_1\n0,3,-1\n");
        const Ended ended = runEngine({"import", file, "-o", path("b.h5"), "--progress", "json"});
        const QJsonObject done = QJsonDocument::fromJson(ended.out).object();
        QCOMPARE(done["event"].toString(), QStringLiteral("done"));
        QCOMPARE(done["status"].toString(), QStringLiteral("complete"));
        QVERIFY(done["message"].toString().contains("logit_0 to logit_1: logits"));
    }

    QByteArray longTable() const {
        return "label,logit_0,logit_1\n" + QByteArray("0,1.25,-2.5\n1,0.5,0.75\n").repeated(1'500'000);
    }

    void whatTakesLongTellsHowFarItIs() {
        const QString file = write("long.csv", longTable());
        const Ended ended = runEngine({"import", file, "-o", path("long.h5"), "--progress", "json"});
        QVERIFY2(ended.status == 0, ended.err);
        const QList<QByteArray> lines = ended.out.trimmed().split('\n');
        QVERIFY2(lines.size() > 2, ended.out);
        int before = 0;
        for (const QByteArray& line : lines.mid(0, lines.size() - 1)) {
            const QJsonObject progress = QJsonDocument::fromJson(line).object();
            QCOMPARE(progress["stage"].toString(), QStringLiteral("importing"));
            QCOMPARE(progress["total_steps"].toInt(), 1000);
            QVERIFY(progress["step"].toInt() >= before && progress["step"].toInt() <= 1000);
            before = progress["step"].toInt();
        }
        QVERIFY(lines.last().contains("\"complete\""));
    }

    void whatTakesLongCanBeStopped() {
        const QString file = write("stopped.csv", longTable());
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      {"import", file, "-o", path("stopped.h5"), "--progress", "json"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(process.canReadLine() || process.state() == QProcess::NotRunning, 30'000);
        process.terminate();
        QVERIFY(process.waitForFinished(30'000));
        const QByteArray last = process.readAllStandardOutput().trimmed().split('\n').last();
        QVERIFY2(last.contains("\"cancelled\""), last);
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(!QFile::exists(path("stopped.h5")));
        QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("stopped*")}).size(), 1); // the table
    }

    /// Files of a few kilobytes or megabytes that were made to fill memory or time.
    void hostileFilesTakeLittle_data() {
        QTest::addColumn<QByteArray>("bytes");
        QByteArray columns("label"), commas(10'000'000, ',');
        for (int i = 0; i < 900'000; ++i) {
            columns += ",q" + QByteArray::number(i);
        }
        QTest::newRow("columns") << columns + "\n0\n";
        QTest::newRow("commas") << "label,p_0,p_1" + commas + "\n";
        QTest::newRow("a header of empty columns and short rows")
            << "label,p_0,p_1" + QByteArray(900'000, ',') + "\n" +
                   QByteArray("0,0.5,0.5\n").repeated(900'000);
        QTest::newRow("quotation marks") << "label,p_0,p_1\n" + QByteArray(9'000'000, '"') + "\n";
        QTest::newRow("line ends") << "label,p_0,p_1\n" + QByteArray(9'000'000, '\r') + "\n";
        QTest::newRow("blanks") << "label,p_0,p_1\n" + QByteArray(9'000'000, ' ') + "\n";
        QTest::newRow("one long name") << "label," + QByteArray("a_").repeated(4'000'000) + "1,p_0\n0,1,2\n";
    }
    void hostileFilesTakeLittle() {
        QFETCH(QByteArray, bytes);
        const QString file = write("hostile.csv", bytes);
        QElapsedTimer timer;
        timer.start();
        QProcess process; // data of 1 GiB, and what its libraries take before main
        process.start("sh",
                      {"-c", "ulimit -d 1310720; exec \"$@\"", "sh", QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                       "import", file, "--overwrite", "-o", path("hostile.h5")});
        const Ended ended = tests::finish(process);
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2((ended.status == 0 || ended.status == 2) && ended.err.size() < 3000, ended.err.left(3000));
    }

    void whatIsWrongIsOneLineAndStatusTwo_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("words");
        const QString file = write("c.csv", "label,logit_0,logit_1\n0,3,-1\n");
        const QString bad = write("d.csv", "label,logit_0,logit_1\n0,3,x\n");
        const QString out = path("c.h5");
        QTest::newRow("no output") << QStringList{file} << QByteArray("--output is required");
        QTest::newRow("bad kind") << QStringList{file, "-o", out, "--kind", "x"} << QByteArray("not one of");
        QTest::newRow("bad cell") << QStringList{bad, "-o", out} << QByteArray("line 2: column logit_1");
        QTest::newRow("no file") << QStringList{path("e.npz"), "-o", out} << QByteArray("e.npz");
        QTest::newRow("there is one") << QStringList{file, "-o", bad} << QByteArray("exists already");
        QTest::newRow("of another file")
            << QStringList{file, "-o", bad, "--renew"} << QByteArray("was not imported from");
        QTest::newRow("both") << QStringList{file, "-o", bad, "--renew", "--overwrite"}
                              << QByteArray("--overwrite");
    }

    void whatIsWrongIsOneLineAndStatusTwo() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, words);
        const Ended ended = runEngine(QStringList{"import"} + arguments);
        QCOMPARE(ended.status, 2);
        QVERIFY2(ended.err.startsWith("finescope-engine: ") && ended.err.contains(words), ended.err);
        QCOMPARE(ended.err.count('\n'), 1);
        QVERIFY(!QFile::exists(path("c.h5")));
    }

    /// What a disk that is full does, too: neither half a run nor the loss of the one that was there.
    void aFullDiskLeavesWhatWasThere_data() {
        QTest::addColumn<bool>("there");
        QTest::newRow("nothing") << false;
        QTest::newRow("an older import") << true;
    }
    void aFullDiskLeavesWhatWasThere() {
        QFETCH(bool, there);
        const QTemporaryDir folder;
        const QString file = write("large.csv", "label,logit_0,logit_1\n" +
                                                    QByteArray("0,1.25,-2.5\n1,0.5,0.75\n").repeated(50'000));
        const QString output = folder.filePath("full.h5");
        const QStringList arguments{"import", file, "-o", output, "--renew"};
        if (there) {
            QCOMPARE(runEngine(arguments).status, 0);
        }
        const auto names = [&] { return QDir(folder.path()).entryList(QDir::Files | QDir::Hidden); };
        const auto bytes = [&] {
            QFile run(output);
            return run.open(QIODevice::ReadOnly) ? run.readAll() : QByteArray();
        };
        const QStringList namesBefore = names();
        const QByteArray before = bytes();
        QProcess shell;
        shell.start("/bin/bash", QStringList{"-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\"",
                                             FINESCOPE_ENGINE_PROGRAM} +
                                     arguments);
        const Ended ended = tests::finish(shell);
        QVERIFY2(ended.status == 1 && ended.err.contains("full.h5"), ended.err);
        QCOMPARE(names(), namesBefore);
        QVERIFY(bytes() == before);
        QCOMPARE(runEngine(arguments).status, 0); // nothing is in the way
    }

    void finescopeSaysHowToImport() {
        const Ended ended = runFinescope({"summary", write("f.npz", "PK")});
        QCOMPARE(ended.status, 2);
        QVERIFY2(ended.err.contains("finescope-engine import"), ended.err);
    }

    /// Published by netcal's examples (shared data's README).
    void netcalsExampleIsSummarisedAndDrawn() {
        const std::filesystem::path file = tests::sharedData() / "calibration/lenet-5-cifar-10.npz";
        if (!std::filesystem::exists(file)) {
            QSKIP(qPrintable(QString::fromStdString(file.string()) + " is missing"));
        }
        const Ended ended =
            runEngine({"import", QString::fromStdString(file.string()), "--output", path("lenet.h5")});
        QVERIFY2(ended.status == 0, ended.err);
        const QJsonObject test = summaryOf(path("lenet.h5"))["splits"].toObject()["test"].toObject();
        QVERIFY_NEAR(test["accuracy"].toDouble(), 0.5308, 1e-12);
        QVERIFY_NEAR(test["ece"].toDouble(), 0.10788788, 1e-8);
        QVERIFY_NEAR(test["mce"].toDouble(), 0.18582139, 1e-8);
        QVERIFY_NEAR(test["nll"].toDouble(), 1.36986773, 1e-8);
        const Ended figure =
            runFinescope({"figure", "reliability", path("lenet.h5"), "--output", path("lenet.pdf")});
        QVERIFY2(figure.status == 0, figure.err);
        QVERIFY(QFile(path("lenet.pdf")).size() > 1000);
    }
};

QTEST_GUILESS_MAIN(TestImportCommand)
#include "test_import_command.moc"

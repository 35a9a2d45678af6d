#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/engine_program.h"
#include "tests/support/python.h"

#include <QDir>
#include <QFile>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace finescope;
using tests::Ended;
using tests::finish;
using tests::runEngine;

/// `finescope-engine study` as a user starts it, on the demo's encoder and a small part of its data.
class TestStudyCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_study, m_endless;

    QString path(const QString& name) const { return m_folder.filePath(name); }

    static QByteArray contents(const QString& name) {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QString write(const QString& name, const QByteArray& text) const {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) {
            qFatal("cannot write %s", qPrintable(name));
        }
        return file.fileName();
    }

    /// A study of the demo; `more` are its methods and what else there is to say.
    QString writeStudy(const QString& name, const QByteArray& more) const {
        const QByteArray demo =
            QByteArray::fromStdString((tests::sourceRoot() / "resources" / "demo").string());
        return write(name, "{\"name\": \"small\", \"models\": {\"demo\": \"" + demo +
                               "/model\"}, \"tasks\": {\"demo\": {\"data\": \"" + demo +
                               "/data\"}}, \"seeds\": [1, 2]," + more + "}");
    }

    /// What a study with tuning has to do; number 0 and 1 are tuning cells.
    QStringList runNames() const {
        return {"grid/demo-ft-seed3-lr0.001", "grid/demo-ft-seed3-lr0.01", "runs/demo-lp-seed1",
                "runs/demo-lp-seed2",         "runs/demo-ft-seed1",        "runs/demo-ft-seed2"};
    }
    void compareRuns(const QString& output, const QString& with) const {
        for (const QString& name : runNames()) {
            const QJsonDocument differs =
                tests::runPython("tests/app/same_runs.py",
                                 {path(output + '/' + name + ".h5"), path(with + '/' + name + ".h5")});
            QVERIFY2(differs.isArray(), qPrintable(name));
            QVERIFY2(differs.array().isEmpty(), qPrintable(name + ' ' + differs.toJson()));
        }
        QCOMPARE(contents(path(output + "/choice.json")), contents(path(with + "/choice.json")));
    }
    static record::Status statusOf(const QString& file) {
        return QFile::exists(file) ? record::readRun(file.toStdString()).progress.status
                                   : record::Status::running;
    }
    static int rowsOf(const QString& file) {
        return QFile::exists(file) ? static_cast<int>(record::readRun(file.toStdString()).epochs.rows()) : 0;
    }

    /// A study whose runs do not end by themselves, until its first run has evaluated something.
    void startEndless(QProcess& process, const QString& output) const {
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      {"study", m_endless, "--output", path(output), "--progress", "json"});
        QTRY_VERIFY_WITH_TIMEOUT(rowsOf(path(output + "/runs/demo-ft-seed1.h5")) > 1, 60000);
    }

private Q_SLOTS:
    void initTestCase() {
        m_study = writeStudy("small.json",
                             R"("settings": {"epochs": 2, "limit_train": 60, "limit_eval": 40, "threads": 1},
                                "methods": {"lp": {}, "ft": {"grid": {"learning_rate": [0.001, 0.01]}}},
                                "tuning_seeds": [3], "kernel": {"train_samples": 6, "test_samples": 4, "seeds": [2]})");
        m_endless =
            writeStudy("endless.json",
                       R"("settings": {"epochs": 100000, "limit_train": 60, "limit_eval": 40, "threads": 1},
                                  "methods": ["ft"])");
        const Ended whole =
            runEngine({"study", m_study, "--output", path("whole"), "--jobs", "2", "--progress", "json"});
        QVERIFY2(whole.status == 0, whole.err);
        QVERIFY2(whole.err.contains("6 of 6 cells complete"), whole.err);
        QVERIFY2(whole.err.contains("demo ft (demo): chose learning rate 0.0"), whole.err);
        write("progress.txt", whole.out);
    }

    void everyRunIsThere() {
        for (const QString& name : runNames()) {
            QVERIFY2(statusOf(path("whole/" + name + ".h5")) == record::Status::complete, qPrintable(name));
            QVERIFY2(contents(path("whole/log/" + name.section('/', 1) + ".log"))
                         .startsWith("$ finescope-engine train "),
                     qPrintable(name));
        }
        QCOMPARE(QDir(path("whole/runs")).entryList({"*.h5"}).size(), 4);
        QVERIFY(!record::readRun(path("whole/runs/demo-ft-seed2.h5").toStdString()).kernelStates.empty());
        QVERIFY(record::readRun(path("whole/runs/demo-ft-seed1.h5").toStdString()).kernelStates.empty());
    }

    // The winner, from the runs' own numbers.
    void theBetterRateIsUsed() {
        const auto accuracy = [&](int tuningRun) {
            const record::Run run =
                record::readRun(path("whole/" + runNames()[tuningRun] + ".h5").toStdString());
            return run.epochs.find("validation_accuracy")
                ->values[static_cast<std::size_t>(run.progress.selected)];
        };
        const double better = accuracy(1) > accuracy(0) ? 0.01 : 0.001;
        const QJsonObject choice =
            QJsonDocument::fromJson(contents(path("whole/choice.json"))).array()[0].toObject();
        QCOMPARE(choice["winner"].toObject()["learning_rate"].toDouble(), better);
        QCOMPARE(choice["candidates"].toArray()[1].toObject()["mean"].toDouble(), accuracy(1));
        const record::Run run = record::readRun(path("whole/runs/demo-ft-seed1.h5").toStdString());
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(run.config))
                     .object()["learning_rate"]
                     .toDouble(),
                 better);
    }

    void progressIsJson() {
        const QList<QByteArray> lines = contents(path("progress.txt")).trimmed().split('\n');
        int step = 0;
        for (const QByteArray& line : lines.first(lines.size() - 1)) {
            const QJsonObject object = QJsonDocument::fromJson(line).object();
            QCOMPARE(object["event"].toString(), QString("progress"));
            QCOMPARE(object["stage"].toString(), QString("study"));
            QCOMPARE(object["total_steps"].toInt(), 6);
            QVERIFY(object["step"].toInt() >= step && object["running"].toInt() <= 2 &&
                    object["failed"].toInt() == 0);
            QVERIFY(object.contains("seconds_left"));
            step = object["step"].toInt();
        }
        QCOMPARE(step, 6);
        const QJsonObject last = QJsonDocument::fromJson(lines.last()).object();
        QCOMPARE(last["event"].toString(), QString("done"));
        QCOMPARE(last["status"].toString(), QString("complete"));
        QCOMPARE(last["output"].toString(), path("whole"));
    }

    void resumingKeepsWhatIsComplete() {
        const Ended refused = runEngine({"study", m_study, "--output", path("whole")});
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains("--resume"), refused.err);
        const QString run = path("whole/runs/demo-ft-seed2.h5");
        const QDateTime before = QFileInfo(run).lastModified();
        const Ended again = runEngine({"study", m_study, "--output", path("whole"), "--resume"});
        QVERIFY2(again.status == 0, again.err);
        QVERIFY2(again.err.contains("6 of 6 cells complete, 6 of them from before"), again.err);
        QCOMPARE(QFileInfo(run).lastModified(), before);
        // Its own copy is the same study.
        QCOMPARE(runEngine({"study", path("whole/study.json"), "--output", path("whole"), "--resume"}).status,
                 0);
        const Ended other = runEngine({"study", m_endless, "--output", path("whole"), "--resume"});
        QCOMPARE(other.status, 2);
        QVERIFY2(other.err.contains("holds another study"), other.err);
    }

    void killedAndResumedIsTheSame() {
        QProcess process;
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      {"study", m_study, "--output", path("killed"), "--jobs", "2", "--progress", "json"});
        QByteArray seen;
        while (!seen.contains("\"step\":3")) {
            QVERIFY(process.waitForReadyRead(60000));
            seen += process.readAllStandardOutput();
        }
        process.kill();
        process.waitForFinished();
        const Ended resumed =
            runEngine({"study", m_study, "--output", path("killed"), "--jobs", "2", "--resume"});
        QVERIFY2(resumed.status == 0, resumed.err);
        QVERIFY2(resumed.err.contains("of them from before") && !resumed.err.contains("6 of them"),
                 resumed.err);
        compareRuns("killed", "whole");
    }

    // Runs of a study that is killed end with it, so that they do not compute beside those of the next one.
    void runsOfAKilledStudyAreCancelled() {
        QProcess process;
        startEndless(process, "orphans");
        process.kill();
        process.waitForFinished();
        QTRY_VERIFY_WITH_TIMEOUT(statusOf(path("orphans/runs/demo-ft-seed1.h5")) == record::Status::cancelled,
                                 30000);
    }

    void stopSignalsKeepWhatIsThere_data() {
        QTest::addColumn<int>("number");
        QTest::newRow("Ctrl+C") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void stopSignalsKeepWhatIsThere() {
        QFETCH(int, number);
        QProcess process;
        const QString output = QStringLiteral("stopped%1").arg(number);
        startEndless(process, output);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), number), 0);
        const Ended stopped = finish(process);
        QCOMPARE(stopped.status, 1);
        QVERIFY2(stopped.out.trimmed().split('\n').last().contains("\"status\":\"cancelled\""),
                 stopped.out.right(300));
        QVERIFY2(stopped.err.contains("0 of 2 cells complete; stopped"), stopped.err);
        QVERIFY(statusOf(path(output + "/runs/demo-ft-seed1.h5")) == record::Status::cancelled);
        QVERIFY(!QFile::exists(path(output + "/runs/demo-ft-seed2.h5")));
    }

    void aFolderIsWorkedInOnce() {
        QProcess process;
        startEndless(process, "locked");
        const Ended second = runEngine({"study", m_endless, "--output", path("locked"), "--resume"});
        QCOMPARE(second.status, 2);
        QVERIFY2(second.err.contains("another `finescope-engine study` is working"), second.err);
        const Ended cell = runEngine({"study", m_endless, "--output", path("locked"), "--cell", "0"});
        QCOMPARE(cell.status, 2);
        QVERIFY2(cell.err.contains("another process is running it"), cell.err);
        // Another cell is free: it gets as far as its first rows.
        QProcess other;
        other.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                    {"study", m_endless, "--output", path("locked"), "--cell", "1"});
        QTRY_VERIFY_WITH_TIMEOUT(rowsOf(path("locked/runs/demo-ft-seed2.h5")) > 1, 60000);
        for (QProcess* one : {&other, &process}) {
            one->terminate();
            QCOMPARE(finish(*one).status, 1);
        }
    }

    void failedCellsDoNotStopTheOthers() {
        const QString study =
            writeStudy("failing.json", R"("settings": {"epochs": 1, "limit_train": 40, "limit_eval": 20,
            "threads": 1}, "methods": {"ft": {"learning_rate": 1e30}, "lp": {}})");
        const Ended run =
            runEngine({"study", study, "--output", path("failing"), "--jobs", "2", "--progress", "json"});
        QCOMPARE(run.status, 1);
        QVERIFY2(run.err.contains("2 of 4 cells complete, 2 failed"), run.err);
        for (const char* name : {"cell 0 (demo-ft-seed1", "cell 1 (demo-ft-seed2"}) {
            const QByteArray listed = run.err.mid(run.err.indexOf("2 failed")); // at the end
            QVERIFY2(listed.contains(name) && listed.contains("--learning-rate"), listed);
        }
        QVERIFY(run.out.trimmed().split('\n').last().contains("\"status\":\"failed\""));
        QVERIFY(statusOf(path("failing/runs/demo-lp-seed2.h5")) == record::Status::complete);
        const Ended again = runEngine({"study", study, "--output", path("failing"), "--resume"});
        QCOMPARE(again.status, 1);
        QVERIFY2(again.err.contains("2 of them from before, 2 failed"), again.err);
    }

    void cellsRunOneByOne() {
        const auto cell = [&](int number) {
            return runEngine(
                {"study", m_study, "--output", path("cells"), "--cell", QString::number(number)});
        };
        const Ended early = cell(4);
        QCOMPARE(early.status, 2);
        QVERIFY2(early.err.contains("0 (demo-ft-seed3-lr0.001), 1 (demo-ft-seed3-lr0.01)"), early.err);
        QCOMPARE(cell(6).status, 2);
        for (const int number : {3, 1, 0, 5, 4, 2}) {
            const Ended one = cell(number);
            QVERIFY2(one.status == 0, one.err);
        }
        QVERIFY(cell(2).err.contains("1 of 1 cell complete, 1 of them from before"));
        compareRuns("cells", "whole");
    }

    void cellsAreListed() {
        const Ended text = runEngine({"study", m_study, "--list"});
        QCOMPARE(text.status, 0);
        QCOMPARE(text.out.trimmed().split('\n').size(), 6);
        QVERIFY2(text.out.contains("demo-ft-seed3-lr0.01 "), text.out);
        const Ended json = runEngine({"study", m_study, "--list", "--json", "--output", path("whole")});
        const QJsonArray cells = QJsonDocument::fromJson(json.out).array();
        QCOMPARE(cells.size(), 6);
        QCOMPARE(cells[1].toObject()["stage"].toString(), QString("tuning"));
        QCOMPARE(cells[1].toObject()["settings"].toObject()["learning_rate"].toDouble(), 0.01);
        QCOMPARE(cells[5].toObject()["name"].toString(), QString("demo-ft-seed2"));
        QCOMPARE(cells[5].toObject()["state"].toString(), QString("complete"));
        QCOMPARE(cells[5].toObject()["kernel"].toObject()["train_samples"].toInt(), 6);
        QVERIFY(cells[4].toObject()["kernel"].isNull());
    }

    void jobArraysComputeTheStudy() {
        QVERIFY(QDir().mkpath(path("a bin")));
        QVERIFY(QFile::copy(QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/support/fake_sbatch.sh"),
                            path("a bin/sbatch")));
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PATH", path("a bin") + ':' + environment.value("PATH"));
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM),
                      {"study", m_study, "--output", path("it's an array"), "--slurm", "--submit"});
        const Ended run = finish(process);
        QVERIFY2(run.status == 0, run.err);
        QVERIFY2(run.err.contains("submitted as job 42, 4 tasks"), run.err);
        const QList<QByteArray> submitted = contents(path("a bin/submitted.txt")).trimmed().split('\n');
        QCOMPARE(submitted.size(), 2);
        QCOMPARE(submitted[0], ("--parsable " + path("it's an array/tuning.sbatch") + " failed=0").toUtf8());
        QCOMPARE(submitted[1],
                 ("--parsable --dependency=afterany:41 " + path("it's an array/study.sbatch") + " failed=0")
                     .toUtf8());
        compareRuns("it's an array", "whole");
        const Ended rest =
            runEngine({"study", m_study, "--output", path("it's an array"), "--slurm", "--resume"});
        QVERIFY2(rest.err.contains("nothing to submit"), rest.err);
    }

    void badUseIsRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        QTest::newRow("no output") << QStringList{} << "--output";
        QTest::newRow("jobs") << QStringList{"--output", path("x"), "--jobs", "0"} << "--jobs";
        QTest::newRow("submit") << QStringList{"--output", path("x"), "--submit"} << "--slurm";
        QTest::newRow("cell and slurm")
            << QStringList{"--output", path("x"), "--slurm", "--cell", "1"} << "--cell";
    }
    void badUseIsRefused() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        const Ended run = runEngine(QStringList{"study", m_study} + arguments);
        QCOMPARE(run.status, 2);
        QVERIFY2(run.err.contains(said.toUtf8()), run.err);
        QVERIFY(!QFile::exists(path("x")));
    }

    void missingFoldersAreNamedBeforeAnythingRuns() {
        const QString study =
            write("nowhere.json", R"({"name": "s", "models": {"m": "no-model"}, "seeds": [1],
            "methods": ["lp"], "tasks": {"demo": {"data": "no-data"}}})");
        const Ended run = runEngine({"study", study, "--output", path("nowhere")});
        QCOMPARE(run.status, 2);
        QVERIFY2(run.err.contains((path("no-model") + ": no such folder").toUtf8()), run.err);
        QVERIFY(!QFile::exists(path("nowhere")));
    }
};

QTEST_GUILESS_MAIN(TestStudyCommand)
#include "test_study_command.moc"

#include "tests/app/window/window_fixture.h"
#include "tests/support/many_runs.h"

#include <QLabel>
#include <QTableWidget>
#include <QTreeView>

namespace finescope::tests {

/// Files as they come: more than there are descriptors, and such as end the process that reads them.
class TestManyFiles : public QObject, WindowFixture {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void moreRunsThanDescriptorsAreOpen() {
        const FewDescriptors few;
        writeManyRuns(toPath(path("runs")), kManyRuns);
        m_window->open({path("runs")});
        QTRY_COMPARE_WITH_TIMEOUT(shownRuns(), kManyRuns, 120000);
        // Whatever is asked of the last of them is read from a file that has to be opened anew.
        showPage("Calibration");
        auto* table = find<QTableWidget>("calibrationNumbers");
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), window::Session::kCheckedAtOnce, 30000);
    }

    void aFileThatKillsWhoReadsItIsNamedAndTheOthersAreShown() {
        m_probe = {"/bin/bash", "-c",
                   "while IFS= read -r -d '' f; do case $f in *bad*) kill -SEGV $$;; "
                   "*) stat -c 'ok %d %i' \"$f\";; esac; done"};
        makeWindow();
        makeRun("runs/1.h5", "ft", 1);
        makeRun("runs/bad.h5", "ft", 2);
        makeRun("runs/last.h5", "lp", 3);
        m_window->open({path("runs")});
        QTRY_COMPARE(shownRuns(), 2);
        const auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        const auto* said = bar->findChild<QLabel*>(QStringLiteral("messageText"));
        QTRY_VERIFY2(said->text().contains(QStringLiteral("bad.h5")), qPrintable(said->text()));
        QVERIFY(said->text().contains(QStringLiteral("left out")));
    }

    void onlyWhatOthersWroteIsLookedAtFirst() {
        const QString log = path("log");
        window::Session session(kPollMs, {"/bin/bash", "-c",
                                          "while IFS= read -r -d '' f; do echo \"$f\" >> " +
                                              log.toStdString() + "; stat -c 'ok %d %i' \"$f\"; done"});
        session.await(path("ours.h5"));
        session.open({makeRun("theirs.h5", "ft", 2)});
        QTRY_COMPARE(session.runs().size(), std::size_t{1});
        makeRun("ours.h5", "ft", 1);
        QTRY_COMPARE(session.runs().size(), std::size_t{2});
        QFile looks(log);
        QVERIFY(looks.open(QIODevice::ReadOnly));
        QCOMPARE(looks.readAll(), path("theirs.h5").toUtf8() + '\n');
    }

    void aWindowThatWaitsForAnAnswerClosesAtOnce() {
        const QString log = path("log");
        auto session = std::make_unique<window::Session>(
            kPollMs, std::vector<std::string>{"/bin/bash", "-c",
                                              "while IFS= read -r -d '' f; do echo \"$f\" >> " +
                                                  log.toStdString() + "; sleep 100; done"});
        session->open({makeRun("slow.h5", "ft", 1), makeRun("next.h5", "ft", 2)});
        QTRY_VERIFY(QFileInfo::exists(log));
        QElapsedTimer clock;
        clock.start();
        session.reset();
        QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    }

private:
    [[nodiscard]] int shownRuns() {
        const auto* model = find<QTreeView>("runTree")->model();
        const auto below = [model](const QModelIndex& index) { return model->rowCount(index); };
        int runs = 0;
        for (int task = 0; task < below({}); ++task) {
            const QModelIndex first = model->index(task, 0);
            for (int method = 0; method < below(first); ++method) {
                runs += below(model->index(method, 0, first));
            }
        }
        return runs;
    }
};

} // namespace finescope::tests

QTEST_MAIN(finescope::tests::TestManyFiles)
#include "test_many_files.moc"

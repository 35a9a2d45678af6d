#include "app/window/jobs/job_queue.h"
#include "tests/support/fake_engine.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using tests::FakeEngine;
using widgets::Job;
using window::JobQueue;

namespace {

window::JobRequest request(const QString& title) {
    return {.title = title,
            .arguments = {QStringLiteral("train"), QStringLiteral("--output"), title},
            .output = title};
}

Job::State stateOf(const JobQueue& queue, std::size_t index) {
    return queue.jobs().at(index).state;
}

} // namespace

class TestJobQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsProgressAndEndsComplete() {
        const QTemporaryDir folder;
        const FakeEngine engine(folder.path(), QStringLiteral("complete"));
        JobQueue queue(engine.program(), 1);
        QSignalSpy started(&queue, &JobQueue::started);
        queue.add(request(QStringLiteral("r.h5")));
        QCOMPARE(started.size(), 1);
        QTRY_COMPARE(stateOf(queue, 0), Job::State::complete);
        QCOMPARE(engine.starts(), QStringList{QStringLiteral("train --output r.h5 --progress json")});
        QCOMPARE(queue.jobs()[0].stage, QStringLiteral("fine-tuning, epoch 2.5"));
        QVERIFY(!queue.busy());
    }

    void progressSaysHowFarAndHowLong() {
        const QTemporaryDir folder;
        const FakeEngine engine(folder.path(), QStringLiteral("wait"));
        JobQueue queue(engine.program(), 1);
        queue.add(request(QStringLiteral("r.h5")));
        QTRY_COMPARE(queue.jobs()[0].fraction, std::optional(0.25));
        QCOMPARE(queue.jobs()[0].secondsLeft, std::optional(95.0));
        queue.cancelAll();
        QTRY_COMPARE(stateOf(queue, 0), Job::State::cancelled);
    }

    void runsOnlySoManyAtATime() {
        const QTemporaryDir folder;
        const FakeEngine engine(folder.path(), QStringLiteral("wait"));
        JobQueue queue(engine.program(), 2);
        for (const char* name : {"a", "b", "c"}) {
            queue.add(request(QLatin1String(name)));
        }
        QTRY_COMPARE(engine.starts().size(), 2);
        QCOMPARE(stateOf(queue, 2), Job::State::waiting);
        queue.cancel(queue.jobs()[0].id);
        QTRY_COMPARE(stateOf(queue, 2), Job::State::running);
        QCOMPARE(stateOf(queue, 0), Job::State::cancelled);
        queue.cancelAll();
        QTRY_VERIFY(!queue.busy());
    }

    void aPausedJobCanBeCancelled() {
        const QTemporaryDir folder;
        const FakeEngine engine(folder.path(), QStringLiteral("wait"));
        JobQueue queue(engine.program(), 1);
        const int id = queue.add(request(QStringLiteral("a")));
        QTRY_VERIFY(queue.jobs()[0].secondsLeft.has_value());
        queue.pause(id);
        QCOMPARE(stateOf(queue, 0), Job::State::paused);
        queue.resume(id);
        QCOMPARE(stateOf(queue, 0), Job::State::running);
        queue.pause(id);
        queue.cancel(id);
        QTRY_COMPARE(stateOf(queue, 0), Job::State::cancelled);
    }

    void failuresSayWhy_data() {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QString>("message");
        QTest::newRow("announced") << "fail"
                                   << "the loss is NaN at step 50";
        QTest::newRow("on stderr only") << "die"
                                        << "finescope-engine: out of memory";
    }

    void failuresSayWhy() {
        QFETCH(QString, ending);
        QFETCH(QString, message);
        const QTemporaryDir folder;
        const FakeEngine engine(folder.path(), ending);
        JobQueue queue(engine.program(), 1);
        QSignalSpy failed(&queue, &JobQueue::failed);
        const int id = queue.add(request(QStringLiteral("a")));
        QTRY_COMPARE(stateOf(queue, 0), Job::State::failed);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(queue.jobs()[0].message, message);
        queue.dismiss(id);
        QVERIFY(queue.jobs().empty());
    }

    void aMissingEngineIsAFailureLikeAnyOther() {
        const QTemporaryDir folder;
        JobQueue queue(folder.filePath(QStringLiteral("nothing")), 1);
        queue.add(request(QStringLiteral("a")));
        QTRY_COMPARE(stateOf(queue, 0), Job::State::failed);
        QVERIFY(queue.jobs()[0].message.contains(QStringLiteral("cannot be started")));
    }
};

QTEST_GUILESS_MAIN(TestJobQueue)
#include "test_job_queue.moc"

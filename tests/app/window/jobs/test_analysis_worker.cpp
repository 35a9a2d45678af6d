#include "app/window/jobs/analysis_worker.h"

#include "core/analysis/calibration/calibration_intervals.h"

#include <QSemaphore>
#include <QSignalSpy>
#include <QtTest>

#include <stdexcept>

using namespace finescope;
using widgets::Failure;
using widgets::Outcome;
using widgets::TaskControl;
using window::AnalysisWorker;

class TestAnalysisWorker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheValueOnTheThreadThatAsked() {
        AnalysisWorker worker;
        QThread* workedOn = nullptr;
        QThread* answeredOn = nullptr;
        int answer = 0;
        worker.request<int>(
            QStringLiteral("key"), this,
            [&workedOn](const TaskControl&) {
                workedOn = QThread::currentThread();
                return 42;
            },
            [&](const Outcome<int>& outcome) {
                answeredOn = QThread::currentThread();
                answer = std::get<int>(outcome);
            });
        QTRY_COMPARE(answer, 42);
        QCOMPARE(answeredOn, QThread::currentThread());
        QVERIFY(workedOn != QThread::currentThread());
    }

    void errorsBecomeValues() {
        AnalysisWorker worker;
        std::vector<Failure> failures;
        const auto keep = [&failures](const Outcome<int>& outcome) {
            failures.push_back(std::get<Failure>(outcome));
        };
        worker.request<int>(
            QStringLiteral("a"), this,
            [](const TaskControl&) -> int { throw Error(ErrorKind::badFile, "x.h5: it is not a run file"); },
            keep);
        worker.request<int>(
            QStringLiteral("b"), this,
            [](const TaskControl&) -> int { throw std::runtime_error("no such bin"); }, keep);
        worker.request<int>(
            QStringLiteral("c"), this, [](const TaskControl&) -> int { throw std::bad_alloc(); }, keep);
        QTRY_COMPARE(failures.size(), std::size_t{3});
        QCOMPARE(failures[0].kind, ErrorKind::badFile);
        QCOMPARE(failures[0].message, QStringLiteral("x.h5: it is not a run file"));
        QCOMPARE(failures[1].kind, ErrorKind::internal);
        QVERIFY2(failures[1].message.contains(QStringLiteral("no such bin")),
                 qPrintable(failures[1].message));
        QVERIFY2(failures[1].message.contains(QStringLiteral("please report")),
                 qPrintable(failures[1].message));
        QCOMPARE(failures[2].kind, ErrorKind::internal);
        QVERIFY2(failures[2].message.startsWith(QStringLiteral("not enough memory")),
                 qPrintable(failures[2].message));
        QVERIFY(!failures[2].message.contains(QStringLiteral("report")));
    }

    void newestRequestReplacesAWaitingAndCancelsARunningOne() {
        AnalysisWorker worker;
        QSemaphore started, go;
        bool sawCancel = false;
        QStringList worked, done;
        const auto note = [&done](const QString& name) {
            return [&done, name](const Outcome<int>&) { done.append(name); };
        };
        worker.request<int>(
            QStringLiteral("key"), this,
            [&](const TaskControl& control) {
                started.release();
                go.acquire();
                sawCancel = control.cancelled();
                return 1;
            },
            note(QStringLiteral("running")));
        started.acquire();
        worker.request<int>(
            QStringLiteral("key"), this,
            [&worked](const TaskControl&) {
                worked.append(QStringLiteral("waiting"));
                return 2;
            },
            note(QStringLiteral("waiting")));
        worker.request<int>(
            QStringLiteral("key"), this, [](const TaskControl&) { return 3; },
            note(QStringLiteral("newest")));
        go.release();
        QTRY_VERIFY(!done.isEmpty());
        QCOMPARE(done, QStringList{QStringLiteral("newest")});
        QVERIFY(worked.isEmpty());
        QVERIFY(sawCancel);
    }

    void aRunningBootstrapStopsForTheNextQuestion() {
        AnalysisWorker worker;
        QSemaphore started;
        std::optional<ErrorKind> ended;
        int answer = 0;
        worker.request<int>(
            QStringLiteral("key"), this,
            [&](const TaskControl& control) {
                analysis::Forecasts forecasts; // minutes of draws
                forecasts.confidence.assign(100000, 0.7);
                forecasts.right.assign(100000, 1);
                started.release();
                try {
                    static_cast<void>(analysis::bootstrapBand(
                        forecasts, analysis::ConfidenceBins(15),
                        {.replicates = 100000, .hooks = {.onProgress = {}, .cancelled = [&control] {
                                                             return control.cancelled();
                                                         }}}));
                } catch (const Error& error) {
                    ended = error.kind();
                    throw;
                }
                return 1;
            },
            [&answer](const Outcome<int>&) { answer = 1; });
        started.acquire();
        worker.request<int>(
            QStringLiteral("key"), this, [](const TaskControl&) { return 2; },
            [&answer](const Outcome<int>& outcome) { answer = std::get<int>(outcome); });
        QTRY_COMPARE(answer, 2);
        QCOMPARE(ended, std::optional(ErrorKind::cancelled));
    }

    void whatRunsIsStoppedWithTheWorker() {
        QSemaphore started, stopped;
        {
            AnalysisWorker worker;
            worker.request<int>(
                QStringLiteral("key"), this,
                [&](const TaskControl& control) {
                    const std::stop_callback tell(control.stop(), [&stopped] { stopped.release(); });
                    started.release();
                    stopped.acquire();
                    return 1;
                },
                [](const Outcome<int>&) {});
            started.acquire();
        }
        QVERIFY(true); // the destructor came back
    }

    void nobodyIsToldAfterItsContextDied() {
        AnalysisWorker worker;
        bool told = false, after = false;
        auto context = std::make_unique<QObject>();
        QSemaphore go;
        worker.request<int>(
            QStringLiteral("a"), context.get(),
            [&go](const TaskControl&) {
                go.acquire();
                return 1;
            },
            [&told](const Outcome<int>&) { told = true; });
        context.reset();
        go.release();
        worker.request<int>(
            QStringLiteral("b"), this, [](const TaskControl&) { return 1; },
            [&after](const Outcome<int>&) { after = true; });
        QTRY_VERIFY(after);
        QVERIFY(!told);
    }

    void progressArrivesWhileItRuns() {
        AnalysisWorker worker;
        QSignalSpy progressed(&worker, &AnalysisWorker::progressed);
        QSemaphore go;
        worker.request<int>(
            QStringLiteral("key"), this,
            [&go](const TaskControl& control) {
                control.progress(0.5);
                go.acquire();
                return 1;
            },
            [](const Outcome<int>&) {});
        QTRY_COMPARE(progressed.size(), 2); // 0 at the start, 0.5
        QCOMPARE(progressed[1][1].toDouble(), 0.5);
        go.release();
        QTRY_COMPARE(progressed.size(), 3);
        QCOMPARE(progressed[2][1].toDouble(), 1.0);
    }
};

QTEST_GUILESS_MAIN(TestAnalysisWorker)
#include "test_analysis_worker.moc"

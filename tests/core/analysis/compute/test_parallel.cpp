#include "core/analysis/compute/parallel.h"

#include "core/error.h"

#include <QtTest>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace finescope;
using namespace finescope::analysis;

namespace {

constexpr Sharing kBoth[] = {Sharing::whoIsFree, Sharing::fixed};

} // namespace

class TestParallel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTaskRunsOnce() {
        for (const Sharing sharing : kBoth) {
            for (const int threads : {0, 1, 2, 5, 2000}) {
                std::vector<std::atomic<int>> times(1000);
                forEachTask(times.size(), threads, [&](std::size_t, std::size_t task) { ++times[task]; },
                            {.sharing = sharing});
                for (const auto& count : times) {
                    QCOMPARE(count.load(), 1);
                }
            }
            forEachTask(0, 3, [](std::size_t, std::size_t) { QFAIL("there is none"); }, {.sharing = sharing});
        }
    }

    void aTaskThatThrowsEndsAllOfThem() {
        for (const Sharing sharing : kBoth) {
            for (const int threads : {1, 3}) {
                QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                                         forEachTask(100, threads,
                                                     [](std::size_t, std::size_t task) {
                                                         if (task == 7) {
                                                             throw std::runtime_error("seven");
                                                         }
                                                     },
                                                     {.sharing = sharing}));
            }
        }
    }

    void aFixedTaskHasItsWorker() {
        for (const int workers : {1, 2, 3, 7}) {
            std::vector<std::size_t> workerOf(5);
            forEachTask(workerOf.size(), workers,
                        [&](std::size_t worker, std::size_t task) { workerOf[task] = worker; },
                        {.sharing = Sharing::fixed});
            for (std::size_t task = 0; task < workerOf.size(); ++task) {
                QCOMPARE(workerOf[task], task % static_cast<std::size_t>(workers));
            }
        }
    }

    /// Sums kept by worker are the same to the bit, whatever the threads do.
    void sumsByWorkerAreTheSameInEveryRun() {
        const auto sums = [] {
            std::vector<double> ofWorker(3);
            forEachTask(3000, 3,
                        [&](std::size_t worker, std::size_t task) {
                            ofWorker[worker] += 1.0 / (1.0 + static_cast<double>(task));
                        },
                        {.sharing = Sharing::fixed});
            return ofWorker;
        };
        const std::vector<double> first = sums();
        for (int turn = 0; turn < 20; ++turn) {
            QVERIFY(sums() == first);
        }
    }

    void noTwoThreadsShareAWorker() {
        std::mutex mutex;
        std::vector<std::set<std::thread::id>> threadsOf(4);
        forEachTask(1000, 4, [&](std::size_t worker, std::size_t) {
            const std::lock_guard guard(mutex);
            threadsOf[worker].insert(std::this_thread::get_id());
        });
        for (const auto& threads : threadsOf) {
            QVERIFY(threads.size() <= 1);
        }
    }

    /// Each thread is made ready before its first task, the caller's too, and only once.
    void everyThreadBeginsWithTheHook() {
        thread_local int ready = 0;
        ready = 0;
        std::atomic<int> unready = 0, started = 0;
        forEachTask(100, 3, [&](std::size_t, std::size_t) { unready += ready == 1 ? 0 : 1; },
                    {.sharing = Sharing::fixed, .atStart = [&] {
                         ++ready;
                         ++started;
                     }});
        QCOMPARE(unready.load(), 0);
        QCOMPARE(started.load(), 3);
    }

    void whatIsStoppedIsCancelled() {
        for (const Sharing sharing : kBoth) {
            std::stop_source stop;
            std::atomic<int> done = 0;
            try {
                forEachTask(1000, 2,
                            [&](std::size_t, std::size_t) {
                                ++done;
                                stop.request_stop();
                            },
                            {.sharing = sharing, .stop = stop.get_token()});
                QFAIL("it was stopped");
            } catch (const Error& error) {
                QCOMPARE(error.kind(), ErrorKind::cancelled);
            }
            QVERIFY(done <= 2); // one of each thread
        }
    }
};

QTEST_APPLESS_MAIN(TestParallel)
#include "test_parallel.moc"

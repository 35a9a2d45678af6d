#include "core/error.h"
#include "tests/core/figure/memory_run.h"
#include "tests/widgets/page/background_by_hand.h"
#include "widgets/page/common/run_results.h"

#include <QtTest>

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>

using namespace finescope;
using widgets::ResultCache;
using widgets::RunResults;

/// What was computed is kept, up to a limit, and computed once.
class TestRunResults : public QObject {
    Q_OBJECT

    using Runs = std::vector<record::Run>;
    using Results = RunResults<std::string>;

    std::map<std::string, int> m_computed; ///< how often, by run

    static record::Run named(const char* name) {
        record::Run run = tests::emptyRun("ft");
        run.runId = name;
        run.file = std::string("/runs/") + name;
        return run;
    }

    Results::Question question(const char* what = "answer") {
        return {[what](const record::Run& run) { return QString::fromStdString(what + run.runId); },
                [this, what](const record::Run& run, const analysis::WorkHooks&, figure::Problems* problems) {
                    ++m_computed[run.runId];
                    if (run.runId == "bad") {
                        throw Error(ErrorKind::badFile, "no row is usable");
                    }
                    if (run.runId == "worst") {
                        throw std::runtime_error("out of memory");
                    }
                    if (run.runId == "half") {
                        problems->add(run, "one split is missing");
                    }
                    return std::string(what) + " of " + run.runId;
                }};
    }

    /// What it says.
    static widgets::RunResults<std::string>::Done into(QStringList& said) {
        return [&said](const std::optional<widgets::Failure>& failure) {
            said.append(failure ? failure->message : QString());
        };
    }

private Q_SLOTS:
    void init() { m_computed.clear(); }

    void theLeastRecentlyUsedGo() {
        ResultCache<int> cache(2);
        for (const int value : {1, 2, 3, 4}) {
            cache.show({QString::number(value)});
            cache.insert(QString::number(value), value);
        }
        QVERIFY(!cache.find("1"));
        QCOMPARE(*cache.find("2"), 2);
        QCOMPARE(*cache.find("3"), 3);
        QCOMPARE(*cache.find("4"), 4); // shown
        cache.show({"2"});             // used again
        cache.show({"5"});
        QVERIFY(!cache.find("3"));
        QVERIFY(cache.find("2") && cache.find("4"));
    }

    void whatIsShownStaysHoweverMuchItIs() {
        ResultCache<int> cache(0);
        QSet<QString> all;
        for (int value = 0; value < 100; ++value) {
            all.insert(QString::number(value));
        }
        cache.show(all);
        for (const QString& key : all) {
            cache.insert(key, 1);
        }
        for (const QString& key : all) {
            QVERIFY(cache.find(key));
        }
        cache.show({"7", "new"});
        QVERIFY(cache.find("7"));
        QVERIFY(!cache.find("8"));
        cache.insert("new", 2);
        QVERIFY(cache.find("new") && cache.find("7"));
    }

    void aRunIsComputedOnce() {
        tests::BackgroundByHand background;
        Results results(background, QStringLiteral("name"), 0, question());
        const Runs both{named("a"), named("b")};
        QStringList said;
        QVERIFY(!results.complete(both));
        results.complete({both[0]}, this, into(said));
        QVERIFY(!results.find(both[0]));
        background.next();
        QCOMPARE(said, QStringList{QString()});
        QCOMPARE(*results.find(both[0]), std::string("answer of a"));
        results.complete(both, this, into(said));
        QVERIFY(results.find(both[0])); // it is still shown
        background.next();
        QVERIFY(results.complete(both));
        QVERIFY((m_computed == std::map<std::string, int>{{"a", 1}, {"b", 1}}));
        results.complete(both, this, into(said)); // at once
        QCOMPARE(said.size(), 3);
        QVERIFY(background.waiting.empty());
    }

    void aRunThatIsNotShownGivesItsMemoryBack() {
        tests::BackgroundByHand background;
        Results none(background, QStringLiteral("none"), 0, question()),
            one(background, QStringLiteral("one"), 1, question());
        const record::Run a = named("a"), b = named("b"), c = named("c");
        QStringList said;
        for (const record::Run& run : {a, b, c}) {
            none.complete({run}, this, into(said));
            background.next();
            one.complete({run}, this, into(said));
            background.next();
        }
        QVERIFY(!none.find(a) && !none.find(b) && none.find(c));
        QVERIFY(!one.find(a) && one.find(b) && one.find(c));
        none.complete({}, this, into(said));
        QVERIFY(!none.find(c));
    }

    void whatFailsIsSaidOnceUntilTheRunChanges() {
        tests::BackgroundByHand background;
        Results results(background, QStringLiteral("name"), 0, question());
        const Runs runs{named("bad"), named("half"), named("good")};
        QStringList said;
        results.complete(runs, this, into(said));
        background.next();
        QCOMPARE(said.last(),
                 QStringLiteral("/runs/bad: no row is usable\n/runs/half: one split is missing"));
        QVERIFY(!results.find(runs[0]));
        QCOMPARE(results.failure(runs[0]), QStringLiteral("no row is usable"));
        QVERIFY(results.find(runs[1]) && results.failure(runs[1]).isEmpty());
        QVERIFY(results.complete(runs));
        results.complete(runs, this, into(said));
        QCOMPARE(said.last(), QString());
        QCOMPARE(m_computed["bad"], 1);
        results.ask(question("other")); // another key
        QVERIFY(!results.complete(runs));
    }

    void whatEndsTheRequestIsTriedAgain() {
        tests::BackgroundByHand background;
        Results results(background, QStringLiteral("name"), 0, question());
        const Runs runs{named("good"), named("worst")};
        QStringList said;
        results.complete(runs, this, into(said));
        background.next();
        QCOMPARE(said, QStringList{QStringLiteral("out of memory")});
        QVERIFY(!results.complete(runs));
    }

    void answersToOtherQuestionsAreKept() {
        tests::BackgroundByHand background;
        Results results(background, QStringLiteral("name"), 1);
        const record::Run run = named("a");
        QStringList said;
        QVERIFY(!results.find(run)); // nothing was asked
        for (const char* what : {"first", "second", "first"}) {
            results.ask(question(what));
            results.complete({run}, this, into(said));
            if (!background.waiting.empty()) {
                background.next();
            }
            QCOMPARE(*results.find(run), std::string(what) + " of a");
        }
        QCOMPARE(m_computed["a"], 2);
    }

    void aNewerRequestReplacesAndCancelDrops() {
        tests::BackgroundByHand background;
        Results results(background, QStringLiteral("name"), 0, question());
        QStringList first, second;
        results.complete({named("a")}, this, into(first));
        results.complete({named("b")}, this, into(second));
        QCOMPARE(background.waiting.size(), std::size_t{1});
        background.next();
        QVERIFY(first.isEmpty());
        QCOMPARE(second.size(), 1);
        results.complete({named("c")}, this, into(second));
        results.cancel();
        QVERIFY(background.waiting.empty());
        QVERIFY(results.find(named("b"))); // what is shown stays
    }

    void theFractionFollowsTheWork() {
        tests::BackgroundByHand background;
        const auto fraction = std::make_shared<std::atomic<double>>(0);
        std::vector<double> seen;
        Results results(background, QStringLiteral("name"), 0,
                        {[](const record::Run& run) { return QString::fromStdString(run.runId); },
                         [&](const record::Run&, const analysis::WorkHooks& hooks, figure::Problems*) {
                             hooks.onProgress(0.5);
                             seen.push_back(*fraction);
                             return std::string();
                         }});
        QStringList said;
        results.complete({named("a"), named("b")}, this, into(said), fraction);
        background.next();
        QCOMPARE(seen, (std::vector{0.25, 0.75}));
        QCOMPARE(fraction->load(), 1.0);
    }

    void entriesKnowTheirRun() {
        struct Entry {
            std::size_t run = 0;
            std::string of;
        };
        tests::BackgroundByHand background;
        widgets::RunEntries<Entry> results(
            background, QStringLiteral("name"), 0,
            {[](const record::Run& run) { return QString::fromStdString(run.runId); },
             [](const record::Run& run, const analysis::WorkHooks&, figure::Problems*) {
                 return std::vector<Entry>{{0, run.runId + "1"}, {0, run.runId + "2"}};
             }});
        const Runs runs{named("a"), named("b")}, turned{runs[1], runs[0], named("c")};
        QStringList said;
        results.complete(runs, this, into(said));
        background.next();
        const std::vector<Entry> entries = entriesOf(results, turned);
        QCOMPARE(entries.size(), std::size_t{4}); // c is not known
        QCOMPARE(entries[0].of, std::string("b1"));
        QCOMPARE(entries[0].run, std::size_t{0});
        QCOMPARE(entries[3].of, std::string("a2"));
        QCOMPARE(entries[3].run, std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestRunResults)
#include "test_run_results.moc"

#include "core/figure/label/run_style.h"
#include "core/figure/training/training_figures.h"
#include "tests/core/figure/memory_run.h"

#include <QtTest>

#include <filesystem>
#include <set>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

/// What runs are called, and which of them are seeds of one thing.
class TestRunStyle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTellRunsApart();
    void importedRunsAreNamedByTheirFileAndNeverGrouped();
    void scaledClassifiersAreNamedAndGroupedApart();
};

void TestRunStyle::namesTellRunsApart() {
    std::vector runs{emptyRun("ft", 2), emptyRun("ft", 1), emptyRun("lora", 1)};
    const auto names = [](const std::vector<RunLabel>& labels) {
        std::vector<std::string> all;
        for (const RunLabel& label : labels) {
            all.push_back(label.name);
        }
        return all;
    };
    const auto labels = labelRuns(runs);
    QCOMPARE(names(labels), (std::vector<std::string>{"FT, seed 2", "FT, seed 1", "LoRA"}));
    QCOMPARE(labels[0].style.shade, 1);
    QCOMPARE(labels[1].style.shade, 0);
    QCOMPARE(labels[1].style.shades, 2);
    runs.push_back(emptyRun("ft", 1));
    const auto repeated = names(labelRuns(runs));
    QCOMPARE(std::set<std::string>(repeated.begin(), repeated.end()).size(), runs.size());
    runs.back().task = "cb";
    QCOMPARE(names(labelRuns(runs)).back(), std::string("FT, cb"));
    QCOMPARE(groupRuns(runs).size(), std::size_t{3});
}

/// Nothing says that two files hold seeds of one method.
void TestRunStyle::importedRunsAreNamedByTheirFileAndNeverGrouped() {
    const auto import = [](const char* file, const char* method = "imported") {
        record::Run run = emptyRun(method, 0, std::filesystem::path(file).stem().string());
        run.name = run.task;
        run.model.clear();
        run.config = std::string(R"({"imported": {"file": ")") + file + "\"}}";
        return run;
    };
    std::vector runs{import("/a/good.npz"), import("/a/good.csv"),       import("/a/other.csv"),
                     import("/b/good.npz"), import("/a/mine.npz", "ft"), emptyRun("ft", 1, "good")};
    runs[2].name = "a teacher"; // as import --name says
    const std::vector<std::string> expected{"a/good.npz", "good.csv",     "a teacher",
                                            "b/good.npz", "FT, mine.npz", "FT, good"};
    const std::vector<RunLabel> labels = labelRuns(runs);
    for (std::size_t index = 0; index < runs.size(); ++index) {
        QCOMPARE(labels[index].name, expected[index]);
    }
    const std::vector<RunGroup> groups = groupRuns(runs);
    QCOMPARE(groups.size(), runs.size());
    for (const RunGroup& group : groups) {
        QCOMPARE(group.members.size(), std::size_t{1});
        QCOMPARE(group.name, expected[group.members.front()]);
    }
    QCOMPARE(variantsOf(runs).size(), runs.size());
    QCOMPARE(labels[4].style, (Style{.role = "ft", .shade = 1, .shades = 2})); // a method that somebody gave
    std::set<std::string> roles;
    for (const std::size_t index : {0, 1, 2, 3}) {
        roles.insert(labels[index].style.role);
    }
    QCOMPARE(roles, (std::set<std::string>{"imported-1", "imported-2", "imported-3", "imported-4"}));
    QCOMPARE(memberStyle("imported", 7, 8), (Style{.role = "imported-2", .shade = 1, .shades = 2}));
    runs[3] = runs[0]; // one file imported twice
    QCOMPARE(groupRuns(runs).size(), runs.size());
}

/// definitions.md, Norm scaling: runs of different scales are no seeds of one thing.
void TestRunStyle::scaledClassifiersAreNamedAndGroupedApart() {
    std::vector runs{emptyRun("ft", 1), emptyRun("ft", 2), emptyRun("ft", 1), emptyRun("ft", 2)};
    for (record::Run& run : runs) {
        addEpoch(run, tuning(0), 1);
        addEpoch(run, tuning(1), 1);
    }
    setScale(runs[2], 10);
    setScale(runs[3], 0.5);
    QCOMPARE(labelRuns(runs)[2].name, std::string("FT, scale 10"));
    QCOMPARE(labelRuns(runs)[0].name, std::string("FT, seed 1"));
    const auto groups = groupRuns(runs);
    QCOMPARE(groups.size(), std::size_t{3});
    QCOMPARE(groups[0].name, std::string("FT, scale 0.5"));
    QCOMPARE(groups[1].members, (std::vector<std::size_t>{0, 1}));
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    QCOMPARE(figure.panels[0].bands.size(), std::size_t{1}); // over the two seeds that were not scaled
    QCOMPARE(legendOrder(runs), (std::vector<std::size_t>{3, 0, 1, 2}));
}

QTEST_GUILESS_MAIN(TestRunStyle)
#include "test_run_style.moc"

#include "core/error.h"
#include "core/figure/classifier/classifier_figures.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/feature/feature_map.h"
#include "core/figure/label/class_name.h"
#include "memory_run.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

constexpr std::int64_t kMany = 10'000;

/// A classifier of so many rows, recorded twice. Its classes have numbers for names, or `names`.
record::Run runOf(std::int64_t classes, std::vector<std::string> names = {}) {
    record::Run run = emptyRun("ft");
    run.classNames = std::move(names);
    auto parts = std::make_shared<MemoryParts>();
    for (const double epoch : {0.0, 1.0}) {
        MatrixF weight(classes, 2);
        weight.col(0).setLinSpaced(1, 2);
        weight.col(1).setConstant(static_cast<float>(epoch + 1));
        parts->snapshots.push_back({tuning(epoch), weight, VectorF::Zero(classes)});
        run.classifierKeys.push_back(tuning(epoch));
        addEpoch(run, tuning(epoch), weight.norm());
    }
    run.parts = parts;
    return run;
}

std::vector<std::string> numbered(const std::string& stem, std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i) {
        names.push_back(stem + std::to_string(i));
    }
    return names;
}

} // namespace

/// More classes than anybody looks at one by one: linear in their number, or refused.
class TestManyClasses : public QObject {
    Q_OBJECT

    QElapsedTimer m_timer;

private Q_SLOTS:
    void init() { m_timer.start(); }
    void cleanup() { QVERIFY2(m_timer.elapsed() < 10'000, qPrintable(QString::number(m_timer.elapsed()))); }

    void namesAreToldApart() {
        const std::vector<std::string> same(300'000, "x");
        const std::vector<std::string> names = classNames(same, 300'000);
        QCOMPARE(names[0], std::string("x"));
        QCOMPARE(names[299'999], std::string("x (299999)"));
    }

    void normsAndRowsOfAll() {
        const std::vector<record::Run> runs{runOf(kMany), runOf(kMany, numbered("name ", kMany))};
        const auto entries = classifierEntries(runs);
        QCOMPARE(classesOf(std::span(entries)).size(), std::size_t(2 * kMany));
        const Figure norms = classNormsFigure(runs, entries);
        QCOMPARE(norms.panels.front().header, std::string("mean over 20000 classes"));
        QCOMPARE(norms.panels.front().curves.front().y.size(), std::size_t(2));
        QVERIFY(!classifierRowsFigure(runs, entries, {}).panels.empty());
        QCOMPARE(classifierRowsTable(runs, entries, {}).rows.size(), std::size_t(2 * kMany + 1));
    }

    /// C^2 of them: 800 MB for each snapshot.
    void anglesAreLeftOutAndThatIsSaid() {
        const std::vector<record::Run> runs{runOf(kMany)};
        const auto entries = classifierEntries(runs);
        QVERIFY(entries.front().angles.empty());
        const Figure figure = classAnglesFigure(runs, entries);
        QVERIFY2(figure.panels.front().emptyText.starts_with("Left out: the angles of 1 of 1 runs"),
                 figure.panels.front().emptyText.c_str());
        QCOMPARE(figure.cautions.size(), std::size_t(1));
        // Nothing of a small one is lost beside it.
        const std::vector<record::Run> both{runOf(kMany), runOf(3, {"a", "b", "c"})};
        const Figure some = classAnglesFigure(both, classifierEntries(both));
        QCOMPARE(some.panels.size(), std::size_t(3));
        QVERIFY(some.panels.front().emptyText.empty());
        QCOMPARE(some.cautions.size(), std::size_t(1));
    }

    void anglesOfAThousandClassesAreDrawn() {
        const std::vector<record::Run> runs{runOf(1000)};
        const Figure figure = classAnglesFigure(runs, classifierEntries(runs));
        QCOMPARE(figure.panels.front().header, std::string("mean over 499500 pairs of classes"));
        QVERIFY(figure.cautions.empty());
    }

    void tooManyPairsTogetherAreRefused() {
        const std::vector<record::Run> runs{runOf(900, numbered("a", 900)), runOf(900, numbered("b", 900))};
        const auto entries = classifierEntries(runs);
        try {
            (void)classAnglesFigure(runs, entries);
            QFAIL("drawn");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find("500000 pairs") != std::string::npos, error.what());
        }
        QCOMPARE(classAnglesFigure(runs, entries, {.classes = {"a1", "a5", "b3"}}).panels.size(),
                 std::size_t(1));
    }

    void mapOfManyClasses() {
        FeatureMap map;
        map.classNames = numbered("c", kMany);
        constexpr std::int64_t rows = 100'000;
        map.samples = MatrixD::Random(rows, 2);
        for (std::int64_t row = 0; row < rows; ++row) {
            map.labels.push_back(row % kMany);
        }
        const Figure figure = featureMapFigure(std::span(&map, 1), {});
        QCOMPARE(figure.panels.front().scatters.size(), std::size_t(kMany));
        QCOMPARE(figure.panels.front().scatters[7].x.size(), std::size_t(10));
    }
};

QTEST_GUILESS_MAIN(TestManyClasses)
#include "test_many_classes.moc"

#include "core/figure/training/training_figures.h"
#include "tests/core/figure/memory_run.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace finescope;
using namespace finescope::figure;
using namespace finescope::tests;

namespace {

/// Two iterations of probing, the start of fine-tuning and two epochs of it.
record::Run lossRun(double lossAtStart, std::int64_t seed = 1) {
    record::Run run = emptyRun("lp-ft", seed);
    run.steps.series = {{"train_loss", {}}, {"validation_accuracy", {}}};
    const auto step = [&](std::int64_t at, record::EpochKey key, double loss, double accuracy) {
        run.steps.step.push_back(at);
        run.steps.keys.push_back(key);
        run.steps.series[0].values.push_back(loss);
        run.steps.series[1].values.push_back(accuracy);
    };
    step(1, probing(0), .7, .5);
    step(2, probing(0), .4, .8);
    step(1, tuning(.5), 5.9, std::nan(""));
    step(2, tuning(1), 5.5, std::nan(""));
    run.epochs.keys = {tuning(0), tuning(1), tuning(2)};
    run.epochs.series = {{"train_loss", {lossAtStart, 5.7, 5.1}}, {"validation_accuracy", {.8, .8, .9}}};
    return run;
}

/// Whether a NaN interrupts the line between two of its neighbouring points.
bool interrupted(const Line& line, double before, double after) {
    const auto first = static_cast<std::size_t>(std::ranges::find(line.y, before) - line.y.begin());
    const auto second = static_cast<std::size_t>(std::ranges::find(line.y, after) - line.y.begin());
    return second < line.y.size() && first + 2 == second && std::isnan(line.y[first + 1]);
}

using Values = std::vector<double>;

} // namespace

/// Where lines are not joined: at what is not finite, and between what was not measured alike.
class TestInterruptedCurves : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsThatAreNotFiniteAreMarked_data();
    void rowsThatAreNotFiniteAreMarked();
    void whatWasNeverRecordedIsNoNaN_data();
    void whatWasNeverRecordedIsNoNaN();
    void aDivergedSeedEndsItsMeanAndSaysSo();
    void lossesWithAndWithoutDropoutAreNotJoined();
    void noLineCrossesNaN();
    void meansAreNotJoinedEither();
    void accuracyIsJoined();
};

void TestInterruptedCurves::rowsThatAreNotFiniteAreMarked_data() {
    QTest::addColumn<QList<double>>("losses"); ///< of steps 10, 20, ...
    QTest::addColumn<QString>("said");
    QTest::addColumn<QList<double>>("marks"); ///< x of them
    const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
    QTest::newRow("to the end") << QList<double>{3, 2, nan, nan} << "first NaN at step 30, 2 of 4 rows"
                                << QList<double>{30};
    QTest::newRow("from the first") << QList<double>{nan, nan, nan} << "first NaN at step 10, 3 of 3 rows"
                                    << QList<double>{};
    QTest::newRow("once") << QList<double>{3, nan, 2, 1} << "first NaN at step 20, 1 of 4 rows"
                          << QList<double>{20};
    QTest::newRow("infinity") << QList<double>{3, infinity, nan, 1}
                              << "first infinity at step 20, 2 of 4 rows" << QList<double>{20};
    QTest::newRow("minus infinity") << QList<double>{3, 2, -infinity}
                                    << "first infinity at step 30, 1 of 3 rows" << QList<double>{30};
    QTest::newRow("twice") << QList<double>{3, nan, 2, nan, 1} << "first NaN at step 20, 2 of 5 rows"
                           << QList<double>{20, 40};
    QTest::newRow("at the start") << QList<double>{nan, 3, 2} << "first NaN at step 10, 1 of 3 rows"
                                  << QList<double>{10};
}

void TestInterruptedCurves::rowsThatAreNotFiniteAreMarked() {
    QFETCH(QList<double>, losses);
    QFETCH(QString, said);
    QFETCH(QList<double>, marks);
    record::Run run = emptyRun("ft");
    run.steps.series = {{"train_loss", {}}, {"classifier_weight_norm", {}}};
    for (qsizetype i = 0; i < losses.size(); ++i) {
        run.steps.keys.push_back(tuning(0.1 * static_cast<double>(i + 1)));
        run.steps.step.push_back(10 * (i + 1));
        run.steps.series[0].values.push_back(losses[i]);
        run.steps.series[1].values.push_back(1);
    }
    const std::vector runs{run};
    const Figure figure = trainingFigure(runs, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(std::ranges::any_of(figure.notes, [&](const std::string& note) {
        return QString::fromStdString(note).contains(QStringLiteral("FT")) &&
               QString::fromStdString(note).contains(QStringLiteral("training loss: ") + said);
    }));
    const Panel& panel = figure.panels.front();
    if (marks.empty()) {
        QCOMPARE(panel.y.label,
                 std::string("classifier weight norm")); // of the loss there is nothing to draw
        return;
    }
    QCOMPARE(panel.scatters.size(), std::size_t{1});
    const Scatter& crosses = panel.scatters.front();
    QCOMPARE(crosses.style.role, std::string("not-finite"));
    QCOMPARE(QList<double>(crosses.x.begin(), crosses.x.end()), marks);
    for (const double y : crosses.y) {
        QVERIFY(std::isfinite(y));
    }
    QVERIFY(crosses.note.front().starts_with("first "));
    QVERIFY(figure.panels.back().scatters.empty()); // the norm is finite
    const Figure grouped = trainingFigure(runs, {.curve = {.grouping = Grouping::methods}});
    QVERIFY(std::ranges::any_of(
        grouped.notes, [&](const std::string& note) { return QString::fromStdString(note).contains(said); }));
}

void TestInterruptedCurves::whatWasNeverRecordedIsNoNaN_data() {
    QTest::addColumn<QList<double>>("steps");
    QTest::addColumn<QList<double>>("epochs");
    const double nan = std::nan("");
    QTest::newRow("epoch 0 has no batches") << QList<double>{} << QList<double>{nan, 3, 2, 1};
    QTest::newRow("the other table has the stage")
        << QList<double>{nan, nan, nan} << QList<double>{nan, 3, 2, 1};
    QTest::newRow("now and then") << QList<double>{3, nan, nan, 2, nan, nan, 1, nan, nan, .5, nan}
                                  << QList<double>{};
    QTest::newRow("every second") << QList<double>{nan, 3, nan, 2, nan, 1, nan, .5} << QList<double>{};
}

void TestInterruptedCurves::whatWasNeverRecordedIsNoNaN() {
    QFETCH(QList<double>, steps);
    QFETCH(QList<double>, epochs);
    record::Run run = emptyRun("ft");
    const auto fill = [](record::SeriesTable& table, const QList<double>& values, double perEpoch) {
        table.series = {{"train_loss", {values.begin(), values.end()}}};
        for (qsizetype i = 0; i < values.size(); ++i) {
            table.keys.push_back(tuning(static_cast<double>(i) / perEpoch));
        }
    };
    fill(run.steps, steps, 3);
    fill(run.epochs, epochs, 1);
    for (qsizetype i = 0; i < steps.size(); ++i) {
        run.steps.step.push_back(i);
    }
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        const Figure figure = trainingFigure(std::vector{run}, {.curve = {.xAxis = axis}});
        QVERIFY2(figure.notes.empty(), figure.notes.empty() ? "" : figure.notes.front().c_str());
        QVERIFY(figure.panels.front().scatters.empty());
    }
    if (steps.size() > 4) { // what comes after silence longer than any before is another thing
        run.steps.series[0].values.insert(run.steps.series[0].values.end(), 5, std::nan(""));
        for (int i = 0; i < 5; ++i) {
            run.steps.keys.push_back(run.steps.keys.back());
            run.steps.step.push_back(run.steps.step.back() + 1);
        }
        QVERIFY(!trainingFigure(std::vector{run}).notes.empty());
    }
}

void TestInterruptedCurves::aDivergedSeedEndsItsMeanAndSaysSo() {
    const double nan = std::nan("");
    const std::vector runs{tunedRun(1, {1, 2, 3, 4}), tunedRun(2, {1, 2, nan, nan})};
    const Figure figure = classifierNormFigure(runs, {.curve = {.grouping = Grouping::methods}});
    const Panel& panel = figure.panels.front();
    QCOMPARE(panel.curves.back().x, (Values{0, 1}));
    const auto says = [&](const char* words) {
        return std::ranges::any_of(
            figure.notes, [&](const std::string& note) { return note.find(words) != std::string::npos; });
    };
    QVERIFY(says("first NaN at epoch 2, 2 of 4 rows"));
    QVERIFY(says("FT: the mean ends where seed 2 does"));
}

void TestInterruptedCurves::lossesWithAndWithoutDropoutAreNotJoined() {
    const auto saysWhy = [](const Figure& figure) {
        return std::ranges::any_of(figure.notes, [](const std::string& note) {
            return note.find("dropout") != std::string::npos && note.find("jump") != std::string::npos;
        });
    };
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        const Figure figure = trainingFigure(std::vector{lossRun(std::nan(""))}, {.curve = {.xAxis = axis}});
        QVERIFY(interrupted(figure.panels.front().curves.front(), .4, axis == XAxis::steps ? 5.9 : 5.7));
        QVERIFY(saysWhy(figure));
    }
    // A loss that somebody evaluated at epoch 0 belongs to probing's, not to that of the batches.
    const Figure evaluated = trainingFigure(std::vector{lossRun(.4001)});
    QVERIFY(interrupted(evaluated.panels.front().curves.front(), .4001, 5.7));
    QVERIFY(!interrupted(evaluated.panels.front().curves.front(), .4, .4001));
    const Figure smooth = trainingFigure(std::vector{lossRun(.4001)}, {.curve = {.smoothing = .9}});
    const std::vector<double>& averages = smooth.panels.front().curves.back().y; // the batches begin afresh
    QVERIFY(std::ranges::any_of(averages, [](double value) { return std::abs(value - 5.7) < 1e-12; }));
    record::Run without = lossRun(.4001);
    without.config = R"({"dropout": {"hidden": 0.0, "attention": 0, "classifier": 0.0}})";
    QVERIFY(!saysWhy(trainingFigure(std::vector{without})));
    without.config = R"({"dropout": {"hidden": 0.0, "attention": 0.1, "classifier": 0.0}})";
    QVERIFY(saysWhy(trainingFigure(std::vector{without})));
    record::Run tuned = emptyRun("ft");
    tuned.epochs.keys = {tuning(0), tuning(1)};
    tuned.epochs.series = {{"train_loss", {std::nan(""), .5}}};
    QVERIFY(!saysWhy(trainingFigure(std::vector{tuned})));
}

void TestInterruptedCurves::noLineCrossesNaN() {
    const double nan = std::nan("");
    record::Run run = emptyRun("ft");
    run.steps.series = {{"train_loss", {.9, .8, nan, nan, .3, .2}},
                        {"gradient_norm", {4, nan, 3, nan, 2, nan}}};
    for (std::int64_t step = 1; step <= 6; ++step) {
        run.steps.step.push_back(step);
        run.steps.keys.push_back(tuning(static_cast<double>(step) / 6));
    }
    const Figure figure = trainingFigure(std::vector{run}, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(interrupted(figure.panels.front().curves.front(), .8, .3));
    QVERIFY(!interrupted(figure.panels.front().curves.front(), .9, .8));
    run.steps.series[0].values = {.9, nan, .8, nan, .7, nan, .6, nan}; // recorded at every other step
    run.steps.step.insert(run.steps.step.end(), {7, 8});
    run.steps.keys.insert(run.steps.keys.end(), {tuning(1), tuning(1)});
    run.steps.series.pop_back();
    const Figure sparse = trainingFigure(std::vector{run}, {.curve = {.xAxis = XAxis::steps}});
    QVERIFY(!interrupted(sparse.panels.front().curves.front(), .9, .8));
}

void TestInterruptedCurves::meansAreNotJoinedEither() {
    for (const XAxis axis : {XAxis::steps, XAxis::epochs}) {
        record::Run longer = lossRun(std::nan(""), 2);
        longer.steps.step.insert(longer.steps.step.begin() + 2, 3); // one more iteration of probing
        longer.steps.keys.insert(longer.steps.keys.begin() + 2, probing(0));
        longer.steps.series[0].values.insert(longer.steps.series[0].values.begin() + 2, .4);
        longer.steps.series[1].values.insert(longer.steps.series[1].values.begin() + 2, .8);
        for (const record::Run& other : {lossRun(std::nan(""), 2), longer}) {
            const std::vector runs{lossRun(std::nan("")), other};
            const Figure figure =
                trainingFigure(runs, {.curve = {.xAxis = axis, .grouping = Grouping::methods}});
            const Panel& panel = figure.panels.front();
            QVERIFY(interrupted(panel.curves.back(), .4, axis == XAxis::steps ? 5.9 : 5.7));
            const Band& band = panel.bands.front();
            QCOMPARE(band.x.size(), panel.curves.back().x.size());
            QVERIFY(std::ranges::any_of(band.low, [](double value) { return std::isnan(value); }));
        }
    }
}

void TestInterruptedCurves::accuracyIsJoined() {
    const Figure figure = trainingFigure(std::vector{lossRun(std::nan(""))});
    const auto panel =
        std::ranges::find(figure.panels, "validation accuracy", [](const Panel& of) { return of.y.label; });
    QVERIFY(panel != figure.panels.end());
    for (const double value : panel->curves.front().y) {
        QVERIFY(std::isfinite(value));
    }
}

QTEST_GUILESS_MAIN(TestInterruptedCurves)
#include "test_interrupted_curves.moc"

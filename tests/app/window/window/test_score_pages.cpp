#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "tests/support/near.h"
#include "widgets/page/page.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QTableWidget>

using namespace finescope;
using widgets::PlotView;

/// The pages Accuracy and Norm scaling from the open files to the numbers in their tables.
class TestScorePages : public QObject, tests::WindowFixture {
    Q_OBJECT

    /// What the run recorded of itself in /epochs, at the model that it reports.
    static double recorded(const QString& file, const char* series) {
        const record::Run run = record::readRun(toPath(file));
        return run.epochs.find(series)->values.at(static_cast<std::size_t>(run.progress.selected));
    }

    static double number(const QTableWidget& table, int row, int column) {
        return table.item(row, column)->data(Qt::UserRole).toDouble();
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void accuracyIsThatOfTheFiles() {
        const QString first = makeRun("ft-1.h5", "ft"), second = makeRun("ft-2.h5", "ft", 2);
        openAll({first, second, makeRun("lp.h5", "lp")});
        showPage("Accuracy");
        auto* table = find<QTableWidget>("accuracyNumbers");
        QTRY_COMPARE(table->rowCount(), 3);    // validation, test, shifted
        QTRY_COMPARE(table->columnCount(), 4); // runs come one by one: both methods, then both seeds
        QCOMPARE(table->horizontalHeaderItem(3)->text(), QStringLiteral("FT"));
        QCOMPARE(table->item(1, 1)->text(), QStringLiteral("test"));
        QCOMPARE(table->item(2, 1)->text(), QStringLiteral("shifted (OOD)"));
        const double mean = 50 * (recorded(first, "test_accuracy") + recorded(second, "test_accuracy"));
        QTRY_VERIFY(std::abs(number(*table, 1, 3) - mean) < 1e-9);
        auto* plot = find<PlotView>("accuracyPlot");
        QCOMPARE(plot->figure().panels.front().x.categories.size(), std::size_t{3});
        QVERIFY(plot->figure().panels.front().curves.front().name == "95 % t interval");

        pick("accuracySplit", "test");
        QCOMPARE(table->rowCount(), 1);
        QCOMPARE(plot->figure().panels.front().x.categories, std::vector<std::string>{"test"});
        pick("accuracySpread", "standard deviation");
        QCOMPARE(plot->figure().panels.front().curves.front().name, std::string("standard deviation"));
        const auto exported = find<widgets::Page>("accuracyPage")->exportedFigure();
        QCOMPARE(exported->request.splits, std::vector<std::string>{"test"});
        QVERIFY(exported->request.spread == analysis::Spread::standardDeviation);
        table->findChild<QAction*>(QStringLiteral("copyLatex"))->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\\toprule")));
    }

    void aRunThatGrowsIsScoredAnew() {
        tests::TinyRunWriter writer(toPath(path("live.h5")), {.method = "ft"});
        QVERIFY(writer.writeNext());
        m_window->open({path("live.h5")});
        showPage("Accuracy");
        auto* table = find<QTableWidget>("accuracyNumbers");
        QTRY_COMPARE(table->rowCount(), 3);
        const double before = number(*table, 1, 2);
        while (writer.writeNext()) {
        }
        writer.finish();
        const double after = 100 * recorded(path("live.h5"), "test_accuracy");
        QVERIFY(after > before);
        QTRY_VERIFY(std::abs(number(*table, 1, 2) - after) < 1e-9);
    }

    void aCollapsedRunIsFlagged() {
        openAll({makeRun("lora.h5", {.method = "lora", .collapsed = true}), makeRun("ft.h5", "ft")});
        showPage("Accuracy");
        auto* table = find<QTableWidget>("accuracyNumbers");
        QTRY_COMPARE(table->columnCount(), 4);
        QVERIFY(table->item(1, 3)->text().endsWith(QStringLiteral("\u2020")));
        QVERIFY(!table->item(1, 2)->text().endsWith(QStringLiteral("\u2020")));
        QVERIFY(table->toolTip().contains(QStringLiteral("LoRA on test (class 0)")));
    }

    void normScalingSaysWhatItNeeds() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        showPage("Norm scaling");
        auto* missing = find<QLabel>("normScalingMissing");
        QTRY_VERIFY(missing->text().contains(QStringLiteral("--classifier-scale"))); // once FT is read, too
        QVERIFY(missing->isVisible());
        QVERIFY(!find<PlotView>("normScalingPlot")->isVisible());
        QVERIFY(!find<widgets::Page>("normScalingPage")->exportedFigure());
        m_window->open({makeRun("ft-10.h5", {.method = "ft", .classifierScale = 10})});
        QTRY_VERIFY(find<PlotView>("normScalingPlot")->isVisible());
        QVERIFY(!missing->isVisible());
    }

    void normScalingIsThatOfTheFiles() {
        QStringList files;
        for (const double scale : {0.5, 1.0, 10.0}) {
            for (const int seed : {1, 2}) {
                files << makeRun(QStringLiteral("ft-%1-%2.h5").arg(scale).arg(seed).toLatin1().constData(),
                                 {.method = "ft", .seed = seed, .classifierScale = scale});
            }
        }
        openAll(files);
        showPage("Norm scaling");
        auto* table = find<QTableWidget>("normScalingNumbers");
        QTRY_COMPARE(table->rowCount(), 3);
        QCOMPARE(table->item(2, 2)->text(), QStringLiteral("10"));
        const record::Run run = record::readRun(toPath(files.last()));
        QVERIFY_NEAR(number(*table, 2, 3), run.epochs.find("classifier_weight_norm")->values.front(), 1e-6);
        // Runs come one by one: the three scales are there before both seeds of each are.
        const double mean =
            (recorded(files[4], "feature_difference") + recorded(files[5], "feature_difference")) / 2;
        QTRY_VERIFY(std::abs(number(*table, 2, 4) - mean) < 1e-5);
        auto* plot = find<PlotView>("normScalingPlot");
        QCOMPARE(plot->figure().panels.size(), std::size_t{2}); // test and shifted
        QVERIFY(plot->figure().panels.front().x.scale == figure::Scale::logarithmic);
        find<QCheckBox>("normScalingLogX")->click();
        find<QCheckBox>("normScalingLogY")->click();
        QVERIFY(plot->figure().panels.front().x.scale == figure::Scale::linear);
        QVERIFY(plot->figure().panels.front().y.scale == figure::Scale::logarithmic);
        pick("normScalingSplit", "shifted");
        QCOMPARE(plot->figure().panels.size(), std::size_t{1});
        const auto exported = find<widgets::Page>("normScalingPage")->exportedFigure();
        QVERIFY(exported->request.linearValues && exported->request.logY);
        QCOMPARE(exported->request.splits.size(), std::size_t{1});
    }
};

QTEST_MAIN(TestScorePages)
#include "test_score_pages.moc"

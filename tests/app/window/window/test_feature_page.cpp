#include "tests/app/window/window_fixture.h"
#include "widgets/page/common/work_progress.h"
#include "widgets/page/page.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSet>
#include <QSignalSpy>
#include <QTableWidget>

using namespace finescope;
using widgets::PlotView;

/// The views of the page Features from the open files to what is exported.
class TestFeaturePage : public QObject, tests::WindowFixture {
    Q_OBJECT

    [[nodiscard]] figure::FigureRequest exported() {
        return find<widgets::Page>("featurePage")->exportedFigure().value().request;
    }

private Q_SLOTS:
    void init() {
        setUp();
        openAll({makeRun("ft.h5", "ft"), makeRun("lp-ft.h5", "lp-ft")});
        showPage("Features");
        QTRY_COMPARE(find<PlotView>("featurePlot")->figure().panels.size(), std::size_t{4});
    }
    void cleanup() { tearDown(); }

    void aMapOfEachRunIsThereAtOnce() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Map");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-map"));
        QTRY_COMPARE(plot->figure().panels.size(), std::size_t{2});
        QCOMPARE(plot->figure().panels[0].header, std::string("FT"));
        QVERIFY(plot->figure().panels[0].x.label.starts_with("component 1"));
        find<QCheckBox>("featureBeforeAfter")->click();
        QTRY_COMPARE(plot->figure().panels.size(), std::size_t{4});
        const figure::FigureRequest request = exported();
        QCOMPARE(request.kind, std::string("feature-map"));
        QCOMPARE(request.splits, std::vector<std::string>{"test"});
        QVERIFY(request.beforeAfter);
    }

    void tsneComesWhenItIsAskedFor() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Map");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-map"));
        QVERIFY(!find<QPushButton>("featureCompute")->isVisible());
        pick("featureProjection", "t-SNE");
        QTRY_VERIFY_WITH_TIMEOUT(plot->figure().panels.front().x.label == "t-SNE 1", 60000);
        QVERIFY(!find<QPushButton>("featureCancel")->isVisible());
        QVERIFY(exported().projection == figure::Projection::tsne);
    }

    void otherRunsDoNotStartTsne() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Map");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-map"));
        pick("featureProjection", "t-SNE");
        QTRY_VERIFY_WITH_TIMEOUT(plot->figure().panels.front().x.label == "t-SNE 1", 60000);
        m_window->open({makeRun("lora.h5", "lora")});
        auto* compute = find<QPushButton>("featureCompute");
        QTRY_VERIFY(compute->isVisible());
        QTRY_VERIFY(!plot->figure().panels.front().emptyText.empty());
        QVERIFY(!find<widgets::Page>("featurePage")->exportedFigure());
        QVERIFY(!find<widgets::WorkProgress>("featureWork")->running());
        compute->click();
        QTRY_COMPARE_WITH_TIMEOUT(plot->figure().panels.size(), std::size_t{3}, 60000);
        QVERIFY(!compute->isVisible());
        QVERIFY(exported().projection == figure::Projection::tsne);
    }

    void everyViewHasItsNote() {
        QSet<QString> titles;
        auto* page = find<widgets::Page>("featurePage");
        for (const char* view : {"Methods", "Sample by sample", "Over training", "Map", "Neighbours"}) {
            pick("featureView", view);
            auto* title = page->findChild<QLabel*>(QStringLiteral("noteHeading"));
            QTRY_VERIFY2(!title->text().isEmpty() && !titles.contains(title->text()), view);
            titles.insert(title->text());
        }
    }

    void ratiosSayWhatTheyDependOn() {
        auto* notes = find<QLabel>("featureNotes");
        QTRY_VERIFY(notes->text().contains(QStringLiteral("rank within classes")));
        pick("featureView", "Sample by sample");
        QTRY_VERIFY(notes->isHidden()); // the table's tool tip has them
    }

    void neighboursAreNumbersAndBars() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Neighbours");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-neighbours"));
        auto* table = find<QTableWidget>("featureClasses");
        QTRY_COMPARE(table->rowCount(), 2); // a row per run
        QCOMPARE(exported().kind, std::string("feature-neighbours"));
        QCOMPARE(find<QComboBox>("featureSplit")->itemText(0), QStringLiteral("Test, if recorded"));
    }

    void workTellsTheTimeLeft() {
        widgets::WorkProgress work(QStringLiteral("test"), nullptr);
        QVERIFY(!work.isVisible());
        const auto fraction = work.start();
        *fraction = 0.25;
        QTRY_VERIFY(work.isVisible());
        auto* left = work.findChild<QLabel*>(QStringLiteral("testTimeLeft"));
        QTRY_VERIFY(left->text().contains(QStringLiteral("s left")));
        QCOMPARE(work.findChild<QProgressBar*>(QStringLiteral("testProgress"))->value(), 25);
        QSignalSpy cancelled(&work, &widgets::WorkProgress::cancelRequested);
        work.findChild<QPushButton*>(QStringLiteral("testCancel"))->click();
        QCOMPARE(cancelled.size(), 1);
        work.stop();
        QVERIFY(!work.isVisible());
    }

    void tsneCanBeCancelled() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Map");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-map"));
        pick("featureProjection", "t-SNE");
        find<QPushButton>("featureCancel")->click();
        QCOMPARE(find<QComboBox>("featureProjection")->currentText(), QStringLiteral("Principal components"));
        QVERIFY(!find<QPushButton>("featureCancel")->isVisible());
        QVERIFY(plot->figure().panels.front().x.label.starts_with("component 1"));
    }

    void samplesHaveDistributionsAndClasses() {
        auto* plot = find<PlotView>("featurePlot");
        auto* table = find<QTableWidget>("featureClasses");
        QVERIFY(table->isHidden());
        pick("featureView", "Sample by sample");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-distributions"));
        QTRY_COMPARE(table->rowCount(), 8); // two runs of all and three classes
        QVERIFY(table->item(0, 7)->text().contains(QLatin1Char('[')));
        QCOMPARE(exported().kind, std::string("feature-distributions"));
        pick("featureView", "Over training");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-curves"));
        QVERIFY(table->isHidden());
        QVERIFY(!plot->figure().panels[0].curves.empty());
        pick("featureView", "Methods");
        QTRY_COMPARE(plot->figure().kind, std::string("features"));
    }
};

QTEST_MAIN(TestFeaturePage)
#include "test_feature_page.moc"

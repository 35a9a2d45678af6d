#include "tests/app/window/window_fixture.h"
#include "widgets/page/page.h"
#include "widgets/plot/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QProgressBar>
#include <QPushButton>
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
        m_window->open({makeRun("ft.h5", "ft"), makeRun("lp-ft.h5", "lp-ft")});
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
        QVERIFY(plot->figure().panels[0].x.label.starts_with("first component"));
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
        QVERIFY(find<QProgressBar>("featureProgress")->isHidden());
        pick("featureProjection", "t-SNE");
        QVERIFY(find<QPushButton>("featureCancel")->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(plot->figure().panels.front().x.label == "t-SNE 1", 60000);
        QVERIFY(find<QPushButton>("featureCancel")->isHidden());
        QVERIFY(exported().projection == figure::Projection::tsne);
    }

    void tsneCanBeCancelled() {
        auto* plot = find<PlotView>("featurePlot");
        pick("featureView", "Map");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-map"));
        pick("featureProjection", "t-SNE");
        find<QPushButton>("featureCancel")->click();
        QCOMPARE(find<QComboBox>("featureProjection")->currentText(), QStringLiteral("Principal components"));
        QVERIFY(find<QPushButton>("featureCancel")->isHidden());
        QVERIFY(plot->figure().panels.front().x.label.starts_with("first component"));
    }

    void samplesHaveDistributionsAndClasses() {
        auto* plot = find<PlotView>("featurePlot");
        auto* table = find<QTableWidget>("featureClasses");
        QVERIFY(table->isHidden());
        pick("featureView", "Sample by sample");
        QTRY_COMPARE(plot->figure().kind, std::string("feature-distributions"));
        QTRY_COMPARE(table->rowCount(), 8); // two runs of all and three classes
        QVERIFY(table->item(0, 5)->text().contains(QLatin1Char('[')));
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

#include "core/analysis/calibration/reliability.h"
#include "core/figure/number_text.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/write/write_csv.h"
#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/page/page.h"
#include "widgets/plot/export/figure_recipe.h"
#include "widgets/plot/view/plot_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>

using namespace finescope;

/// What the window exports is what its embedded recipe makes again from the run files.
class TestExportedFigures : public QObject, tests::WindowFixture {
    Q_OBJECT

    /// Exports what the page shows at this width and returns the recipe in the file.
    figure::FigureRequest exported(const QString& file, double widthMm) {
        trigger("actionExportFigure");
        find<QDoubleSpinBox>("exportWidth")->setValue(widthMm);
        find<QDoubleSpinBox>("exportFont")->setValue(7.5);
        auto* formats = find<QComboBox>("exportFormat");
        formats->setCurrentIndex(formats->findData(QFileInfo(file).suffix().toLower()));
        m_prompts.save = file;
        QTest::mouseClick(find<QPushButton>("exportSave"), Qt::LeftButton);
        if (!QTest::qWaitFor(
                [this] { return !m_window->findChild<QDialog*>(QStringLiteral("exportDialog")); })) {
            QTest::qFail("the dialog is still there", __FILE__, __LINE__);
        }
        return figure::requestFromJson(widgets::readRecipe(toPath(file)), file.toStdString());
    }

    /// What the command line does with a recipe: reads the runs and builds.
    static figure::Figure rebuilt(const figure::FigureRequest& request) {
        std::vector<record::Run> runs;
        for (const std::string& file : request.files) {
            runs.push_back(record::readRun(file));
        }
        return figure::buildFigure(request, runs);
    }

    /// Every mark of what the page exports at this width, with all digits.
    std::string shown(const char* page, double widthMm) {
        return figure::csv(find<widgets::Page>(page)->exportedFigure()->figure(widthMm));
    }

    /// The heading of a diagram holds the ECE that core/analysis gives for these logits.
    static void compareHeading(const figure::Figure& figure, const QString& file, std::size_t column,
                               std::optional<record::EpochKey> key, double temperature) {
        const record::Run run = record::readRun(toPath(file));
        const record::SplitInfo& split = *run.splitWithRole("test");
        std::size_t row = *run.reportedLogits(split);
        if (key) {
            row =
                static_cast<std::size_t>(std::ranges::find(split.logitKeys, *key) - split.logitKeys.begin());
        }
        const auto expected =
            analysis::reliability(run.parts->logits(split, row), run.parts->labels(split), temperature);
        const std::string heading = figure.panels.at(column).lines.at(0);
        QVERIFY2(heading.starts_with("ECE " + figure::percent(expected.ece)), heading.c_str());
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void theHeightFollowsTheWidthUntilItIsTyped() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        auto* table = find<QTableWidget>("calibrationNumbers");
        showPage("Calibration");
        QTRY_COMPARE(table->rowCount(), 2);
        trigger("actionExportFigure");
        auto* width = find<QDoubleSpinBox>("exportWidth");
        auto* height = find<QDoubleSpinBox>("exportHeight");
        width->setValue(180);
        const double wide = height->value();
        width->setValue(85);
        QVERIFY(height->value() != wide);
        width->setValue(180);
        QCOMPARE(height->value(), wide);
        height->setValue(77);
        width->setValue(85);
        QCOMPARE(height->value(), 77.0);

        m_prompts.save = path("nowhere/figure.pdf");
        QTest::mouseClick(find<QPushButton>("exportSave"), Qt::LeftButton);
        const auto* bar = find<QDialog>("exportDialog")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QVERIFY(bar->isVisible());
        const QString said = bar->findChild<QLabel*>(QStringLiteral("messageText"))->text();
        QVERIFY2(said.contains(QStringLiteral("nowhere")), qPrintable(said)); // the reason, at once
    }

    void calibrationAtATemperature() {
        const QString ft = makeRun("ft.h5", "ft"), lpFt = makeRun("lp-ft.h5", "lp-ft");
        openAll({ft, lpFt});
        showPage("Calibration");
        QTRY_COMPARE(find<QTableWidget>("calibrationNumbers")->rowCount(), 2);
        find<QDoubleSpinBox>("temperatureSpinBox")->setValue(2);
        for (const char* format : {"svg", "PNG"}) {
            const QString file = path("figure.") + QLatin1String(format);
            const figure::FigureRequest request = exported(file, 82.55);
            QCOMPARE(request.widthMm, 82.55); // ICML's column, not rounded
            QCOMPARE(request.fontPt, 7.5);
            QCOMPARE(request.dpi, 300);
            QVERIFY(request.heightMm.has_value());
            QCOMPARE(request.temperature.value, 2.0);
            const figure::Figure figure = rebuilt(request);
            compareHeading(figure, ft, 0, std::nullopt, 2);
            compareHeading(figure, lpFt, 1, std::nullopt, 2);
            QCOMPARE(figure::csv(figure), shown("calibrationPage", 82.55));
        }
    }

    void calibrationOfAnotherEpoch() {
        const QString file = makeRun("lp-ft.h5", "lp-ft");
        m_window->open({file});
        showPage("Calibration");
        QTRY_COMPARE(find<QTableWidget>("calibrationNumbers")->rowCount(), 1);
        auto* epochs = find<QComboBox>("calibrationEpoch");
        const record::EpochKey key{.epoch = 2, .stage = record::Stage::fineTuning};
        const int row = epochs->findData(QPointF(key.epoch, static_cast<int>(key.stage)));
        QVERIFY(row > 0);
        epochs->setCurrentIndex(row);
        Q_EMIT epochs->activated(row);
        const auto ece = [this] {
            return find<QTableWidget>("calibrationNumbers")
                ->item(0, widgets::DiagramTable::eceColumn)
                ->data(Qt::UserRole)
                .toDouble();
        };
        const record::Run run = record::readRun(toPath(file));
        const record::SplitInfo& split = *run.splitWithRole("test");
        const auto block =
            static_cast<std::size_t>(std::ranges::find(split.logitKeys, key) - split.logitKeys.begin());
        const double expected =
            analysis::reliability(run.parts->logits(split, block), run.parts->labels(split), 1).ece;
        QTRY_VERIFY(std::abs(ece() - expected) < 1e-12);
        const figure::FigureRequest request = exported(path("epoch.svg"), 84);
        QVERIFY(request.epoch == key);
        compareHeading(rebuilt(request), file, 0, key, 1);
        QCOMPARE(figure::csv(rebuilt(request)), shown("calibrationPage", 84));
    }

    void whatIsDrawnOverSeedsAndScales() {
        openAll({makeRun("ft.h5", "ft"), makeRun("ft-2.h5", "ft", 2),
                 makeRun("ft-10.h5", {.method = "ft", .classifierScale = 10})});
        for (const auto& [title, page] :
             {std::pair("Training", "trainingPage"), std::pair("Features", "featurePage"),
              std::pair("Norm scaling", "normScalingPage"), std::pair("Accuracy", "accuracyPage")}) {
            showPage(title);
            QTRY_VERIFY(find<widgets::Page>(page)->exportedFigure()); // most are computed first
            QCOMPARE(figure::csv(rebuilt(exported(path("page.svg"), 139.7))), shown(page, 139.7));
        }
    }

    void everyViewOfTheFeatures() {
        openAll({makeRun("ft.h5", "ft"), makeRun("ft-2.h5", "ft", 2), makeRun("lp-ft.h5", "lp-ft")});
        showPage("Features");
        const auto choose = [this](const char* name, int index) {
            auto* picker = find<QComboBox>(name);
            picker->setCurrentIndex(index);
            Q_EMIT picker->activated(index);
        };
        choose("featureSpread", 1);
        auto* plot = find<widgets::PlotView>("featurePlot");
        const auto same = [&](const char* kind) {
            const figure::FigureRequest request = exported(path("page.svg"), 139.7);
            return request.kind == kind && figure::csv(rebuilt(request)) == shown("featurePage", 139.7);
        };
        const char* kinds[] = {"features", "feature-distributions", "feature-curves", "feature-map",
                               "feature-neighbours"};
        for (int view = 0; view < 5; ++view) {
            choose("featureView", view);
            QTRY_COMPARE(plot->figure().kind, std::string(kinds[view]));
            QTRY_VERIFY(find<widgets::Page>("featurePage")->exportedFigure());
            QVERIFY2(same(kinds[view]), kinds[view]);
        }
        choose("featureView", 3);
        find<QSpinBox>("featureSeed")->setValue(7);
        find<QDoubleSpinBox>("featurePerplexity")->setValue(5);
        choose("featureProjection", 1);
        QTRY_VERIFY_WITH_TIMEOUT(plot->figure().panels.front().x.label == "t-SNE 1", 60000);
        QVERIFY(same("feature-map"));
        find<QCheckBox>("featureTogether")->click();
        QTRY_COMPARE_WITH_TIMEOUT(plot->figure().panels.size(), std::size_t{1}, 60000);
        QVERIFY(same("feature-map"));
    }

    void everyViewOfTheClassifier() {
        openAll({makeRun("ft.h5", "ft"), makeRun("ft-2.h5", "ft", 2), makeRun("lp-ft.h5", "lp-ft")});
        showPage("Classifier");
        const auto choose = [this](const char* name, int index) {
            auto* picker = find<QComboBox>(name);
            picker->setCurrentIndex(index);
            Q_EMIT picker->activated(index);
        };
        choose("classifierGrouping", 1);
        choose("classifierOrigin", 1);
        const char* kinds[] = {"class-norms", "class-angles", "norm-derivative", "classifier-rows"};
        for (int view = 0; view < 4; ++view) {
            choose("classifierView", view);
            QTRY_VERIFY(find<widgets::PlotView>("classifierPlot")->figure().kind == kinds[view]);
            const figure::FigureRequest request = exported(path("page.svg"), 139.7);
            QCOMPARE(request.kind, std::string(kinds[view]));
            QCOMPARE(figure::csv(rebuilt(request)), shown("classifierPage", 139.7));
        }
    }
};

QTEST_MAIN(TestExportedFigures)
#include "test_exported_figures.moc"

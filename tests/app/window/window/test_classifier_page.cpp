#include "core/analysis/classifier/row_norms.h"
#include "core/figure/write/write_csv.h"
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
#include <QToolButton>

using namespace finescope;
using widgets::PlotView;

/// The page Classifier from the open files to what it draws, exports and says of it.
class TestClassifierPage : public QObject, tests::WindowFixture {
    Q_OBJECT

    /// What is drawn now; empty until something is.
    const figure::Figure& figure() { return find<PlotView>("classifierPlot")->figure(); }
    [[nodiscard]] bool shows(const char* kind) { return figure().kind == kind; }
    figure::FigureRequest request() {
        return find<widgets::Page>("classifierPage")->exportedFigure()->request;
    }

    static const figure::Line* lineOf(const figure::Panel& panel, const char* name) {
        const auto found = std::ranges::find(panel.curves, name, &figure::Line::name);
        return found == panel.curves.end() ? nullptr : &*found;
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void normsAreThoseOfTheSnapshots() {
        const QString lpFt = makeRun("lp-ft.h5", "lp-ft");
        openAll({makeRun("ft.h5", "ft"), lpFt});
        showPage("Classifier");
        QTRY_VERIFY(shows("class-norms"));
        QTRY_COMPARE(figure().panels.size(), std::size_t{3});
        const record::Run run = record::readRun(toPath(lpFt));
        const figure::Line* line = lineOf(figure().panels[1], "LP-FT");
        QVERIFY(line);
        QCOMPARE(line->y.size(), run.classifierKeys.size());
        for (std::size_t row = 0; row < run.classifierKeys.size(); ++row) {
            QVERIFY_NEAR(line->y[row], analysis::classifierRowNorms(run.parts->classifier(row).weight)(1),
                         1e-12);
        }
        QVERIFY(figure().panels[0].y.scale == figure::Scale::logarithmic);
        QTest::mouseClick(find<QCheckBox>("classifierLogarithmic"), Qt::LeftButton);
        QTRY_VERIFY(figure().panels[0].y.scale == figure::Scale::linear);
        QVERIFY(request().linearValues);
        pick("classifierClass", "class 2");
        QCOMPARE(figure().panels.size(), std::size_t{1});
        QCOMPARE(figure().panels[0].header, std::string("class 2"));
        QCOMPARE(request().classes, std::vector<std::string>{"class 2"});
        QVERIFY(!find<QTableWidget>("classifierNumbers")->isVisible());
    }

    void anglesOfEachPair() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Classifier");
        pick("classifierView", "Angles");
        QTRY_VERIFY(shows("class-angles"));
        QTRY_COMPARE(figure().panels.size(), std::size_t{3});
        QCOMPARE(figure().panels[0].header, std::string("class 0, class 1"));
        QVERIFY(!find<QCheckBox>("classifierLogarithmic")->isEnabled());
    }

    void theDerivativeIsOfTheSplitThatIsPicked() {
        const QString file = makeRun("lp-ft.h5", "lp-ft");
        m_window->open({file});
        showPage("Classifier");
        QVERIFY(!find<QComboBox>("classifierSplit")->isEnabled());
        pick("classifierView", "Derivative by norm");
        QTRY_VERIFY(shows("norm-derivative") && !figure().panels[0].curves.empty());
        QVERIFY(find<QComboBox>("classifierSplit")->isEnabled());
        QVERIFY(figure().notes.at(0).find("split test, n = 120") != std::string::npos);
        QCOMPARE(find<QComboBox>("classifierSplit")->findText(QStringLiteral("train")), -1); // of few epochs
        pick("classifierSplit", "validation");
        QTRY_VERIFY(figure().notes.at(0).find("split validation") != std::string::npos);
        const record::Run run = record::readRun(toPath(file));
        const record::SplitInfo& split = *run.split("validation");
        const figure::Line* line = lineOf(figure().panels[2], "LP-FT");
        QVERIFY(line);
        for (std::size_t row = 0; row < run.classifierKeys.size(); ++row) {
            const record::ClassifierSnapshot at = run.parts->classifier(row);
            const VectorD expected = analysis::lossByRowNormFromLogits(
                run.parts->logits(split, row), run.parts->labels(split), at.weight, at.bias);
            QCOMPARE(line->y.at(row), expected(2));
        }
        QCOMPARE(request().splits, std::vector<std::string>{"validation"});
        pick("classifierSplit", "Test, if recorded");
        QTRY_VERIFY(figure().notes.at(0).find("split test") != std::string::npos);
        QCOMPARE(request().splits, std::vector<std::string>{"test"}); // whatever else is opened later
    }

    void rowsHaveBarsAndATable() {
        openAll({makeRun("ft.h5", "ft"), makeRun("ft-2.h5", "ft", 2), makeRun("lp-ft.h5", "lp-ft")});
        showPage("Classifier");
        pick("classifierView", "Before and after");
        auto* table = find<QTableWidget>("classifierNumbers");
        QTRY_COMPARE(table->rowCount(), 8); // three classes and the whole of two methods
        QVERIFY(table->isVisible());
        const double fromFineTuning = table->item(4, 6)->data(Qt::UserRole).toDouble();
        pick("classifierOrigin", "Start of the run");
        QVERIFY(table->item(4, 6)->data(Qt::UserRole).toDouble() > 10 * fromFineTuning);
        QCOMPARE(table->item(4, 0)->text(), QStringLiteral("LP-FT"));
        QVERIFY(figure().notes.at(0).find("start of the run") != std::string::npos);
        QVERIFY(find<QComboBox>("classifierSpread")->isEnabled());
        table->findChild<QAction*>(QStringLiteral("copyLatex"))->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\\toprule")));
    }

    void whatTheProbeChoseIsSaid() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Classifier");
        QTRY_VERIFY(shows("class-norms"));
        QVERIFY(!find<QLabel>("classifierProbe")->isVisible());
        record::RunPlan plan;
        plan.runId = record::newRunId();
        plan.method = "lp";
        plan.task = "demo";
        plan.config = R"({"probe": {"C": 21.5443469, "rows": [5, 5], "scores": [{"C": 1, "accuracy": 0.5},
                          {"C": 21.5443469, "accuracy": 0.79}]}})";
        plan.classNames = {"a", "b"};
        plan.classifierWidth = 2;
        plan.epochSeries = {"train_loss"};
        record::RunWriter writer(toPath(path("lp.h5")), plan, record::Existing::refuse);
        for (const double epoch : {0.0, 1.0}) {
            writer.appendEpoch({{epoch, record::Stage::linearProbing},
                                {1.0},
                                MatrixF::Constant(2, 2, 1.0F),
                                VectorF::Zero(2),
                                {}});
        }
        writer.setSelected(1);
        writer.finish(record::Status::complete);
        m_window->open({path("lp.h5")});
        QTRY_VERIFY(find<QLabel>("classifierProbe")->isVisible());
        QCOMPARE(find<QLabel>("classifierProbe")->text(),
                 QStringLiteral("Linear probing: LP: C = 21.54, the best of 2 by accuracy over 2 folds "
                                "(0.7900)."));
    }

    void aRunThatGrowsIsReadAnew() {
        tests::TinyRunWriter writer(toPath(path("live.h5")), {.method = "ft"});
        QVERIFY(writer.writeNext());
        m_window->open({path("live.h5")});
        showPage("Classifier");
        QTRY_VERIFY(!figure().panels.empty() && !figure().panels[0].curves.empty());
        const std::size_t before = figure().panels[0].curves[0].x.size();
        QVERIFY(writer.writeNext());
        QTRY_COMPARE(figure().panels[0].curves[0].x.size(), before + 1);
        while (writer.writeNext()) {
        }
        writer.finish();
        QTRY_COMPARE(figure().panels[0].curves[0].x.size(), std::size_t{5});
    }

    void everyViewSaysWhatItShows() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Classifier");
        auto* page = find<widgets::Page>("classifierPage");
        auto* heading = page->findChild<QLabel*>(QStringLiteral("noteHeading"));
        auto* button = page->findChild<QToolButton*>(QStringLiteral("noteButton"));
        auto* card = page->findChild<QWidget*>(QStringLiteral("noteCard"));
        QStringList sources;
        for (const auto& [view, title] :
             {std::pair("Norms", "Norm of each class's row"),
              std::pair("Angles", "Angles between the classes' rows"),
              std::pair("Derivative by norm", "Derivative of the loss by each norm"),
              std::pair("Before and after", "Rows before and after")}) {
            pick("classifierView", view);
            QTRY_COMPARE(heading->text(), QLatin1String(title));
            QTest::mouseClick(button, Qt::LeftButton);
            QTRY_VERIFY(card->isVisible());
            QCOMPARE(card->findChild<QLabel*>(QStringLiteral("noteTitle"))->text(), heading->text());
            QVERIFY(!card->findChild<QLabel*>(QStringLiteral("noteDefinition"))->text().isEmpty());
            sources << card->findChild<QLabel*>(QStringLiteral("noteSource"))->text();
            card->close();
        }
        for (const QString& source : sources) {
            QVERIFY(source.contains(QStringLiteral("Tomihari")));
        }
    }

    void copyPutsPictureAndNumbersOnTheClipboard() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Classifier");
        QTRY_VERIFY(!figure().panels.empty() && !figure().panels[0].curves.empty());
        trigger("actionCopyFigure");
        QVERIFY(QGuiApplication::clipboard()->mimeData()->hasImage());
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1Char('\t')));
    }
};

QTEST_MAIN(TestClassifierPage)
#include "test_classifier_page.moc"

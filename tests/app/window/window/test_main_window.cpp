#include "core/analysis/calibration/reliability.h"
#include "core/figure/request/recipe.h"
#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "tests/support/fake_engine.h"
#include "tests/support/near.h"
#include "widgets/control/temperature_slider.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/page/training/training_page.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QSvgRenderer>
#include <QTableWidget>
#include <QToolButton>
#include <QTreeView>

using namespace finescope;
using tests::FakeEngine;
using tests::TinyRun;
using widgets::PlotView;
using window::Setting;

namespace {

using Table = widgets::DiagramTable;
/// The exact numbers of a run's test split at a temperature.
analysis::Reliability numbersOf(const QString& file, double temperature) {
    const record::Run run = record::readRun(file.toStdU16String());
    const record::SplitInfo& split = *run.splitWithRole("test");
    return analysis::reliability(run.parts->logits(split, *run.reportedLogits(split)),
                                 run.parts->labels(split), temperature);
}

} // namespace

/// The real window, driven by mouse and keyboard; every test has a window, settings and a folder of its own.
class TestMainWindow : public QObject, tests::WindowFixture {
    Q_OBJECT

    [[nodiscard]] static QModelIndex runAt(const QTreeView& tree, int task, int method, int run) {
        const auto* model = tree.model();
        return model->index(run, 0, model->index(method, 0, model->index(task, 0)));
    }

    /// Clicks the check box of a run as the mouse does.
    void clickCheckBox(QTreeView* tree, const QModelIndex& index) {
        tree->scrollTo(index);
        QStyleOptionViewItem option;
        option.initFrom(tree);
        option.rect = tree->visualRect(index);
        option.features = QStyleOptionViewItem::HasCheckIndicator;
        const QRect box = tree->style()->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &option, tree);
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, box.center());
    }

    double number(int row, int column) {
        return find<QTableWidget>("calibrationNumbers")->item(row, column)->data(Qt::UserRole).toDouble();
    }

    void compareRow(int row, const analysis::Reliability& expected, double tolerance) {
        QVERIFY_NEAR(number(row, Table::eceColumn), expected.ece, tolerance);
        QVERIFY_NEAR(number(row, Table::mceColumn), expected.mce, tolerance);
        QVERIFY_NEAR(number(row, Table::nllColumn), expected.nll, tolerance);
        QVERIFY_NEAR(number(row, Table::brierColumn), expected.brier, tolerance);
        QVERIFY_NEAR(number(row, Table::accuracyColumn), expected.accuracy, tolerance);
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void runsThatAreOpenButUncheckedAreOffered() {
        m_window->open({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 2);
        auto* page = find<QWidget>("trainingPage");
        auto* showAll = page->findChild<QPushButton*>(QStringLiteral("showAllButton"));
        QVERIFY(!showAll->isVisible());
        tree->model()->setData(tree->model()->index(0, 0), Qt::Unchecked, Qt::CheckStateRole);
        QTRY_VERIFY(showAll->isVisible());
        QVERIFY(!page->findChild<QPushButton*>(QStringLiteral("openDemoButton"))->isVisible());
        QTest::mouseClick(showAll, Qt::LeftButton);
        QTRY_VERIFY(!showAll->isVisible());
        QCOMPARE(tree->model()->index(0, 0).data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Checked));
    }

    void emptyWindowSaysWhatWillBeHereAndOpensTheDemo() {
        makeRun("demo/runs/ft.h5", "ft");
        makeRun("demo/runs/lp.h5", "lp");
        makeWindow();
        QVERIFY(find<QWidget>("runsEmpty")->isVisible());
        auto* page = find<QWidget>("trainingPage");
        auto* button = page->findChild<QPushButton*>(QStringLiteral("openDemoButton"));
        QVERIFY(button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        auto* plot = find<PlotView>("trainingPlot");
        QTRY_VERIFY(!plot->figure().panels.empty());
        QVERIFY(!button->isVisible());
    }

    void fromTheDemoToAnExportedFigure() {
        const QString lp = makeRun("demo/runs/lp.h5", "lp");
        makeRun("demo/runs/ft.h5", "ft");
        const QString lpFt = makeRun("demo/runs/lp-ft.h5", "lp-ft");
        makeWindow();
        trigger("actionOpenDemo");
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 3);

        // Two of the three: FT, in the middle, is unchecked by the mouse.
        showPage("Calibration");
        auto* table = find<QTableWidget>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 3);
        clickCheckBox(tree, runAt(*tree, 0, 1, 0));
        QTRY_COMPARE(table->rowCount(), 2);
        compareRow(0, numbersOf(lp, 1), 1e-12);
        compareRow(1, numbersOf(lpFt, 1), 1e-12);

        // The slider, dragged: the numbers follow before the button is let go, and are exact afterwards.
        auto* groove = find<QWidget>("temperatureGroove");
        auto* slider = find<widgets::TemperatureSlider>("temperatureSlider");
        const QPoint middle = groove->rect().center();
        const QPoint right(middle.x() + groove->width() / 6, middle.y());
        const double before = number(0, Table::nllColumn);
        QTest::mousePress(groove, Qt::LeftButton, {}, middle);
        QTest::mouseMove(groove, right);
        QTRY_VERIFY(slider->temperature() > 1.2);
        QVERIFY(number(0, Table::nllColumn) != before);
        QVERIFY_NEAR(number(0, Table::nllColumn), numbersOf(lp, slider->temperature()).nll, 1e-6);
        QTest::mouseRelease(groove, Qt::LeftButton, {}, right);
        compareRow(0, numbersOf(lp, slider->temperature()), 1e-12);
        compareRow(1, numbersOf(lpFt, slider->temperature()), 1e-12);

        // Export in the three formats.
        for (const char* format : {"pdf", "svg", "png"}) {
            const QString file = path("figure.") + QLatin1String(format);
            trigger("actionExportFigure");
            find<QDialog>("exportDialog");
            auto* formats = find<QComboBox>("exportFormat");
            formats->setCurrentIndex(formats->findData(QLatin1String(format)));
            m_prompts.save = file;
            QTest::mouseClick(find<QPushButton>("exportSave"), Qt::LeftButton);
            QTRY_VERIFY(QFileInfo::exists(file));
            QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("exportDialog")));
        }
        const QImage picture(path("figure.png"));
        QVERIFY(!picture.isNull());
        QVERIFY(isPainted(picture));
        QSvgRenderer drawing(path("figure.svg")); // QImage needs a plugin that Debian 13 packs apart
        QVERIFY(drawing.isValid());
        QImage fromSvg(picture.size(), QImage::Format_RGB32);
        fromSvg.fill(Qt::white);
        QPainter painter(&fromSvg);
        drawing.render(&painter);
        painter.end();
        QVERIFY(isPainted(fromSvg));
        QFile pdf(path("figure.pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.readAll().startsWith("%PDF-"));
    }

    void eachRunAtItsFittedTemperatureShowsBeforeAndAfter() {
        const QString file = makeRun("ft.h5", "ft");
        m_window->open({file});
        showPage("Calibration");
        auto* table = find<QTableWidget>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 1);
        find<QWidget>("temperatureGroove")->setFocus();
        QTest::keyClick(find<QWidget>("temperatureGroove"), Qt::Key_T);
        QTRY_VERIFY(table->item(0, Table::eceColumn)->text().contains(QChar(0x2192)));
        QVERIFY(number(0, Table::nllColumn) < numbersOf(file, 1).nll);
        QTest::keyClick(find<QWidget>("temperatureGroove"), Qt::Key_T);
        QTRY_VERIFY(!table->item(0, Table::eceColumn)->text().contains(QChar(0x2192)));
        compareRow(0, numbersOf(file, 1), 1e-12);
    }

    void diagramsTakeNoMoreHeightThanTheyNeed() {
        QStringList files;
        for (const char* method : {"lp", "ft", "lora", "lp-ft", "lp-lora"}) {
            files.append(makeRun((std::string(method) + ".h5").c_str(), method));
        }
        m_window->resize(1280, 800);
        m_window->open(files);
        showPage("Calibration");
        auto* table = find<QTableWidget>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 5);
        auto* diagrams = find<PlotView>("reliabilityPlot");
        QTRY_VERIFY(diagrams->height() <= diagrams->suitableHeight(diagrams->width()));
        QVERIFY(diagrams->height() >= 250);
        for (int column = 0; column < table->columnCount(); ++column) { // no number is cut off
            const QString text = table->item(0, column)->text();
            QVERIFY(table->isColumnHidden(column) ||
                    table->columnWidth(column) >= table->fontMetrics().horizontalAdvance(text));
        }
    }

    void smoothingIsOffUntilAskedForAndNamed() {
        m_window->open({makeRun("ft.h5", "ft")});
        auto* plot = find<PlotView>("trainingPlot");
        QTRY_VERIFY(!plot->figure().panels.empty());
        const auto lines = [plot] { return plot->figure().panels.front().curves; };
        const auto before = lines();
        auto* weight = find<QDoubleSpinBox>("trainingSmoothing");
        QCOMPARE(weight->text(), QStringLiteral("Off"));
        weight->setFocus();
        weight->selectAll();
        QTest::keyClicks(weight, QStringLiteral("0.9"));
        QTest::keyClick(weight, Qt::Key_Return);
        QTRY_COMPARE(lines().size(), 2 * before.size());
        QVERIFY(lines().back().name.ends_with("smoothed, EMA 0.90"));
        const auto exported = find<widgets::TrainingPage>("trainingPage")->exportedFigure();
        QVERIFY(exported.has_value());
        QCOMPARE(exported->request.smoothing, 0.9);
        QVERIFY(exported->figure(140).panels.front().curves.back().name.ends_with("smoothed, EMA 0.90"));
        QVERIFY(figure::requestToJson(exported->request).find("\"smoothing\":0.9") != std::string::npos);
    }

    void aLiveRunGrowsAndTheViewStays() {
        const QString file = path("live.h5");
        TinyRun options;
        options.epochs = 6;
        tests::TinyRunWriter writer(toPath(file), options);
        for (int i = 0; i < 4; ++i) {
            QVERIFY(writer.writeNext());
        }
        m_window->open({file});
        auto* plot = find<PlotView>("trainingPlot");
        QTRY_VERIFY(!plot->figure().panels.empty());
        auto* tree = find<QTreeView>("runTree");
        QTRY_VERIFY(!runAt(*tree, 0, 0, 0).siblingAtColumn(1).data().toString().isEmpty());

        const auto points = [plot] {
            std::size_t count = 0;
            for (const auto& panel : plot->figure().panels) {
                for (const auto& curve : panel.curves) {
                    count += curve.x.size();
                }
            }
            return count;
        };
        plot->setFocus();
        const auto zoomIn = [plot] { // what is not painted yet has no rectangle to zoom into
            QTest::keyClick(plot, Qt::Key_Plus);
            return plot->shownFigure().panels.front().x.range;
        };
        QTRY_VERIFY(zoomIn().has_value());
        const auto zoomed = plot->shownFigure().panels.front().x.range;
        const std::size_t before = points();
        QVERIFY(writer.writeNext());
        QTRY_VERIFY(points() > before);
        QCOMPARE(plot->shownFigure().panels.front().x.range, zoomed);

        while (writer.writeNext()) {
        }
        writer.finish();
        QTRY_VERIFY(runAt(*tree, 0, 0, 0).siblingAtColumn(1).data().toString().isEmpty());
    }

    void aFolderIsWatchedForNewRuns() {
        makeRun("study/a.h5", "ft", 1);
        m_prompts.folder = path("study");
        trigger("actionOpenFolder");
        auto* tree = find<QTreeView>("runTree");
        QTRY_VERIFY(runAt(*tree, 0, 0, 0).isValid());
        makeRun("study/b.h5", "ft", 2);
        QTRY_VERIFY(runAt(*tree, 0, 0, 1).isValid());
    }

    void aBrokenFileIsSaidInABar() {
        const QString file = path("broken.h5");
        QFile text(file);
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("this is no HDF5");
        text.close();
        m_window->open({file});
        auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(bar->findChild<QLabel*>(QStringLiteral("messageText"))
                    ->text()
                    .contains(QStringLiteral("broken.h5")));
        auto* details = bar->findChild<QLabel*>(QStringLiteral("messageDetails"));
        QVERIFY(!details->isVisible());
        QTest::mouseClick(bar->findChild<QToolButton*>(QStringLiteral("messageDetailsButton")),
                          Qt::LeftButton);
        QVERIFY(details->isVisible());
        QVERIFY(details->text().contains(file));
        QTest::mouseClick(bar->findChild<QToolButton*>(QStringLiteral("messageDismissButton")),
                          Qt::LeftButton);
        QVERIFY(!bar->isVisible());
    }

    void everyFileThatCannotBeOpenedIsSaid() {
        const QStringList files{path("bad.h5"), path("nothere.h5"), path("short.h5")};
        for (const QString& file : {files[0], files[2]}) {
            QFile text(file);
            QVERIFY(text.open(QIODevice::WriteOnly));
            text.write("this is no HDF5");
        }
        m_window->open(files + QStringList{makeRun("good.h5", "ft")});
        const auto* bar = find<QWidget>("trainingPage")->findChild<QWidget*>(QStringLiteral("messageBar"));
        const auto* said = bar->findChild<QLabel*>(QStringLiteral("messageText"));
        for (const char* name : {"bad.h5", "nothere.h5", "short.h5"}) {
            QTRY_VERIFY2(said->text().contains(QLatin1String(name)), name);
        }
        QVERIFY(said->text().startsWith(QStringLiteral("3 files cannot be opened:")));
        QVERIFY(!said->text().contains(QStringLiteral("good.h5")));
        m_window->open({files[1]}); // a new question: what was said before is not repeated
        QTRY_VERIFY(!said->text().contains(QStringLiteral("bad.h5")));
    }

    void droppedFilesAreOpened() {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(makeRun("dropped.h5", "lora"))});
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &drop);
        auto* tree = find<QTreeView>("runTree");
        QTRY_VERIFY(runAt(*tree, 0, 0, 0).isValid());
    }

    void aNewRunShowsProgressAndIsCancelled() {
        QVERIFY(QDir().mkpath(path("engine")));
        const FakeEngine engine(path("engine"), QStringLiteral("wait"));
        QVERIFY(QDir().mkpath(path("model")));
        QFile config(path("model/config.json"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.close();
        trigger("actionNewRun");
        auto* start = find<QPushButton>("newRunStart");
        QVERIFY(!start->isEnabled());
        find<QLineEdit>("newRunModel")->clear();
        QTest::keyClicks(find<QLineEdit>("newRunModel"), path("model"));
        m_prompts.folder = m_folder->path();
        QTest::mouseClick(find<QPushButton>("newRunDataBrowse"), Qt::LeftButton);
        auto* rate = find<QLineEdit>("newRunLearningRate");
        rate->clear();
        QTest::keyClicks(rate, QStringLiteral("many"));
        QVERIFY(!start->isEnabled());
        QVERIFY(find<QLabel>("newRunProblem")->text().contains(QStringLiteral("learning rate")));
        rate->clear();
        QTest::keyClicks(rate, QStringLiteral("2e-5"));
        QTRY_VERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);

        auto* panel = find<QWidget>("jobsPanel");
        QTRY_VERIFY(panel->isVisible());
        auto* row = panel->findChild<QWidget*>(QStringLiteral("job1"));
        auto* left = row->findChild<QLabel*>(QStringLiteral("jobTimeLeft"));
        QTRY_COMPARE(left->text(), QStringLiteral("2 min left"));
        QVERIFY(engine.starts().front().contains(QStringLiteral("--learning-rate 2e-05")));

        // Closing asks first; staying keeps the job.
        m_prompts.answer = widgets::Prompts::Answer::stay;
        QVERIFY(!m_window->close());
        QCOMPARE(m_prompts.asked.back(), QStringLiteral("Jobs are running"));
        auto* stage = row->findChild<QLabel*>(QStringLiteral("jobStage"));
        QTest::mouseClick(row->findChild<QToolButton*>(QStringLiteral("jobCancel")), Qt::LeftButton);
        QTRY_COMPARE(stage->text(), QStringLiteral("cancelled"));
    }

    void theDemoIsRunAgainMethodByMethod() {
        QVERIFY(QDir().mkpath(path("engine")));
        const FakeEngine engine(path("engine"), QStringLiteral("complete"));
        makeRun("demo/runs/ft.h5", "ft");
        makeWindow();
        m_prompts.folder = m_folder->path();
        trigger("actionRunDemo");
        QTRY_COMPARE(engine.starts().size(), 5);
        for (const QString& start : engine.starts()) {
            QVERIFY(start.contains(QStringLiteral("--threads 1")));
            QVERIFY(start.contains(path("finescope-demo")));
        }
    }

    void themeChangesWithoutLosingThePage() {
        m_window->open({makeRun("ft.h5", "ft")});
        auto* plot = find<PlotView>("trainingPlot");
        QTRY_VERIFY(!plot->figure().panels.empty());
        trigger("actionThemeDark");
        QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < 80);
        QCOMPARE(m_settings->text(Setting::theme), QStringLiteral("dark"));
        trigger("actionThemeLight");
        QVERIFY(QApplication::palette().color(QPalette::Window).lightness() > 200);
        QVERIFY(!plot->figure().panels.empty());
    }

    void layoutAndPageAreRemembered() {
        showPage("Features");
        m_window->resize(1100, 720);
        m_window->close();
        makeWindow();
        QCOMPARE(m_window->size(), QSize(1100, 720));
        auto* tabs = find<QTabBar>("pageTabs");
        QCOMPARE(tabs->tabText(tabs->currentIndex()), QStringLiteral("Features"));
    }

    void everythingFitsIntoASmallWindow() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        QTRY_VERIFY(!find<PlotView>("trainingPlot")->figure().panels.empty());
        m_window->resize(1024, 700);
        for (const char* page : kPages) {
            showPage(page);
            QVERIFY2(m_window->minimumSizeHint().width() <= 1024, page);
            QVERIFY2(m_window->minimumSizeHint().height() <= 700, page);
            QCOMPARE(m_window->size(), QSize(1024, 700));
        }
    }

private:
    /// More than one colour in more than one row.
    static bool isPainted(const QImage& image) {
        if (image.isNull()) {
            return false;
        }
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 1; x < image.width(); ++x) {
                if (image.pixel(x, y) != image.pixel(x - 1, y)) {
                    ++painted;
                    break;
                }
            }
        }
        return painted > image.height() / 4;
    }
};

int main(int argc, char** argv) {
    QApplication::setStyle(QStringLiteral("Fusion"));
    QApplication application(argc, argv);
    TestMainWindow test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_main_window.moc"

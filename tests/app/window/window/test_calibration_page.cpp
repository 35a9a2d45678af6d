#include "core/analysis/calibration/reliability.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/write/write_csv.h"
#include "core/record/run_reader.h"
#include "tests/app/window/window_fixture.h"
#include "tests/support/near.h"
#include "widgets/control/note_button.h"
#include "widgets/control/temperature_slider.h"
#include "widgets/page/calibration/calibration_details.h"
#include "widgets/page/calibration/calibration_page.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/page/page.h"
#include "widgets/plot/view/plot_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QStandardItemModel>

using namespace finescope;
using Table = widgets::DiagramTable;
using widgets::PlotView;

/// What is chosen beside the diagrams, and what is told of it.
class TestCalibrationPage : public QObject, tests::WindowFixture {
    Q_OBJECT

    void showCalibration(int runs) {
        showPage("Calibration");
        QTRY_COMPARE(find<Table>("calibrationNumbers")->rowCount(), runs);
    }

    double number(int column) {
        return find<Table>("calibrationNumbers")->item(0, column)->data(Qt::UserRole).toDouble();
    }

    widgets::PageFigure exported() {
        return find<widgets::Page>("calibrationPage")->exportedFigure().value();
    }

    /// What the command line makes of the request, with all digits.
    static std::string rebuilt(const figure::FigureRequest& request) {
        std::vector<record::Run> runs;
        for (const std::string& file : request.files) {
            runs.push_back(record::readRun(file));
        }
        return figure::csv(figure::buildFigure(request, runs));
    }

    QString note() {
        const auto* label = find<QLabel>("calibrationNote");
        return label->isVisible() ? label->text() : QString();
    }

    [[nodiscard]] bool holdsLine(const char* line) {
        const auto& lines = find<PlotView>("reliabilityPlot")->figure().panels.front().lines;
        return std::ranges::find(lines, line) != lines.end();
    }

private Q_SLOTS:
    void init() { setUp(); }

    /// Another row of diagrams makes room for itself, though there are as many in a row as before.
    void moreRowsAreHigher() {
        QStringList files;
        for (int seed = 1; seed <= 15; ++seed) {
            files.push_back(makeRun(QStringLiteral("%1.h5").arg(seed).toLatin1().constData(), "ft", seed));
        }
        openAll(files.mid(0, 10));
        showCalibration(10);
        auto* plot = find<PlotView>("reliabilityPlot");
        const int before = plot->height();
        openAll(files.mid(10));
        showCalibration(15);
        QTRY_VERIFY2(plot->height() > before + before / 3,
                     qPrintable(QStringLiteral("%1, before %2").arg(plot->height()).arg(before)));
    }
    void cleanup() { tearDown(); }

    void whatIsChosenIsExported() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp-ft.h5", "lp-ft")});
        showCalibration(2);
        const double before = number(Table::eceColumn);
        pick("calibrationBinning", "Equal mass");
        pick("calibrationClass", "class 1");
        pick("calibrationIntervals", "Bootstrap interval");
        QTRY_VERIFY(holdsLine("class 1, bins of equal mass"));
        QTRY_VERIFY(find<PlotView>("reliabilityPlot")->figure().panels.front().curves.back().whiskers);
        QVERIFY(number(Table::eceColumn) != before);
        QCOMPARE(find<Table>("calibrationNumbers")->item(0, Table::nllColumn)->text(), QStringLiteral("–"));
        const widgets::PageFigure figure = exported();
        QVERIFY(figure.request.binning == analysis::Binning::equalMass);
        QCOMPARE(figure.request.classes, std::vector<std::string>{"class 1"});
        QCOMPARE(rebuilt(figure.request), figure::csv(figure.figure(figure.request.widthMm)));
    }

    void anotherToolsBinsHaveNoDrawnWhiskers() {
        m_window->open({makeRun("ft.h5", "ft")});
        showCalibration(1);
        pick("calibrationIntervals", "If calibrated");
        pick("calibrationBinning", "As torchmetrics");
        QTRY_VERIFY(holdsLine("as torchmetrics"));
        auto* intervals = find<QComboBox>("calibrationIntervals");
        QCOMPARE(intervals->currentText(), QStringLiteral("None"));
        const auto* items = qobject_cast<QStandardItemModel*>(intervals->model());
        QVERIFY(items->item(1)->isEnabled()); // Wilson's, from the counts alone
        QVERIFY(!items->item(2)->isEnabled() && !items->item(3)->isEnabled());
        QCOMPARE(rebuilt(exported().request), figure::csv(exported().figure(139.7)));
        pick("calibrationBinning", "Equal width");
        QVERIFY(items->item(3)->isEnabled());
    }

    void theSliderMovesWhatIsComputedBehindIt() {
        const QString file = makeRun("ft.h5", "ft");
        m_window->open({file});
        showCalibration(1);
        pick("calibrationBinning", "Equal mass");
        QTRY_VERIFY(holdsLine("bins of equal mass"));
        QTest::keyClick(find<PlotView>("reliabilityPlot"), Qt::Key_BracketRight);
        const record::Run run = record::readRun(toPath(file));
        const record::SplitInfo& split = *run.splitWithRole("test");
        const double expected =
            analysis::reliability(run.parts->logits(split, *run.reportedLogits(split)),
                                  run.parts->labels(split), 1.1, analysis::Binning::equalMass, 15)
                .ece;
        QTRY_VERIFY(std::abs(number(Table::eceColumn) - expected) < 1e-12);
    }

    void aDragIsDrawnThenToldAndNothingComesBack() {
        const QString file = makeRun("ft.h5", "ft");
        m_window->open({file});
        showCalibration(1);
        const record::Run run = record::readRun(toPath(file));
        const record::SplitInfo& split = *run.splitWithRole("test");
        auto* page = find<widgets::CalibrationPage>("calibrationPage");
        auto* slider = find<widgets::TemperatureSlider>("temperatureSlider");
        auto* groove = find<QWidget>("temperatureGroove");
        QSignalSpy moved(slider, &widgets::TemperatureSlider::temperatureChanged);
        QSignalSpy exact(page, &widgets::Page::contentChanged);
        int told = 0;
        connect(page, &widgets::CalibrationPage::temperatureChanged, slider, [&](double temperature) {
            ++told;
            const double drawn = analysis::reliability(run.parts->logits(split, *run.reportedLogits(split)),
                                                       run.parts->labels(split), temperature, 15)
                                     .nll;
            QVERIFY_NEAR(number(Table::nllColumn), drawn, 1e-6);
        });
        const QPoint middle = groove->rect().center();
        QTest::mousePress(groove, Qt::LeftButton, {}, middle);
        for (const int part : {16, 8, 6}) {
            QTest::mouseMove(groove, {middle.x() + groove->width() / part, middle.y()});
            QCoreApplication::processEvents(); // what came back would be drawn exactly
        }
        QVERIFY(slider->temperature() > 1.2);
        QVERIFY(told >= 3);
        QCOMPARE(told, moved.size());
        QCOMPARE(exact.size(), 0);
        QTest::mouseRelease(groove, Qt::LeftButton, {}, {middle.x() + groove->width() / 6, middle.y()});
        QCOMPARE(exact.size(), 1);
        QCOMPARE(told, moved.size());
    }

    void fittingOnWhatIsShownIsSaid() {
        m_window->open({makeRun("ft.h5", "ft")});
        showCalibration(1);
        pick("calibrationMode", "Each run at its fitted T");
        QTRY_COMPARE(note(), QString()); // fitted on other rows
        pick("calibrationFitOn", "test");
        QTRY_VERIFY2(note().contains(QStringLiteral("(in-sample)")), qPrintable(note()));
        QCOMPARE(exported().request.fitOn, std::string("test"));
        QCOMPARE(rebuilt(exported().request), figure::csv(exported().figure(139.7)));
    }

    void aRunThatCannotBeUsedDoesNotHideTheOthers() {
        m_window->open({makeRun("ft.h5", "ft"), makeRun("bad.h5", {.method = "lora", .brokenLogits = true})});
        showCalibration(1);
        QTRY_VERIFY2(note().contains(QStringLiteral("bad.h5")), qPrintable(note()));
        QVERIFY2(note().contains(QStringLiteral("test")), qPrintable(note()));
        QCOMPARE(find<Table>("calibrationNumbers")->item(0, Table::nameColumn)->text(), QStringLiteral("FT"));
    }

    void changesHaveIntervals() {
        m_window->open({makeRun("ft.h5", "ft")});
        showCalibration(1);
        pick("calibrationMode", "Each run at its fitted T");
        pick("calibrationTableView", "Before and after");
        auto* details = find<widgets::NumbersTable>("calibrationDetails");
        QTRY_COMPARE(details->rowCount(), 1);
        const auto& table = details->table();
        const auto column =
            static_cast<std::size_t>(std::ranges::find(table.columns, "ECE change") - table.columns.begin());
        QVERIFY(column < table.columns.size());
        QVERIFY(table.rows[0][column].text.find('[') != std::string::npos);
        QTRY_VERIFY_WITH_TIMEOUT(details->isEnabled(), 5000);
    }

    void theCurveThatHasTheKeyboardIsExported() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        showCalibration(2);
        QCOMPARE(exported().request.kind, std::string("reliability"));
        pick("calibrationCurve", "ECE over temperature");
        find<PlotView>("temperatureCurve")->setFocus();
        const widgets::PageFigure curve = exported();
        QCOMPARE(curve.request.kind, std::string("temperature-curve"));
        QVERIFY(curve.request.quantities == std::vector{figure::CurveQuantity::ece});
        QCOMPARE(rebuilt(curve.request), figure::csv(curve.figure(139.7)));
        pick("calibrationCurve", "ECE by number of bins");
        find<PlotView>("temperatureCurve")->setFocus();
        QCOMPARE(exported().request.kind, std::string("bin-stability"));
    }

    void theNumbersCanBeCopied() {
        m_window->open({makeRun("ft.h5", "ft")});
        showCalibration(1);
        auto* table = find<Table>("calibrationNumbers");
        table->setFocus();
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.contains(QStringLiteral("| Run | ECE % ")), qPrintable(text));
        QVERIFY2(text.contains(table->item(0, Table::eceColumn)->text()), qPrintable(text));
    }

    void everyPartSaysWhatItIs() {
        m_window->open({makeRun("ft.h5", "ft")});
        showCalibration(1);
        QStringList titles;
        for (const auto* button :
             find<widgets::Page>("calibrationPage")->findChildren<widgets::NoteButton*>()) {
            titles.append(button->accessibleName());
        }
        titles.sort();
        QCOMPARE(titles, (QStringList{QStringLiteral("What is this: NLL over temperature"),
                                      QStringLiteral("What is this: Numbers"),
                                      QStringLiteral("What is this: Reliability diagrams"),
                                      QStringLiteral("What is this: Temperature")}));
    }
};

QTEST_MAIN(TestCalibrationPage)
#include "test_calibration_page.moc"

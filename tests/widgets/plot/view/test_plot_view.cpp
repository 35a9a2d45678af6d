#include "tests/widgets/plot/sample_figures.h"
#include "widgets/plot/paint/ticks.h"
#include "widgets/plot/scene/figure_plot.h"
#include "widgets/plot/scene/reading.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

using namespace finescope;
using widgets::FigureTheme;
using widgets::PlotView;

class TestPlotView : public QObject {
    Q_OBJECT

private:
    /// Pixels of the middle of the view that are not the background.
    static int painted(PlotView& view) {
        QCoreApplication::processEvents();
        const QImage image = view.grab().toImage();
        const QRgb paper = image.pixel(image.width() - 1, 0);
        int count = 0;
        for (int y = image.height() / 4; y < 3 * image.height() / 4; ++y) {
            for (int x = image.width() / 4; x < 3 * image.width() / 4; ++x) {
                count += image.pixel(x, y) != paper ? 1 : 0;
            }
        }
        return count;
    }

    static void show(PlotView& view, const figure::Figure& figure) {
        view.resize(700, 450);
        view.setFigure(figure);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QCoreApplication::processEvents();
    }

    /// A plot of 0 to 1 with a blue curve that goes from 0.5 to `end`.
    static QImage curveTo(double end, const FigureTheme& theme) {
        figure::Figure figure;
        figure::Panel& panel = figure.panels.emplace_back();
        panel.x.range = panel.y.range = figure::Range{0, 1};
        panel.curves.push_back({.name = "a", .x = {0, 1}, .y = {0.5, end}});
        panel.curves.front().style.role = "ft";
        PlotView view;
        view.setTheme(theme);
        show(view, figure);
        return view.grab().toImage();
    }

    /// The first and the last row of an image in which a line of one colour takes a third of the width, and
    /// in which something is blue; -1 where there is none.
    struct RowsOfColour {
        int firstLine = -1, lastLine = -1, firstBlue = -1, lastBlue = -1;
    };
    static RowsOfColour rowsOf(const QImage& image, const QColor& line) {
        RowsOfColour rows;
        const auto meet = [](int row, int& first, int& last) {
            first = first < 0 ? row : first;
            last = row;
        };
        for (int y = 0; y < image.height(); ++y) {
            int run = 0, longest = 0;
            bool blue = false;
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                run = pixel == line ? run + 1 : 0;
                longest = std::max(longest, run);
                blue |= pixel.blue() - pixel.red() > 60;
            }
            if (longest > image.width() / 3) {
                meet(y, rows.firstLine, rows.lastLine);
            }
            if (blue) {
                meet(y, rows.firstBlue, rows.lastBlue);
            }
        }
        return rows;
    }

    /// A panel of 100 by 100 pixels for values from 0 to 10.
    static widgets::PanelMap tenByTen() {
        return {.x = {.low = 0, .high = 10, .atLow = 0, .atHigh = 100},
                .y = {.low = 0, .high = 10, .atLow = 100, .atHigh = 0},
                .rect = {0, 0, 100, 100}};
    }

    static void addPoints(figure::Panel& panel, const char* name, const std::vector<QPointF>& points,
                          std::vector<std::int64_t> samples) {
        figure::Scatter& scatter = panel.scatters.emplace_back();
        scatter.name = name;
        for (const QPointF point : points) {
            scatter.x.push_back(point.x());
            scatter.y.push_back(point.y());
            scatter.note.push_back("point " + std::to_string(scatter.note.size()));
        }
        scatter.samples = std::move(samples);
    }

    static void wheel(PlotView& view, QPointF at, int delta) {
        QWheelEvent event(at, view.mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&view, &event);
        QCoreApplication::processEvents();
    }

    /// The panel at a place, and the values there on its left axes.
    struct Place {
        std::size_t panel = 0;
        double x = 0, y = 0;
    };
    static std::optional<Place> placeAt(const PlotView& view, QPointF at) {
        const auto* plot = view.findChild<widgets::FigurePlot*>();
        for (std::size_t i = 0; i < plot->panels().size(); ++i) {
            if (plot->panels()[i].get() == plot->panelAt(at)) {
                const widgets::PanelMap map = plot->panels()[i]->map(figure::Side::left);
                return Place{i, map.x.value(at.x()), map.y.value(at.y())};
            }
        }
        return std::nullopt;
    }

    static void hover(PlotView& view, QPointF at) {
        QMouseEvent event(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                          Qt::NoModifier);
        QCoreApplication::sendEvent(&view, &event);
        QCoreApplication::processEvents();
    }

private Q_SLOTS:
    void everyKindOfMarkIsPainted_data() {
        QTest::addColumn<QString>("theme");
        QTest::newRow("light") << QStringLiteral("light");
        QTest::newRow("dark") << QStringLiteral("dark");
    }

    void everyKindOfMarkIsPainted() {
        QFETCH(QString, theme);
        for (figure::Figure figure :
             {tests::sampleReliability({"ft", "lp-ft"}, 1), tests::sampleNorms(figure::Scale::logarithmic),
              tests::sampleFinalNorms(), tests::sampleHeatMap(true), tests::sampleTwoAxes()}) {
            PlotView view;
            view.setTheme(FigureTheme::load(theme));
            show(view, figure);
            const int full = painted(view);
            for (auto& panel : figure.panels) {
                panel.bands.clear();
                panel.bars.clear();
                panel.curves.clear();
                panel.references.clear();
                panel.heatMap.reset();
            }
            view.setFigure(figure);
            QVERIFY2(full > painted(view) + 500, figure.kind.c_str());
        }
    }

    void aViewWithoutHeightIsPaintedWithoutComplaint() {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("QPainter")));
        QWidget page; // as one that a busy window paints dimmed before its layout
        page.resize(300, 200);
        PlotView view(&page);
        view.setFigure(tests::sampleNorms(figure::Scale::linear));
        view.resize(300, 0);
        QVERIFY(!page.grab().isNull());
    }

    void emptyTextIsPainted() {
        PlotView view;
        show(view, tests::sampleEmpty());
        QVERIFY(painted(view) > 50);
    }

    void zoomStaysOverNewData() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        QVERIFY(!view.shownFigure().panels[0].x.range);
        wheel(view, QPointF(view.rect().center()), 240);
        const auto x = view.shownFigure().panels[0].x.range;
        const auto y = view.shownFigure().panels[0].y.range;
        QVERIFY(x && y);
        QVERIFY(x->low > 0 && x->high < 10); // data from 0 to 10
        figure::Figure more = tests::sampleNorms(figure::Scale::linear);
        more.panels[0].curves[0].y[0] = 500;
        view.setFigure(more);
        QCOMPARE(view.shownFigure().panels[0].x.range, x);
        QCOMPARE(view.shownFigure().panels[0].y.range, y);
        view.resetView();
        QVERIFY(!view.shownFigure().panels[0].x.range);
    }

    void zoomIsForgottenWithAnotherKind() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        wheel(view, QPointF(view.rect().center()), 240);
        view.setFigure(tests::sampleHeatMap(false));
        QVERIFY(!view.shownFigure().panels[0].x.range);
    }

    void theWheelOnAColourScaleMovesTheColours() {
        PlotView view;
        figure::Figure figure = tests::sampleHeatMap(false);
        figure.panels[0].heatMap->colours = figure::Range{0, 10};
        figure.panels.push_back(figure::colourScale(*figure.panels[0].heatMap));
        figure.rowHeights = {1, 0.3};
        show(view, figure);
        // Down the middle until the cursor is on the scale.
        QPoint at(view.width() / 2, view.height() / 2);
        std::optional<Place> place;
        while (!place || place->panel != 1) {
            QVERIFY(at.y() < view.height());
            place = placeAt(view, at);
            at.ry() += 2;
        }
        const double value = place->x;
        const QImage before = view.grab().toImage();
        wheel(view, QPointF(at), 120);
        const auto coloursOf = [&] { return *view.shownFigure().panels[0].heatMap->colours; };
        const figure::Range range = coloursOf();
        QVERIFY(range.low > 0 && range.high < 10);
        // What is under the cursor stays there.
        QVERIFY(std::abs((value - range.low) / (range.high - range.low) - value / 10) < 0.02);
        QCOMPARE(view.shownFigure().panels[1].heatMap->across.value(), range);
        QCOMPARE(view.shownFigure().panels[1].x.range.value(), range);
        QVERIFY(!view.shownFigure().panels[0].x.range); // the map itself is not zoomed
        QVERIFY(view.grab().toImage() != before);
        view.setFigure(figure); // the same again
        QCOMPARE(coloursOf(), range);
        figure.panels[0].header = "F, trace norm"; // another
        view.setFigure(figure);
        QCOMPARE(coloursOf(), (figure::Range{0, 10}));
        QCOMPARE(view.shownFigure().panels[1].heatMap->across.value(), (figure::Range{0, 10}));
        wheel(view, QPointF(at), 120);
        view.resetView();
        QCOMPARE(coloursOf(), (figure::Range{0, 10}));
    }

    void draggingABoxShowsWhatWasInIt() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        const QPoint from(200, 150), to(400, 300);
        const Place begin = placeAt(view, from).value(), end = placeAt(view, to).value();
        QTest::mousePress(&view, Qt::LeftButton, {}, from);
        QTest::mouseRelease(&view, Qt::LeftButton, {}, to);
        const figure::Panel panel = view.shownFigure().panels[0];
        QVERIFY(panel.x.range && panel.y.range);
        QVERIFY(std::abs(panel.x.range->low - begin.x) < 1e-9);
        QVERIFY(std::abs(panel.x.range->high - end.x) < 1e-9);
        QVERIFY(std::abs(panel.y.range->high - begin.y) < 1e-9);
        QVERIFY(std::abs(panel.y.range->low - end.y) < 1e-9);
        QTest::mouseDClick(&view, Qt::LeftButton, {}, to);
        QVERIFY(!view.shownFigure().panels[0].x.range);
    }

    void epochsAreWholeUntilZoomedBelowOne() {
        const figure::Axis epochs{.ticks = figure::TickStyle::integer};
        const auto room = [](const QStringList&, double) { return true; };
        const auto ticks = [&](double low, double high) {
            return widgets::ticksFor(epochs, figure::Scale::linear, low, high, room).labels;
        };
        QCOMPARE(ticks(-0.06, 3.06), (QStringList{"0", "1", "2", "3"}));
        QCOMPARE(ticks(-1.1, 2.1), (QStringList{"\u22121", "0", "1", "2"}));
        for (const QString& label : ticks(0, 57)) {
            QVERIFY2(!label.contains('.'), qPrintable(label));
        }
        QVERIFY(ticks(1.2, 1.9).size() > 3);
        QVERIFY(ticks(1.2, 1.9).contains(QStringLiteral("1.5")));
        QVERIFY(ticks(0.6, 1.4).size() > 3); // one integer alone does not make a scale
    }

    /// A grid line at the end of the axis must not lie over it.
    void theAxisLineIsSeenWhereYStartsAtZero() {
        figure::Figure figure;
        figure::Panel& panel = figure.panels.emplace_back();
        panel.x.range = panel.y.range = figure::Range{0, 1};
        panel.curves.push_back({.name = "a", .x = {0, 1}, .y = {0.5, 0.6}});
        PlotView view;
        const FigureTheme theme = FigureTheme::load(QStringLiteral("light"));
        view.setTheme(theme);
        show(view, figure);
        const QImage image = view.grab().toImage();
        int longest = 0;
        for (int y = 0; y < image.height(); ++y) {
            int run = 0;
            for (int x = 0; x < image.width(); ++x) {
                run = image.pixelColor(x, y) == theme.axis ? run + 1 : 0;
                longest = std::max(longest, run);
            }
        }
        QVERIFY2(longest > image.width() / 2, qPrintable(QString::number(longest)));
    }

    /// Elsewhere a curve may reach over the edge by a marker: there all its data are inside.
    void aCurveEndsWhereItsAxisDoes() {
        const FigureTheme theme = FigureTheme::load(QStringLiteral("light"));
        const RowsOfColour rows =
            rowsOf(curveTo(5, theme), theme.grid); // the grid line at 1 is the uppermost
        QVERIFY(rows.firstLine > 0 && rows.firstBlue > 0);
        QVERIFY2(rows.firstBlue >= rows.firstLine - 1,
                 qPrintable(QStringLiteral("%1 above %2").arg(rows.firstBlue).arg(rows.firstLine)));
    }

    void aCurveThatFallsBelowItsAxisEndsThere() {
        const FigureTheme theme = FigureTheme::load(QStringLiteral("light"));
        const RowsOfColour rows = rowsOf(curveTo(-5, theme), theme.axis); // the x axis is the lowest
        QVERIFY(rows.lastLine > 0 && rows.lastBlue > 0);
        QVERIFY2(rows.lastBlue <= rows.lastLine + 1,
                 qPrintable(QStringLiteral("%1 below %2").arg(rows.lastBlue).arg(rows.lastLine)));
    }

    /// Whatever the size, no label is much longer than its axis: at the edge of a figure it would be cut off.
    void longLabelsBreakBeforeTheirBracket() {
        figure::Figure figure;
        figure.columns = 3;
        for (int i = 0; i < 3; ++i) {
            figure::Panel& panel = figure.panels.emplace_back();
            panel.square = true;
            panel.x.label = panel.y.label = "component 1 (67 %)";
            panel.curves.push_back({.name = "a", .x = {0, 1}, .y = {0.5, 0.6}});
        }
        PlotView view;
        show(view, figure);
        const auto* plot = view.findChild<QCustomPlot*>();
        QVERIFY(plot && plot->axisRectCount() == 3);
        bool broken = false;
        for (int height = 300; height >= 140; height -= 10) {
            view.resize(700, height); // the squares follow
            static_cast<void>(view.grab());
            for (const QCPAxisRect* rect : plot->axisRects()) {
                const QCPAxis* axis = rect->axis(QCPAxis::atBottom);
                const QStringList lines = axis->label().split(QLatin1Char('\n'));
                broken = broken || lines.size() > 1;
                QVERIFY2(lines.size() == 1 || lines.front() == "component 1", qPrintable(axis->label()));
                const double length = QFontMetricsF(axis->labelFont()).horizontalAdvance(lines.front());
                QVERIFY2(
                    length < 1.2 * rect->width(),
                    qPrintable(QStringLiteral("%1 of %2 at %3").arg(length).arg(rect->width()).arg(height)));
            }
        }
        QVERIFY(broken);
    }

    void keysZoomPanAndReset() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        QTest::keyClick(&view, Qt::Key_Plus);
        const auto zoomed = view.shownFigure().panels[0].x.range;
        QVERIFY(zoomed);
        QTest::keyClick(&view, Qt::Key_Right);
        const auto panned = view.shownFigure().panels[0].x.range;
        QVERIFY(panned->low > zoomed->low);
        QVERIFY(std::abs((panned->high - panned->low) - (zoomed->high - zoomed->low)) < 1e-9);
        QTest::keyClick(&view, Qt::Key_L);
        QCOMPARE(view.shownFigure().panels[0].y.scale, figure::Scale::logarithmic);
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(!view.shownFigure().panels[0].x.range);
        QCOMPARE(view.shownFigure().panels[0].y.scale, figure::Scale::linear);
    }

    void panelsOfAColumnShareTheirXRange() {
        PlotView view;
        show(view, tests::sampleReliability({"ft", "lp-ft"}, 1));
        QTest::keyClick(&view, Qt::Key_Plus); // the first panel; the third is below it
        const figure::Figure shown = view.shownFigure();
        QCOMPARE(shown.panels[2].x.range, shown.panels[0].x.range);
        QCOMPARE(*shown.panels[1].x.range, (figure::Range{0, 1}));
    }

    void onlyTheNearestSampleIsPointedAt() {
        const widgets::PanelMap map = tenByTen();
        figure::Panel panel;
        panel.curves = {{.name = "way of a row", .x = {0, 10}, .y = {0, 10}}};
        addPoints(panel, "no", {{1, 1}, {5, 5}}, {0, 2});
        addPoints(panel, "yes", {{5.2, 5}}, {1});
        addPoints(panel, "row", {{5.5, 5}}, {});
        const auto samplesAt = [&](QPointF cursor, const std::set<std::string>& hidden = {}) {
            std::vector<std::int64_t> samples;
            for (const auto& reading : widgets::readOut(panel, map, map, cursor, hidden).readings) {
                samples.push_back(reading.sample.value_or(-1));
            }
            std::ranges::sort(samples);
            return samples;
        };
        QCOMPARE(samplesAt({51.5, 50}), (std::vector<std::int64_t>{-1, 1}));
        QCOMPARE(samplesAt({50.5, 50}), (std::vector<std::int64_t>{-1, 2}));
        QCOMPARE(samplesAt({51.5, 50}, {"yes", "row"}), (std::vector<std::int64_t>{2}));
        QVERIFY(samplesAt({80, 20}).empty());
    }

    void aSampleIsFoundInOtherPanels() {
        const widgets::PanelMap map = tenByTen();
        figure::Panel panel;
        addPoints(panel, "mark", {{0, 0}}, {});
        addPoints(panel, "no", {{1, 2}}, {7});
        addPoints(panel, "yes", {{5, 5}, {9, 3}}, {1, 3});
        addPoints(panel, "yes, another run", {{1, 1}}, {3});
        const auto readings = widgets::readingsOf(panel, map, 3, {});
        QCOMPARE(readings.size(), std::size_t{2});
        QCOMPARE(readings[0].name, QStringLiteral("yes"));
        QCOMPARE(readings[0].text, QStringLiteral("point 1"));
        QCOMPARE(readings[0].at, QPointF(90, 70));
        QCOMPARE(readings[1].at, QPointF(10, 90));
        QCOMPARE(widgets::readingsOf(panel, map, 3, {"yes"}).size(), std::size_t{1});
        QVERIFY(widgets::readingsOf(panel, map, 4, {}).empty());
    }

    void pointingAtASampleMarksItElsewhere() {
        figure::Figure figure;
        figure.kind = "feature-map";
        figure.columns = 2;
        for (const std::int64_t sample : {5, 5}) {
            figure::Panel& panel = figure.panels.emplace_back();
            panel.x.range = panel.y.range = figure::Range{0, 10};
            addPoints(panel, "class", {{5, 5}}, {sample});
        }
        PlotView view;
        show(view, figure);
        const QPointF here(150, 150), there(250, 250);
        const Place first = placeAt(view, here).value(), last = placeAt(view, there).value();
        const QPointF point(here.x() + 100 * (5 - first.x) / (last.x - first.x),
                            here.y() + 100 * (5 - first.y) / (last.y - first.y));
        const auto rightHalf = [&](QPointF at) {
            hover(view, at);
            return view.grab({view.width() / 2 + 20, 0, view.width() / 2 - 20, view.height()}).toImage();
        };
        QVERIFY(rightHalf(point) != rightHalf(here));
        figure.panels[1].scatters[0].samples = {6};
        view.setFigure(figure);
        QCoreApplication::processEvents();
        QCOMPARE(rightHalf(point), rightHalf(here));
    }

    void copyGivesImageSvgAndNumbers() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        view.copyToClipboard();
        const QMimeData* data = QGuiApplication::clipboard()->mimeData();
        QVERIFY(data->hasImage());
        QVERIFY(data->data(QStringLiteral("image/svg+xml")).contains("<path"));
        QVERIFY(data->text().contains(QStringLiteral("\tLP-FT\t0\t24\t")));
    }

    /// "fine-tuning starts" stands above the axes, where no data can be; both labels are readable.
    void labelsOfVerticalLinesStandAboveTheAxes() {
        figure::Figure figure = tests::sampleNorms(figure::Scale::linear);
        figure.panels.resize(1);
        figure.panels[0].header.clear();
        figure.panels[0].lines.clear();
        figure.panels[0].references = {{.vertical = true, .at = 5, .label = "", .style = {}}};
        const auto inkAbove = [&] {
            PlotView view;
            view.setTheme(FigureTheme::load(QStringLiteral("light")));
            show(view, figure);
            const QImage image = view.grab().toImage();
            int ink = 0;
            for (int y = 0; y < 14; ++y) { // less than the room that a label takes
                for (int x = 80; x < image.width() - 20; ++x) {
                    ink += image.pixelColor(x, y).lightness() < 160 ? 1 : 0;
                }
            }
            return ink;
        };
        const int without = inkAbove();
        figure.panels[0].references[0].label = "fine-tuning starts";
        const int one = inkAbove();
        QVERIFY(one > without + 50);
        figure.panels[0].references.push_back({.vertical = true, .at = 5.1, .label = "T = 1.5", .style = {}});
        QVERIFY(inkAbove() > one + 20);
    }

    void accessibleTextsAreTheFigures() {
        PlotView view;
        show(view, tests::sampleNorms(figure::Scale::linear));
        QCOMPARE(view.accessibleName(), QStringLiteral("Classifier norm"));
        QVERIFY(!view.accessibleDescription().isEmpty());
    }
};

QTEST_MAIN(TestPlotView)
#include "test_plot_view.moc"

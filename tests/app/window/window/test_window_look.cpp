#include "tests/app/window/window_fixture.h"
#include "tests/support/contrast.h"
#include "widgets/page/calibration/diagram_table.h"
#include "widgets/plot/view/plot_view.h"

#include <QApplication>
#include <QComboBox>
#include <QImage>
#include <QLineEdit>
#include <QSplitter>
#include <QStatusBar>
#include <QTreeView>

using namespace finescope;
using Table = widgets::DiagramTable;
using widgets::PlotView;
using window::Setting;

/// How the window looks, fits, is reached by the keyboard, and what it remembers.
class TestWindowLook : public QObject, tests::WindowFixture {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void panelsKeepTheirWidthAfterARestart() {
        auto* columns = find<QSplitter>("columns");
        columns->setSizes({300, 700, 280});
        const QList<int> sizes = columns->sizes();
        m_window->close();
        makeWindow();
        QCOMPARE(find<QSplitter>("columns")->sizes(), sizes);
    }

    void theFilterHidesRunsAndIsReachedByKeyboard() {
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        auto* tree = find<QTreeView>("runTree");
        const auto methods = [tree] { return tree->model()->rowCount(tree->model()->index(0, 0)); };
        QTRY_COMPARE(methods(), 2);
        trigger("actionFilterRuns");
        auto* filter = find<QLineEdit>("runFilter");
        QTRY_VERIFY(filter->hasFocus());
        QTest::keyClicks(filter, QStringLiteral("lp.h5")); // "lp" may stand in the name of a temporary folder
        QCOMPARE(methods(), 1);
        QVERIFY(tree->isExpanded(tree->model()->index(0, 0)));
        filter->clear();
        QCOMPARE(methods(), 2);
    }

    void theTabKeyReachesTheSlider() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Calibration");
        QTRY_COMPARE(find<Table>("calibrationNumbers")->rowCount(), 1);
        QTRY_VERIFY(find<PlotView>("reliabilityPlot")->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), find<QWidget>("temperatureGroove"));
    }

    void theKeysOfThePageWorkInTheTableToo() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Calibration");
        auto* table = find<Table>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 1);
        QVERIFY(table->isColumnHidden(Table::temperatureColumn));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_T);
        QTRY_COMPARE(find<QComboBox>("calibrationMode")->currentIndex(), 1);
        QVERIFY(!table->isColumnHidden(Table::temperatureColumn));
    }

    void numbersAboveTheDiagramsStayInOneLineInASmallWindow() {
        QStringList files;
        for (const char* method : {"lp", "ft", "lora", "lp-ft", "lp-lora"}) {
            files.append(makeRun((std::string(method) + ".h5").c_str(), method));
        }
        m_window->resize(1024, 700);
        m_window->open(files);
        showPage("Calibration");
        QTRY_COMPARE(find<Table>("calibrationNumbers")->rowCount(), 5);
        auto* plot = find<PlotView>("reliabilityPlot");
        QCOMPARE(plot->figure().columns, 5);
        find<QComboBox>("calibrationMode")->setCurrentIndex(1);
        QVERIFY(plot->figure().columns < 5);
        m_window->resize(1600, 900);
        QTRY_COMPARE(plot->figure().columns, 5);
    }

    void aFolderWithManyRunsSaysThatOnlySomeAreShown() {
        for (int seed = 1; seed <= window::Session::kCheckedAtOnce + 1; ++seed) {
            makeRun(QStringLiteral("study/%1.h5").arg(seed).toLatin1().constData(), "ft", seed);
        }
        m_window->open({path("study")});
        auto* status = m_window->statusBar();
        QTRY_COMPARE(status->currentMessage(),
                     QStringLiteral("12 of the 13 runs in study are shown. Check more in the list."));
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(0, 0, tree->model()->index(0, 0))), 13);
        const QModelIndex method = tree->model()->index(0, 0, tree->model()->index(0, 0));
        QVERIFY(tree->model()->setData(tree->model()->index(12, 0, method), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(status->currentMessage(), QString());
    }

    /// Five seeds of five methods in folders of their own, as the demo's: two whole seeds are ticked.
    void ofManySeedsWholeOnesAreTicked() {
        const std::vector<const char*> methods{"ft", "lora", "lp", "lp-ft", "lp-lora"};
        for (int seed = 1; seed <= 5; ++seed) {
            const QString folder = seed == 1 ? QString() : QStringLiteral("seed-%1/").arg(seed);
            for (const char* method : methods) {
                makeRun(QStringLiteral("study/%1%2.h5").arg(folder, method).toLatin1().constData(), method,
                        seed);
            }
        }
        m_window->open({path("study")});
        QTRY_COMPARE(m_window->statusBar()->currentMessage(),
                     QStringLiteral("10 of the 25 runs in study are shown. Check more in the list."));
        showPage("Calibration");
        auto* table = find<Table>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 10);
    }

    void theNamesOfThePagesAreReadInBothThemes() {
        m_window->open({makeRun("ft.h5", "ft")});
        QTRY_VERIFY(!find<PlotView>("trainingPlot")->figure().panels.empty());
        for (const char* theme : {"actionThemeLight", "actionThemeDark"}) {
            trigger(theme);
            auto* tabs = find<QTabBar>("pageTabs");
            const QImage image = tabs->grab().toImage();
            const QColor ground = image.pixelColor(1, 1);
            for (int i = 0; i < tabs->count(); ++i) {
                const QRect name = image.rect() & tabs->tabRect(i).adjusted(0, 4, 0, -4); // not its underline
                double best = 1;
                for (int y = name.top(); y <= name.bottom(); ++y) {
                    for (int x = name.left(); x <= name.right(); ++x) {
                        best = std::max(best, tests::contrast(image.pixelColor(x, y), ground));
                    }
                }
                QVERIFY2(best >= 4.5, theme); // WCAG 2.1, 1.4.3: text
            }
        }
    }
};

int main(int argc, char** argv) {
    QApplication::setStyle(QStringLiteral("Fusion"));
    QApplication application(argc, argv);
    TestWindowLook test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_window_look.moc"

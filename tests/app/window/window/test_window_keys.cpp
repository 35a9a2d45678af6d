#include "tests/app/window/window_fixture.h"
#include "tests/support/near.h"
#include "widgets/control/temperature_slider.h"
#include "widgets/plot/view/plot_view.h"

#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QSet>
#include <QTableWidget>
#include <QTreeView>

using namespace finescope;
using widgets::PlotView;

/// The window by keyboard alone, and what a reader of the screen says of it.
class TestWindowKeys : public QObject, tests::WindowFixture {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void tabReachesEverything_data() {
        QTest::addColumn<QString>("page");
        for (const char* page : kPages) {
            QTest::newRow(page) << QString::fromLatin1(page);
        }
    }

    void tabReachesEverything() {
        QFETCH(QString, page);
        openAll({makeRun("ft.h5", "ft"), makeRun("lp.h5", "lp")});
        showPage(qPrintable(page));
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(), 1);
        const auto unreached = [this] {
            QSet<QWidget*> reached;
            for (int i = 0; i < 60; ++i) {
                QTest::keyClick(m_window->windowHandle(), Qt::Key_Tab);
                reached.insert(QApplication::focusWidget());
            }
            QStringList names;
            for (QWidget* widget : m_window->findChildren<QWidget*>()) {
                const bool takesTab = widget->focusPolicy() & Qt::TabFocus && !widget->focusProxy();
                if (widget->isVisible() && widget->isEnabled() && takesTab && !reached.contains(widget)) {
                    names.append(widget->objectName());
                }
            }
            return names.join(QStringLiteral(", "));
        };
        QTRY_COMPARE(unreached(), QString()); // what is computed of the runs may show a control meanwhile
    }

    void ctrlEExportsWhileATextFieldHasTheFocus() {
        m_window->open({makeRun("ft.h5", "ft")});
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(), 1);
        auto* filter = find<QLineEdit>("runFilter");
        filter->setFocus();
        QTest::keyClick(filter, Qt::Key_E, Qt::ControlModifier);
        QVERIFY(find<QDialog>("exportDialog")->isVisible());
    }

    void keysOfTheSliderWorkFromEverywhereButTextFields() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Calibration");
        auto* tree = find<QTreeView>("runTree");
        QTRY_COMPARE(tree->model()->rowCount(), 1);
        auto* slider = find<widgets::TemperatureSlider>("temperatureSlider");
        for (QWidget* from : {static_cast<QWidget*>(tree), find<QWidget>("calibrationNumbers"),
                              find<QWidget>("calibrationSplit")}) {
            from->setFocus();
            QTest::keyClick(from, Qt::Key_1);
            QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
            QTest::keyClick(from, Qt::Key_BracketRight);
            QVERIFY_NEAR(slider->temperature(), 1.1, 1e-9);
            QTest::keyClick(from, Qt::Key_BracketLeft);
            QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
        }
        auto* filter = find<QLineEdit>("runFilter");
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("]1t"));
        QCOMPARE(filter->text(), QStringLiteral("]1t"));
        QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
        showPage("Training"); // where they mean nothing
        QTest::keyClick(find<QWidget>("trainingPlot"), Qt::Key_BracketRight);
        QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
    }

    void aFilterWithoutAMatchSaysSoAndEscClearsIt() {
        m_window->open({makeRun("ft.h5", "ft")});
        auto* tree = find<QTreeView>("runTree");
        QTRY_VERIFY(tree->isVisible());
        auto* filter = find<QLineEdit>("runFilter");
        QTest::keyClicks(filter, QStringLiteral("nothing"));
        auto* words = find<QLabel>("runsEmpty");
        QVERIFY(words->isVisible() && words->text().contains(QStringLiteral("No run contains these words")));
        QTest::keyClick(filter, Qt::Key_Escape);
        QVERIFY(filter->text().isEmpty() && tree->isVisible());
    }

    void keysStepTheTemperatureAnywhereOnThePage() {
        m_window->open({makeRun("ft.h5", "ft")});
        showPage("Calibration");
        QTRY_COMPARE(find<QTableWidget>("calibrationNumbers")->rowCount(), 1);
        auto* slider = find<widgets::TemperatureSlider>("temperatureSlider");
        auto* plot = find<QWidget>("reliabilityPlot");
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_BracketRight);
        QVERIFY_NEAR(slider->temperature(), 1.1, 1e-9);
        QTest::keyClick(plot, Qt::Key_BracketLeft);
        QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
        QTest::keyClick(plot, Qt::Key_BracketLeft);
        QTest::keyClick(plot, Qt::Key_1);
        QVERIFY_NEAR(slider->temperature(), 1.0, 1e-9);
    }

    void aPageChosenByKeyboardHasTheKeyboard() {
        m_window->open({makeRun("ft.h5", "ft")});
        QTRY_VERIFY(!find<PlotView>("trainingPlot")->figure().panels.empty());
        QTRY_VERIFY(find<PlotView>("trainingPlot")->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_6, Qt::AltModifier);
        auto* table = find<QTableWidget>("calibrationNumbers");
        QTRY_COMPARE(table->rowCount(), 1);
        QTRY_VERIFY(QApplication::focusWidget());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_T);
        QTRY_COMPARE(find<QComboBox>("calibrationMode")->currentIndex(), 1);
    }

    void everythingThatTakesTheFocusHasAName() {
        m_window->open({makeRun("ft.h5", "ft")});
        QTRY_VERIFY(!find<PlotView>("trainingPlot")->figure().panels.empty());
        QStringList nameless;
        for (const char* page : kPages) {
            showPage(page);
            for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
                if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() ||
                    qobject_cast<const QAbstractSpinBox*>(widget->parentWidget())) {
                    continue; // the line inside a spin box speaks with the box's name
                }
                const QAccessibleInterface* spoken =
                    QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
                if (!spoken || spoken->text(QAccessible::Name).isEmpty()) {
                    nameless.append(QStringLiteral("%1 %2").arg(
                        QLatin1String(widget->metaObject()->className()), widget->objectName()));
                }
            }
        }
        nameless.removeDuplicates();
        QCOMPARE(nameless.join(QStringLiteral("; ")), QString());
    }
};

QTEST_MAIN(TestWindowKeys)
#include "test_window_keys.moc"

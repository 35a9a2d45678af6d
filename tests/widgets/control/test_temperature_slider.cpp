#include "widgets/control/temperature_groove.h"
#include "widgets/control/temperature_slider.h"

#include <QAccessible>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include <cmath>

using namespace finescope;
using widgets::TemperatureGroove;
using widgets::TemperatureSlider;

class TestTemperatureSlider : public QObject {
    Q_OBJECT

    std::unique_ptr<TemperatureSlider> m_slider;
    TemperatureGroove* m_groove = nullptr;

    [[nodiscard]] QPoint at(double temperature, int y = 26) const {
        return {static_cast<int>(std::lround(m_groove->positionOf(temperature))), y};
    }

private Q_SLOTS:
    void init() {
        m_slider = std::make_unique<TemperatureSlider>();
        m_slider->resize(900, m_slider->sizeHint().height());
        m_slider->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_slider.get()));
        m_groove = m_slider->findChild<TemperatureGroove*>();
        QVERIFY(m_groove);
    }

    void aCommaIsADecimalPoint() {
        auto* box = m_slider->findChild<QDoubleSpinBox*>();
        const auto typed = [box](const char* text) {
            box->selectAll();
            QTest::keyClicks(box, QLatin1String(text));
            QTest::keyClick(box, Qt::Key_Return);
            return box->value();
        };
        QCOMPARE(typed("0,7"), 0.7);
        QCOMPARE(typed("2.5"), 2.5);
        QCOMPARE(typed("1e1"), 10.0);
        QCOMPARE(m_slider->temperature(), 10.0);
        QCOMPARE(typed("12abc"), 12.0); // letters are not taken
    }

    void oneIsInTheMiddleAndTheScaleIsLogarithmic() {
        const double low = m_groove->positionOf(0.05), one = m_groove->positionOf(1),
                     high = m_groove->positionOf(20);
        QVERIFY(std::abs(one - (low + high) / 2) < 1e-9);
        QVERIFY(std::abs(m_groove->positionOf(4) - 2 * m_groove->positionOf(2) + one) < 1e-9);
        QVERIFY(std::abs(m_groove->temperatureAt(m_groove->positionOf(3.3)) - 3.3) < 1e-9);
    }

    void draggingChangesAndReleaseCommits() {
        QSignalSpy changed(m_slider.get(), &TemperatureSlider::temperatureChanged);
        QSignalSpy committed(m_slider.get(), &TemperatureSlider::temperatureCommitted);
        QTest::mousePress(m_groove, Qt::LeftButton, {}, at(2));
        QTest::mouseMove(m_groove, at(5));
        QTest::mouseMove(m_groove, at(10));
        QCOMPARE(changed.size(), 3);
        QCOMPARE(committed.size(), 0);
        QTest::mouseRelease(m_groove, Qt::LeftButton, {}, at(10));
        QCOMPARE(committed.size(), 1);
        const double pixel = std::log(20.0) * 2 / (m_groove->positionOf(20) - m_groove->positionOf(0.05));
        QVERIFY(std::abs(std::log(m_slider->temperature() / 10)) < pixel);
        QCOMPARE(committed[0][0].toDouble(), m_slider->temperature());
        auto* box = m_slider->findChild<QDoubleSpinBox*>();
        QVERIFY(std::abs(box->value() - m_slider->temperature()) < 1e-5);
    }

    void keysStepByTheirFactors_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<double>("expected"); // from 2, rounded to four digits
        QTest::newRow("right") << int(Qt::Key_Right) << 2.02;
        QTest::newRow("left") << int(Qt::Key_Left) << 1.980;
        QTest::newRow("page up") << int(Qt::Key_PageUp) << 2.2;
        QTest::newRow("page down") << int(Qt::Key_PageDown) << 1.818;
        QTest::newRow("]") << int(Qt::Key_BracketRight) << 2.2;
        QTest::newRow("[") << int(Qt::Key_BracketLeft) << 1.818;
        QTest::newRow("1") << int(Qt::Key_1) << 1.0;
    }

    void keysStepByTheirFactors() {
        QFETCH(int, key);
        QFETCH(double, expected);
        m_slider->setTemperature(2);
        QSignalSpy changed(m_slider.get(), &TemperatureSlider::temperatureChanged);
        QTest::keyClick(m_groove, static_cast<Qt::Key>(key));
        QCOMPARE(m_slider->temperature(), expected);
        QCOMPARE(changed.size(), 1);
    }

    void settingFromOutsideIsSilent() {
        QSignalSpy changed(m_slider.get(), &TemperatureSlider::temperatureChanged);
        m_slider->setTemperature(3);
        m_slider->setTemperature(-1);
        m_slider->setTemperature(std::nan(""));
        QCOMPARE(m_slider->temperature(), 3.0);
        QVERIFY(changed.isEmpty());
    }

    void aClickOnAMarkGoesThereExactly() {
        m_slider->setOptima({{"LP-FT, seed 1", {"lp-ft"}, 1.7342918}});
        QTest::mouseClick(m_groove, Qt::LeftButton, {}, at(1.7342918, 10));
        QCOMPARE(m_slider->temperature(), 1.7342918);
    }

    void theButtonGoesToTheOptimum() {
        auto* button = m_slider->findChild<QPushButton*>(QStringLiteral("temperatureOptimum"));
        QVERIFY(!button->isEnabled());
        m_slider->setOptima({{"FT", {"ft"}, 2.5012345}});
        QSignalSpy committed(m_slider.get(), &TemperatureSlider::temperatureCommitted);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(m_slider->temperature(), 2.5012345);
        QCOMPARE(committed.size(), 1);
    }

    void anOptimumOutsideWidensTheGrooveOnBothSides() {
        m_slider->setOptima({{"FT", {"ft"}, 50}});
        QVERIFY(m_groove->highest() > 50);
        QCOMPARE(m_groove->lowest(), 1 / m_groove->highest());
        m_slider->setOptima({});
        QCOMPARE(m_groove->highest(), 20.0);
    }

    void tTogglesFittedAndAChoiceLeavesIt() {
        QSignalSpy toggled(m_slider.get(), &TemperatureSlider::fittedToggled);
        QTest::keyClick(m_groove, Qt::Key_T);
        QVERIFY(m_slider->fitted());
        QTest::keyClick(m_groove, Qt::Key_Right);
        QVERIFY(!m_slider->fitted());
        QCOMPARE(toggled.size(), 2);
    }

    void theSpinBoxCommits() {
        auto* box = m_slider->findChild<QDoubleSpinBox*>();
        QSignalSpy changed(m_slider.get(), &TemperatureSlider::temperatureChanged);
        box->selectAll();
        QTest::keyClicks(box, QStringLiteral("0.25"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(m_slider->temperature(), 0.25);
        QCOMPARE(changed.size(), 1);
    }

    void assistiveTechnologyReadsAndSets() {
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_groove);
        QVERIFY(interface && interface->valueInterface());
        QCOMPARE(interface->role(), QAccessible::Slider);
        interface->valueInterface()->setCurrentValue(4.0);
        QCOMPARE(m_slider->temperature(), 4.0);
        QCOMPARE(interface->valueInterface()->currentValue().toDouble(), 4.0);
    }
};

QTEST_MAIN(TestTemperatureSlider)
#include "test_temperature_slider.moc"

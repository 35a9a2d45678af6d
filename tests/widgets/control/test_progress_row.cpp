#include "widgets/control/progress_row.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

#include <memory>

using namespace finescope;
using widgets::ProgressRow;

class TestProgressRow : public QObject {
    Q_OBJECT

    QPushButton* m_cancel = nullptr;

    std::unique_ptr<ProgressRow> make(ProgressRow::Shape shape) {
        m_cancel = new QPushButton(QStringLiteral("Stop"));
        auto row = std::make_unique<ProgressRow>(shape, QStringLiteral("x"), m_cancel, nullptr);
        row->setWords(QStringLiteral("words"));
        row->resize(400, 120);
        row->show();
        return row;
    }

private Q_SLOTS:
    void partsHaveNamesAndPlaces() {
        for (const auto shape :
             {ProgressRow::Shape::column, ProgressRow::Shape::row, ProgressRow::Shape::wordsFirst}) {
            const auto row = make(shape);
            QVERIFY(QTest::qWaitForWindowExposed(row.get()));
            const auto* bar = row->findChild<QProgressBar*>(QStringLiteral("xProgress"));
            const auto* words = row->findChild<QLabel*>(QStringLiteral("xTimeLeft"));
            QVERIFY(bar == row->bar() && words == row->words());
            QCOMPARE(row->findChild<QPushButton*>(QStringLiteral("xCancel")), m_cancel);
            QCOMPARE(words->x() < bar->x(), shape == ProgressRow::Shape::wordsFirst);
            QCOMPARE(words->x() > bar->x(), shape == ProgressRow::Shape::row);
            QCOMPARE(words->y() > bar->y() + bar->height() / 2, shape == ProgressRow::Shape::column);
            QVERIFY(m_cancel->x() > words->x() || m_cancel->y() > words->y());
        }
    }

    void theBarSaysPercents() {
        const auto row = make(ProgressRow::Shape::row);
        row->setFraction(0.25);
        QCOMPARE(row->bar()->value(), 25);
        QCOMPARE(row->bar()->text(), QStringLiteral("25%"));
        row->setFraction(std::nullopt); // Qt moves such a bar by itself
        QCOMPARE(row->bar()->maximum(), 0);
        row->bar()->setTextVisible(false);
        row->setFraction(0.125);
        QCOMPARE(row->bar()->maximum(), 1000);
        QCOMPARE(row->bar()->value(), 125);
    }

    void theTimeLeftIsSaidInWords() {
        const auto row = make(ProgressRow::Shape::row);
        row->setTimeLeft(0.5);
        QCOMPARE(row->words()->text(), QStringLiteral("1 s left"));
        row->setTimeLeft(120);
        QCOMPARE(row->words()->text(), QStringLiteral("2 min left"));
        row->setTimeLeft(4800);
        QCOMPARE(row->words()->text(), QStringLiteral("1 h 20 min left"));
        row->setTimeLeft(std::nullopt);
        QCOMPARE(row->words()->text(), QString());
    }

    void theButtonCancelsAndOthersStandBeforeIt() {
        const auto row = make(ProgressRow::Shape::row);
        auto* pause = new QPushButton(QStringLiteral("Pause"));
        row->addButton(pause);
        QVERIFY(QTest::qWaitForWindowExposed(row.get()));
        QCoreApplication::processEvents();
        QVERIFY(pause->x() > row->words()->x() && pause->x() < m_cancel->x());
        QSignalSpy cancelled(row.get(), &ProgressRow::cancelRequested);
        QTest::mouseClick(pause, Qt::LeftButton);
        QCOMPARE(cancelled.size(), 0);
        QTest::mouseClick(m_cancel, Qt::LeftButton);
        QCOMPARE(cancelled.size(), 1);
    }
};

QTEST_MAIN(TestProgressRow)
#include "test_progress_row.moc"

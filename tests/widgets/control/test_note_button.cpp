#include "widgets/control/note_button.h"

#include <QFrame>
#include <QLabel>
#include <QPalette>
#include <QtTest>

using namespace finescope;
using widgets::NoteButton;

class TestNoteButton : public QObject {
    Q_OBJECT

    std::unique_ptr<QWidget> m_window;
    NoteButton* m_button = nullptr;

    [[nodiscard]] QFrame* card() const { return m_button->findChild<QFrame*>(QStringLiteral("noteCard")); }
    [[nodiscard]] QString textOf(const char* name) const {
        return card()->findChild<QLabel*>(QLatin1String(name))->text();
    }

private Q_SLOTS:
    void init() {
        m_window = std::make_unique<QWidget>();
        m_button = new NoteButton(m_window.get());
        m_button->setNote({QStringLiteral("Norm"), QStringLiteral("‖<i>v<sub>k</sub></i>‖"),
                           QStringLiteral("A & B <2024>")});
        m_window->resize(300, 200);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void aClickShowsDefinitionAndSource() {
        QVERIFY(!card()->isVisible());
        QTest::mouseClick(m_button, Qt::LeftButton);
        QVERIFY(card()->isVisible());
        QCOMPARE(textOf("noteTitle"), QStringLiteral("Norm"));
        QVERIFY(textOf("noteDefinition").contains(QStringLiteral("<sub>k</sub>")));
        const auto* source = card()->findChild<QLabel*>(QStringLiteral("noteSource"));
        QCOMPARE(source->text(), QStringLiteral("Source: A & B <2024>"));
        QCOMPARE(source->textFormat(), Qt::PlainText);
        QTest::keyClick(card(), Qt::Key_Escape);
        QVERIFY(!card()->isVisible());
    }

    void theKeyboardOpensItAndItIsNamed() {
        QCOMPARE(m_button->accessibleName(), QStringLiteral("What is this: Norm"));
        m_button->setFocus(Qt::TabFocusReason);
        QTest::keyClick(m_button, Qt::Key_Space);
        QVERIFY(card()->isVisible());
    }

    void allOfALongTextIsSeen() {
        m_button->setNote({QStringLiteral("Norm"), QStringLiteral("many words ").repeated(200), {}});
        QTest::mouseClick(m_button, Qt::LeftButton);
        const auto* definition = card()->findChild<QLabel*>(QStringLiteral("noteDefinition"));
        QVERIFY(definition->height() >= definition->heightForWidth(definition->width()));
        QVERIFY(card()->height() > definition->height());
        QVERIFY(card()->rect().contains(definition->geometry()));
    }

    void itStaysOnTheScreen() {
        const QRect screen = m_window->screen()->availableGeometry();
        m_window->move(screen.right() - 60, screen.bottom() - 60);
        QTest::mouseClick(m_button, Qt::LeftButton);
        const QRect at = card()->geometry();
        QVERIFY2(screen.contains(at), qPrintable(QDebug::toString(at)));
    }
};

QTEST_MAIN(TestNoteButton)
#include "test_note_button.moc"

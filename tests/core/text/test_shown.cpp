#include "core/text/shown.h"
#include "core/text/wording.h"

#include <QtTest>

using namespace finescope;

/// Names and values from files, as messages show them.
class TestShown : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsPlainTextAsItIs() {
        QCOMPARE(text::shown(""), std::string());
        QCOMPARE(text::shown("na\xC3\xAFve \xF0\x9F\x98\x80"), std::string("na\xC3\xAFve \xF0\x9F\x98\x80"));
    }

    void namesAreEnumerated() {
        QCOMPARE(text::enumerated({}, "and"), std::string());
        QCOMPARE(text::enumerated({"a"}, "and"), std::string("a"));
        QCOMPARE(text::enumerated({"a", "b"}, "or"), std::string("a or b"));
        QCOMPARE(text::enumerated({"a", "b", "c"}, "and"), std::string("a, b and c"));
    }

    void cutsAtEightyCharacters_data() {
        QTest::addColumn<QString>("character");
        QTest::newRow("one byte") << "a";
        QTest::newRow("two bytes") << QString(QChar(0x00E9));
        QTest::newRow("four bytes") << QString::fromUcs4(U"\U0001F600");
    }
    void cutsAtEightyCharacters() {
        QFETCH(QString, character);
        const auto shown = [&](int count) {
            return QString::fromStdString(text::shown(character.repeated(count).toStdString()));
        };
        QCOMPARE(shown(80), character.repeated(80));
        QCOMPARE(shown(81), character.repeated(79) + QChar(0x2026));
        QCOMPARE(shown(100'000), character.repeated(79) + QChar(0x2026));
    }

    void hidesWhatSteersTheScreen_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("line end") << "a\nb";
        QTest::newRow("escape") << "a\x1b"
                                   "b";
        QTest::newRow("delete") << "a\x7f"
                                   "b";
        QTest::newRow("C1") << "a" + QString(QChar(0x9B)) + "b";
        QTest::newRow("right to left override") << "a" + QString(QChar(0x202E)) + "b";
        QTest::newRow("isolate") << "a" + QString(QChar(0x2066)) + "b";
        QTest::newRow("line separator") << "a" + QString(QChar(0x2028)) + "b";
    }
    void hidesWhatSteersTheScreen() {
        QFETCH(QString, text);
        const QString plain = "a" + QString(QChar(0xFFFD)) + "b";
        QCOMPARE(QString::fromStdString(text::shown(text.toStdString())), plain);
        QCOMPARE(QString::fromStdString(text::oneLine(text.repeated(100).toStdString())),
                 plain.repeated(100));
    }

    void illFormedBytesAreOneMark() {
        QCOMPARE(text::shown("a\xE9"
                             "b"),
                 std::string("a\xEF\xBF\xBD"
                             "b"));
        QCOMPARE(text::shown(std::string("a\0b", 3)), std::string("a\xEF\xBF\xBD"
                                                                  "b"));
    }
};

QTEST_APPLESS_MAIN(TestShown)
#include "test_shown.moc"

#include "core/error.h"
#include "core/text/json.h"

#include <QtTest>

#include <nlohmann/json.hpp>

using namespace finescope;

namespace {

std::string repeated(const std::string& part, int times) {
    std::string text;
    text.reserve(part.size() * static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i) {
        text += part;
    }
    return text;
}

/// What the text is refused with, "" if it is read.
QString refusal(const std::string& text, const text::JsonLimits& limits = {}) {
    try {
        static_cast<void>(text::parseJson(text, "here", limits));
        return "";
    } catch (const Error& error) {
        return error.kind() == ErrorKind::badFile ? QString::fromUtf8(error.what()) : "another kind of error";
    }
}

} // namespace

/// The one place where JSON of files is read: limits before anything is built, and errors in our words.
class TestJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatJsonIs() {
        const auto value =
            text::parseJson("\xEF\xBB\xBF {\"b\": [1, 2.5, null, \"]}\\\"\"], \"a\": {}}", "here");
        QCOMPARE(value["b"][1].get<double>(), 2.5);
        QCOMPARE(value["b"][3].get<std::string>(), std::string("]}\""));
        QCOMPARE(value.begin().key(), std::string("a"));
        const auto ordered = text::parseOrderedJson("{\"b\": 1, \"a\": 2}", "here");
        QCOMPARE(ordered.begin().key(), std::string("b"));
    }

    void namesLineAndColumn_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << QByteArray(" \n") << "here: is empty, expected JSON";
        QTest::newRow("no quotation marks")
            << QByteArray("{\n  a: 1\n}") << "here, line 2, column 3: not JSON: unexpected \"a: 1\uFFFD}\"";
        QTest::newRow("columns are characters") << QByteArray("[\"\xC3\xA9\xC3\xA9\" x]")
                                                << "here, line 1, column 7: not JSON: unexpected \"x]\"";
        QTest::newRow("two values") << QByteArray("{} {}")
                                    << "here, line 1, column 4: not JSON: unexpected \"{}\"";
        QTest::newRow("cut in an object")
            << QByteArray("{\"a\":\n1")
            << "here, line 2, column 2: not JSON: it ends too early; was the file cut short?";
        QTest::newRow("cut in a text")
            << QByteArray("{\"a")
            << "here, line 1, column 4: not JSON: it ends too early; was the file cut short?";
        QTest::newRow("a large number")
            << QByteArray("[1,\n 1e999]")
            << "here, line 2, column 2: the number 1e999 is too large for a double";
        QTest::newRow("Latin-1") << QByteArray("[\n\"caf\xE9\"]")
                                 << "here, line 2, column 5: not UTF-8; save the text in that encoding";
        QTest::newRow("NaN") << QByteArray("[NaN]")
                             << "here, line 1, column 2: not JSON: unexpected \"NaN]\"";
    }
    void namesLineAndColumn() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(refusal(text.toStdString()), expected);
        try {
            text::checkJson(text.toStdString(), "here");
            QFAIL("it was taken for JSON");
        } catch (const Error& error) {
            QCOMPARE(QString::fromUtf8(error.what()), expected);
        }
    }

    void depthHasALimit_data() {
        QTest::addColumn<QString>("open");
        QTest::addColumn<QString>("close");
        QTest::newRow("arrays") << "["
                                << "]";
        QTest::newRow("objects") << "{\"a\":"
                                 << "}";
        QTest::newRow("both") << "[{\"a\":"
                              << "}]";
    }
    void depthHasALimit() {
        QFETCH(QString, open);
        QFETCH(QString, close);
        const int perPart = open.size() == 6 ? 2 : 1;
        const auto nested = [&](int levels) {
            return repeated(open.toStdString(), levels / perPart) + "0" +
                   repeated(close.toStdString(), levels / perPart);
        };
        QCOMPARE(refusal(nested(64)), "");
        const auto what =
            QStringLiteral("arrays and objects are nested deeper than the 64 levels that are read");
        QVERIFY(refusal(nested(66)).endsWith(what));
        QVERIFY(refusal(nested(1'000'000)).endsWith(what));
        QVERIFY(refusal(repeated(open.toStdString(), 1'000'000)).endsWith(what)); // never closed
    }

    void bracketsWithinTextsAreText() { QCOMPARE(refusal("[\"" + repeated("[{\\\"", 1000) + "\"]"), ""); }

    void sizeHasALimit() {
        QCOMPARE(refusal("[1]", {3, 64, 10}), "");
        QCOMPARE(refusal("[10]", {3, 64, 10}), "here: 4 bytes of JSON, more than the 3 that are read");
    }

    void keysHaveALimit() {
        QCOMPARE(refusal("{\"a\":[1,2,3,4],\"b\":2}", {99, 64, 2}), "");
        QCOMPARE(refusal("{\"a\":1,\"b\":2,\"c\":3}", {99, 64, 2}),
                 "here, line 1, column 13: an object has more than the 2 keys that are read");
    }

    void pairsOfKeysHaveALimit() {
        const std::string two = "{\"a\":1,\"b\":[2,3]}", three = "{\"a\":1,\"b\":2,\"c\":3}"; // 1 and 3 pairs
        const text::JsonLimits limits{99, 64, 10, 4};
        QCOMPARE(refusal("[" + three + "," + two + "]", limits), "");
        QCOMPARE(
            refusal("[" + two + "," + three + "," + two + "]", limits),
            "here, line 1, column 46: too many large objects: their keys make more than the 4 pairs that "
            "are compared");
    }

    void manyLargeObjectsInOrderTakeNoTime() {
        std::string object = "{\"0\":0";
        for (int key = 1; key < 10'000; ++key) {
            object += ",\"" + std::to_string(key) + "\":0";
        }
        object += '}';
        std::string all = "[" + object;
        for (int i = 1; i < 60; ++i) {
            all += "," + object;
        }
        QElapsedTimer timer;
        timer.start();
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(text::parseOrderedJson(all + "]", "here")));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(text::parseOrderedJson("[" + object + "]", "here")[0].size(), std::size_t{10'000});
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "test_json.moc"

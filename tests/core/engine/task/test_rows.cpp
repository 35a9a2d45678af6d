#include "core/engine/task/rows.h"
#include "core/engine/task/text_template.h"
#include "core/error.h"
#include "tests/support/text_folder.h"

#include <QtTest>

using namespace finescope;
using namespace finescope::engine;

namespace {

const Delimited kCsv{',', true, {}};
const Delimited kTsv{'\t', true, {}};
const Delimited kPlainTsv{'\t', false, {}};

} // namespace

Q_DECLARE_METATYPE(FileFormat)

/// The three file formats, as files come and as they should not come.
class TestRows : public QObject {
    Q_OBJECT

private:
    tests::TextFolder m_folder;

    /// Each row as "line: text | text -> label", or what is wrong with the file.
    QStringList read(const QByteArray& bytes, const FileFormat& format, const Columns& columns) const {
        QStringList rows;
        try {
            readRows(m_folder.write("data", bytes), format, columns, [&](Row&& row) {
                std::string told = std::to_string(row.line) + ": ";
                for (const std::string& text : row.texts) {
                    told += (&text == &row.texts.front() ? "" : " | ") + text;
                }
                rows << QString::fromStdString(told + " -> " + row.label);
            });
        } catch (const Error& error) {
            return {error.kind() == ErrorKind::badFile ? QString::fromUtf8(error.what())
                                                       : QStringLiteral("wrong kind")};
        }
        return rows;
    }

private Q_SLOTS:
    void rowsAreRead_data() {
        QTest::addColumn<FileFormat>("format");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("rows"); // of the columns "a", "b" and the label "l"
        const auto add = [](const char* name, const FileFormat& format, const QByteArray& bytes,
                            const QStringList& rows) { QTest::newRow(name) << format << bytes << rows; };
        const QStringList plain{"2: x | y -> 1", "3: z | w -> 0"};
        add("comma", kCsv, "a,b,l\nx,y,1\nz,w,0\n", plain);
        add("columns in another order, one not wanted", kCsv, "l,more,b,a\n1,,y,x\n0,9,w,z\n", plain);
        add("no last line end", kCsv, "a,b,l\nx,y,1\nz,w,0", plain);
        add("CRLF", kCsv, "a,b,l\r\nx,y,1\r\nz,w,0\r\n", plain);
        add("CRLF, no last line end, quotes", kCsv, "\"a\",\"b\",\"l\"\r\n\"x\",y,\"1\"\r\nz,\"w\",\"0\"",
            plain);
        add("a last carriage return alone", kCsv, "a,b,l\r\nx,y,1\r\nz,w,\"0\"\r", plain);
        add("byte order mark", kCsv,
            "\xEF\xBB\xBF"
            "a,b,l\nx,y,1\nz,w,0\n",
            plain);
        add("empty lines", kCsv, "\n\na,b,l\n\nx,y,1\r\n   \n\r\nz,w,0\n\n\n",
            {"5: x | y -> 1", "8: z | w -> 0"});
        add("doubled quotes, commas, line ends", kCsv,
            "a,b,l\n\"say \"\"no\"\"\",\"1,2\",0\n\"two\r\nlines\n\",\"\"\"\",1\nz,w,0\n",
            {"2: say \"no\" | 1,2 -> 0", "3: two\r\nlines\n | \" -> 1", "6: z | w -> 0"});
        add("a quote inside a bare field", kCsv, "a,b,l\n5\" nail,it\"s \"ok\",1\n",
            {"2: 5\" nail | it\"s \"ok\" -> 1"});
        add("spaces stay", kCsv, "a,b,l\n x , y,1\n", {"2:  x  |  y -> 1"});
        add("empty fields", kCsv, "a,b,l\n\"\",,1\nx,,\n", {"2:  |  -> 1", "3: x |  -> "});
        add("rows in which nothing stands", kCsv, "a,b,l\n,,\nx,y,1\n , ,\t\n\"\",,\n", {"3: x | y -> 1"});
        add("empty columns of a spreadsheet", kCsv, "a,b,l,,\nx,y,1,,\nz,w,0\nz,w,0,\n,,,,\n",
            {"2: x | y -> 1", "3: z | w -> 0", "4: z | w -> 0"});
        add("more empty fields than columns", kTsv, "a\tb\tl\nx\ty\t1\t\t\nz\tw\t0\n", plain);
        add("an unnamed column in front", kCsv, ",a,b,l\n0,x,y,1\n1,z,w,0\n", plain);
        add("Excel's first line", Delimited{';', true, {}}, "sep=;\na;b;l\nx;y;1\n", {"3: x | y -> 1"});
        add("CR", kCsv, "a,b,l\rx,y,1\rz,w,0\r", plain);
        add("CR, no last line end, quotes", kCsv, "\"a\",b,\"l\"\r\"x\",y,\"1\"\rz,w,\"0\"", plain);
        add("CR and blank lines", kTsv, "a\tb\tl\r\r  \rx\ty\t1\r", {"4: x | y -> 1"});
        add("CR with line ends in quotes", kCsv, "a,b,l\r\"x\nx\",y,1\r\"z\rz\",w,0\rv,w,1",
            {"2: x\nx | y -> 1", "4: z\rz | w -> 0", "6: v | w -> 1"});
        add("CR without quotes", kPlainTsv, "a\tb\tl\r\"x\ty\t1\rz\tw\t0\r",
            {"2: \"x | y -> 1", "3: z | w -> 0"});
        add("CR, then LF", kCsv, "a,b,l\rx,y,1\nz,w,0\r\n", plain);
        add("CR CR LF", kCsv, "a,b,l\r\r\nx,y,1\r\r\nz,w,0\r\r\n", {"3: x | y -> 1", "5: z | w -> 0"});
        add("a carriage return inside", kCsv, "a,b,l\nx\ry,\rz,1\n", {"2: x\ry | \rz -> 1"});
        add("tabs in quotes", kTsv, "a\tb\tl\n\"x\ty\"\t,\t1\n", {"2: x\ty | , -> 1"});
        add("quotes that are none", kPlainTsv, "a\tb\tl\n\"x\ty\"\"\t1\n\" z\tw\t0\n",
            {"2: \"x | y\"\" -> 1", "3: \" z | w -> 0"});
        add("semicolons", Delimited{';', true, {}}, "a;b;l\nx,;\"y;\";1\n", {"2: x, | y; -> 1"});
        add("no header", Delimited{'\t', false, {"l", "a", "b"}}, "1\tx\ty\n0\tz\tw",
            {"1: x | y -> 1", "2: z | w -> 0"});
        add("header alone", kCsv, "a,b,l\n", {});
        add("Unicode", kCsv, "a,b,l\n\xE2\x80\xA8\xC3\xA9,\xF0\x9F\x98\x80,\xE6\x97\xA5\n",
            {QStringLiteral("2: \u2028\u00e9 | \U0001F600 -> \u65e5")});
        const QByteArray first = R"({"a": "x", "b": "y", "l": 1})",
                         second = R"({"l": "0", "b": "w", "a": "z", "c": []})";
        add("JSON", JsonLines{}, first + "\n" + second, {"1: x | y -> 1", "2: z | w -> 0"});
        add("JSON, byte order mark, CRLF, empty lines", JsonLines{},
            "\xEF\xBB\xBF\r\n" + first + "\r\n\r\n \t\n" + second + "\r\n",
            {"2: x | y -> 1", "5: z | w -> 0"});
        add("JSON booleans", JsonLines{}, R"({"a": "", "b": "\u00e9\t\n", "l": true})",
            {QStringLiteral("1:  | \u00e9\t\n -> True")});
        add("JSON, a raw line separator is no line end", JsonLines{},
            "{\"a\": \"\xE2\x80\xA8\", \"b\": \"\", \"l\": -1}", {QStringLiteral("1: \u2028 |  -> -1")});
        add("JSON, CR", JsonLines{}, first + "\r" + second + "\r", {"1: x | y -> 1", "2: z | w -> 0"});
        add("JSON null", JsonLines{}, R"({"a": "", "b": "x", "l": null})", {"1:  | x -> null"});
        add("JSON paths", JsonLines{},
            R"({"a": "x", "b": "y", "l": 0.5, "a.b": "p", "t": {"u": {"v": "q"}}})", {"1: x | y -> 0.5"});
    }
    void rowsAreRead() {
        QFETCH(FileFormat, format);
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, rows);
        QCOMPARE(read(bytes, format, {{"a", "b"}, "l"}), rows);
    }

    void namesAndPathsLeadIntoJson() {
        const QByteArray line = R"({"a.b": "by name", "a": {"b": "by path", "c.d": "both"}, "l": 1})";
        QCOMPARE(read(line, JsonLines{}, {{"a.b", "a.c.d"}, "l"}), QStringList{"1: by name | both -> 1"});
        QVERIFY(read(line, JsonLines{}, {{"a.b.c"}, "l"})[0].contains("field \"a.b.c\" is missing"));
    }

    void abstractsAreReadSentenceBySentence() {
        const Columns columns{{"sentence"}, "label"};
        QCOMPARE(read("###1\nA\tOne .\nB\tTwo .\n\n###2\nA\tThree .", Abstracts{}, columns),
                 QStringList({"2: One . -> A", "3: Two . -> B", "6: Three . -> A"}));
        QCOMPARE(
            read("\xEF\xBB\xBF###1\r\nA\tOne .\r\n###2\r\nB\tTwo\tparts .\r\n\r\n\r\n", Abstracts{}, columns),
            QStringList({"2: One . -> A", "4: Two\tparts . -> B"}));
        QVERIFY(
            read("###1\nA\tOne .\n\nB\tTwo .\n", Abstracts{}, columns)[0].contains("line 4: a line outside"));
        QVERIFY(read("A\tOne .\n", Abstracts{}, columns)[0].contains("line 1: a line outside an abstract"));
        QVERIFY(
            read("###1\nOne .\n", Abstracts{}, columns)[0].contains("line 2: should be LABEL<TAB>sentence"));
    }

    void namesTheBadLine_data() {
        QTest::addColumn<FileFormat>("format");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said");
        const auto add = [](const char* name, const FileFormat& format, const QByteArray& bytes,
                            const char* said) { QTest::newRow(name) << format << bytes << QString(said); };
        add("empty file", kCsv, "", "is empty");
        add("empty lines alone", kCsv, "\r\n\n", "is empty");
        add("a field too many", kCsv, "a,b,l\nx,y,1\nx,y,z,1\n",
            "line 3: has 4 fields, but the file has 3 columns");
        add("a field too few", kCsv, "a,b,l\n\"x\ny\",1\n",
            "line 2: has 2 fields, but the file has 3 columns");
        add("a tab in a plain field", kPlainTsv, "a\tb\tl\nx\ty\tz\t1\n", "line 2: has 4 fields");
        add("missing column", kCsv, "\na,B,l\nx,y,1\n",
            "line 2: there is no column \"b\" among \"a\", \"B\", \"l\"");
        add("missing label column", kTsv, "a\tb\tlabel\n", "line 1: there is no column \"l\"");
        add("a column twice", kCsv, "a,b,l,b\nx,y,1,z\n", "line 1: there are two columns \"b\"");
        add("open quote", kCsv, "a,b,l\nx,y,1\nx,\"y,1\nz,w,0\n",
            "line 3: the quotation mark that opens a field is never");
        add("open quote after line ends", kCsv, "a,b,l\n\"x\ny\",\"z\n",
            "line 3: the quotation mark that opens");
        add("text after a quote", kCsv, "a,b,l\n\"x\n\"y\",z,1\n", "line 3: text follows the quotation mark");
        add("another encoding", kCsv, "a,b,l\nx,y,1\ncaf\xE9,y,1\n", "line 3: not UTF-8");
        add("UTF-16", kCsv,
            QByteArray("\xFF\xFE"
                       "a\0,\0",
                       6),
            "is UTF-16: save it as UTF-8");
        add("UTF-16 without a mark", kCsv, QByteArray("a,\n\0b\0", 6),
            "line 2: holds a character of value 0");
        add("half a surrogate pair", kCsv, "a,b,l\n\xED\xA0\x80,y,1\n", "line 2: not UTF-8");
        add("an overlong code", kPlainTsv, "a\tb\tl\n\xC0\xAF\ty\t1\n", "line 2: not UTF-8");
        const QByteArray good = "{\"a\": \"x\", \"b\": \"y\", \"l\": 1}\n";
        add("half a JSON object", JsonLines{}, good + "{\"a\": \n",
            "line 2, column 7: not JSON: it ends too early");
        add("two JSON objects", JsonLines{}, good + good.trimmed() + good,
            "line 2, column 29: not JSON: unexpected \"{");
        add("JSON nested deep", JsonLines{}, good + "{\"a\": " + QByteArray(100000, '[') + "\n",
            "line 2, column 70: arrays and objects are nested deeper than the 64 levels");
        add("JSON of Latin-1 behind CR", JsonLines{}, "{}\r{}\r\xE9", "line 3: not UTF-8");
        add("no JSON object", JsonLines{}, good + "[1]\n", "line 2: expected a JSON object but found array");
        add("no label", JsonLines{}, good + "\n{\"a\": \"x\", \"b\": \"y\"}\n",
            "line 3: field \"l\" is missing");
        add("an object as label", JsonLines{}, "{\"a\": \"x\", \"b\": \"y\", \"l\": {}}",
            "line 1: field \"l\" should be a string");
        add("a name of controls", JsonLines{}, "[\"\x1b[2J\"]", "line 1, column 3: not JSON");
        add("a quoted field without a value behind", kCsv, "a,b,l\nx,y,\n1\n", "line 3: has 1 field, but");
        add("a number as text", JsonLines{}, "{\"a\": \"x\", \"b\": 3, \"l\": 1}",
            "line 1: field \"b\" should be a string but is number");
        add("JSON in another encoding", JsonLines{}, good + "{\"a\": \"\xFF\", \"b\": \"y\", \"l\": 1}",
            "line 2: not UTF-8");
    }
    void namesTheBadLine() {
        QFETCH(FileFormat, format);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const QStringList rows = read(bytes, format, {{"a", "b"}, "l"});
        QCOMPARE(rows.size(), 1);
        QVERIFY2(rows[0].contains(said), qPrintable(rows[0]));
        QVERIFY2(rows[0].contains(m_folder.path("data")), qPrintable(rows[0]));
    }

    void quotedFieldsOverLineEndsAreTold_data() {
        QTest::addColumn<FileFormat>("format");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said"); // empty: nothing is
        const auto add = [](const char* name, const FileFormat& format, const QByteArray& bytes,
                            const char* said) { QTest::newRow(name) << format << bytes << QString(said); };
        add("none", kTsv, "a\tb\tl\n\"x\"\ty\t1\n", "");
        add("stray, closed later", kTsv, "a\tb\tl\nx\ty\t1\n\" z\tw\t0\nv\tw\t1\n\"\tw\t0\n",
            "data: 1 field in quotation marks reaches over line ends (lines 3 to 5); if a quotation mark is "
            "there by mistake, the rows between are lost: \"quotes\": false in the task.json");
        add("comma", kCsv, "a,b,l\n\"x\nx\",y,1\n", "(lines 2 to 3)");
        add("CR", kCsv, "a,b,l\rx,\"y\r\ry\",1\r", "(lines 2 to 4)");
        add("many", kCsv, "a,b,l\n" + QByteArray("\"x\nx\",y,1\n").repeated(5),
            "5 fields in quotation marks reach over line ends (lines 2 to 3, 4 to 5, 6 to 7, ...)");
        add("no quotes", kPlainTsv, "a\tb\tl\n\"x\ty\t1\nz\"\tw\t0\n", "");
        add("empty rows and columns", kCsv, "a,b,l,,\nx,y,1,,\n,,,,\n,,,,\n",
            "data: 2 rows without content are left out");
    }
    void quotedFieldsOverLineEndsAreTold() {
        QFETCH(FileFormat, format);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const auto warnings =
            readRows(m_folder.write("data", bytes), format, {{"a", "b"}, "l"}, [](Row&&) {});
        QCOMPARE(warnings.empty(), said.isEmpty());
        QVERIFY2(said.isEmpty() || QString::fromStdString(warnings.front()).contains(said),
                 warnings.empty() ? "" : warnings.front().c_str());
    }

    void missingFileIsNamed() {
        QVERIFY_THROWS_EXCEPTION(
            Error, static_cast<void>(readRows("/nowhere/x.csv", kCsv, {{"a"}, "l"}, [](Row&&) {})));
        QVERIFY_THROWS_EXCEPTION(
            Error, static_cast<void>(readRows("/", kCsv, {{"a"}, "l"}, [](Row&&) {}))); // a folder
    }

    void templatesTakeFieldsInTheirOrder() {
        const TextTemplate text("{b}: {a} or {b}");
        QCOMPARE(text.fields(), std::vector<std::string>({"b", "a", "b"}));
        const std::vector<std::string> values = {"1", "{x}", "3"};
        QCOMPARE(text.fill(values), std::string("1: {x} or 3"));
        QCOMPARE(text.pattern(), std::string("{b}: {a} or {b}"));
        QCOMPARE(TextTemplate::ofField("a}{").fill(values), std::string("1"));
        QCOMPARE(TextTemplate("none").fill({}), std::string("none"));
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(TextTemplate("{a")));
    }
};

QTEST_GUILESS_MAIN(TestRows)
#include "test_rows.moc"

#include "core/figure/write/printable.h"
#include "core/figure/write/spreadsheet_name.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_json.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"
#include "core/figure/write/write_pgfplots.h"
#include "core/text/delimited.h"
#include "core/text/utf8.h"

#include <QJsonDocument>
#include <QtTest>

#include <algorithm>

using namespace finescope;
using namespace finescope::figure;

namespace {

const std::string kControls =
    std::string("nul") + '\0' + "bell\a escape\x1b[2J tab\t line\r\nfeed\x7f next\u0085 end\u2028 none\uffff";

/// A table with this name wherever a name can be.
Table tableOf(const std::string& name) {
    return {.kind = "sample",
            .caption = "Sample.",
            .columns = {"Run", name, "n"},
            .rows = {{{.text = name}, {.text = "1.5", .value = 1.5}, {.text = name}},
                     {{.text = "b"}, {.text = "2.5", .value = 2.5}, {.text = name, .emphasised = true}}},
            .notes = {name + ": a note."}};
}

Figure figureOf(const std::string& name) {
    Figure figure{.kind = "sample", .title = name, .notes = {name}, .altText = name};
    Panel& panel = figure.panels.emplace_back();
    panel.header = name;
    panel.lines = {name};
    panel.x = {.label = name, .ticks = TickStyle::category, .categories = {name, name}};
    panel.y.label = name;
    panel.legend = Legend::inside;
    Line& line = panel.curves.emplace_back();
    line.name = name;
    line.x = {0, 1};
    line.y = {1, 2};
    Scatter& points = panel.scatters.emplace_back();
    points.name = name;
    points.x = {0};
    points.y = {1};
    points.note = {name};
    return figure;
}

/// Fields of each record, as any reader of CSV sees them.
std::vector<std::vector<std::string>> fieldsOf(const std::string& text) {
    const std::filesystem::path file = "t.csv";
    const text::Delimited dialect;
    text::RecordCutter cutter(file, text, dialect);
    std::vector<std::vector<std::string>> all;
    while (cutter.next()) {
        all.push_back(cutter.fields());
    }
    return all;
}

/// The cells of a row of a pipe table: what lies between bars without a backslash.
qsizetype cellsOf(const QString& row) {
    qsizetype bars = 0;
    for (qsizetype i = 0; i < row.size(); ++i) {
        if (row[i] == '\\') {
            ++i;
        } else {
            bars += row[i] == '|' ? 1 : 0;
        }
    }
    return bars - 1;
}

} // namespace

/// Names come from files of anybody: of runs, classes, tasks, models and files. Whatever they hold, what is
/// written is valid.
class TestSpecialNames : public QObject {
    Q_OBJECT

    static void addNames() {
        QTest::addColumn<std::string>("name");
        QTest::newRow("markup") << std::string("R&D <b>\"50 %\"</b> 'x' ]]> <!-- &amp;");
        QTest::newRow("separators") << std::string("a|b,c;d\\|e`f`\"g\"");
        QTest::newRow("controls") << kControls;
        QTest::newRow("Greek") << std::string("\u03b1\u03b2 \u03a9 \u03ac\u03ca");
        QTest::newRow("Cyrillic") << std::string("\u041c\u043e\u0441\u043a\u0432\u0430 \u0401\u0490");
        QTest::newRow("emoji") << std::string("\U0001F600 \U0001F469\u200d\U0001F52C");
        QTest::newRow("Chinese and Hebrew") << std::string("\u4e2d\u6587 \u05e9\u05dc\u05d5\u05dd");
        QTest::newRow("Latin") << std::string(
            "na\u00efve \u0141\u00f3d\u017a \u00f0\u00fe\u0105 \u00ab\u00bb");
        QTest::newRow("not UTF-8") << std::string("a\xff\xc3(\xed\xa0\x80z");
        QTest::newRow("formula") << std::string("=HYPERLINK(\"http://x\",\"y\")");
        QTest::newRow("TeX") << std::string("\\input{x} $y$ #1 %z ~ ^ {--}---");
        QTest::newRow("long") << std::string(100'000, '&');
    }

private Q_SLOTS:
    void csvKeepsItsColumns_data() { addNames(); }
    void csvKeepsItsColumns() {
        QFETCH(const std::string, name);
        const auto rows = fieldsOf(csv(tableOf(name)));
        QCOMPARE(rows.size(), std::size_t(3));
        for (const auto& row : rows) {
            QCOMPARE(row.size(), std::size_t(3));
        }
        QCOMPARE(rows[1][0], spreadsheetName(printable(name), SpreadsheetNames::quoted));
        QCOMPARE(rows[2][1], std::string("2.5"));
        for (const auto& row : fieldsOf(csv(figureOf(name)))) {
            QCOMPARE(row.size(), std::size_t(12));
        }
        QVERIFY(!text::firstIllFormed(csv(tableOf(name))));
    }

    void markdownKeepsItsColumns_data() { addNames(); }
    void markdownKeepsItsColumns() {
        QFETCH(const std::string, name);
        const QStringList lines = QString::fromStdString(markdown(tableOf(name))).split('\n');
        for (const int row : {2, 3, 4, 5}) {
            QCOMPARE(cellsOf(lines.value(row)), qsizetype(3));
        }
        QCOMPARE(lines.size(), qsizetype(9)); // caption, blank, head, rule, two rows, blank, note, end
    }

    void jsonIsJson_data() { addNames(); }
    void jsonIsJson() {
        QFETCH(const std::string, name);
        QJsonParseError error;
        QJsonDocument::fromJson(QByteArray::fromStdString(json(tableOf(name))), &error);
        QCOMPARE(error.error, QJsonParseError::NoError);
    }

    /// No control characters, and bytes beyond ASCII only where pdfLaTeX knows them or within its command.
    void latexHoldsWhatPdfLatexKnows_data() { addNames(); }
    void latexHoldsWhatPdfLatexKnows() {
        QFETCH(const std::string, name);
        for (const std::string& text : {latex(tableOf(name)), pgfplots(figureOf(name), {})}) {
            const auto control = [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; };
            QVERIFY(std::ranges::none_of(text, control));
            QVERIFY(!text::firstIllFormed(text));
            const bool used = text.find("\\finescopeletters{") != std::string::npos;
            const bool defined = text.find("\\protected\\def\\finescopeletters") != std::string::npos;
            QCOMPARE(defined, used);
        }
    }

    void latexWritesLettersAsTheyCanBeSet() {
        QCOMPARE(latexText("na\u00efve \u0141\u00f3d\u017a"), std::string("na\u00efve \u0141\u00f3d\u017a"));
        QCOMPARE(latexText("\u03b1\u03a9\u03ac"), std::string("$\\alpha$$\\Omega$$\\acute{\\alpha}$"));
        QCOMPARE(latexText("\u0416\u0443k"),
                 std::string("\\finescopeletters{T2A}{\u0416\u0443}{U+0416 U+0443}k"));
        QCOMPARE(latexText("\u0105"), std::string("\\finescopeletters{T1}{\u0105}{U+0105}"));
        QCOMPARE(latexText("\U0001F600"), std::string("\\finescopeletters{none}{\U0001F600}{U+1F600}"));
        QCOMPARE(latexText("a--b---c"), std::string("a-{}-b-{}-{}-c"));
        QCOMPARE(latexText("a\x01z\x7f"), std::string("a z "));
    }

    void printableLeavesLettersAlone() {
        QCOMPARE(printable("\u03b1 \u0416 \U0001F600 R&D"), std::string("\u03b1 \u0416 \U0001F600 R&D"));
        QCOMPARE(printable("a\tb\nc\x7f\u0085\u2028"), std::string("a b c   "));
        QCOMPARE(printable("a\xff\uffff\ufdd0"), std::string("a\ufffd\ufffd\ufffd"));
        Figure empty;
        empty.panels.emplace_back().emptyText = "one\ttwo\nthree";
        QCOMPARE(printable(empty).panels.front().emptyText, std::string("one two\nthree"));
    }

    void formulasAreNames_data() {
        QTest::addColumn<std::string>("name");
        QTest::addColumn<bool>("quoted");
        const auto row = [](const char* name, bool quoted) {
            QTest::newRow(name) << std::string(name) << quoted;
        };
        for (const char* name : {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1+1", "\t=1", "\r=1",
                                 "\uff1d1+1", "=", "-", "--lr", "-1-1", "+", "+x"}) {
            row(name, true);
        }
        for (const char* name :
             {"-1", "+1", "-1.5e-3", "+.5", "a=b", "LP-FT", "", " ", "\u22121.5", "1+1", "'=1"}) {
            row(name, false);
        }
    }
    void formulasAreNames() {
        QFETCH(const std::string, name);
        QFETCH(const bool, quoted);
        QCOMPARE(spreadsheetName(name, SpreadsheetNames::quoted), quoted ? "'" + name : name);
        QCOMPARE(spreadsheetName(name, SpreadsheetNames::plain), name);
    }

    void formulasAreQuotedInCsvAndMarkdown() {
        const std::string name = "=1+1";
        QCOMPARE(csv(tableOf(name)), std::string("Run,'=1+1,n\n'=1+1,1.5,'=1+1\nb,2.5,'=1+1\n"));
        QCOMPARE(csv(tableOf(name), SpreadsheetNames::plain),
                 std::string("Run,=1+1,n\n=1+1,1.5,=1+1\nb,2.5,=1+1\n"));
        QVERIFY(markdown(tableOf(name)).find("| '=1+1 | 1.5 | '=1+1 |") != std::string::npos);
        QVERIFY(markdown(tableOf(name)).find("\n'=1+1: a note.") != std::string::npos);
        QVERIFY(markdown(tableOf(name), SpreadsheetNames::plain).find("| =1+1 | 1.5 | =1+1 |") !=
                std::string::npos);
        QVERIFY(csv(figureOf(name)).find("\n1,'=1+1,line,'=1+1,neutral,0,1,") != std::string::npos);
        // Numbers stay numbers, negative ones too.
        Table negative{.columns = {"x"}, .rows = {{{.text = "\u22121.5", .value = -1.5}}}};
        QCOMPARE(csv(negative), std::string("x\n-1.5\n"));
    }
};

QTEST_GUILESS_MAIN(TestSpecialNames)
#include "test_special_names.moc"

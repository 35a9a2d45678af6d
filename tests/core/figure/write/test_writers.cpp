#include "core/error.h"
#include "core/figure/number_text.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "core/figure/request/venue_presets.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"
#include "core/figure/write/write_pgfplots.h"
#include "tests/support/near.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cmath>

using namespace finescope;
using namespace finescope::figure;

namespace {

/// Not a nested initialiser: GCC 12 takes its string for uninitialised.
Style styleOf(const char* role) {
    Style style;
    style.role = role;
    return style;
}

/// A figure with every mark, and with names that every format has to escape.
Figure everyMark() {
    Figure figure;
    figure.kind = "sample";
    figure.title = "Sample_1";
    figure.columns = 2;
    Panel panel;
    panel.header = "50 % of \"a_b\", #1 & {x}";
    panel.lines = {"ECE 21.2 \u2192 5.1 %", "\u22121.5"};
    panel.x = {.label = "step^2", .scale = Scale::logarithmic};
    panel.y = {.label = "100 % \\ ~"};
    panel.right = Axis{.label = "accuracy", .ticks = TickStyle::percent};
    panel.legend = Legend::inside;
    panel.bands.push_back({.name = "band", .x = {1, 10}, .low = {0.1, 0.2}, .high = {0.3, 0.4}});
    panel.curves.push_back(
        {.name = "line_1", .x = {1, 2, 10}, .y = {1.0 / 3, std::nan(""), 0.25}, .markers = true});
    panel.curves.push_back({.name = "right", .x = {1, 10}, .y = {0.5, 0.9}, .side = Side::right});
    panel.references.push_back(
        {.vertical = true, .at = 3, .label = "switch & more", .style = styleOf("switch")});
    Panel bars;
    bars.x = {.label = "split", .ticks = TickStyle::category, .categories = {"test_a", "b"}};
    bars.y = {.label = "ratio"};
    bars.legend = Legend::below;
    bars.bars.push_back({.name = "FT",
                         .left = {-.4, .6},
                         .right = {.4, 1.4},
                         .base = {0, 0},
                         .top = {.5, .75},
                         .style = styleOf("ft"),
                         .hatched = {false, true},
                         .legend = true});
    bars.scatters.push_back({.name = "seeds", .x = {0}, .y = {.5}});
    figure.panels = {panel, bars, Panel{.emptyText = "Nothing & none."}};
    return figure;
}

Table sampleTable() {
    Table table{.kind = "norms", .caption = "Norms, 100 %.", .columns = {"Data", "FT", "LP|FT"}};
    table.rows.push_back({{.text = "a_b"},
                          {.text = "8.14e4 \u00b1 1.0",
                           .value = 81400.5,
                           .emphasised = true,
                           .deviation = 1.0 / 3,
                           .count = 3},
                          {.text = "\u2013"}});
    table.notes = {"n = 3 & more."};
    return table;
}

} // namespace

class TestWriters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAsText_data();
    void numbersAsText();
    void exactReadsBack();
    void csvHoldsEveryMark();
    void tableCsvKeepsFullPrecision();
    void latexEscapes();
    void latexTableHasBooktabs();
    void markdownTable();
    void pgfplotsNamesEverything();
    void pgfplotsKeepsLabelsOffTheData();
    void pgfplotsCompiles();
    void pgfplotsStaysWithinWhatTexCanDo();
    void recipeReadsBack();
    void recipeRefuses_data();
    void recipeRefuses();
    void presetsAreTheVenuesWidths();
};

void TestWriters::numbersAsText_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& text, const char* expected) {
        QTest::newRow(name) << QString::fromStdString(text) << QString::fromUtf8(expected);
    };
    row("percent", percent(0.2116), "21.2 %");
    row("fixed negative", fixed(-1.25, 1), "\u22121.2");
    row("negative zero", fixed(-0.001, 2), "0.00");
    row("significant", significant(0.9599, 3), "0.960");
    row("carry", significant(9.996, 3), "10.0");
    row("large", significant(81400, 3), "81400");
    row("power", significant(7.39e8, 3), "7.39e8");
    row("small", significant(2.26e-4, 3), "2.26e\u22124");
    row("NaN", fixed(std::nan(""), 2), "NaN");
}

void TestWriters::numbersAsText() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(text, expected);
}

void TestWriters::exactReadsBack() {
    for (const double value : {0.1 + 0.2, 1.0 / 3, 5e-324, -1.7976931348623157e308, 1e22}) {
        QCOMPARE(QByteArray::fromStdString(exact(value)).toDouble(), value);
    }
}

void TestWriters::csvHoldsEveryMark() {
    const QString text = QString::fromStdString(csv(everyMark()));
    const QStringList lines = text.split('\n');
    QCOMPARE(lines.first(), QString("panel,header,mark,series,role,x,y,low,high,left,right,value"));
    const QString start = "1,\"50 % of \"\"a_b\"\", #1 & {x}\",";
    QVERIFY(lines.contains(start + "line,line_1,neutral,1,0.3333333333333333,,,,,"));
    QVERIFY(lines.contains(start + "line,line_1,neutral,2,,,,,,"));
    QVERIFY(lines.contains(start + "band,band,neutral,10,,0.2,0.4,,,"));
    QVERIFY(lines.contains(start + "reference,switch & more,switch,3,,,,,,"));
    QVERIFY(lines.contains("2,,bar,FT,ft,1,0.75,0,,0.6,1.4,"));
    QVERIFY(lines.contains("2,,point,seeds,neutral,0,0.5,,,,,"));
}

void TestWriters::tableCsvKeepsFullPrecision() {
    QCOMPARE(csv(sampleTable()),
             std::string("Data,FT,FT sd,FT n,LP|FT\na_b,81400.5,0.3333333333333333,3,\u2013\n"));
}

void TestWriters::latexEscapes() {
    QCOMPARE(
        latexText("50 % a_b #1 & {x} $ ~ ^ \\"),
        std::string(
            "50 \\% a\\_b \\#1 \\& \\{x\\} \\$ \\textasciitilde{} \\textasciicircum{} \\textbackslash{}"));
    QCOMPARE(latexText("8.14e4 \u00b1 2e\u22125"),
             std::string("8.14$\\times 10^{4}$ $\\pm$ 2$\\times 10^{-5}$"));
    QCOMPARE(latexText("phase2e4x one1e run1e5 v_2e3"), std::string("phase2e4x one1e run1e5 v\\_2e3"));
    // What LaTeX would take for options of the row above, or for the end of a caption.
    QCOMPARE(latexText("[a] *b|c\n\nd \u2020"), std::string("{[}a] {*}b\\textbar{}c  d $\\dagger$"));
}

void TestWriters::latexTableHasBooktabs() {
    const std::string text = latex(sampleTable());
    for (const char* part :
         {"\\toprule", "\\midrule", "\\bottomrule", "\\begin{tabular}{lrl}", "\\caption{Norms, 100 \\%.}",
          "a\\_b & \\textbf{8.14$\\times 10^{4}$ $\\pm$ 1.0} & -- \\\\", "n = 3 \\& more."}) {
        QVERIFY2(text.find(part) != std::string::npos, part);
    }
}

void TestWriters::markdownTable() {
    QCOMPARE(markdown(sampleTable()),
             std::string("Norms, 100 %.\n\n| Data | FT | LP\\|FT |\n| --- | ---: | --- |\n"
                         "| a\\_b | **8.14e4 \u00b1 1.0** | \u2013 |\n\nn = 3 & more.\n"));
}

void TestWriters::pgfplotsNamesEverything() {
    const std::string text = pgfplots(everyMark(), {.widthMm = 120, .heightMm = 80, .recipe = "{}"});
    for (const char* part : {"rectangle (120,80)", "xmode=log", "xticklabels={{test\\_a},{b}}",
                             "(1,0.3333333333333333)(2,nan)", "pattern=north east lines",
                             "axis y line*=right", "switch \\& more", "% recipe: {}", "Nothing \\& none."}) {
        QVERIFY2(text.find(part) != std::string::npos, part);
    }
}

/// The label of a vertical line stands above the axes, out of the way of the data; epochs tick at integers.
void TestWriters::pgfplotsKeepsLabelsOffTheData() {
    Figure figure;
    figure.panels.resize(1);
    Panel& panel = figure.panels.front();
    panel.x.ticks = TickStyle::integer;
    panel.curves.push_back({.name = "FT", .x = {0, 2}, .y = {1, 9}});
    panel.references.push_back({.vertical = true, .at = 0, .label = "fine-tuning starts", .style = {}});
    const QString text = QString::fromStdString(pgfplots(figure, {.widthMm = 120, .heightMm = 80}));
    static const QRegularExpression axes("at=\\{\\([0-9.]+mm,([0-9.]+)mm\\)\\}.*height=([0-9.]+)mm");
    static const QRegularExpression label("at \\([0-9.]+,([0-9.]+)\\) \\{fine-tuning starts\\}");
    const auto box = axes.match(text), at = label.match(text);
    QVERIFY2(box.hasMatch() && at.hasMatch(), qPrintable(text));
    const double top = box.captured(1).toDouble() + box.captured(2).toDouble();
    QVERIFY(at.captured(1).toDouble() > top);
    QVERIFY(at.captured(1).toDouble() < 80 - 2); // and inside the picture
    QVERIFY(text.indexOf("fine-tuning starts") > text.indexOf("\\end{axis}"));
    QVERIFY(text.contains("xtick distance=1]") || text.contains("xtick distance=1,"));
    panel.x.range = Range{0.2, 0.9};
    QVERIFY(pgfplots(figure, {.widthMm = 120, .heightMm = 80}).find("tick distance") == std::string::npos);
}

/// Runs where LaTeX is installed; says so where it is not.
void TestWriters::pgfplotsCompiles() {
    const QString program = QStandardPaths::findExecutable("pdflatex");
    if (program.isEmpty()) {
        QSKIP("pdflatex is not installed (texlive-pictures, texlive-latex-extra): not checked that the file "
              "compiles");
    }
    QTemporaryDir folder;
    QFile file(folder.filePath("figure.tex"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(pgfplots(everyMark(), {.widthMm = 120, .heightMm = 80})));
    file.close();
    QProcess process;
    process.setWorkingDirectory(folder.path());
    process.start(program, {"-interaction=nonstopmode", "-halt-on-error", "figure.tex"});
    QVERIFY(process.waitForFinished(120000));
    QVERIFY2(process.exitCode() == 0, process.readAllStandardOutput().constData());
    QVERIFY(QFile(folder.filePath("figure.pdf")).size() > 1000);
}

/// Both of these stopped pdflatex: a logarithmic axis from 9000 to 9100 ("Dimension too large"), and a map
/// with one row on linear axes (no image of fewer than two).
void TestWriters::pgfplotsStaysWithinWhatTexCanDo() {
    Figure figure;
    Panel& panel = figure.panels.emplace_back();
    panel.x = {.scale = Scale::logarithmic, .range = Range{9000, 9100}};
    panel.y = {.scale = Scale::logarithmic, .range = Range{1, 10}};
    panel.curves.push_back({.name = "curve", .x = {9000, 9100}, .y = {1, 10}});
    const std::string text = pgfplots(figure, {});
    QVERIFY(text.find("xmode=log") == std::string::npos);
    QVERIFY(text.find("ymode=log") != std::string::npos);

    auto cells = std::make_shared<HeatCells>();
    cells->rows = 1;
    cells->columns = 2;
    cells->values = {0, 1};
    Panel map;
    map.heatMap = HeatMap{.cells = cells};
    figure.panels = {map};
    const std::string twice = "(0.5,0.25) [0](1.5,0.25) [1](0.5,0.75) [0](1.5,0.75) [1]";
    QVERIFY(pgfplots(figure, {}).find("mesh/cols=2] coordinates {" + twice + "}") != std::string::npos);
}

void TestWriters::recipeReadsBack() {
    FigureRequest request;
    request.kind = "reliability";
    request.files = {"a b.h5", "\u00e9.h5"};
    request.temperature = {.value = 1.7};
    request.splits = {"test"};
    request.spread = analysis::Spread::range;
    request.heightMm = 61.5;
    request.logY = true;
    request.epoch = record::EpochKey{1.5, record::Stage::linearProbing};
    request.projection = Projection::tsne;
    request.perplexity = 12.5;
    request.mapSeed = 0xFFFFFFFFFFFFFFFF;
    const std::string json = requestToJson(request);
    QCOMPARE(requestToJson(requestFromJson(json, "r.json")), json);
    const FigureRequest again = requestFromJson(json, "r.json");
    QVERIFY(again.projection == Projection::tsne && again.mapSeed == request.mapSeed);
    QCOMPARE(again.perplexity, 12.5);
    QCOMPARE(again.files, request.files);
    QCOMPARE(again.temperature.value, 1.7);
    QCOMPARE(*again.heightMm, 61.5);
    QVERIFY(again.epoch == request.epoch);
    QVERIFY(again.logY && again.spread == analysis::Spread::range);
    request.temperature = {.fitted = true};
    QVERIFY(requestFromJson(requestToJson(request), "r.json").temperature.fitted);
}

void TestWriters::recipeRefuses_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("names");
    QTest::newRow("not JSON") << QByteArray("{") << QByteArray("not JSON");
    QTest::newRow("another file") << QByteArray("{\"kind\":\"training\"}") << QByteArray("finescope_recipe");
    QTest::newRow("array") << QByteArray("[1]") << QByteArray("finescope_recipe");
    QTest::newRow("version") << QByteArray("{\"finescope_recipe\":9}") << QByteArray("version 9");
    QTest::newRow("unknown key") << QByteArray("{\"finescope_recipe\":1,\"colour\":1}")
                                 << QByteArray("'colour'");
    QTest::newRow("type") << QByteArray("{\"finescope_recipe\":1,\"bins\":\"x\"}") << QByteArray("'bins'");
    QTest::newRow("epoch") << QByteArray("{\"finescope_recipe\":1,\"epoch\":\"ft:1\"}")
                           << QByteArray("'ft:1'");
    QTest::newRow("name") << QByteArray("{\"finescope_recipe\":1,\"x_axis\":\"days\"}")
                          << QByteArray("epochs, steps");
}

void TestWriters::recipeRefuses() {
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, names);
    try {
        (void)requestFromJson(json.toStdString(), "r.json");
        QFAIL("accepted");
    } catch (const Error& error) {
        QCOMPARE(error.kind(), ErrorKind::badInput);
        const QByteArray message = error.what();
        QVERIFY2((message.startsWith("r.json: ") || message.startsWith("r.json, line ")) &&
                     message.contains(names),
                 message.constData());
    }
}

/// acl.sty: \columnwidth 219.0862 pt = 7.7 cm; icml: 3.25 in.
void TestWriters::presetsAreTheVenuesWidths() {
    QVERIFY_NEAR(venuePreset("acl").widthMm, 77.0, 1e-3);
    QVERIFY_NEAR(venuePreset("icml").widthMm, 82.55, 1e-9);
    QVERIFY_THROWS_EXCEPTION(Error, (void)venuePreset("nature"));
    FigureRequest request;
    request.kind = "training";
    validate(request);
    request.widthMm = 1;
    QVERIFY_THROWS_EXCEPTION(Error, validate(request));
}

QTEST_GUILESS_MAIN(TestWriters)
#include "test_writers.moc"

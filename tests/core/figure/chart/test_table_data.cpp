#include "core/figure/chart/change_cells.h"
#include "core/figure/chart/collapse.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/chart/table_data.h"
#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_json.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <limits>

using namespace finescope;
using namespace finescope::figure;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Means, an interval, intervals alone, words, and what there is not.
Table table() {
    Table of{.kind = "sample",
             .caption = "Sample.",
             .columns = {"Run", "ECE", "Change", "95 %", "NLL", "MCE"},
             .notes = {"First."}};
    const analysis::NumberChange change{.before = 0.5, .after = 0.5 - 1.0 / 3, .low = -0.4, .high = -0.1};
    const ChangingNumber &ece = changingNumbers()[0], &nll = changingNumbers()[2];
    Cell interval = textCell("[\u22121.00, 2.00]");
    interval.interval = Range{-1.0 / 3, 2};
    of.rows.push_back({textCell("a"), cellOf({1, 2, 3.5}, hundredths(1)), changeCell(change, ece), interval,
                       valueCell(kInfinity, nll), blankCell()});
    of.rows.push_back({textCell("b"), cellOf({}, hundredths(1)),
                       changeCell({.before = 1, .after = kInfinity}, ece), blankCell(), valueCell(2, nll),
                       cellOf({-1.0 / 3}, hundredths(2))});
    return of;
}

} // namespace

/// Tables for programs: numbers in full, one thing a column.
class TestTableData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void csvHasNumbersInFullAndIntervalsInColumns() {
        const QStringList lines = QString::fromStdString(csv(table())).split('\n');
        QCOMPARE(lines[0],
                 QString("Run,ECE,ECE sd,ECE n,Change,Change low,Change high,95 % low,95 % high,NLL,"
                         "MCE,MCE sd,MCE n"));
        const QStringList first = lines[1].split(',');
        QCOMPARE(first.size(), 13);
        QCOMPARE(first[1].toDouble(), 6.5 / 3);
        QCOMPARE(first[4].toDouble(), -100.0 / 3);
        QVERIFY(first[1].size() > 15 && first[4].startsWith("-33.333333333333"));
        QCOMPARE(first.mid(5).join(','), QString("-40,-10,-0.3333333333333333,2,inf,,,"));
        QCOMPARE(lines[2], QString("b,,,,,,,,,2,-0.3333333333333333,,1"));
        QVERIFY(lines[1].toUtf8().size() == lines[1].size()); // ASCII
    }

    void jsonHasTheSameColumns() {
        const QByteArray text = QByteArray::fromStdString(json(table()));
        const QJsonObject object = QJsonDocument::fromJson(text).object();
        QCOMPARE(object["kind"].toString(), QString("sample"));
        const QJsonArray columns = object["columns"].toArray(), rows = object["rows"].toArray();
        QCOMPARE(columns.size(), 13);
        QCOMPARE(columns[5].toString(), QString("Change low"));
        QCOMPARE(rows.size(), 2);
        for (const auto& row : rows) {
            QCOMPARE(row.toArray().size(), columns.size());
        }
        const QJsonArray first = rows[0].toArray(), second = rows[1].toArray();
        QCOMPARE(first[0].toString(), QString("a"));
        QCOMPARE(first[1].toDouble(), 6.5 / 3);
        QCOMPARE(first[3].toInt(), 3);
        QCOMPARE(first[7].toDouble(), -1.0 / 3);
        QVERIFY(first[9].isNull()); // infinite, which JSON does not know: the notes say so
        QVERIFY(second[1].isNull() && second[5].isNull() && second[7].isNull());
        const QJsonArray notes = object["notes"].toArray();
        QCOMPARE(notes.size(), 2);
        QCOMPARE(notes[1].toString(), QString("Row 1, NLL: infinite, hence null."));
        QVERIFY(!text.contains("\u2212") && !text.contains("\u221e") && !text.contains("\u2013"));
    }

    /// What people read stays as it was.
    void textKeepsItsSigns() {
        const std::string text = markdown(table()), tex = latex(table());
        QVERIFY(text.find("\u221233.33 [\u221240.00, \u221210.00]") != std::string::npos);
        QVERIFY(text.find("\u221e") != std::string::npos);
        QVERIFY(tex.find("$-$33.33") != std::string::npos && tex.find("$\\infty$") != std::string::npos);
    }

    /// A dagger is no part of a name or a number.
    void collapsesAreAColumn() {
        Table of{.kind = "sample", .columns = {"Method", "ECE"}};
        of.rows = {{textCell("FT"), cellOf({1.5}, hundredths(1))}, {textCell("LP"), blankCell()}};
        of.rows[0][0].collapsed = true;
        markCollapses(of, {}, {});
        QCOMPARE(of.rows[0][0].text, std::string("FT \u2020"));
        QCOMPARE(csv(of),
                 std::string("Method,Method collapsed,ECE,ECE sd,ECE n\nFT,true,1.5,,1\nLP,false,,,\n"));
    }

    /// "7.0 → 6.3" is two numbers.
    void changesAreTwoColumns() {
        Cell change = textCell("7.0 \u2192 6.3");
        change.value = 6.25;
        change.before = 7.03125;
        const Table of{.kind = "sample", .columns = {"ECE %"}, .rows = {{change}}};
        QCOMPARE(csv(of), std::string("ECE %,ECE % before\n6.25,7.03125\n"));
        QVERIFY(markdown(of).find("| 7.0 \u2192 6.3 |") != std::string::npos);
    }

    void emptyTablesHaveTheirColumns() {
        const Table of{.kind = "sample", .columns = {"Method", "ECE"}};
        QCOMPARE(csv(of), std::string("Method,ECE\n"));
        QCOMPARE(tableData(of).rows.size(), std::size_t(0));
        QCOMPARE(
            QJsonDocument::fromJson(QByteArray::fromStdString(json(of))).object()["rows"].toArray().size(),
            0);
    }
};

QTEST_GUILESS_MAIN(TestTableData)
#include "test_table_data.moc"

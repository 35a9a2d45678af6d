#include "core/analysis/claims/claims.h"
#include "tests/core/analysis/claims/paper_tables.h"

#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;

namespace {

Claim claimOf(const ClaimStudy& study, const std::string& id) {
    const std::vector<Claim> claims = checkClaims(study);
    return *std::ranges::find(claims, id, &Claim::id);
}

/// The subjects of the cases that fail, in the order given.
QStringList failed(const Claim& claim) {
    QStringList subjects;
    for (const std::string& line : claim.numbers) {
        if (line.ends_with(": does not hold")) {
            subjects += QString::fromStdString(line.substr(0, line.find(": ")));
        }
    }
    return subjects;
}

QString nameOf(ClaimStatus status) {
    return QString::fromUtf8(claimStatusName(status).data());
}

} // namespace

/// The claims (definitions.md, Claims) on the paper's tables: they fail where the rows say so, nowhere else.
class TestClaimsPaper : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void claimsOnTheTables_data() {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("cases");
        QTest::addColumn<QStringList>("exceptions");
        const auto row = [](const char* table, const char* id, int cases, const QString& exceptions = {}) {
            QTest::addRow("%s, table %s", id, table)
                << QString::fromLatin1(table) << QString::fromLatin1(id) << cases
                << exceptions.split(QLatin1Char(';'), Qt::SkipEmptyParts);
        };
        const auto words = [](const char* text) { return QString::fromLatin1(text); };
        row("13", "C1", 27, words("cola, ft;sst-2, ft;wsc, ft;amazon, ft;wsc, lora"));
        row("13", "C2", 9, words("wsc"));
        row("13", "C3", 18, words("sst-2;wsc"));
        row("12", "C4", 12);
        row("12", "C5", 12, words("mrpc"));
        row("1", "C6", 2);
        row("11", "C6", 4, words("amazon;amazon -> dynasent;amazon -> semeval;amazon -> sst-5"));
        row("1", "C7", 2);
        row("11", "C7", 4, words("amazon -> semeval;amazon -> sst-5"));
        row("2 and 9", "C8", 4);
        row("2 and 9", "C9", 8, words("rte (kernel of order 500)"));
        row("2 and 9", "C10", 16,
            words("rte (kernel of order 500), lp-ft;boolq (kernel of order 500), lp-ft;"
                  "wic (kernel of order 500), lp-ft"));
        row("2 and 9", "C11", 12);
        row("2 and 9", "C12", 8);
        row("2 and 9", "C13", 10);
        row("2 and 9", "C14", 12);
        row("14 and 15", "C16", 2);
        row("14 and 15", "C17", 16, words("cb;wsc;cola;sst-2;cb;wic;wsc;sst-2"));
        row("14 and 15", "C18", 8, words("cb;mrpc"));
        row("8", "C19", 8, words("cola;mrpc;wsc"));
        row("10", "C19", 8, words("amazon -> semeval;amazon -> dynasent;amazon -> semeval"));
        row("8", "C20", 8, words("wsc"));
        row("10", "C20", 4);
        row("16", "C21", 1);
    }
    void claimsOnTheTables() {
        QFETCH(QString, table);
        QFETCH(QString, id);
        QFETCH(int, cases);
        QFETCH(QStringList, exceptions);
        const std::map<QString, ClaimStudy (*)()> tables{
            {QStringLiteral("1"), tests::table1},   {QStringLiteral("2 and 9"), tests::tables2And9},
            {QStringLiteral("8"), tests::table8},   {QStringLiteral("10"), tests::table10},
            {QStringLiteral("11"), tests::table11}, {QStringLiteral("12"), tests::table12},
            {QStringLiteral("13"), tests::table13}, {QStringLiteral("14 and 15"), tests::tables14And15},
            {QStringLiteral("16"), tests::table16}};
        const Claim claim = claimOf(tables.at(table)(), id.toStdString());
        const auto verdicts = std::ranges::count_if(claim.numbers, [](const std::string& line) {
            return line.ends_with("hold") || line.ends_with("holds");
        });
        QCOMPARE(static_cast<int>(verdicts), cases);
        QCOMPARE(failed(claim), exceptions);
        QCOMPARE(nameOf(claim.status),
                 exceptions.isEmpty() ? QStringLiteral("holds") : QStringLiteral("does not hold"));
        for (const QString& exception : exceptions) {
            QVERIFY2(claim.reason.find(exception.toStdString()) != std::string::npos, claim.reason.c_str());
        }
    }

    void temperatureScalingFailsInThreeCellsOf32() {
        const Claim claim = claimOf(tests::tables14And15(), "C16");
        QStringList notLower;
        for (const std::string& line : claim.numbers) {
            if (line.ends_with("not lower") && line.find("ECE") != std::string::npos) {
                notLower += QString::fromStdString(line.substr(0, line.find(" (n")));
            }
        }
        QCOMPARE(notLower,
                 (QStringList{QStringLiteral("cb: ECE lora 0.1289"), QStringLiteral("wsc: ECE ft 0.0626"),
                              QStringLiteral("wsc: ECE lp-ft 0.0638")}));
        QVERIFY(std::ranges::find(claim.numbers, "all cells: ECE lower in 29 of 32: holds") !=
                claim.numbers.end());
        // The tables do not print the accuracy after scaling.
        QVERIFY2(claim.reason.starts_with("accuracy unchanged: not tested"), claim.reason.c_str());
    }

    void collapsedRunsAreMarked() {
        const Claim claim = claimOf(tests::table8(), "C20");
        for (const std::string& line : claim.numbers) {
            QCOMPARE(line.find("collapsed") != std::string::npos, line.starts_with("wsc"));
        }
    }

    void whatNoTablePrintsIsNotTested() {
        for (const char* const id : {"C15", "C22", "C23"}) {
            const Claim claim = claimOf(tests::tables2And9(), id);
            QCOMPARE(nameOf(claim.status), QStringLiteral("not tested"));
            QVERIFY2(claim.reason.find("needs") != std::string::npos, claim.reason.c_str());
            QVERIFY(claim.numbers.empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestClaimsPaper)
#include "test_claims_paper.moc"

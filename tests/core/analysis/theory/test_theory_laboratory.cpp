#include "core/analysis/theory/theory_laboratory.h"

#include "core/error.h"
#include "tests/support/near.h"
#include "tests/support/small_laboratory.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QtTest>

using namespace finescope;
using namespace finescope::analysis;

namespace {

std::string document() {
    nlohmann::ordered_json json = {{"program", "p"}, {"created", "2026-01-02T03:04:05Z"}};
    json["laboratory"] = laboratoryToJson(tests::smallLaboratory());
    return json.dump();
}

/// What is said of the document with the value at `pointer` replaced (removed: null pointer to text).
QString refusal(const char* pointer, const char* value) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(document());
    json[nlohmann::ordered_json::json_pointer(pointer)] = nlohmann::ordered_json::parse(value);
    try {
        static_cast<void>(laboratoryFromJson(json.dump(), "v.json"));
    } catch (const Error& error) {
        return error.kind() == ErrorKind::badInput ? error.what() : "wrong kind";
    }
    return "accepted";
}

} // namespace

class TestTheoryLaboratory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The numbers of definitions.md, Proposition on LoRA.
    void probabilityBound() {
        QVERIFY_NEAR(loraProbabilityBound(2.0 / 3, 8), -1.97, 0.005);
        QVERIFY_NEAR(loraProbabilityBound(2.0 / 3, 38), 0.02, 0.005);
        QVERIFY_NEAR(loraProbabilityBound(2.0 / 3, 64), 0.63, 0.005);
        QVERIFY_NEAR(loraProbabilityBound(2.0 / 3, 128), 0.965, 0.0005);
        QCOMPARE(loraProbabilityBound(1.5, 64), loraProbabilityBound(2.0 / 3, 64)); // it may not fall again
        QVERIFY_NEAR(loraProbabilityBound(0.5, 100), 1 - 4 * std::exp(-3.125), 1e-15);
    }

    void errorBound() {
        QVERIFY(!loraErrorBound(118, 0.95)); // 27 ln 80 = 118.3
        QVERIFY_NEAR(*loraErrorBound(27 * std::log(80.0) + 1e-9, 0.95), 2.0 / 3, 1e-4);
        const double error = *loraErrorBound(500, 0.9);
        QVERIFY(error > 0 && error < 2.0 / 3);
        QVERIFY_NEAR(loraProbabilityBound(error, 500), 0.9, 1e-12);
    }

    void isReadBackAsItWas() {
        const TheoryLaboratory before = tests::smallLaboratory(),
                               after = laboratoryFromJson(document(), "v.json");
        QCOMPARE(after.created, before.created);
        QCOMPARE(after.orthogonal.angles, before.orthogonal.angles);
        QCOMPARE(after.orthogonal.series.size(), std::size_t{2});
        QCOMPARE(after.orthogonal.series[1].dimension, std::int64_t{8});
        QCOMPARE(after.orthogonal.series[1].outside, before.orthogonal.series[1].outside);
        QCOMPARE(after.lora.draws, std::int64_t{100});
        QCOMPARE(after.lora.series.size(), before.lora.series.size());
        for (std::size_t i = 0; i < after.lora.series.size(); ++i) {
            QCOMPARE(after.lora.series[i].rank, before.lora.series[i].rank);
            QCOMPARE(after.lora.series[i].quantiles, before.lora.series[i].quantiles);
            QCOMPARE(after.lora.series[i].share, before.lora.series[i].share);
            QCOMPARE(after.lora.series[i].relativeDeviation, before.lora.series[i].relativeDeviation);
        }
        const auto json = laboratoryToJson(before);
        QCOMPARE(json["lora"]["series"][0]["expected_deviation"].get<double>(), 0.5);
        QCOMPARE(json["lora"]["series"][0]["probability_bound"][0].get<double>(),
                 loraProbabilityBound(0.5, 8));
    }

    void whatIsWrongIsNamed_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("key");
        const auto row = [](const char* pointer, const char* value, const char* key) {
            QTest::addRow("%s %s", pointer, value) << pointer << value << key;
        };
        row("/laboratory", "7", "'laboratory.orthogonal' is missing");
        row("/laboratory/lora", "{}", "'laboratory.lora.draws' is missing");
        row("/laboratory/lora/draws", "-1", "'laboratory.lora.draws': a whole number");
        row("/laboratory/lora/draws", "2.5", "'laboratory.lora.draws': a whole number");
        row("/laboratory/lora/draws", "1e300", "'laboratory.lora.draws': a whole number");
        row("/laboratory/lora/levels", "[0.05,0.5,0.9]", "'laboratory.lora.levels': a list that holds 0.95");
        row("/laboratory/lora/series", "[]", "'laboratory.lora.series': a list");
        row("/laboratory/lora/series/1/quantiles/0/2", "null",
            "'laboratory.lora.series[1].quantiles[0][2]': a number");
        row("/laboratory/lora/series/0/share/1", "[0.5]", "'laboratory.lora.series[0].share[1]': 3 numbers");
        row("/laboratory/orthogonal/series/1/outside", "\"none\"",
            "'laboratory.orthogonal.series[1].outside': a list");
        row("/created", "3", "'created': a text");
        // Series of one figure stand side by side.
        row("/laboratory/lora/series/1/quantiles", "[[0.1,0.2,0.3]]",
            "'laboratory.lora.series[1]': as many seeds in each list and series, here 2,");
        row("/laboratory/lora/series/2/share", "[[0,1,2],[0,1,2],[0,1,2]]",
            "'laboratory.lora.series[2]': as many seeds");
        row("/laboratory/lora/series/0/relative_deviation", "[1]",
            "'laboratory.lora.series[0]': as many seeds");
    }
    void whatIsWrongIsNamed() {
        QFETCH(const QString, pointer);
        QFETCH(const QString, value);
        QFETCH(const QString, key);
        const QString said = refusal(pointer.toUtf8(), value.toUtf8());
        QVERIFY2(said.startsWith("v.json: key " + key), qPrintable(said));
    }

    /// Lists that stand for more than they hold, and more than anybody measures.
    void nothingIsWithoutMeasure_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("says");
        const auto list = [](const QByteArray& entry, int count) {
            return "[" + (entry + ",").repeated(count).chopped(1) + "]";
        };
        QTest::newRow("matrix of nothing") << QByteArray("/laboratory/orthogonal/angles") << list("0", 10'000)
                                           << QByteArray("by_angle[0]': 10000 numbers is expected");
        QTest::newRow("steps") << QByteArray("/laboratory/orthogonal/steps") << list("1", 1'000'000)
                               << QByteArray("'laboratory.orthogonal.steps': a list of 1 to 10000 entries");
        QTest::newRow("seeds") << QByteArray("/laboratory/orthogonal/series/0/inside")
                               << list("[1,2]", 1'000'000)
                               << QByteArray("series[0].inside': a list of 1 to 1000 entries");
        QTest::newRow("series") << QByteArray("/laboratory/lora/series") << list("{}", 2'000'000)
                                << QByteArray("'laboratory.lora.series': a list of 1 to 1000 entries");
        QTest::newRow("depth") << QByteArray("/laboratory/lora/series")
                               << QByteArray(100, '[') + QByteArray(100, ']') << QByteArray("nested deeper");
        QTest::newRow("keys") << QByteArray("/laboratory/lora")
                              << "{\"a\":0" + QByteArray(",\"a\":0").repeated(2000) + "}"
                              << QByteArray("more than the 1000 keys");
        QTest::newRow("length") << QByteArray("/created") << '"' + QByteArray(17 << 20, ' ') + '"'
                                << QByteArray("bytes of JSON");
    }
    void nothingIsWithoutMeasure() {
        QFETCH(const QByteArray, pointer);
        QFETCH(const QByteArray, value);
        QFETCH(const QByteArray, says);
        const std::string mark = "here it is";
        nlohmann::ordered_json json = nlohmann::ordered_json::parse(document());
        json[nlohmann::ordered_json::json_pointer(pointer.toStdString())] = mark;
        std::string text = json.dump();
        text.replace(text.find('"' + mark + '"'), mark.size() + 2, value.toStdString());
        QElapsedTimer timer;
        timer.start();
        try {
            static_cast<void>(laboratoryFromJson(text, "v.json"));
            QFAIL("accepted");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find(says.toStdString()) != std::string::npos, error.what());
            QVERIFY(std::string(error.what()).size() < 400);
        }
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    }

    void whatIsNotJsonIsRefused() {
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(laboratoryFromJson("\x89HDF", "run.h5")), Error);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(laboratoryFromJson("[]", "v.json")), Error);
    }
};

QTEST_GUILESS_MAIN(TestTheoryLaboratory)
#include "test_theory_laboratory.moc"

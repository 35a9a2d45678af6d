#include "core/analysis/run/summary.h"

#include "core/record/run_reader.h"
#include "tests/support/python.h"
#include "tests/support/tiny_run.h"

#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <nlohmann/json.hpp>

using namespace finescope;
using Json = nlohmann::ordered_json;

namespace {

Json referenceOf(const QString& file, bool addKernels = false) {
    QStringList arguments{file};
    if (addKernels) {
        arguments.prepend(QStringLiteral("--add-kernels"));
    }
    return Json::parse(
        tests::runPython(QStringLiteral("tests/core/analysis/run/summary_reference.py"), arguments)
            .toJson()
            .toStdString());
}

/// What differs between two objects, as paths with both values; numbers may differ by 1e-7 of themselves or
/// of 1: the minimiser of the reference compares values of the NLL, which fixes T to about 1e-8.
QStringList differences(const Json& actual, const Json& expected, const std::string& path) {
    if (actual.is_object() && expected.is_object()) {
        QStringList found;
        for (const auto& [key, value] : expected.items()) {
            found += actual.contains(key)
                         ? differences(actual[key], value, path + "/" + key)
                         : QStringList(QString::fromStdString(path + "/" + key + " is missing"));
        }
        for (const auto& [key, value] : actual.items()) {
            if (!expected.contains(key)) {
                found += QString::fromStdString(path + "/" + key + " is not expected");
            }
        }
        return found;
    }
    const bool numbers = actual.is_number() && expected.is_number();
    const bool equal = numbers ? std::abs(actual.get<double>() - expected.get<double>()) <=
                                     1e-7 * std::max(1.0, std::abs(expected.get<double>()))
                               : actual == expected;
    return equal ? QStringList()
                 : QStringList(QString::fromStdString(path + " is " + actual.dump() + ", expected " +
                                                      expected.dump()));
}

} // namespace

class TestSummary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithNumPyAndScikitLearn_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("width");
        for (const char* method : {"lp", "ft", "lp-ft", "lora", "lp-lora"}) {
            QTest::addRow("%s", method) << QString::fromLatin1(method) << 120 << 16;
        }
        QTest::addRow("fewer rows than width") << QStringLiteral("lp-ft") << 20 << 40;
    }
    void agreesWithNumPyAndScikitLearn() {
        QFETCH(QString, method);
        QFETCH(int, rows);
        QFETCH(int, width);
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("run.h5"));
        tests::TinyRun options;
        options.method = method.toStdString();
        options.rows = rows;
        options.width = width;
        tests::writeTinyRun(file.toStdString(), options);
        const Json expected = referenceOf(file);
        const Json actual = analysis::summarise(record::readRun(file.toStdString()));
        QVERIFY(expected["splits"].size() == 4);
        QCOMPARE(differences(actual, expected, "").join(QLatin1Char('\n')), QString());
        QCOMPARE(actual["classifier"]["weight_norm"]["after_lp"].is_null(),
                 !method.startsWith(QStringLiteral("lp")));
    }

    void kernelsAgreeWithNumPy() {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("run.h5"));
        tests::writeTinyRun(file.toStdString(), {});
        const Json expected = referenceOf(file, true);
        const Json actual = analysis::summarise(record::readRun(file.toStdString()));
        QCOMPARE(expected["ntk"].size(), std::size_t{2});
        QCOMPARE(differences(actual, expected, "").join(QLatin1Char('\n')), QString());
        QVERIFY(actual["ntk"]["pretrained"]["F"]["regression"]["train"].is_null());
        QVERIFY(actual["ntk"]["after_lp"]["F"]["regression"]["train"].is_number());
        QVERIFY(actual["ntk"]["after_lp"]["F"]["regression"]["train_class"].is_null()); // NaN in the file
    }

    void keysComeInTheOrderOfTheirDescription() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("run.h5")).toStdString();
        tests::writeTinyRun(file, {});
        const Json actual = analysis::summarise(record::readRun(file));
        std::vector<std::string> keys;
        for (const auto& [key, value] : actual.items()) {
            keys.push_back(key);
        }
        QCOMPARE(keys, (std::vector<std::string>{"file", "run_id", "name", "method", "task", "model", "seed",
                                                 "status", "classifier", "probe", "splits", "collapsed",
                                                 "temperature", "ntk"}));
    }

    void whatTheProbeChoseIsInIt() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("run.h5")).toStdString();
        tests::writeTinyRun(file, {});
        record::Run run = record::readRun(file);
        run.config = R"({"probe": {"head": "exact", "C": 10, "rows": [4, 4, 3],
            "scores": [{"C": 1, "accuracy": 0.5, "hits": [2, 2, 1]}, {"C": 10, "accuracy": 0.75}, {"C": "x"}]}})";
        const Json probe = analysis::summarise(run)["probe"];
        QCOMPARE(probe,
                 (Json{{"C", 10.0},
                       {"folds", 3},
                       {"scores", {{{"C", 1.0}, {"accuracy", 0.5}}, {{"C", 10.0}, {"accuracy", 0.75}}}}}));
        for (const char* odd : {"", "[]", R"({"probe": "exact"})", R"({"probe": {"head": "exact"}})",
                                R"({"probe": {"C": "10"}})", R"({"probe": [10]})"}) {
            run.config = odd;
            QVERIFY2(analysis::summarise(run)["probe"].is_null(), odd);
        }
        run.config = R"({"probe": {"C": 10, "rows": 5, "scores": {"C": 1}}})";
        QVERIFY(analysis::summarise(run)["probe"]["scores"].empty());
    }

    void aCollapsedRunNamesItsClass() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("run.h5")).toStdString();
        tests::writeTinyRun(file, {.method = "lora", .collapsed = true});
        QCOMPARE(analysis::summarise(record::readRun(file))["collapsed"],
                 (Json{{"test", 0}, {"shifted", 0}}));
        tests::writeTinyRun(file, {.method = "lora"});
        QVERIFY(analysis::summarise(record::readRun(file))["collapsed"].is_null());
    }

    void aRunThatHasJustBegunHasNulls() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("run.h5")).toStdString();
        tests::TinyRunWriter writer(file, {});
        const Json actual = analysis::summarise(record::readRun(file));
        QCOMPARE(actual["status"].get<std::string>(), std::string("running"));
        for (const char* key : {"initial", "after_lp", "final"}) {
            QVERIFY(actual["classifier"]["weight_norm"][key].is_null());
        }
        QVERIFY(actual["splits"]["test"]["accuracy"].is_null());
        QVERIFY(actual["splits"]["test"]["features"]["fdr"]["final"].is_null());
        QVERIFY(actual["temperature"]["value"].is_null());
        QVERIFY(actual["ntk"].empty());
        QVERIFY(actual["probe"].is_null());
    }

    void aRunWithoutASelectionIsReadAtItsLastRow() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("run.h5")).toStdString();
        tests::TinyRunWriter writer(file, {});
        while (writer.writeNext()) {
        }
        const record::Run run = record::readRun(file);
        const Json actual = analysis::summarise(run);
        const auto last = run.parts->classifier(run.classifierKeys.size() - 1);
        QCOMPARE(actual["classifier"]["weight_norm"]["final"].get<double>(),
                 last.weight.cast<double>().norm());
        QVERIFY(actual["splits"]["test"]["accuracy"].is_number());
        QVERIFY(actual["splits"]["test"]["features"]["cosine_similarity"]["pretrained"].is_number());
        QVERIFY(actual["splits"]["test"]["features"]["cosine_similarity"]["final"].is_null());
        QVERIFY(actual["splits"]["test"]["features"]["difference"].is_null());
    }
};

QTEST_APPLESS_MAIN(TestSummary)
#include "test_summary.moc"

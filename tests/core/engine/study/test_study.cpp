#include "core/engine/study/study_cells.h"
#include "core/error.h"
#include "tests/core/engine/study/study_text.h"

#include <QElapsedTimer>
#include <QtTest>

#include <algorithm>
#include <set>

using namespace finescope;
using namespace finescope::engine;

namespace {

const StudyMethod& methodOf(const StudyTask& task, Method method) {
    for (const StudyMethod& one : task.methods) {
        if (one.method == method) {
            return one;
        }
    }
    qFatal("no such method");
}

/// A study in which only one place is of interest.
std::string around(const std::string& general, const std::string& ofTask = "",
                   const std::string& ofMethod = "") {
    return "{\n\"name\": \"s\",\n\"models\": {\"m\": \"model\"},\n\"seeds\": [1],\n" + general +
           "\n\"tasks\": {\"cb\": {\n\"data\": \"data\",\n" + ofTask + "\n\"methods\": {\"ft\": {\n" +
           ofMethod + "\n}}}}}";
}

} // namespace

/// Study files: what they mean, and what is refused.
class TestStudy : public QObject {
    Q_OBJECT

private:
    tests::StudyTexts m_texts;

    QString refusalOf(const std::string& text) const {
        try {
            static_cast<void>(expandCells(m_texts.read(text)));
        } catch (const Error& error) {
            return exitStatus(error.kind()) == 2 ? QString::fromUtf8(error.what())
                                                 : QStringLiteral("wrong kind");
        }
        return QStringLiteral("accepted");
    }

private Q_SLOTS:
    void particularIsOverGeneral() {
        const Study study = m_texts.read(R"({
            "name": "s", "models": {"m": "model"}, "seeds": [1, 2], "tuning_seeds": [3],
            "settings": {"epochs": 10, "max_length": 64, "lora_rank": 4, "pooling": "mean"},
            "grid": {"learning_rate": [1e-5, 1e-4]},
            "kernel": {"train_samples": 30, "test_samples": 5},
            "methods": {"ft": {"epochs": 8, "max_length": 32}, "lp": {"epochs": 9}, "lora": {}},
            "tasks": {
                "cb": {"data": "cb", "max_length": 48, "lora_rank": 2, "kernel": {"test_samples": 6},
                       "methods": {"ft": {"epochs": 7, "seeds": [5], "grid": {}}, "lora": {"kernel": {"seeds": []}}}},
                "again": {"task": "rte", "data": "rte"}
            }
        })");
        const StudyTask& cb = study.tasks.at(0);
        QCOMPARE(cb.methods.size(), std::size_t{2}); // the task's own methods replace the general ones
        const StudyLevel& ft = methodOf(cb, Method::ft).level;
        QCOMPARE(ft.train,
                 (Settings{{"epochs", 7}, {"max_length", 32}, {"lora_rank", 2}, {"pooling", "mean"}}));
        QCOMPARE(ft.seeds.value(), (std::vector<std::int64_t>{5}));
        QVERIFY(ft.grid.value().empty());
        QCOMPARE(ft.kernel, (Settings{{"train_samples", 30}, {"test_samples", 6}}));
        QVERIFY(!ft.kernelSeeds);
        const StudyLevel& lora = methodOf(cb, Method::lora).level;
        QCOMPARE(lora.train.at("max_length"), nlohmann::json(48));
        QCOMPARE(lora.train.at("epochs"), nlohmann::json(10));
        QCOMPARE(lora.grid.value().size(), std::size_t{2});
        QVERIFY(lora.kernelSeeds.value().empty());
        const StudyTask& again = study.tasks.at(1);
        QCOMPARE(again.catalogue, std::string("rte"));
        QCOMPARE(again.methods.size(), std::size_t{3});
        QCOMPARE(methodOf(again, Method::lp).level.train.at("epochs"), nlohmann::json(9));
        QCOMPARE(methodOf(again, Method::lp).level.train.at("lora_rank"), nlohmann::json(4));
    }

    void pathsAreAbsolute() {
        const Study study = m_texts.read(R"({
            "name": "s", "models": {"m": "${MODEL}/x"}, "seeds": [1], "methods": ["lp"],
            "tasks": {"cb": {"data": "../cb", "ood": {"other": "${DATA}/a${MODEL}", "near": "near"}}}
        })");
        QCOMPARE(study.models[0].folder, std::filesystem::path("/somewhere/MODEL/x"));
        QCOMPARE(study.tasks[0].data, (m_texts.folder() / ".." / "cb").lexically_normal());
        QCOMPARE(study.tasks[0].outOfDistribution[0].folder,
                 std::filesystem::path("/somewhere/DATA/a/somewhere/MODEL"));
        QCOMPARE(study.tasks[0].outOfDistribution[1].name, std::string("near"));
        QCOMPARE(study.tasks[0].outOfDistribution[1].folder, m_texts.folder() / "near");
    }

    // The copy in an output folder is run from there, by a job array on another machine.
    void documentReadsAsTheSameStudy() {
        const Study study = m_texts.read(R"({
            "name": "s", "comment": "c", "models": {"m": "model", "comment": 1}, "seeds": [1],
            "methods": {"ft": {"comment": ["x"], "epochs": 3, "comment": "twice is well"}},
            "tasks": {"cb": {"data": "../cb", "ood": {"o": "o"}}}, "slurm": {"time": "1:00:00", "exclusive": true}
        })");
        QVERIFY(!QString::fromStdString(study.document.dump()).contains("comment"));
        tests::StudyTexts elsewhere;
        const Study again = elsewhere.read(study.document.dump());
        QCOMPARE(again.document, study.document);
        QCOMPARE(again.tasks[0].data, study.tasks[0].data);
        QCOMPARE(expandCells(again).cells[0].arguments, expandCells(study).cells[0].arguments);
    }

    void mistakesAreNamedWithTheirLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& text, int line, const char* said) {
            QTest::newRow(name) << QString::fromStdString(text) << line << said;
        };
        row("unknown key", around("\"epoch\": 3,"), 5, "epoch: \"epoch\" is not known here; known are ");
        row("unknown setting", around("\"settings\": {\n\"epochs\": 1,\n\"speed\": 2},"), 7,
            "settings/speed");
        row("setting at the top", around("\"epochs\": 3,"), 5, "\"epochs\" is not known here");
        row("unknown key of a task", around("", "\n\"epoch\": 3,"), 9, "tasks/cb/epoch");
        row("unknown key of a method", around("", "", "\"rank\": 3"), 10, "tasks/cb/methods/ft/rank");
        row("wrong type", around("", "\"epochs\": \"3\","), 8,
            "tasks/cb/epochs: expected a whole number of at least 1, found \"3\"");
        row("fraction", around("", "\"batch_size\": 2.5,"), 8, "found 2.5");
        row("impossible", around("", "", "\"learning_rate\": 0"), 10, "expected a number above 0, found 0");
        row("negative", around("", "", "\"learning_rate\": -1e-5"), 10, "above 0");
        row("choice", around("", "", "\"pooling\": \"max\""), 10,
            "\"max\" is not one of first, mean and last");
        row("grid", around("\"tuning_seeds\": [1],\n\"grid\": {\n\"learning_rate\": [1e-5, 0]},"), 7,
            "grid/learning_rate/1");
        row("grid key", around("\"grid\": {\"epochs\": [1]},"), 5, "\"epochs\" is not known here");
        row("no list", around("", "", "\"grid\": {\"batch_size\": 8}"), 10, "expected a list [...], found 8");
        row("seeds", around("", "\"seeds\": [1, -1],"), 8, "tasks/cb/seeds/1: expected a whole number");
        row("no seed", around("", "\"seeds\": [],"), 8, "at least one seed");
        row("seed twice", around("", "\"seeds\": [1, 2, 1],"), 8, "1 is listed twice");
        row("no tuning seeds", around("\"grid\": {\"batch_size\": [8]},"), 6, "\"tuning_seeds\" is missing");
        row("scale", around("\"classifier_scales\": [1, 0],"), 5, "above 0");
        row("kernel", around("\"kernel\": {\"samples\": 3},"), 5, "kernel/samples");
        row("method",
            "{\"name\": \"s\", \"models\": {\"m\": \"x\"}, \"seeds\": [1],\n\n\"methods\": [\"fft\"]}", 3,
            "there is no method \"fft\": choose among lp, ft, lp-ft, lora, lp-lora");
        row("grid of lp", around("\"methods\": {\"lp\": {\"grid\": {\"batch_size\": [8]}}},"), 5,
            "linear probing");
        row("task", around("", "\"task\": \"cbb\","), 8, "there is no task \"cbb\"");
        row("task without training", around("", "\"task\": \"sst5\","), 8, "test split only");
        row("ood name", around("", "\"ood\": {\"test\": \"x\"},"), 8, "split of that name");
        row("name", "{\"name\": \"s\",\n\"models\": {\"a/b\": \"x\"}}", 2, "a name is made of");
        row("key twice", around("\"seeds\": [2],"), 5, "\"seeds\" is listed twice; it was on line 4");
        row("variable", around("", "\"ood\": {\"o\":\n\"${NOWHERE}/x\"},"), 8,
            "the environment variable NOWHERE is not set; set it");
        row("half a variable", around("", "\"ood\": {\"o\": \"${NOWHERE/x\"},"), 8, "without a matching }");
        row("slurm", around("\"slurm\": {\"array\": \"0-3\"},"), 5, "other than array");
        row("slurm injection", around("\"slurm\": {\"time\": \"1\\n#\"},"), 5, "line break");
    }
    void mistakesAreNamedWithTheirLine() {
        QFETCH(QString, text);
        QFETCH(int, line);
        QFETCH(QString, said);
        const QString refusal = refusalOf(text.toStdString());
        QVERIFY2(refusal.startsWith(QString::fromStdString((m_texts.folder() / "study.json").string()) +
                                    QStringLiteral(", line %1: ").arg(line)),
                 qPrintable(refusal));
        QVERIFY2(refusal.contains(said), qPrintable(refusal));
    }

    void whatIsMissingIsNamed() {
        QVERIFY(refusalOf("{}").contains("\"name\" is missing"));
        QVERIFY(refusalOf("{\"name\": \"s\"}").contains("\"models\" is missing"));
        QVERIFY(refusalOf("{\"name\": \"s\", \"models\": {\"m\": \"x\"}}").contains("\"tasks\" is missing"));
        QVERIFY(refusalOf(R"({"name": "s", "models": {"m": "x"}, "tasks": {"cb": {}}})")
                    .contains("\"data\" is missing"));
        QVERIFY(refusalOf(R"({"name": "s", "models": {"m": "x"}, "tasks": {"cb": {"data": "x"}}})")
                    .contains("\"methods\" is missing"));
        QVERIFY(
            refusalOf(
                R"({"name": "s", "models": {"m": "x"}, "methods": ["lp"], "tasks": {"cb": {"data": "x"}}})")
                .contains("\"seeds\" is missing"));
        QVERIFY(refusalOf("[]").contains("expected a JSON object"));
        QVERIFY(refusalOf("{\n\"name\": }").contains("line 2"));
    }

    /// Files of a megabyte that stand for gigabytes: refused at once, with the number and the limit.
    void nothingIsWithoutMeasure_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& text, const char* says) {
            QTest::newRow(name) << text << QString::fromUtf8(says);
        };
        const auto repeated = [](const std::string& part, int count) {
            std::string all;
            for (int i = 0; i < count; ++i) {
                all += part;
            }
            return all;
        };
        const auto numbers = [](int count) {
            std::string all = "0";
            for (int i = 1; i < count; ++i) {
                all += "," + std::to_string(i);
            }
            return all;
        };
        const auto study = [](const std::string& keys, const std::string& task = "") {
            return R"({"name": "s", "models": {"m": "x"}, )" + keys + R"("tasks": {"cb": {"data": "x")" +
                   task + "}}}";
        };
        row("nested lists", repeated("[", 100'000), "nested deeper than the 16 levels");
        row("nested objects", repeated("{\"a\":", 100'000), "line 1, column 81: ");
        row("length", study("\"description\": \"" + repeated(" ", 2 << 20) + "\", "),
            "more than the 1048576");
        std::string keys;
        for (int i = 0; i < 50'000; ++i) {
            keys += "\"k" + std::to_string(i) + "\":0,";
        }
        row("keys", study(keys), "more than the 1000 keys");
        row("way to a key", "{\"" + repeated("k", 500'000) + "\": [" + repeated("{\"a\":1},", 50'000) + "0]}",
            "has 500000 bytes, more than the 200");
        row("seeds", study("\"methods\": [\"ft\"], \"seeds\": [" + numbers(100'000) + "], "),
            "100000 values, more than the 1000");
        row("grid",
            study("\"methods\": [\"ft\"], \"seeds\": [1], \"tuning_seeds\": [1], \"grid\": {\"batch_size\": "
                  "[1," +
                  numbers(1000).substr(4) + "], \"learning_rate\": [1e-3, 1e-4]}, "),
            "1998 combinations, more than the 1000");
        std::string models = "\"m0\": \"x\"";
        for (int i = 1; i < 900; ++i) {
            models += ",\"m" + std::to_string(i) + "\":\"x\"";
        }
        row("runs",
            R"({"name": "s", "methods": ["ft", "lp"], "seeds": [)" + numbers(1000) + "], \"models\": {" +
                models + R"(}, "tasks": {"cb": {"data": "x"}}})",
            "1800000 runs");
        std::string sets = "\"o0\": \"x\"";
        for (int i = 1; i < 900; ++i) {
            sets += ",\"o" + std::to_string(i) + "\":\"x\"";
        }
        row("sets of runs",
            study("\"methods\": [\"ft\"], \"seeds\": [" + numbers(200) + "], ", ", \"ood\": {" + sets + "}"),
            "180200 runs");
        row("path",
            study("\"methods\": [\"ft\"], \"seeds\": [1], ",
                  ", \"ood\": {\"o\": \"" + repeated("x/", 100'000) + "\"}"),
            "a path of 200000 bytes");
        row("key with controls", study("\"a\\u001b[2J\\n\": 1, "), "a\ufffd[2J\ufffd\" is not known here");
        row("message", study("\"methods\": [\"" + repeated("\\u0007", 100'000) + "\"], "),
            "there is no method");
    }
    void nothingIsWithoutMeasure() {
        QFETCH(const std::string, text);
        QFETCH(const QString, says);
        QElapsedTimer timer;
        timer.start();
        const QString said = refusalOf(text);
        QVERIFY2(said.contains(says), qPrintable(said.left(2000)));
        QVERIFY(said.size() < 600);
        QVERIFY(std::ranges::none_of(said, [](QChar letter) { return letter < u' '; }));
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    // So that they cannot rot.
    void shippedStudiesHaveTheirCells_data() {
        QTest::addColumn<int>("tuning");
        QTest::addColumn<int>("evaluation");
        QTest::addColumn<int>("kernels");
        QTest::newRow("demo") << 0 << 5 << 5;
        QTest::newRow("minilm-quick") << 0 << 20 << 10;
        QTest::newRow("paper-superglue") << 0 << 125 << 16;
        QTest::newRow("paper-glue") << 0 << 75 << 0;
        QTest::newRow("paper-boss") << 0 << 25 << 0;
        QTest::newRow("paper-pubmed") << 0 << 25 << 0;
        QTest::newRow("norm-scaling") << 0 << 2 * 4 * 8 * 5 << 0;
        QTest::newRow("norm-scaling-boss") << 0 << 2 * 8 * 3 << 0;
    }
    void shippedStudiesHaveTheirCells() {
        QFETCH(int, tuning);
        QFETCH(int, evaluation);
        QFETCH(int, kernels);
        const std::filesystem::path folder = tests::sourceRoot() / "resources" / "studies";
        const Study study = readStudy(folder / (std::string(QTest::currentDataTag()) + ".json"),
                                      [](const std::string& name) { return "/any/" + name; });
        QCOMPARE(study.name, std::string(QTest::currentDataTag()));
        const StudyCells cells = expandCells(study);
        const auto count = [&](auto&& is) {
            return static_cast<int>(std::count_if(cells.cells.begin(), cells.cells.end(), is));
        };
        QCOMPARE(count([](const StudyCell& cell) { return cell.isTuning; }), tuning);
        QCOMPARE(count([](const StudyCell& cell) { return !cell.isTuning; }), evaluation);
        QCOMPARE(count([](const StudyCell& cell) { return cell.kernel.has_value(); }), kernels);
    }

    void everyShippedStudyIsTested() {
        std::set<QString> files;
        for (const QString& name :
             QDir(QString::fromStdString((tests::sourceRoot() / "resources" / "studies").string()))
                 .entryList({"*.json"})) {
            files.insert(name.chopped(5));
        }
        QCOMPARE(files, (std::set<QString>{"demo", "minilm-quick", "norm-scaling", "norm-scaling-boss",
                                           "paper-boss", "paper-glue", "paper-pubmed", "paper-superglue"}));
    }

    // Tomihari and Sato 2024, table 6: what the paper's studies say is what `train` takes by itself.
    void paperStudiesFollowTableSix() {
        for (const char* name : {"paper-superglue", "paper-glue", "paper-boss", "paper-pubmed"}) {
            const Study study =
                readStudy(tests::sourceRoot() / "resources" / "studies" / (std::string(name) + ".json"),
                          [](const std::string&) { return "/any"; });
            for (const StudyTask& task : study.tasks) {
                QCOMPARE(task.methods.size(), std::size_t{5});
                for (const StudyMethod& method : task.methods) {
                    QCOMPARE(method.level.seeds.value(),
                             (std::vector<std::int64_t>{1001, 2002, 3003, 4004, 5005}));
                    QCOMPARE(method.level.train.at("epochs"), nlohmann::json(10));
                    if (fineTunes(method.method)) {
                        const StepSettings steps = defaultSteps(task.catalogue, method.method);
                        QCOMPARE(method.level.train.at("batch_size"), nlohmann::json(steps.batchSize));
                        QCOMPARE(method.level.train.at("learning_rate"), nlohmann::json(steps.learningRate));
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestStudy)
#include "test_study.moc"

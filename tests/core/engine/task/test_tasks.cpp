#include "core/engine/task/catalogue.h"
#include "core/engine/task/paper_counts.h"
#include "core/error.h"
#include "tests/support/data.h"
#include "tests/support/python.h"
#include "tests/support/text_folder.h"

#include <QCryptographicHash>
#include <QJsonObject>
#include <QtTest>

#include <algorithm>

using namespace finescope;
using namespace finescope::engine;

namespace {

const TaskSplit& splitOf(const TaskData& data, const char* name) {
    const auto found = std::ranges::find(data.splits, name, &TaskSplit::name);
    if (found == data.splits.end()) {
        qFatal("there is no split %s", name);
    }
    return *found;
}

QStringList counts(const TaskData& data) {
    QStringList all;
    for (const TaskSplit& split : data.splits) {
        all << QString::fromStdString(split.name + " " + describeCount(split, data.task));
    }
    return all;
}

/// One example as texts and class, "first | second | class name".
QString told(const TaskData& data, const char* split, std::size_t row = 0) {
    const Example& example = splitOf(data, split).examples.at(row);
    return QString::fromStdString(example.first + " | " + example.second.value_or("-") + " | " +
                                  data.task.classNames.at(static_cast<std::size_t>(example.label)));
}

/// As read_tasks.py computes it.
QString digestOf(const TaskSplit& split) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const Example& example : split.examples) {
        const std::string row = example.first + '\x1f' + example.second.value_or("") + '\x1f' +
                                std::to_string(example.label) + '\x1e';
        hash.addData(QByteArrayView(row));
    }
    return QString::fromLatin1(hash.result().toHex());
}

QString refusal(const std::function<void()>& doing) {
    try {
        doing();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return QStringLiteral("accepted");
}

} // namespace

/// The tasks of the paper: real files against another program's reading and the paper's table, and small
/// files of each against texts written down here.
class TestTasks : public QObject {
    Q_OBJECT

private:
    // Every row, against Python's json and csv.
    void compareWithPython(const QString& task, const TaskData& data, const std::filesystem::path& folder) {
        const QJsonDocument reading = tests::runPython(QStringLiteral("tests/core/engine/task/read_tasks.py"),
                                                       {task, QString::fromStdString(folder.string())});
        QVERIFY(reading.isObject());
        QCOMPARE(reading.object().size(), static_cast<qsizetype>(data.splits.size()));
        for (const TaskSplit& split : data.splits) {
            const QJsonObject read = reading[QString::fromStdString(split.name)].toObject();
            QCOMPARE(static_cast<int>(split.examples.size()), read["rows"].toInt());
            QCOMPARE(QString::fromStdString(split.examples.front().first), read["first"][0].toString());
            QCOMPARE(QString::fromStdString(split.examples.back().first), read["last"][0].toString());
            QCOMPARE(digestOf(split), read["sha256"].toString());
        }
    }

private Q_SLOTS:
    // Counts: the paper's where the published files are at hand; those of stand-ins were counted with wc.
    void realFilesAsInThePaper_data() {
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QStringList>("rows");
        const auto add = [](const char* task, const char* folder, const QStringList& rows) {
            QTest::newRow(folder) << task << folder << rows;
        };
        add("boolq", "SuperGLUE/BoolQ", // its training file is a subset
            {"train 28 rows (the paper has 8484)", "validation 4 rows (the paper has 943)",
             "test 3270 rows (as in the paper)"});
        add("cb", "SuperGLUE/CB",
            {"train 225 rows (as in the paper)", "validation 25 rows (as in the paper)",
             "test 56 rows (as published; the paper prints 57)"});
        add("rte", "SuperGLUE/RTE",
            {"train 2241 rows (as in the paper)", "validation 249 rows (as in the paper)",
             "test 277 rows (as in the paper)"});
        add("wic", "SuperGLUE/WiC",
            {"train 4885 rows (as published; the paper prints 5400)",
             "validation 543 rows (as published; the paper prints 600)", "test 638 rows (as in the paper)"});
        add("wsc", "SuperGLUE/WSC",
            {"train 498 rows (as in the paper)", "validation 56 rows (as in the paper)",
             "test 104 rows (as in the paper)"});
        add("cola", "GLUE/CoLA",
            {"train 7695 rows (as in the paper)", "validation 856 rows (as published; the paper prints 855)",
             "test 1043 rows (as published; the paper prints 1040)"});
        add("mrpc", "GLUE/MRPC", // a copy that lacks one training row
            {"train 3300 rows (the paper has 3301)", "validation 367 rows (as in the paper)",
             "test 408 rows (as in the paper)"});
        add("mrpc", "GLUE/MRPC-raw",
            {"train 3301 rows (as in the paper)", "validation 367 rows (as in the paper)",
             "test 408 rows (as in the paper)"});
        add("sst2", "GLUE/SST-2",
            {"train 60614 rows (as in the paper)", "validation 6735 rows (as in the paper)",
             "test 872 rows (as in the paper)"});
        add("amazon", "BOSS/amazon", // a small stand-in
            {"train 407 rows (the paper has 27000)", "validation 46 rows (the paper has 3000)",
             "test 151 rows (the paper has 38905)"});
        add("dynasent", "BOSS/dynasent", {"test 4320 rows (as in the paper)"});
        add("semeval", "BOSS/semeval", {"test 20632 rows (the paper has 20622)"}); // before BOSS's cleaning
        add("sst5", "BOSS/sst5", {"test 1067 rows (as in the paper)"});
    }
    void realFilesAsInThePaper() {
        QFETCH(QString, task);
        QFETCH(QString, folder);
        QFETCH(QStringList, rows);
        const std::filesystem::path data = tests::sharedData() / folder.toStdString();
        if (!std::filesystem::exists(data)) {
            QSKIP(qPrintable(QString::fromStdString(data.string() + " is not here")));
        }
        const TaskData loaded = loadTask(task.toStdString(), data);
        QCOMPARE(counts(loaded), rows);
        QVERIFY(loaded.warnings.empty());
        compareWithPython(task, loaded, data);
    }

    // 31 sentences of PubMed RCT as three files of its format; the last abstract is not closed by an empty
    // line.
    void pubMedSentencesOfEveryAbstract() {
        const std::filesystem::path fixture =
            tests::sharedData() / "PubMed-format" / "pubmed_rct_fixture.jsonl";
        QFile file(QString::fromStdString(fixture.string()));
        if (!file.open(QIODevice::ReadOnly)) {
            QSKIP(qPrintable(file.fileName() + QStringLiteral(" is not here")));
        }
        QByteArray text = "###1\n";
        int sentences = 0;
        while (!file.atEnd()) {
            const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
            text += row["label"].toString().toUtf8() + '\t' + row["sentence"].toString().trimmed().toUtf8() +
                    '\n';
            text += ++sentences == 20 ? "\n###2\n" : "";
        }
        QCOMPARE(sentences, 31);
        const tests::TextFolder folder;
        for (const char* name : {"train.txt", "dev.txt", "test.txt"}) {
            folder.write(name, text);
        }
        const TaskData data = loadTask("pubmed", folder.folder());
        const QString tail = QStringLiteral(" 31 rows of 2 abstracts (the paper has ");
        QCOMPARE(counts(data), QStringList({"train" + tail + "15000)", "validation" + tail + "2500)",
                                            "test" + tail + "2500)"}));
        QVERIFY(told(data, "test")
                    .startsWith(QStringLiteral(
                        "many pathogenic processes and diseases are the result of an erroneous activation")));
        compareWithPython(QStringLiteral("pubmed"), data, folder.folder());
    }

    // A stand-in of another corpus: its labels are no classes of the task, but every line is of the format.
    void pubMedLongFileIsRead() {
        const std::filesystem::path file = tests::sharedData() / "PubMed-format" / "train.txt";
        if (!std::filesystem::exists(file)) {
            QSKIP(qPrintable(QString::fromStdString(file.string() + " is not here")));
        }
        int rows = 0;
        std::int64_t abstracts = 0;
        readRows(file, Abstracts{}, {{"sentence"}, "label"}, [&](Row&& row) {
            ++rows;
            abstracts = row.abstract;
        });
        QCOMPARE(rows, 6979);                   // grep -c '\t'
        QCOMPARE(abstracts, std::int64_t{720}); // grep -c '^###'
        QVERIFY(refusal([&] {
                    static_cast<void>(loadTask("pubmed", file.parent_path()));
                }).contains(QStringLiteral("train.txt, line 2: label \"background\" is no class")));
    }

    // Texts and labels as definitions.md, Data sets, says. Of two training rows the last is validation.
    void smallFilesOfEveryTask_data() {
        QTest::addColumn<QString>("task");
        QTest::addColumn<QList<QByteArray>>("files"); // name, bytes, name, bytes ...
        QTest::addColumn<QStringList>("told");        // train, validation, test
        const auto jsonl = [](const char* train, const char* validation, const char* test) {
            return QList<QByteArray>{"train.jsonl", QByteArray(train) + '\n' + validation + '\n', "val.jsonl",
                                     QByteArray(test) + '\n'};
        };
        QTest::newRow("boolq")
            << "boolq"
            << jsonl(R"({"question": "is it", "passage": "It is.", "idx": 0, "label": true})",
                     R"({"question": "was it", "passage": "It was not.", "idx": 0, "label": false})",
                     R"({"question": "q", "passage": "p", "idx": 0, "label": true})")
            << QStringList{"is it | It is. | True", "was it | It was not. | False", "q | p | True"};
        QTest::newRow("cb")
            << "cb"
            << jsonl(R"({"premise": "p", "hypothesis": "h", "label": "neutral", "idx": 0})",
                     R"({"premise": "a", "hypothesis": "b", "label": "entailment", "idx": 1})",
                     R"({"premise": "c", "hypothesis": "d", "label": "contradiction", "idx": 0})")
            << QStringList{"p | h | neutral", "a | b | entailment", "c | d | contradiction"};
        QTest::newRow("rte")
            << "rte"
            << jsonl(R"({"premise": "p", "hypothesis": "h", "label": "not_entailment", "idx": 0})",
                     R"({"premise": "a", "hypothesis": "b", "label": "entailment", "idx": 1})",
                     R"({"premise": "c", "hypothesis": "d", "label": "entailment", "idx": 0})")
            << QStringList{"p | h | not_entailment", "a | b | entailment", "c | d | entailment"};
        QTest::newRow("wic")
            << "wic"
            << jsonl(
                   R"({"word": "go", "sentence1": "They go.", "sentence2": "It goes!", "start1": 5, "start2": 3, "end1": 7, "end2": 7, "idx": 1, "label": true})",
                   R"({"word": "a", "sentence1": "b", "sentence2": "c", "idx": 1, "version": 1.1, "label": false})",
                   R"({"word": "d", "sentence1": "e", "sentence2": "f", "idx": 2, "label": false})")
            << QStringList{"They go. It goes! Does go have the same meaning in both sentences? | - | True",
                           "b c Does a have the same meaning in both sentences? | - | False",
                           "e f Does d have the same meaning in both sentences? | - | False"};
        QTest::newRow("wsc")
            << "wsc"
            << jsonl(
                   R"({"text": "Mark told Pete; He lied.", "target": {"span1_index": 0, "span1_text": "Mark", "span2_index": 3, "span2_text": "He"}, "idx": 0, "label": true})",
                   R"({"text": "t", "target": {"span2_text": "it", "span1_text": "s"}, "idx": 1, "label": false})",
                   R"({"text": "u", "target": {"span2_text": "x", "span1_text": "y"}, "idx": 2, "label": true})")
            << QStringList{"He: Mark told Pete; He lied. | Mark | True", "it: t | s | False",
                           "x: u | y | True"};
        QTest::newRow("cola") << "cola"
                              << QList<QByteArray>{"train.tsv",
                                                   "gj04\t1\t\tHe said \"no.\ngj04\t0\t*\tHim said.\n",
                                                   "dev.tsv", "gj04\t1\t\tThey sail."}
                              << QStringList{"He said \"no. | - | acceptable", "Him said. | - | unacceptable",
                                             "They sail. | - | acceptable"};
        const QByteArray paraphrases = "\xEF\xBB\xBFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n";
        const QStringList pairs = {"\" He said . | He \"said\" it . | equivalent", "b | c | not_equivalent",
                                   "d | e | equivalent"};
        QTest::newRow("mrpc") << "mrpc"
                              << QList<QByteArray>{"train.tsv",
                                                   paraphrases + "1\t7\t8\t\" He said .\tHe \"said\" it .\r\n"
                                                                 "0\t9\t8\tb\tc\r\n",
                                                   "dev.tsv", paraphrases + "1\t1\t2\td\te\r\n"}
                              << pairs;
        QTest::newRow("mrpc, as its authors ship it")
            << "mrpc"
            << QList<QByteArray>{"msr_paraphrase_train.txt",
                                 paraphrases + "1\t7\t8\t\" He said .\tHe \"said\" it .\r\n1\t1\t2\td\te\r\n"
                                               "0\t9\t8\tb\tc\r\n",
                                 "dev_ids.tsv",
                                 "1\t2\n",
                                 "msr_paraphrase_test.txt",
                                 "not read"}
            << pairs;
        QTest::newRow("sst2") << "sst2"
                              << QList<QByteArray>{"train.tsv",
                                                   "sentence\tlabel\nhide new \t0\nfine \"it \t1\n",
                                                   "dev.tsv", "sentence\tlabel\nbleak \t0\n"}
                              << QStringList{"hide new  | - | negative", "fine \"it  | - | positive",
                                             "bleak  | - | negative"};
        QTest::newRow("amazon")
            << "amazon"
            << QList<QByteArray>{"train.tsv",
                                 "Text\tLabel\n\"She said \"\"no\"\".\nAnd\tleft.\"\t0\nso so\t2\n",
                                 "test.tsv", "Text\tLabel\nit's \"ok\" \t1\n"}
            << QStringList{"She said \"no\".\nAnd\tleft. | - | negative", "so so | - | neutral",
                           "it's \"ok\"  | - | positive"};
        for (const char* task : {"dynasent", "semeval", "sst5"}) {
            QTest::newRow(task) << task << QList<QByteArray>{"test.tsv", "Text\tLabel\nmeh\t2\n"}
                                << QStringList{"", "", "meh | - | neutral"};
        }
        QTest::newRow("pubmed") << "pubmed"
                                << QList<QByteArray>{"train.txt", "###1\nMETHODS\tWe \xC3\x89TUDY @ mg .\n\n",
                                                     "dev.txt",   "###2\nOBJECTIVE\tTo Do .\n\n",
                                                     "test.txt",  "###3\nCONCLUSIONS\tDone .\n"}
                                << QStringList{"we \xC3\xA9tudy @ mg . | - | METHODS",
                                               "to do . | - | OBJECTIVE", "done . | - | CONCLUSIONS"};
    }
    void smallFilesOfEveryTask() {
        QFETCH(QString, task);
        QFETCH(QList<QByteArray>, files);
        QFETCH(QStringList, told);
        const tests::TextFolder folder;
        for (qsizetype i = 0; i < files.size(); i += 2) {
            folder.write(files[i], files[i + 1]);
        }
        const TaskData data = loadTask(task.toStdString(), folder.folder());
        const bool trained = !told[0].isEmpty();
        QCOMPARE(data.splits.size(), trained ? std::size_t{3} : std::size_t{1});
        QCOMPARE(canBeTrained(data.task), trained);
        const char* const names[] = {"train", "validation", "test"};
        for (int i = trained ? 0 : 2; i < 3; ++i) {
            QCOMPARE(splitOf(data, names[i]).examples.size(), std::size_t{1});
            QCOMPARE(::told(data, names[i]), told[i]);
        }
    }

    // What the paper's loader leaves out, and what is wrong all the same. definitions.md, Data sets
    void bossRowsWithoutTextOrNumberAreLeftOutAndCounted() {
        const tests::TextFolder folder;
        folder.write("test.tsv", "Text\tLabel\ngood\t1\n\t0\nnan\t0\nhmm\t\nbad\t1.5\nso\t2\nx\tneutral\n");
        const TaskData data = loadTask("sst5", folder.folder());
        QCOMPARE(data.splits[0].examples.size(), std::size_t{2});
        QCOMPARE(data.warnings.size(), std::size_t{1});
        QVERIFY2(data.warnings[0].find("left out as by the paper's loader: 5") != std::string::npos,
                 data.warnings[0].c_str());
        folder.write("test.tsv", "Text\tLabel\ngood\t1\nbad\t7\n");
        const QString said = refusal([&] { static_cast<void>(loadTask("sst5", folder.folder())); });
        QVERIFY2(
            said.contains(QStringLiteral("test.tsv, line 3: label \"7\" is no class of task sst5 (expected "
                                         "one of: 0 (negative), 1 (positive), 2 (neutral))")),
            qPrintable(said));
    }

    void anotherBossSetIsAnOutOfDistributionSplit() {
        const tests::TextFolder folder;
        folder.write("amazon/train.tsv", "Text\tLabel\na\t0\nb\t1\n");
        folder.write("amazon/test.tsv", "Text\tLabel\nc\t2\n");
        folder.write("sst5/test.tsv", "Text\tLabel\nd\t1\nnull\t0\n");
        TaskData data = loadTask("amazon", folder.folder("amazon"));
        QCOMPARE(data.warnings.size(), std::size_t{2}); // one training row: two classes have none
        addOutOfDistribution(data, "films", folder.folder("sst5"));
        QCOMPARE(told(data, "films"), QStringLiteral("d | - | positive"));
        QCOMPARE(splitOf(data, "films").role, std::string("ood"));
        QCOMPARE(data.warnings.size(), std::size_t{3});
        QVERIFY2(refusal([&] {
                     addOutOfDistribution(data, "more", folder.folder("none"));
                 }).contains(QStringLiteral("--ood more=")),
                 "a folder that is not there");
        folder.write("empty/train.tsv", "");
        QVERIFY(refusal([&] {
                    addOutOfDistribution(data, "more", folder.folder("empty"));
                }).contains(QStringLiteral("has no test.tsv")));
    }

    // Ids need not be unique: rows that share theirs go to the test split together.
    void listedIdsThatOccurTwiceTakeBothRows() {
        const QByteArray header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
        const tests::TextFolder folder;
        folder.write("msr_paraphrase_train.txt",
                     header + "1\t1\t2\ta\tb\n0\t3\t4\tc\td\n1\t1\t2\te\tf\n0\t1\t5\tg\th\n");
        folder.write("dev_ids.tsv", "1\t2\n1\t2\n");
        const TaskData data = loadTask("mrpc", folder.folder());
        QCOMPARE(splitOf(data, "test").examples.size(), std::size_t{2});
        QCOMPARE(told(data, "test", 1), QStringLiteral("e | f | equivalent"));
        QCOMPARE(told(data, "validation"), QStringLiteral("g | h | not_equivalent"));
        QVERIFY2(data.warnings.front().find("1 ids of dev_ids.tsv occur in 2 rows") != std::string::npos,
                 data.warnings.front().c_str());
        folder.write("dev_ids.tsv", "1\t2\n\n8\t9\n");
        QVERIFY(refusal([&] {
                    static_cast<void>(loadTask("mrpc", folder.folder()));
                }).contains(QStringLiteral("dev_ids.tsv, line 3: no row of")));
    }

    void namesEveryMissingFile() {
        const tests::TextFolder folder;
        folder.write("dev.txt", "");
        const QString said = refusal([&] { static_cast<void>(loadTask("pubmed", folder.folder())); });
        QVERIFY2(said.contains(QStringLiteral("has no train.txt, test.txt, which task pubmed needs")),
                 qPrintable(said));
        QVERIFY(
            refusal([&] {
                static_cast<void>(loadTask("mrpc", folder.folder()));
            }).contains(QStringLiteral("it can also be read from msr_paraphrase_train.txt, dev_ids.tsv")));
        QVERIFY(refusal([] {
                    static_cast<void>(loadTask("rte", "/nowhere"));
                }).contains(QStringLiteral("/nowhere does not exist")));
        QVERIFY(
            refusal([] { static_cast<void>(findTask("imdb")); }).contains(QStringLiteral("boolq, cb, rte")));
    }

    void catalogueHasTheTasksOfThePaper() {
        QStringList names;
        for (const Task& task : taskCatalogue()) {
            names << QString::fromStdString(task.name);
        }
        QCOMPARE(names,
                 QStringList({"boolq", "cb", "rte", "wic", "wsc", "cola", "mrpc", "sst2", "amazon",
                              "dynasent", "semeval", "sst5", "pubmed", "demo", "csv", "tsv", "jsonl"}));
        for (const Task& task : taskCatalogue()) { // definitions.md, Task metric
            QCOMPARE(task.metric == SelectionMetric::matthews, task.name == "cola");
        }
    }
};

QTEST_GUILESS_MAIN(TestTasks)
#include "test_tasks.moc"

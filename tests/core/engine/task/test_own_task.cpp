#include "core/engine/task/own_task.h"
#include "core/engine/task/task_data.h"
#include "core/error.h"
#include "tests/support/data.h"
#include "tests/support/text_folder.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace finescope;
using namespace finescope::engine;

namespace {

QString refusal(const std::function<void()>& doing) {
    try {
        doing();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return QStringLiteral("accepted");
}

/// Every split as "name: first/second/label, ...".
QStringList told(const TaskData& data) {
    QStringList all;
    for (const TaskSplit& split : data.splits) {
        std::string line = split.name + ":";
        for (const Example& example : split.examples) {
            line += " " + example.first + "/" + (example.second ? *example.second + "/" : "") +
                    std::to_string(example.label);
        }
        all << QString::fromStdString(line);
    }
    return all;
}

} // namespace

/// Tasks that a task.json describes.
class TestOwnTask : public QObject {
    Q_OBJECT

private:
    static TaskData load(const tests::TextFolder& folder, const char* option, const QByteArray& description) {
        folder.write("task.json", description);
        return loadTask(option, folder.folder());
    }

private Q_SLOTS:
    void fileOfEachSplit() {
        const tests::TextFolder folder;
        folder.write("a/train.csv", "stars,review\n10,x\n9,\"y, z\"\n10,w\n");
        folder.write("dev.csv", "review,stars\nv,9\n");
        folder.write("test.csv", "review,stars,more\nt,10,\n");
        folder.write("books.csv", "review,stars\no,9\n");
        const TaskData data = load(folder, "csv", R"({"name": "reviews", "title": "Film reviews",
            "files": {"train": "a/train.csv", "validation": "dev.csv", "test": "test.csv", "ood": {"books": "books.csv"}},
            "text": "review", "label": "stars"})");
        // Labels that are whole numbers in the order of their values, not "10" before "9".
        QCOMPARE(data.task.classNames, std::vector<std::string>({"9", "10"}));
        QCOMPARE(told(data),
                 QStringList({"train: x/1 y, z/0 w/1", "validation: v/0", "test: t/1", "books: o/0"}));
        QCOMPARE(data.splits[3].role, std::string("ood"));
        QCOMPARE(data.task.name, std::string("reviews"));
        QCOMPARE(data.task.option, std::string("csv"));
        QCOMPARE(data.task.title, std::string("Film reviews"));
        QStringList files;
        for (const TaskFile& file : data.task.files) {
            files << QString::fromStdString(file.name);
        }
        QCOMPARE(files, QStringList({"task.json", "a/train.csv", "dev.csv", "test.csv", "books.csv"}));
    }

    void pairsClassesAndStatedSplit() {
        const tests::TextFolder folder;
        QByteArray rows;
        for (int i = 0; i < 21; ++i) {
            rows += QStringLiteral("{\"p\": \"a%1\", \"q\": {\"h\": \"b\"}, \"y\": %2}\n")
                        .arg(i)
                        .arg(i % 2 == 0 ? "true" : "false")
                        .toUtf8();
        }
        folder.write("all.jsonl", rows);
        const QByteArray head =
            R"({"name": "mine", "files": {"train": "all.jsonl"}, "text": ["p", "q.h"], "label": "y",
            "classes": {"True": "yes", "False": "no"}, "test_fraction": 0.2)";
        const TaskData data = load(folder, "jsonl", head + "}");
        QCOMPARE(data.task.classNames, std::vector<std::string>({"yes", "no"}));
        // 21 rows: ceil(4.2) = 5 for test at the end, ceil(2.1) = 3 for validation before them.
        QCOMPARE(data.splits[0].examples.size(), std::size_t{13});
        const QStringList splits = told(data);
        QCOMPARE(splits[1], QStringLiteral("validation: a13/b/1 a14/b/0 a15/b/1"));
        QCOMPARE(splits[2], QStringLiteral("test: a16/b/0 a17/b/1 a18/b/0 a19/b/1 a20/b/0"));

        const TaskData shuffled =
            load(folder, "jsonl", head + R"(, "shuffle_seed": 3, "validation_fraction": 0.5})");
        QCOMPARE(shuffled.splits[0].examples.size(), std::size_t{21 - 5 - 11});
        std::set<std::string> texts;
        for (const TaskSplit& split : shuffled.splits) {
            for (const Example& example : split.examples) {
                texts.insert(example.first);
            }
        }
        QCOMPARE(texts.size(), std::size_t{21}); // every row is in one split
        QVERIFY(told(shuffled)[2] != splits[2]);
        QCOMPARE(told(loadTask("jsonl", folder.folder())), told(shuffled));
        QVERIFY(told(load(folder, "jsonl", head + R"(, "shuffle_seed": 4, "validation_fraction": 0.5})")) !=
                told(shuffled));
    }

    void dialectsOfDelimitedFiles() {
        const tests::TextFolder folder;
        folder.write("a.csv", "0;\"a;b\"\n1;c\n");
        const QByteArray files = R"("files": {"train": "a.csv", "validation": "a.csv", "test": "a.csv"}, )";
        QCOMPARE(told(load(folder, "csv",
                           "{\"name\": \"n\", " + files +
                               R"("text": "t", "label": "l", "columns": ["l", "t"], "delimiter": ";"})"))[0],
                 QStringLiteral("train: a;b/0 c/1"));
        folder.write("a.csv", "t\tl\n\"a\tno\nb\tyes\n");
        QCOMPARE(
            told(load(folder, "tsv",
                      "{\"name\": \"n\", " + files +
                          R"("text": ["t"], "label": "l", "quotes": false, "classes": ["yes", "no"]})"))[0],
            QStringLiteral("train: \"a/1 b/0"));
    }

    // Without a name the folder's; its labels in order of code points.
    void nameAndClassesByDefault() {
        const tests::TextFolder folder;
        folder.write("reviews/task.json",
                     R"({"files": {"train": "a.csv", "test": "a.csv"}, "text": "t", "label": "l"})");
        folder.write("reviews/a.csv", "t,l\na,b\nb,\xC3\xA9\nc,B\nd,b\ne,B\nf,10\n");
        const TaskData data = loadTask("csv", folder.folder("reviews/"));
        QCOMPARE(data.task.name, std::string("reviews"));
        QCOMPARE(data.task.classNames, std::vector<std::string>({"10", "B", "b", "\xC3\xA9"}));
        QCOMPARE(data.warnings.size(), std::size_t{1}); // the one row of class 10 is in validation
        QVERIFY(data.warnings[0].find("no row of train is of class 10") != std::string::npos);
    }

    void otherFoldersAreReadInTheRunsFormat() {
        const tests::TextFolder folder;
        folder.write("home/train.csv", "t,l\na,no\nb,yes\nc,no\nd,yes\n");
        folder.write("home/eval.csv", "t,l\ne,yes\n");
        folder.write("home/task.json",
                     R"({"files": {"train": "train.csv", "validation": "eval.csv", "test": "eval.csv"},
                                           "text": "t", "label": "l"})");
        TaskData data = loadTask("csv", folder.folder("home"));
        folder.write("plain/eval.csv", "l,t\nno,f\nyes,g\n");
        addOutOfDistribution(data, "plain", folder.folder("plain"));
        // One that describes itself: other columns, other labels, the classes by name.
        folder.write("own/x.csv", "label;text\n1;h\n0;i\n");
        folder.write("own/task.json",
                     R"({"files": {"train": "none.csv", "test": "x.csv"}, "text": "text", "label": "label",
                                          "delimiter": ";", "classes": {"1": "yes", "0": "no"}})");
        addOutOfDistribution(data, "own", folder.folder("own"));
        QCOMPARE(told(data).mid(3), QStringList({"plain: f/0 g/1", "own: h/1 i/0"}));
        QCOMPARE(data.splits[4].task, std::string("home"));

        folder.write("plain/eval.csv", "l,t\nmaybe,f\n");
        QVERIFY(refusal([&] {
                    addOutOfDistribution(data, "p", folder.folder("plain"));
                }).contains(QStringLiteral("eval.csv, line 2: label \"maybe\" is no class of task home")));
        folder.write("own/task.json",
                     R"({"files": {"train": "none.csv", "test": "x.csv"}, "text": "text", "label": "label",
                                          "classes": ["yes", "never"]})");
        QVERIFY(refusal([&] {
                    addOutOfDistribution(data, "o", folder.folder("own"));
                }).contains(QStringLiteral("class never is no class of task home")));
        folder.write(
            "home/task.json",
            R"({"files": {"train": "train.csv"}, "test_fraction": 0.25, "text": "t", "label": "l"})");
        TaskData cut = loadTask("csv", folder.folder("home"));
        QVERIFY(refusal([&] {
                    addOutOfDistribution(cut, "p", folder.folder("plain"));
                }).contains(QStringLiteral("has no test file to look for")));
    }

    void unusableDescriptionsAreRefused_data() {
        QTest::addColumn<QByteArray>("description");
        QTest::addColumn<QString>("said");
        const QByteArray rest = R"("text": "t", "label": "l", "files": {"train": "a.csv", "test": "a.csv"}})";
        const auto add = [](const char* name, const QByteArray& description, const char* said) {
            QTest::newRow(name) << description << QString(said);
        };
        add("no JSON", "{\"name\": }", "task.json, line 1, column 10: not JSON");
        add("nested deep", "{\"name\": " + QByteArray(100000, '['),
            "task.json, line 1, column 73: arrays and objects");
        add("a pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 120\n",
            "task.json is a Git LFS pointer (to a file of 120 bytes)");
        add("a page", "<!DOCTYPE html>\n<html></html>", "task.json is a web page (HTML)");
        add("a long key", "{\"" + QByteArray(5000, 'k') + "\": 1, " + rest, "line 1: unknown key \"kkkk");
        add("one file for two sets",
            R"({"text": "t", "label": "l", "files": {"train": "a.csv", "test": "a.csv", "ood": {"x": "b.csv", "y": "b.csv"}}})",
            "\"ood\" names the file b.csv twice");
        add("no object", "[]", "expected a JSON object, found array");
        add("unknown key", "{\n\"name\": \"n\",\n\"tilte\": \"x\",\n" + rest,
            "task.json, line 3: unknown key \"tilte\" (known: name, title");
        add("unknown key within",
            "{\"text\": \"t\", \"label\": \"l\",\n\"files\": {\"train\": \"a.csv\",\n\"dev\": \"a.csv\"}}",
            "line 3: unknown key \"dev\" (known: train, validation, test, ood)");
        add("no text", R"({"label": "l", "files": {"train": "a.csv", "test": "a.csv"}})",
            "\"text\" is missing");
        add("three texts", R"({"label": "l", "text": ["a", "b", "c"], "files": {"train": "a.csv"}})",
            "one column or two");
        add("no label", R"({"text": "t", "files": {"train": "a.csv", "test": "a.csv"}})",
            "\"label\" is missing");
        add("no files", R"({"text": "t", "label": "l"})", "\"files\" is missing");
        add("no train", R"({"text": "t", "label": "l", "files": {"test": "a.csv"}})",
            "must name the file of train");
        add("no test", R"({"text": "t", "label": "l", "files": {"train": "a.csv"}})",
            "names no file of test");
        add("outside", R"({"text": "t", "label": "l", "files": {"train": "../a.csv", "test": "a.csv"}})",
            "must lie in the folder");
        add("absolute", R"({"text": "t", "label": "l", "files": {"train": "/a.csv", "test": "a.csv"}})",
            "must lie in the folder");
        add("bad set name",
            R"({"text": "t", "label": "l", "files": {"train": "a.csv", "test": "a.csv", "ood": {"test": "a.csv"}}})",
            "cannot be called \"test\"");
        add("both", "{\"test_fraction\": 0.1, " + rest, "gives both a file of test and \"test_fraction\"");
        add("fraction", "{\"validation_fraction\": 1, " + rest, "must be a number between 0 and 1");
        add("nothing left",
            R"({"text": "t", "label": "l", "files": {"train": "a.csv"}, "test_fraction": 0.9})",
            "leave no row");
        add("seed", "{\"shuffle_seed\": 1.5, " + rest, "\"shuffle_seed\" must be a whole number");
        add("metric", "{\"metric\": \"f1\", " + rest, "accuracy or matthews, not f1");
        add("one class", "{\"classes\": [\"a\"], " + rest, "at least two");
        add("a class twice", "{\"classes\": [\"a\", \"a\"], " + rest, "\"a\" twice");
        add("numbers as classes", "{\"classes\": [0, 1], " + rest, "\"classes\" must be a string");
        add("delimiter", "{\"delimiter\": \"||\", " + rest, "one ASCII character");
        add("taken name", "{\"name\": \"rte\", " + rest, "cannot be called rte");
        add("missing files", "{\"name\": \"n\", " + rest, "has no a.csv, which task n needs");
    }
    void unusableDescriptionsAreRefused() {
        QFETCH(QByteArray, description);
        QFETCH(QString, said);
        const tests::TextFolder folder;
        const QString told = refusal([&] { static_cast<void>(load(folder, "csv", description)); });
        QVERIFY2(told.contains(said), qPrintable(told));
        QVERIFY2(told.contains(folder.path()), qPrintable(told));
        QVERIFY2(told.size() < 800, qPrintable(told));
    }

    void unusableRowsAreRefused_data() {
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<QString>("said");
        QTest::newRow("empty") << QByteArray() << "a.csv is empty";
        QTest::newRow("header alone") << QByteArray("t,l\n") << "a.csv holds no rows";
        QTest::newRow("one label") << QByteArray("t,l\na,x\nb,x\n") << "has the one label \"x\"";
        QTest::newRow("no label but one")
            << QByteArray("t,l\na,x\nb,\n") << "has the one label \"x\": at least two classes are needed";
        QTest::newRow("-1 and 1") << QByteArray("t,l\na,-1\nb,1\n")
                                  << "has the one label \"1\": at least two classes are needed; where -1";
        QTest::newRow("no labels at all") << QByteArray("t,l\na,-1\nb,-1\n") << "has no label: at least";
        QTest::newRow("most without a label") << QByteArray("t,l\na,x\nb,y\nc,NA\nd,NA\ne,NA\n")
                                              << "a.csv: 3 of 5 rows have no label (\"NA\" first in line 4)";
        QTest::newRow("too many labels") << [] {
            QByteArray rows("t,l\n");
            for (int i = 0; i < 100'002; ++i) {
                rows += "a,x" + QByteArray::number(i) + "\n";
            }
            return rows;
        }() << "a.csv, line 100002: there are more than 100000 different labels in the column \"l\"";
        QTest::newRow("no column") << QByteArray("text,l\na,x\nb,y\n")
                                   << "a.csv, line 1: there is no column \"t\"";
        QTest::newRow("too few") << QByteArray("t,l\na,x\nb,y\n")
                                 << "too few to hold out 1 for validation and 1 for test";
    }
    void unusableRowsAreRefused() {
        QFETCH(QByteArray, rows);
        QFETCH(QString, said);
        const tests::TextFolder folder;
        folder.write("a.csv", rows);
        const QString told = refusal([&] {
            static_cast<void>(
                load(folder, "csv",
                     R"({"files": {"train": "a.csv"}, "test_fraction": 0.1, "text": "t", "label": "l"})"));
        });
        QVERIFY2(told.contains(said), qPrintable(told));
    }

    void rowsWithoutALabelAreLeftOut_data() {
        QTest::addColumn<QByteArray>("mark"); // as a field of CSV
        for (const char* mark :
             {"-1", "-100", "-1.0", "-", "NA", "N/A", "", "None", "null", "NaN", "nan", " NA "}) {
            QTest::newRow(mark) << QByteArray(mark);
        }
    }
    void rowsWithoutALabelAreLeftOut() {
        QFETCH(QByteArray, mark);
        const tests::TextFolder folder;
        folder.write("a.csv", "t,l\na,2\nb,0\nc," + mark + "\nd,1\ne,0\n");
        folder.write("b.tsv", "l\tt\n0\tx\n" + mark + "\ty\n");
        const TaskData data = load(
            folder, "csv",
            R"({"files": {"train": "a.csv", "validation": "a.csv", "test": "a.csv"}, "text": "t", "label": "l"})");
        QCOMPARE(data.task.classNames, std::vector<std::string>({"0", "1", "2"}));
        QCOMPARE(told(data)[0], QStringLiteral("train: a/2 b/0 d/1 e/0"));
        QCOMPARE(data.warnings.size(), std::size_t{3}); // of each split
        const QString said = QString::fromStdString(data.warnings[0]);
        QVERIFY2(said.contains("a.csv: 1 row has no label (\"") && said.contains("first in line 4)"),
                 qPrintable(said));
        // A class that is stated is one, whatever it is called.
        const QByteArray name = mark.trimmed().isEmpty() ? "none" : mark;
        if (!mark.trimmed().isEmpty()) {
            const TaskData stated = load(
                folder, "csv",
                R"({"files": {"train": "a.csv", "validation": "a.csv", "test": "a.csv"}, "text": "t", "label": "l",
                     "classes": {")" +
                    name + R"(": "none", "0": "zero", "1": "one", "2": "two"}})");
            QCOMPARE(told(stated)[0], QStringLiteral("train: a/3 b/1 c/0 d/2 e/1"));
            QVERIFY(stated.warnings.empty());
        }
        const TaskData tabs = load(
            folder, "tsv",
            R"({"files": {"train": "b.tsv", "validation": "b.tsv", "test": "b.tsv"}, "text": "t", "label": "l", "classes": ["0", "1"]})");
        QCOMPARE(told(tabs)[1], QStringLiteral("validation: x/0"));
    }

    void jsonMayHaveNoLabel_data() {
        QTest::addColumn<QByteArray>("mark");
        for (const char* mark : {"null", "-1", "-100", "-1.0", "\"-\"", "\"\"", "\"NA\""}) {
            QTest::newRow(mark) << QByteArray(mark);
        }
    }
    void jsonMayHaveNoLabel() {
        QFETCH(QByteArray, mark);
        const tests::TextFolder folder;
        folder.write("a.jsonl",
                     "{\"t\":\"a\",\"l\":1}\n{\"t\":\"b\",\"l\":" + mark + "}\n{\"t\":\"c\",\"l\":0}\n");
        const TaskData data = load(
            folder, "jsonl",
            R"({"files": {"train": "a.jsonl", "validation": "a.jsonl", "test": "a.jsonl"}, "text": "t", "label": "l"})");
        QCOMPARE(told(data)[2], QStringLiteral("test: a/1 c/0"));
        QCOMPARE(data.task.classNames, std::vector<std::string>({"0", "1"}));
        QCOMPARE(data.warnings.size(), std::size_t{3});
    }

    void sharedCasesAreRight() {
        const std::filesystem::path cases = tests::sharedCases();
        if (!std::filesystem::exists(cases)) {
            QSKIP(qPrintable(QString::fromStdString(cases.string() + " is missing")));
        }
        const TaskData minusOne = loadTask("jsonl", cases / "12-minus-one/train-and-test");
        QCOMPARE(minusOne.task.classNames, std::vector<std::string>({"0", "1", "2"}));
        QCOMPARE(minusOne.splits[0].examples.size(), std::size_t{54});
        QVERIFY(QString::fromStdString(minusOne.warnings[0]).contains("6 rows have no label"));
        const TaskData quote = loadTask("tsv", cases / "13-tsv-quote/closed-later");
        QVERIFY2(QString::fromStdString(quote.warnings[0]).contains("(lines 4 to 8)"),
                 quote.warnings[0].c_str());
        const tests::TextFolder folder;
        for (const char* name : {"train.tsv", "dev.tsv", "test.tsv"}) {
            QFile file(QString::fromStdString((cases / "13-tsv-quote/closed-later" / name).string()));
            QVERIFY(file.open(QIODevice::ReadOnly));
            folder.write(name, file.readAll());
        }
        const TaskData plain =
            load(folder, "tsv",
                 R"({"files": {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv"},
                                    "text": "text", "label": "label", "quotes": false})");
        QCOMPARE(plain.splits[0].examples.size(), std::size_t{10});
        QVERIFY(plain.warnings.empty());
    }

    /// Loops over classes and files once took the square of their number.
    void manyClassesTakeNoTime() {
        const tests::TextFolder folder;
        QByteArray classes, rows("t,l\n");
        for (int i = 0; i < 100'000; ++i) {
            classes += (i == 0 ? "\"c" : ",\"c") + QByteArray::number(i) + "\"";
            rows += "x,c" + QByteArray::number(i % 50'000) + "\n";
        }
        folder.write("a.csv", rows);
        QElapsedTimer timer;
        timer.start();
        const TaskData data = load(
            folder, "csv",
            R"({"files": {"train": "a.csv", "validation": "a.csv", "test": "a.csv"}, "text": "t", "label": "l",
                 "classes": [)" +
                classes + "]}");
        QCOMPARE(data.splits[0].examples.size(), std::size_t{100'000});
        QCOMPARE(data.warnings.size(), std::size_t{1});
        QVERIFY2(QString::fromStdString(data.warnings[0]).size() < 500, data.warnings[0].c_str());
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        classes += ",\"more\"";
        QVERIFY(refusal([&] {
                    static_cast<void>(
                        load(folder, "csv",
                             R"({"files": {"train": "a.csv", "test": "a.csv"}, "text": "t", "label": "l",
                                           "classes": [)" +
                                 classes + "]}"));
                })
                    .contains(QStringLiteral(
                        "\"classes\" names 100001 classes, more than the 100000 that are read")));
    }

    void missingDescriptionIsNamed() {
        const tests::TextFolder folder;
        QVERIFY(refusal([&] {
                    static_cast<void>(loadTask("csv", folder.folder()));
                }).contains(QStringLiteral("has no task.json, which task csv needs")));
        QVERIFY(isOwnTask("jsonl") && !isOwnTask("rte"));
        // The keys of delimited files are none of JSON lines.
        QVERIFY(refusal([&] {
                    static_cast<void>(load(folder, "jsonl", R"({"quotes": true})"));
                }).contains(QStringLiteral("unknown key \"quotes\"")));
    }
};

QTEST_GUILESS_MAIN(TestOwnTask)
#include "test_own_task.moc"

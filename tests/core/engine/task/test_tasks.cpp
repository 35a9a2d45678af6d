#include "core/engine/task/catalogue.h"
#include "core/engine/task/readers.h"
#include "core/error.h"
#include "tests/support/data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using namespace finescope::engine;

namespace {

// Counts of labels per class.
std::vector<int> labelCounts(const TaskSplit& split, std::size_t classes) {
    std::vector<int> counts(classes, 0);
    for (const Example& example : split.examples) {
        ++counts[static_cast<std::size_t>(example.label)];
    }
    return counts;
}

} // namespace

class TestTasks : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::filesystem::path write(const char* name, const QByteArray& bytes) {
        QFile file(m_folder.filePath(QString::fromLatin1(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", name);
        }
        return file.fileName().toStdString();
    }

    QString refusalOf(const QByteArray& lines) {
        try {
            static_cast<void>(readExamples(write("bad.jsonl", lines), findTask("rte")));
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badFile ? QString::fromUtf8(error.what())
                                                      : QStringLiteral("wrong kind");
        }
        return QStringLiteral("accepted");
    }

private Q_SLOTS:
    // Sizes: PAPER Table 7 (train + validation = the published train file; CB's test file has 56 rows).
    void realDataSplitAsInThePaper_data() {
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("validation");
        QTest::addColumn<int>("test");
        QTest::newRow("rte") << "rte"
                             << "SuperGLUE/RTE" << 2241 << 249 << 277;
        QTest::newRow("cb") << "cb"
                            << "SuperGLUE/CB" << 225 << 25 << 56;
    }
    void realDataSplitAsInThePaper() {
        QFETCH(QString, task);
        QFETCH(QString, folder);
        QFETCH(int, train);
        QFETCH(int, validation);
        QFETCH(int, test);
        const std::filesystem::path data = tests::sharedData() / folder.toStdString();
        if (!std::filesystem::exists(data / "train.jsonl")) {
            QSKIP(qPrintable(QString::fromStdString((data / "train.jsonl").string() + " is not here")));
        }
        const Task& description = findTask(task.toStdString());
        const std::vector<TaskSplit> splits = loadTask(description, data);
        QCOMPARE(splits.size(), std::size_t{3});
        QCOMPARE(static_cast<int>(splits[0].examples.size()), train);
        QCOMPARE(static_cast<int>(splits[1].examples.size()), validation);
        QCOMPARE(static_cast<int>(splits[2].examples.size()), test);
        // The validation split is the end of the training file, not a sample of it.
        const std::vector<Example> whole = readExamples(data / "train.jsonl", description);
        QCOMPARE(splits[1].examples.back().first, whole.back().first);
        QCOMPARE(splits[1].examples.front().first, whole[static_cast<std::size_t>(train)].first);
        // Counted by hand in the file (grep -c).
        const std::vector<int> expected =
            task == "cb" ? std::vector<int>{23, 28, 5} : std::vector<int>{146, 131};
        QCOMPARE(labelCounts(splits[2], description.classNames.size()), expected);
    }

    void namesTheBadLine_data() {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QString>("said");
        const QByteArray good = R"({"premise": "p", "hypothesis": "h", "label": "entailment"})"
                                "\n";
        QTest::newRow("no JSON") << good + "{\"premise\": \n"
                                 << "line 2: not a JSON object";
        QTest::newRow("no object") << good + "[1]\n"
                                   << "line 2: expected a JSON object but found array";
        QTest::newRow("no label") << good + "\n" + R"({"premise": "p", "hypothesis": "h"})"
                                  << "line 3: field \"label\" is missing";
        QTest::newRow("no text") << QByteArray(R"({"premise": "p", "hypothesis": 3, "label": "entailment"})")
                                 << "line 1: field \"hypothesis\" should be a string but is number";
        QTest::newRow("no class") << good + good + R"({"premise": "p", "hypothesis": "h", "label": "maybe"})"
                                  << "line 3: label \"maybe\" is no class of task rte";
        QTest::newRow("no UTF-8")
            << good + "{\"premise\": \"\xFF\", \"hypothesis\": \"h\", \"label\": \"entailment\"}\n"
            << "line 2: not a JSON object";
        QTest::newRow("no rows") << QByteArray("\r\n\n") << "holds no rows";
    }
    void namesTheBadLine() {
        QFETCH(QByteArray, lines);
        QFETCH(QString, said);
        const QString refusal = refusalOf(lines);
        QVERIFY2(refusal.contains(said), qPrintable(refusal));
        QVERIFY2(refusal.contains(QStringLiteral("bad.jsonl")), qPrintable(refusal));
    }

    void readsCarriageReturnsEmptyLinesByteOrderMarkAndUnicode() {
        const auto file =
            write("odd.jsonl",
                  "\xEF\xBB\xBF{\"premise\": \"caf\xC3\xA9\xE2\x80\xA8 \\u00e9\", \"hypothesis\": \"\", "
                  "\"label\": \"not_entailment\"}\r\n\r\n\n"
                  R"({"premise": "b", "hypothesis": "h", "label": "entailment"})");
        const std::vector<Example> rows = readExamples(file, findTask("rte"));
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].first,
                 std::string("caf\xC3\xA9\xE2\x80\xA8 \xC3\xA9")); // a line separator is no line end
        QCOMPARE(*rows[0].second, std::string());
        QCOMPARE(rows[0].label, std::int64_t{1});
        QCOMPARE(rows[1].label, std::int64_t{0});
    }

    void namesTheMissingFile() {
        write("train.jsonl", R"({"premise": "b", "hypothesis": "h", "label": "entailment"})");
        try {
            static_cast<void>(loadTask(findTask("rte"), m_folder.path().toStdString()));
            QFAIL("accepted");
        } catch (const Error& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(QStringLiteral("has no val.jsonl")),
                     error.what());
        }
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(loadTask(findTask("rte"), "/nowhere")));
        QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(findTask("imdb")));
    }
};

QTEST_APPLESS_MAIN(TestTasks)
#include "test_tasks.moc"

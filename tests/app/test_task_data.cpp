#include "core/analysis/run/run_traits.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/engine_program.h"
#include "tests/support/text_folder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <algorithm>

using namespace finescope;
using tests::Ended;
using tests::runEngine;

namespace {

/// A row of the demo's data.
struct Review {
    QString text, label;
};

QByteArray quoted(const QString& text) {
    return '"' + QString(text).replace('"', "\"\"").toUtf8() + '"';
}

} // namespace

/// Data sets in the formats of the paper and of the user's own through `finescope-engine tasks`, `train` and
/// `ntk`; the rows are the demo's, so that its encoder has something to learn.
class TestTaskData : public QObject {
    Q_OBJECT

private:
    tests::TextFolder m_folder;
    QString m_demo = QString::fromStdString((tests::sourceRoot() / "resources" / "demo").string());

    QList<Review> reviews(const QString& name, int count) const {
        QFile file(m_demo + "/data/" + name);
        if (!file.open(QIODevice::ReadOnly)) {
            qFatal("cannot read %s", qPrintable(file.fileName()));
        }
        QList<Review> rows;
        while (rows.size() < count && !file.atEnd()) {
            const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
            rows.append({row["text"].toString(), row["label"].toString()});
        }
        return rows;
    }

    // Rows of the columns Text and Label, the class as its number.
    static QByteArray bossRows(const QList<Review>& rows) {
        QByteArray text;
        for (const Review& row : rows) {
            text += row.text.toUtf8() + '\t' + (row.label == "positive" ? '1' : '0') + '\n';
        }
        return text;
    }

    QStringList trainArguments(const QString& task, const QString& data, const QString& output,
                               const QStringList& more = {}) const {
        QStringList arguments = {"train", "--model", m_demo + "/model", "--task", task, "--data", data};
        arguments += {"--seed", "3", "--threads", "1", "--output", m_folder.path(output)};
        arguments += more.contains("--method") ? QStringList() : QStringList{"--method", "lp-ft"};
        arguments += more.contains("--epochs") ? QStringList() : QStringList{"--epochs", "1"};
        return arguments + more;
    }

    record::Run read(const QString& name) const { return record::readRun(m_folder.folder(name)); }

private Q_SLOTS:
    // The demo's own rows in other formats are the same rows: every logit has the same bits.
    void ownTasksGiveTheRunOfTheSameRows() {
        QFile::copy(m_demo + "/data/val.jsonl", m_folder.path("dev.jsonl"));
        const QList<std::pair<QString, QString>> splits = {{"train.jsonl", "train"},
                                                           {"val.jsonl", "validation"},
                                                           {"test.jsonl", "test"},
                                                           {"ood.jsonl", "ood"}};
        for (const auto& [file, split] : splits) {
            QByteArray csv = "\xEF\xBB\xBFnumber,\"the text\",label\r\n", jsonl;
            int number = 0;
            for (const Review& row : reviews(file, 400)) {
                csv += QByteArray::number(++number) + ',' + quoted(row.text) + ',' + row.label.toUtf8() +
                       "\r\n\r\n";
                jsonl += QJsonDocument(QJsonObject{{"the text", row.text}, {"label", row.label}})
                             .toJson(QJsonDocument::Compact) +
                         '\n';
            }
            m_folder.write("csv/" + split + ".csv", csv);
            m_folder.write("jsonl/" + split + ".jsonl", jsonl);
        }
        const QStringList limits = {"--limit-train", "60", "--limit-eval", "40"};
        QVERIFY(runEngine(trainArguments("demo", m_demo + "/data", "demo.h5", limits)).status == 0);
        const record::Run reference = read("demo.h5");
        for (const QString form : {"csv", "jsonl"}) {
            m_folder.write(
                form + "/task.json",
                QStringLiteral(R"({"name": "my reviews", "text": "the text", "label": "label", "files":
                {"train": "train.%1", "validation": "validation.%1", "test": "test.%1", "ood": {"ood": "ood.%1"}}})")
                    .arg(form)
                    .toUtf8());
            // The demo's steps are its own defaults.
            const Ended run = runEngine(
                trainArguments(form, m_folder.path(form), form + ".h5",
                               limits + QStringList{"--batch-size", "8", "--learning-rate", "1e-4"}));
            QVERIFY2(run.status == 0, run.err);
            const record::Run own = read(form + ".h5");
            QCOMPARE(own.task, std::string("my reviews"));
            QCOMPARE(own.name, std::string("my reviews lp-ft seed 3"));
            QCOMPARE(own.classNames, std::vector<std::string>({"negative", "positive"}));
            for (const char* split : {"train", "validation", "test", "ood"}) {
                const std::size_t block = *own.reportedLogits(*own.split(split));
                QCOMPARE(own.split(split)->role, std::string(split));
                QVERIFY(own.parts->logits(*own.split(split), block) ==
                        reference.parts->logits(*reference.split(split), block));
            }
            const QJsonObject config =
                QJsonDocument::fromJson(QByteArray::fromStdString(own.config)).object();
            QCOMPARE(config["task"].toString(), form);
            QCOMPARE(config["data_sha256"].toObject().keys(),
                     QStringList({"ood." + form, "task.json", "test." + form, "train." + form,
                                  "validation." + form}));
        }
    }

    // Needs the run of the test before.
    void kernelsFindOwnTasksAgain() {
        const QString file = m_folder.path("csv.h5");
        const QStringList arguments = {"ntk",       file, "--train-samples", "24",  "--test-samples", "10",
                                       "--threads", "1",  "--progress",      "none"};
        const Ended kernel = runEngine(arguments);
        QVERIFY2(kernel.status == 0, kernel.err);
        QCOMPARE(read("csv.h5").kernelStates, std::vector<std::string>({"after_lp"}));
        // What a task is read by belongs to its data.
        m_folder.write("csv/task.json", "{}");
        const Ended refused = runEngine(arguments + QStringList{"--state", "pretrained"});
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains("task.json"), refused.err);
    }

    void bossSetsAreEvaluatedOutOfDistribution() {
        const QByteArray header = "Text\tLabel\n";
        m_folder.write("boss/amazon/train.tsv",
                       header + "so so\t2\nso la la\t2\n" + bossRows(reviews("train.jsonl", 60)));
        m_folder.write("boss/amazon/test.tsv", header + bossRows(reviews("test.jsonl", 30)));
        m_folder.write("boss/dynasent/test.tsv", header + bossRows(reviews("ood.jsonl", 20)) + "\t1\n");
        const Ended run = runEngine(
            trainArguments("amazon", m_folder.path("boss/amazon"), "boss.h5",
                           {"--method", "lp", "--ood", "dynasent=" + m_folder.path("boss/dynasent")}));
        QVERIFY2(run.status == 0, run.err);
        QVERIFY2(run.err.contains(
                     "amazon: train 55 rows (the paper has 27000), validation 7 rows (the paper has 3000), "
                     "test 30 rows (the paper has 38905)"),
                 run.err);
        QVERIFY2(run.err.contains("dynasent/test.tsv: rows without a text or a whole number as label, left "
                                  "out as by the paper's loader: 1"),
                 run.err);
        const record::Run recorded = read("boss.h5");
        const record::SplitInfo* set = recorded.split("dynasent");
        QVERIFY(set != nullptr);
        QCOMPARE(set->role, std::string("ood"));
        QCOMPARE(set->rows, std::int64_t{20});
        QCOMPARE(recorded.parts->logits(*set, 1).cols(), Eigen::Index{3});

        const Ended alone = runEngine(trainArguments("dynasent", m_folder.path("boss/dynasent"), "no.h5"));
        QCOMPARE(alone.status, 2);
        QVERIFY2(alone.err.contains("--task dynasent: it has a test split only") &&
                     alone.err.contains("--ood"),
                 alone.err);
        const Ended taken = runEngine(trainArguments("amazon", m_folder.path("boss/amazon"), "no.h5",
                                                     {"--ood", "test=" + m_folder.path("boss/dynasent")}));
        QCOMPARE(taken.status, 2);
        QVERIFY2(taken.err.contains("there is a split of that name already"), taken.err);
    }

    // definitions.md, Task metric. Positive reviews are rare in training, so that the first epochs call
    // everything negative; and of validation's positive reviews most are labelled the other way. Calling all
    // negative is then right more often than telling reviews apart, whose Matthews correlation is better.
    void colaSelectsByMatthewsCorrelation() {
        QByteArray rows;
        const auto add = [&rows](const Review& row, bool acceptable) {
            rows += "src\t" + QByteArray(acceptable ? "1" : "0") + "\t\t" + row.text.toUtf8() + '\n';
        };
        int positive = 0;
        for (const Review& row : reviews("train.jsonl", 400)) {
            const bool rare = row.label == "positive";
            positive += rare ? 1 : 0;
            if ((!rare || positive % 2 == 0) && rows.count('\n') < 225) {
                add(row, rare);
            }
        }
        positive = 0;
        for (const Review& row : reviews("val.jsonl", 25)) {
            positive += row.label == "positive" ? 1 : 0;
            add(row, row.label == "positive" && positive % 3 == 0);
        }
        m_folder.write("cola/train.tsv", rows);
        m_folder.write("cola/dev.tsv", rows);
        const Ended run =
            runEngine(trainArguments("cola", m_folder.path("cola"), "cola.h5",
                                     {"--method", "ft", "--epochs", "8", "--learning-rate", "3e-3"}));
        QVERIFY2(run.status == 0, run.err);
        QVERIFY2(run.err.contains("test Matthews correlation"), run.err);
        const record::Run recorded = read("cola.h5");
        QVERIFY(analysis::taskMetric(recorded) == analysis::TaskMetric::matthews);
        QVERIFY(recorded.config.find("\"metric\"") != std::string::npos);
        const auto bestRow = [&](const char* series) {
            const std::vector<double>& values = recorded.epochs.find(series)->values;
            return std::max_element(values.begin() + 1, values.end()) - values.begin(); // never epoch 0
        };
        QCOMPARE(recorded.progress.selected, std::int64_t{bestRow("validation_matthews")});
        QVERIFY(recorded.progress.selected != bestRow("validation_accuracy"));
    }

    void tasksCommandListsEverything() {
        const Ended people = runEngine({"tasks"}), json = runEngine({"tasks", "--json"});
        QCOMPARE(people.status, 0);
        QVERIFY(people.out.contains("sst2") && people.out.contains("msr_paraphrase_train.txt") &&
                people.out.contains(
                    "{sentence1} {sentence2} Does {word} have the same meaning in both sentences?") &&
                people.out.contains("0 negative, 1 positive, 2 neutral"));
        const QJsonArray tasks = QJsonDocument::fromJson(json.out).array();
        QCOMPARE(tasks.size(), 17);
        QCOMPARE(tasks[4]["name"].toString(), QStringLiteral("wsc"));
        QCOMPARE(tasks[4]["text"].toArray(),
                 QJsonArray({"{target.span2_text}: {text}", "{target.span1_text}"}));
        QCOMPARE(tasks[4]["classes"].toArray(), QJsonArray({"False", "True"}));
        QCOMPARE(tasks[4]["files"][0]["name"].toString(), QStringLiteral("train.jsonl"));
        QCOMPARE(tasks[4]["paper_counts"]["train"].toInt(), 498);
        QVERIFY(tasks[4]["data"].isUndefined());
    }

    void tasksCommandLooksIntoFolders() {
        m_folder.write("look/train.jsonl",
                       "{\"premise\": \"p\", \"hypothesis\": \"h\", \"label\": \"entailment\"}\n"
                       "{\"premise\": \"p\", \"hypothesis\": \"h\", \"label\": \"not_entailment\"}\n");
        m_folder.write("look/val.jsonl",
                       "{\"premise\": \"p\", \"hypothesis\": \"h\", \"label\": \"entailment\"}\n");
        const Ended run = runEngine({"tasks", "--json", "--data", m_folder.path("look")});
        QCOMPARE(run.status, 0);
        QJsonObject rte, cb, sst2;
        for (const QJsonValue& task : QJsonDocument::fromJson(run.out).array()) {
            const QString name = task["name"].toString();
            (name == "rte"  ? rte
             : name == "cb" ? cb
                            : sst2) =
                name == "rte" || name == "cb" || name == "sst2" ? task["data"].toObject() : sst2;
        }
        QCOMPARE(rte["missing"].toArray(), QJsonArray());
        QCOMPARE(rte["splits"].toArray().size(), 3);
        QCOMPARE(rte["splits"][2]["rows"].toInt(), 1);
        QCOMPARE(rte["splits"][2]["as_in_paper"].toBool(true), false);
        QCOMPARE(rte["splits"][2]["count"].toString(), QStringLiteral("1 row (the paper has 277)"));
        QVERIFY(rte["error"].isNull());
        QVERIFY(cb["error"].toString().contains(
            "train.jsonl, line 2: label \"not_entailment\" is no class of task cb"));
        QCOMPARE(sst2["missing"].toArray(), QJsonArray({"train.tsv", "dev.tsv"}));
        QCOMPARE(sst2["splits"].toArray(), QJsonArray());

        const Ended good = runEngine({"tasks", "--task", "rte", "--data", m_folder.path("look")});
        QCOMPARE(good.status, 0);
        QVERIFY2(good.out.contains("train.jsonl: there") &&
                     good.out.contains("validation: 1 row (the paper has 249)"),
                 good.out);
        const Ended bad = runEngine({"tasks", "--task", "sst2", "--data", m_folder.path("look")});
        QCOMPARE(bad.status, 2);
        QVERIFY2(bad.out.contains("train.tsv: missing") && bad.err.contains("has no train.tsv, dev.tsv"),
                 bad.err);
        QCOMPARE(runEngine({"tasks", "--data", m_folder.path("nowhere")}).status, 2);
        QCOMPARE(runEngine({"tasks", "--task", "imdb"}).status, 2);
    }

    void namesOfOthersAreShownShort() {
        const QJsonObject files{{"train", "a.csv"}, {"test", "a.csv"}};
        const QJsonObject task{{"name", "a\x1b[2J"},
                               {"title", QString(100'000, 't')},
                               {"files", files},
                               {"text", QString(100'000, 'x')},
                               {"label", "l"}};
        m_folder.write("long/task.json", QJsonDocument(task).toJson());
        m_folder.write("long/a.csv", "x,l\na,0\nb,1\n");
        const Ended run = runEngine({"tasks", "--task", "csv", "--data", m_folder.path("long")});
        QCOMPARE(run.status, 2);
        QVERIFY2(run.out.size() + run.err.size() < 3000 && !(run.out + run.err).contains('\x1b'), run.out);
    }

    void missingFilesAreAllNamed() {
        const Ended run = runEngine(trainArguments("sst2", m_folder.path("look"), "no.h5"));
        QCOMPARE(run.status, 2);
        QVERIFY2(run.err.contains("has no train.tsv, dev.tsv, which task sst2 needs"), run.err);
        QVERIFY(!QFile::exists(m_folder.path("no.h5")));
    }
};

QTEST_GUILESS_MAIN(TestTaskData)
#include "test_task_data.moc"

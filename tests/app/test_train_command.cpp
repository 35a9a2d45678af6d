#include "tests/app/train_fixture.h"
#include "tests/support/python.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <numeric>

using namespace finescope;
using tests::Ended;
using tests::runEngine;

namespace {

const char* const kMethods[] = {"lp", "ft", "lp-ft", "lora", "lp-lora"};

} // namespace

/// finescope-engine as a user starts it, on the demo's encoder and a small part of its data.
class TestTrainCommand : public QObject, tests::TrainFixture {
    Q_OBJECT

private:
    // The demo's encoder, which has one token type, with a tokenizer that gives the second text another.
    QString oneTypeModel() const {
        QDir().mkpath(path("one-type"));
        for (const char* const name : {"config.json", "model.safetensors"}) {
            QFile::copy(m_demo + "/model/" + name, path("one-type/") + name);
        }
        write(path("one-type/vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        write(path("one-type/tokenizer_config.json"), R"({"tokenizer_class": "BertTokenizer"})");
        return path("one-type");
    }

    // The demo's model in the layout of transformers 5: tokenizer.json and no vocabulary beside it.
    QString newLayoutModel() const {
        QDir().mkpath(path("whole"));
        for (const char* const name : {"config.json", "model.safetensors"}) {
            QFile::copy(m_demo + "/model/" + name, path("whole/") + name);
        }
        QJsonArray merges;
        for (const QByteArray& merge : readAll(m_demo + "/model/merges.txt").split('\n')) {
            if (!merge.isEmpty() && !merge.startsWith("#version")) {
                merges.append(QString::fromUtf8(merge));
            }
        }
        const QJsonObject vocabulary =
            QJsonDocument::fromJson(readAll(m_demo + "/model/vocab.json")).object();
        const auto pair = [&](const char* token) {
            return QJsonArray{QString(token), vocabulary[QLatin1String(token)]};
        };
        QJsonArray added;
        for (const char* const token : {"<s>", "<pad>", "</s>", "<unk>", "<mask>"}) {
            added.append(QJsonObject{{"id", vocabulary[QLatin1String(token)]},
                                     {"content", token},
                                     {"single_word", false},
                                     {"lstrip", false},
                                     {"rstrip", false},
                                     {"normalized", false},
                                     {"special", true}});
        }
        const QJsonObject document = {
            {"version", "1.0"},
            {"added_tokens", added},
            {"pre_tokenizer",
             QJsonObject{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}}},
            {"post_processor", QJsonObject{{"type", "RobertaProcessing"},
                                           {"sep", pair("</s>")},
                                           {"cls", pair("<s>")},
                                           {"trim_offsets", true},
                                           {"add_prefix_space", false}}},
            {"model", QJsonObject{{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
        write(path("whole/tokenizer.json"), QJsonDocument(document).toJson());
        return path("whole");
    }

    static void write(const QString& name, const QByteArray& bytes) {
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static QByteArray readAll(const QString& name) {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void everyMethodRecordsWhatItMust() {
        QStringList files;
        for (const char* method : kMethods) {
            const QString file = path(QString::fromLatin1(method) + ".h5");
            const Ended run = runEngine(trainArguments(method, file));
            QVERIFY2(run.status == 0, run.err);
            files << file;
        }
        const QJsonDocument facts = tests::runPython(QStringLiteral("tests/app/run_facts.py"), files);
        QVERIFY(facts.isArray());
        for (int i = 0; i < files.size(); ++i) {
            const QString method = QString::fromLatin1(kMethods[i]);
            const bool probed = method.startsWith(QStringLiteral("lp")),
                       tuned = method != QStringLiteral("lp");
            const bool lora = method.endsWith(QStringLiteral("lora"));
            const int rows = (probed ? 2 : 0) + (tuned ? 3 : 0);
            const QJsonObject fact = facts.array()[i].toObject();
            QVERIFY2(fact["series_error"].toDouble() < 1e-5,
                     qPrintable(method + ' ' + QString::number(fact["series_error"].toDouble())));
            QCOMPARE(fact["nan"].toArray(), QJsonArray()); // no column without a single number
            const QJsonObject shapes = fact["shapes"].toObject();
            const auto shape = [&](const QString& name) { return shapes[name].toArray(); };
            QCOMPARE(shape("/epochs/epoch"), QJsonArray({rows}));
            QCOMPARE(shape("/classifier/weight"), QJsonArray({rows, 2, 64}));
            QCOMPARE(shape("/classifier/bias"), QJsonArray({rows, 2}));
            for (const char* split : {"validation", "test", "ood"}) {
                const QString group = QStringLiteral("/splits/") + split;
                QCOMPARE(shape(group + "/logits"), QJsonArray({rows, 60, 2}));
                QCOMPARE(shape(group + "/features"), QJsonArray({60, 64}));
                QCOMPARE(shape(group + "/features_pretrained"), QJsonArray({60, 64}));
            }
            // The first row of each stage, the fitted head, and the selected model.
            QCOMPARE(shape("/splits/train/logits"), QJsonArray({(probed ? 2 : 0) + (tuned ? 2 : 0), 80, 2}));
            QCOMPARE(shape("/splits/train/features"), QJsonArray({80, 64}));
            for (const char* series : {"train_loss", "gradient_norm", "classifier_weight_norm",
                                       "classifier_bias_norm", "train_logit_norm"}) {
                QVERIFY2(shapes.contains(QStringLiteral("/steps/") + series), series);
            }
            QCOMPARE(shapes.contains("/steps/learning_rate"), tuned);
            QCOMPARE(shapes.contains("/steps/validation_accuracy"), probed);
            QCOMPARE(shapes.contains("/lora/1/value/A"), lora);
            QCOMPARE(lora ? shape("/lora/0/query/A") : QJsonArray({8, 64}), QJsonArray({8, 64}));
            if (probed) {
                const QJsonObject probe = fact["probe"].toObject();
                QVERIFY2(probe["gap_per_row"].toDouble() <= 1e-6,
                         qPrintable(QString::number(probe["gap_per_row"].toDouble())));
                QVERIFY2(probe["residual"].toDouble() < 1e-3,
                         qPrintable(QString::number(probe["residual"].toDouble())));
                QVERIFY(probe["bias_residual"].toDouble() < 1e-2);
            }
            const record::Run run = read(files[i]);
            QCOMPARE(run.progress.status, record::Status::complete);
            QCOMPARE(run.method, method.toStdString());
            QVERIFY(run.progress.selected >= (tuned ? rows - 2 : rows - 1)); // never a row at epoch 0
            const QJsonObject config =
                QJsonDocument::fromJson(QByteArray::fromStdString(run.config)).object();
            QCOMPARE(config["seed"].toInt(), 7);
            QCOMPARE(config["model_sha256"].toObject()["model.safetensors"].toString().size(), 64);
            QCOMPARE(config["tokenizer_sha256"].toObject()["merges.txt"].toString().size(), 64);
            QCOMPARE(config.contains("probe"), probed);
            if (probed) {
                const QJsonObject choice = config["probe"].toObject();
                const QJsonArray scores = choice["scores"].toArray(), foldRows = choice["rows"].toArray();
                QCOMPARE(choice["head"].toString(), QStringLiteral("exact"));
                QCOMPARE(scores.size(), 10);
                QCOMPARE(foldRows, QJsonArray({16, 16, 16, 16, 16}));
                double best = -1;
                double chosen = 0;
                for (const QJsonValue score : scores) {
                    const QJsonArray hits = score["hits"].toArray();
                    QCOMPARE(hits.size(), 5);
                    const int right =
                        std::accumulate(hits.begin(), hits.end(), 0,
                                        [](int sum, const QJsonValue& count) { return sum + count.toInt(); });
                    QCOMPARE(score["accuracy"].toDouble(), right / 80.0);
                    chosen = right > best ? score["C"].toDouble() : chosen;
                    best = std::max<double>(best, right);
                }
                QCOMPARE(choice["C"].toDouble(), chosen);
            }
        }
    }

    void halvedProbeIsHalfTheExactOne() {
        const QString exact = path("exact.h5"), paper = path("paper.h5");
        QCOMPARE(runEngine(trainArguments("lp", exact)).status, 0);
        QCOMPARE(runEngine(trainArguments("lp", paper, {"--probe", "paper"})).status, 0);
        const MatrixF whole = read(exact).parts->classifier(1).weight,
                      half = read(paper).parts->classifier(1).weight;
        QVERIFY(whole.norm() > 0);
        QVERIFY((whole - 2 * half).norm() <= 1e-6F * whole.norm());
    }

    void classifierScaleMultipliesTheWeightsAlone() {
        const QString plain = path("plain.h5"), scaled = path("scaled.h5");
        QCOMPARE(runEngine(trainArguments("lp-ft", plain, {"--epochs", "1"})).status, 0);
        QCOMPARE(
            runEngine(trainArguments("lp-ft", scaled, {"--epochs", "1", "--classifier-scale", "3"})).status,
            0);
        const auto before = read(plain).parts->classifier(2), after = read(scaled).parts->classifier(2);
        QVERIFY((after.weight - 3 * before.weight).norm() <= 1e-5F * after.weight.norm());
        QVERIFY(after.bias == before.bias);
        QVERIFY(before.bias.norm() > 0);
    }

    void sameSeedGivesTheSameBits() {
        const QString first = path("first.h5"), second = path("second.h5"), other = path("other.h5");
        QCOMPARE(runEngine(trainArguments("lp-lora", first)).status, 0);
        QCOMPARE(runEngine(trainArguments("lp-lora", second)).status, 0);
        const QJsonDocument differs =
            tests::runPython(QStringLiteral("tests/app/same_runs.py"), {first, second});
        QVERIFY(differs.isArray());
        QCOMPARE(differs.array(), QJsonArray());
        QStringList arguments = trainArguments("lp-lora", other);
        arguments[arguments.indexOf("--seed") + 1] = "8";
        QCOMPARE(runEngine(arguments).status, 0);
        QVERIFY(tests::runPython(QStringLiteral("tests/app/same_runs.py"), {first, other}).array().size() >
                3);
    }

    void progressLinesAreJson() {
        const Ended run = runEngine(trainArguments("lp-ft", path("json.h5"), {"--progress", "json"}));
        QCOMPARE(run.status, 0);
        const QList<QByteArray> lines = run.out.trimmed().split('\n');
        QStringList stages;
        for (const QByteArray& line : lines) {
            const QJsonObject object = QJsonDocument::fromJson(line).object();
            QVERIFY2(!object.isEmpty(), line);
            if (object["event"] == "progress") {
                QVERIFY(object.contains("seconds_left") && object["step"].isDouble() &&
                        object["epoch"].isDouble());
                QVERIFY(object["step"].toInt() <= object["total_steps"].toInt() ||
                        object["total_steps"].toInt() == 0);
                stages << object["stage"].toString();
            }
        }
        stages.removeDuplicates();
        QCOMPARE(stages, QStringList({"evaluating", "probing", "fine_tuning"}));
        const QJsonObject last = QJsonDocument::fromJson(lines.last()).object();
        QCOMPARE(last["event"].toString(), QStringLiteral("done"));
        QCOMPARE(last["status"].toString(), QStringLiteral("complete"));
        QCOMPARE(last["output"].toString(), path("json.h5"));
    }

    void unusableInputIsRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        QFile there(path("there.h5"));
        QVERIFY(there.open(QIODevice::WriteOnly));
        QTest::newRow("exists") << trainArguments("lp", path("there.h5")) << "exists already";
        QTest::newRow("no folder") << trainArguments("lp", path("nowhere/r.h5")) << "does not exist";
        QTest::newRow("not .h5") << trainArguments("lp", path("r.txt")) << "ends in .h5";
        QTest::newRow("method") << trainArguments("dropout", path("r.h5")) << "is not one of";
        QTest::newRow("epochs") << trainArguments("ft", path("r.h5"), {"--epochs", "0"}) << "--epochs is 0";
        QTest::newRow("rank") << trainArguments("lora", path("r.h5"), {"--lora-rank", "65"}) << "rank 65";
        QTest::newRow("ood name") << trainArguments("lp", path("r.h5"), {"--ood", "test=" + m_demo + "/data"})
                                  << "already";
        QTest::newRow("scale") << trainArguments("lp", path("r.h5"), {"--classifier-scale", "2"})
                               << "--classifier-scale";
        QTest::newRow("checkpoint") << trainArguments("lp", path("r.h5"),
                                                      {"--save-checkpoint", "/proc/nowhere"})
                                    << "--save-checkpoint /proc/nowhere";
        QTest::newRow("device") << trainArguments("lp", path("r.h5"), {"--device", "tpu"}) << "is not one of";
        QTest::newRow("second type") << QStringList{"train", "--model",  oneTypeModel(),   "--task",
                                                    "demo",  "--data",   m_demo + "/data", "--method",
                                                    "lp",    "--output", path("r.h5")}
                                     << "type_vocab_size";
        QTest::newRow("no command") << QStringList() << "subcommand";
    }
    void unusableInputIsRefused() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        const Ended run = runEngine(arguments);
        QCOMPARE(run.status, 2);
        QVERIFY2(run.err.startsWith("finescope-engine: "), run.err);
        QVERIFY2(QString::fromUtf8(run.err).contains(said, Qt::CaseInsensitive), run.err);
        QVERIFY(run.out.isEmpty());
        QVERIFY(!QFile::exists(path("r.h5")));
    }

    void oodSetAndCheckpointAreUsed() {
        const QString file = path("ood.h5"), saved = path("saved");
        QCOMPARE(runEngine(trainArguments("lora", file,
                                          {"--ood", "again=" + m_demo + "/data", "--save-checkpoint", saved}))
                     .status,
                 0);
        const record::Run run = read(file);
        const record::SplitInfo* again = run.split("again");
        QVERIFY(again != nullptr);
        QCOMPARE(again->role, std::string("ood"));
        // The same rows under another name: the same logits.
        QCOMPARE(run.parts->logits(*again, 2), run.parts->logits(*run.split("test"), 2));
        // A probe on the saved encoder sees the features of the selected model.
        const QString probed = path("probed.h5");
        QStringList arguments = trainArguments("lp", probed);
        arguments[arguments.indexOf("--model") + 1] = saved;
        const Ended next = runEngine(arguments);
        QVERIFY2(next.status == 0, next.err);
        const MatrixF features = run.parts->features(*run.split("test"));
        const record::Run onSaved = read(probed);
        QVERIFY((onSaved.parts->pretrainedFeatures(*onSaved.split("test")) - features).norm() <
                1e-4F * features.norm());
    }

    void tokenizerJsonAloneGivesTheSameRun() {
        const auto arguments = [&](const QString& model, const QString& output) {
            return QStringList{"train",
                               "--model",
                               model,
                               "--task",
                               "demo",
                               "--data",
                               m_demo + "/data",
                               "--method",
                               "ft",
                               "--output",
                               output,
                               "--seed",
                               "7",
                               "--threads",
                               "1",
                               "--epochs",
                               "1",
                               "--limit-train",
                               "40",
                               "--limit-eval",
                               "30"};
        };
        const QString model = newLayoutModel(), saved = path("saved-whole");
        const Ended old = runEngine(arguments(m_demo + "/model", path("old.h5")));
        QVERIFY2(old.status == 0, old.err);
        const Ended run =
            runEngine(arguments(model, path("new.h5")) + QStringList{"--save-checkpoint", saved});
        QVERIFY2(run.status == 0, run.err);
        const record::Run before = read(path("old.h5")), after = read(path("new.h5"));
        QCOMPARE(after.parts->logits(*after.split("test"), 1),
                 before.parts->logits(*before.split("test"), 1));
        QCOMPARE(readAll(saved + "/tokenizer.json"), readAll(model + "/tokenizer.json"));
        const QJsonObject hashes = QJsonDocument::fromJson(QByteArray::fromStdString(after.config))
                                       .object()["tokenizer_sha256"]
                                       .toObject();
        const QByteArray hash =
            QCryptographicHash::hash(readAll(model + "/tokenizer.json"), QCryptographicHash::Sha256).toHex();
        QCOMPARE(hashes, (QJsonObject{{"tokenizer.json", QString::fromLatin1(hash)}}));
        const Ended again = runEngine(arguments(saved, path("again.h5")));
        QVERIFY2(again.status == 0, again.err);
    }

    void helpAndVersionSucceed() {
        for (const QStringList& arguments :
             {QStringList{"--help"}, {"--version"}, {"train", "--help"}, {"tasks"}, {"tasks", "--json"}}) {
            const Ended run = runEngine(arguments);
            QCOMPARE(run.status, 0);
            QVERIFY(!run.out.isEmpty());
        }
        QVERIFY(QJsonDocument::fromJson(runEngine({"tasks", "--json"}).out).array().size() >= 3);
    }
};

QTEST_GUILESS_MAIN(TestTrainCommand)
#include "test_train_command.moc"

#include "core/analysis/kernel/kernel_comparison.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/analysis/run/summary.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/engine_program.h"
#include "tests/support/near.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <random>

using namespace finescope;
using analysis::KernelPart;
using record::KernelState;
using tests::Ended;
using tests::finish;
using tests::runEngine;

namespace {

constexpr int kTrain = 24;
constexpr int kTest = 10;

std::int64_t rankOf(const MatrixD& matrix) {
    const VectorD values = analysis::symmetricSingularValues(matrix);
    return analysis::numericalRank({values.data(), static_cast<std::size_t>(values.size())});
}

} // namespace

/// finescope-engine ntk as a user starts it, on copies of the committed demo runs.
class TestNtkCommand : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_demo = QString::fromStdString((tests::sourceRoot() / "resources" / "demo").string());

    QString path(const QString& name) const { return m_folder.filePath(name); }

    /// A fresh copy of the demo's run of that method.
    QString copyOf(const QString& method, const QString& name) const {
        const QString file = path(name + QStringLiteral(".h5"));
        QFile::remove(file);
        return QFile::copy(m_demo + "/runs/" + method + ".h5", file) ? file : QString();
    }

    QStringList ntkArguments(const QString& file, const QStringList& more = {}) const {
        QStringList arguments = {"ntk",
                                 file,
                                 "--data",
                                 m_demo + "/data",
                                 "--train-samples",
                                 QString::number(kTrain),
                                 "--test-samples",
                                 QString::number(kTest),
                                 "--threads",
                                 "1"};
        if (!more.contains(QStringLiteral("--model"))) {
            arguments += {"--model", m_demo + "/model"};
        }
        return arguments + more;
    }

    static record::Run read(const QString& file) { return record::readRun(file.toStdString()); }
    static QByteArray bytesOf(const QString& file) {
        QFile device(file);
        return device.open(QIODevice::ReadOnly) ? device.readAll() : QByteArray();
    }

    void check(const KernelState& kernel, const record::Run& run) const {
        const auto classes = static_cast<Eigen::Index>(run.classes());
        QCOMPARE(kernel.trainIndex.size(), std::size_t{kTrain});
        QCOMPARE(kernel.testIndex.size(), std::size_t{kTest});
        QVERIFY(std::ranges::is_sorted(kernel.trainIndex) && std::ranges::is_sorted(kernel.testIndex));
        const Labels labels = run.parts->labels(*run.split("train"));
        for (std::size_t i = 0; i < kTrain; ++i) {
            QCOMPARE(kernel.trainLabels[i], labels[static_cast<std::size_t>(kernel.trainIndex[i])]);
        }
        // P from the features that training recorded of the same rows, in another batch.
        const MatrixD phi = run.parts->pretrainedFeatures(*run.split("train")).cast<double>();
        for (Eigen::Index i = 0; i < kTrain; ++i) {
            QVERIFY_NEAR(kernel.trainResiduals.row(i).sum(), 0.0, 1e-12);
            for (Eigen::Index j = 0; j < kTrain; ++j) {
                const double p = phi.row(kernel.trainIndex[static_cast<std::size_t>(i)])
                                     .dot(phi.row(kernel.trainIndex[static_cast<std::size_t>(j)])) +
                                 1;
                QVERIFY_NEAR(kernel.pTrain(i, j), p, 1e-4);
            }
        }
        QVERIFY(kernel.fTrain.isApprox(kernel.fTrain.transpose(), 1e-12));
        const double ratio = analysis::fineTuningRatio(kernel).value();
        QVERIFY2(ratio >= 0 && ratio <= 2, qPrintable(QString::number(ratio)));
        // A fitted head's rows sum to zero: C - 1 directions. definitions.md, Ranks.
        const auto directions = kernel.state == "after_lp" ? classes - 1 : classes;
        QVERIFY(rankOf(kernel.fTrain) <= kTrain * directions);
        QVERIFY(rankOf(kernel.fTrain) > 0);
        MatrixD spectrum = kernel.spectrum.value();
        KernelState bare = kernel;
        bare.spectrum.reset();
        const MatrixD derived = analysis::kernelSpectrum(bare).value();
        QVERIFY((spectrum - derived).cwiseAbs().maxCoeff() <= 1e-10 * derived.maxCoeff());
        QVERIFY((kernel.regression.value().array() >= 0).all() &&
                (kernel.regression.value().array() <= 1).all());
        QCOMPARE(kernel.pTest->rows(), kTest);
        QCOMPARE(kernel.fTest->rows(), kTest * classes);
    }

private Q_SLOTS:
    void everyMethodGetsItsKernelAndTheSummaryShowsIt() {
        for (const char* method : {"lp", "ft", "lp-ft", "lora", "lp-lora"}) {
            const QString file = copyOf(QLatin1String(method), QLatin1String(method));
            const Ended ended = runEngine(ntkArguments(file));
            QVERIFY2(ended.status == 0, ended.err);
            QVERIFY(ended.out.isEmpty());
            const record::Run run = read(file);
            const std::string state = std::string(method).starts_with("lp") ? "after_lp" : "pretrained";
            QVERIFY(run.kernelStates == std::vector<std::string>{state});
            const KernelState kernel = run.parts->kernel(state);
            const bool lora = std::string(method).ends_with("lora");
            QCOMPARE(kernel.adapted, std::string(lora ? "lora" : "full"));
            QCOMPARE(kernel.fTrainQueryValue.has_value(), !lora);
            check(kernel, run);
            if (QTest::currentTestFailed()) {
                return;
            }
            const auto summary = analysis::summarise(run)["ntk"][state];
            QCOMPARE(summary["n"].get<int>(), kTrain);
            QVERIFY(summary["ft_ratio"].is_number() && summary["F"]["rank"].is_number() &&
                    summary["F"]["regression"]["test"].is_number() &&
                    summary["total"]["stable_rank"].is_number());
        }
    }

    void anEstimateSaysWhatItTakesAndWritesNothing() {
        const QString file = copyOf(QStringLiteral("ft"), QStringLiteral("estimate"));
        const auto operations = [&](int samples) {
            const Ended ended = runEngine(
                {"ntk", file, "--model", m_demo + "/model", "--data", m_demo + "/data", "--estimate",
                 "--train-samples", QString::number(samples), "--test-samples", "5", "--device", "cpu"});
            if (ended.status != 0) {
                return -1.0;
            }
            const auto line = nlohmann::json::parse(ended.out.toStdString());
            const bool whole = line["event"] == "estimate" && line["state"] == "pretrained" &&
                               line["device"] == "cpu" && line["train_samples"] == samples &&
                               line["test_samples"] == 5 && line["seconds"] > 0 && line["memory_bytes"] > 0 &&
                               line["scratch_bytes"] == 0;
            return whole ? line["operations"].get<double>() : -2.0;
        };
        const double few = operations(20), more = operations(40);
        QVERIFY2(few > 0 && more > 2 * few - 0.2 * few, qPrintable(QString::number(few)));
        QVERIFY(bytesOf(file) == bytesOf(m_demo + "/runs/ft.h5"));
        const Ended refused = runEngine({"ntk", file, "--estimate", "--model", path("nowhere")});
        QVERIFY(refused.status != 0 && refused.out.isEmpty() && !refused.err.isEmpty());
    }

    void pretrainedAndAfterProbingShareTheirPreTrainedPart() {
        const QString file = copyOf(QStringLiteral("lp-ft"), QStringLiteral("states"));
        for (const char* state : {"pretrained", "after_lp"}) {
            const Ended ended = runEngine(ntkArguments(file, {"--state", state}));
            QVERIFY2(ended.status == 0, ended.err);
        }
        const record::Run run = read(file);
        const KernelState before = run.parts->kernel("pretrained"), after = run.parts->kernel("after_lp");
        QVERIFY(before.trainIndex == after.trainIndex && before.testIndex == after.testIndex);
        QVERIFY(before.pTrain == after.pTrain && *before.pTest == *after.pTest);
        QVERIFY(after.fTrain.norm() > before.fTrain.norm());
        // Other samples with another seed, the same with the same.
        QVERIFY(runEngine(ntkArguments(file, {"--state", "pretrained", "--seed", "2"})).status == 0);
        QVERIFY(read(file).parts->kernel("pretrained").trainIndex != before.trainIndex);
    }

    void loraIsAboutTheExpectedMultipleOfFullFineTuning() {
        const QString full = copyOf(QStringLiteral("ft"), QStringLiteral("full"));
        const QString lora = copyOf(QStringLiteral("lora"), QStringLiteral("adapted"));
        QVERIFY(runEngine(ntkArguments(full)).status == 0 && runEngine(ntkArguments(lora)).status == 0);
        const KernelState one = read(lora).parts->kernel("pretrained"),
                          other = read(full).parts->kernel("pretrained");
        const auto comparison =
            analysis::compareKernels({one, one.spectrum, analysis::queryValueSpectrum(one)},
                                     {other, other.spectrum, analysis::queryValueSpectrum(other)});
        QVERIFY_NEAR(comparison.expected.value(), 8.0 / (3 * 64), 1e-15);
        // A draw of A with r = 8 has 50 % noise a pair of samples: definitions.md, Proposition on LoRA.
        const double quotient = *comparison.fitted / *comparison.expected;
        QVERIFY2(quotient > 0.5 && quotient < 2, qPrintable(QString::number(quotient)));
        QVERIFY(*comparison.gap >= 0 && *comparison.gap < 1);
    }

    void doublePrecisionAgreesWithSingle() {
        const QString file = copyOf(QStringLiteral("ft"), QStringLiteral("precision"));
        QVERIFY(runEngine(ntkArguments(file)).status == 0);
        const KernelState single = read(file).parts->kernel("pretrained");
        QVERIFY(runEngine(ntkArguments(file, {"--float-type", "float64"})).status == 0);
        const KernelState twice = read(file).parts->kernel("pretrained");
        QVERIFY(single.floatType == "float32" && twice.floatType == "float64");
        QVERIFY((single.fTrain - twice.fTrain).norm() <= 1e-4 * twice.fTrain.norm());
        QVERIFY(single.fTrain != twice.fTrain);
    }

    void oneSampleAndNoTestSamplesWillDo() {
        const QString file = copyOf(QStringLiteral("lp-ft"), QStringLiteral("one"));
        const Ended ended = runEngine({"ntk", file, "--model", m_demo + "/model", "--data", m_demo + "/data",
                                       "--train-samples", "1", "--test-samples", "0"});
        QVERIFY2(ended.status == 0 && ended.err.contains("no kernel regression"), ended.err);
        const KernelState kernel = read(file).parts->kernel("after_lp");
        QCOMPARE(kernel.fTrain.rows(), Eigen::Index{2});
        QVERIFY(!kernel.pTest && !kernel.fTest && !kernel.regression && kernel.spectrum);
        QVERIFY(analysis::summarise(read(file))["ntk"]["after_lp"]["F"]["regression"]["train"].is_null());
    }

    void sampledWordEmbeddingsAreSaidSo() {
        const QString file = copyOf(QStringLiteral("ft"), QStringLiteral("sampled"));
        QVERIFY(runEngine(ntkArguments(file)).status == 0);
        const KernelState exact = read(file).parts->kernel("pretrained");
        QVERIFY(runEngine(ntkArguments(file, {"--embedding", "sampled"})).status == 0);
        const KernelState sampled = read(file).parts->kernel("pretrained");
        QVERIFY(exact.embedding == "exact" && sampled.embedding == "sampled");
        QVERIFY(sampled.pTrain == exact.pTrain);
        // Sampling inflates the diagonal. definitions.md, Sampled word embeddings
        QVERIFY(sampled.fTrain.trace() > exact.fTrain.trace());
    }

    void foldersThatMovedWithTheRunAreFound() {
        const QDir first(path(QStringLiteral("first"))), study(path(QStringLiteral("moved")));
        for (const char* folder : {"model", "data", "runs"}) {
            QVERIFY(first.mkpath(QLatin1String(folder)));
        }
        for (const QString& folder : {QStringLiteral("/model"), QStringLiteral("/data")}) {
            for (const QString& name : QDir(m_demo + folder).entryList(QDir::Files)) {
                QVERIFY(QFile::copy(m_demo + folder + "/" + name, first.path() + folder + "/" + name));
            }
        }
        const Ended trained =
            runEngine({"train", "--model", first.filePath(QStringLiteral("model")), "--task", "demo",
                       "--data", first.filePath(QStringLiteral("data")), "--method", "ft", "--epochs", "1",
                       "--limit-train", "40", "--limit-eval", "20", "--threads", "1", "--output",
                       first.filePath(QStringLiteral("runs/ft.h5"))});
        QVERIFY2(trained.status == 0, trained.err);
        QVERIFY(QDir().rename(first.path(), study.path()));
        const QString file = study.filePath(QStringLiteral("runs/ft.h5"));
        const QStringList samples{"--train-samples", "6", "--test-samples", "2"};
        const Ended found = runEngine(QStringList{"ntk", file} + samples);
        QVERIFY2(found.status == 0 && found.err.contains(study.filePath(QStringLiteral("model")).toUtf8()),
                 found.err);
        // Alone, it says what is missing and how to name it.
        const QString alone = path(QStringLiteral("alone.h5"));
        QVERIFY(QFile::copy(file, alone));
        const Ended refused = runEngine(QStringList{"ntk", alone} + samples);
        QVERIFY2(refused.status == 2 && refused.err.contains("--model"), refused.err);
    }

    void changedFilesAreRefusedUnlessForced() {
        const QString model = path(QStringLiteral("model"));
        QVERIFY(QDir().mkpath(model));
        for (const QString& name : QDir(m_demo + "/model").entryList(QDir::Files)) {
            QVERIFY(QFile::copy(m_demo + "/model/" + name, model + "/" + name));
        }
        QFile weights(model + "/model.safetensors");
        QVERIFY(weights.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
                weights.open(QIODevice::ReadWrite));
        QVERIFY(weights.seek(weights.size() - 4) && weights.write("\0\0\0\0", 4) == 4);
        weights.close();
        const QString file = copyOf(QStringLiteral("ft"), QStringLiteral("changed"));
        const QByteArray before = bytesOf(file);
        const Ended refused = runEngine(ntkArguments(file, {"--model", model}));
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains((model + "/model.safetensors").toUtf8()) &&
                     refused.err.contains("--force"),
                 refused.err);
        QVERIFY(bytesOf(file) == before);
        const Ended forced = runEngine(ntkArguments(file, {"--model", model, "--force"}));
        QVERIFY2(forced.status == 0 && forced.err.contains("model.safetensors"), forced.err);
    }

    void whatCannotBeIsRefusedInWords_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no probing") << "ft" << QStringList{"--state", "after_lp"} << QByteArray("after_lp");
        QTest::newRow("no samples") << "ft" << QStringList{"--seed", "-1"} << QByteArray("--seed");
        QTest::newRow("no memory") << "ft" << QStringList{"--memory", "0"} << QByteArray("--memory");
        QTest::newRow("no model") << "ft" << QStringList{"--model", "/nowhere"}
                                  << QByteArray("/nowhere/config.json");
    }
    void whatCannotBeIsRefusedInWords() {
        QFETCH(const QString, method);
        QFETCH(const QStringList, more);
        QFETCH(const QByteArray, says);
        const QString file = copyOf(method, QStringLiteral("refused"));
        const Ended ended = runEngine(ntkArguments(file, more));
        QCOMPARE(ended.status, 2);
        QVERIFY2(ended.err.contains(says), ended.err);
        QVERIFY(bytesOf(file) == bytesOf(m_demo + "/runs/" + method + ".h5"));
    }

    void aGpuGivesTheProcessorsNumbers() {
        for (const char* method : {"ft", "lp-ft", "lora"}) {
            const QString byGpu = copyOf(QLatin1String(method), QStringLiteral("gpu"));
            const Ended ended = runEngine(ntkArguments(byGpu, {"--device", "cuda"}));
            if (ended.err.contains("finds no CUDA device")) {
                QCOMPARE(ended.status, 2);
                QVERIFY(bytesOf(byGpu) == bytesOf(m_demo + "/runs/" + method + ".h5"));
                QSKIP("LibTorch finds no CUDA device here: refused, as it must be");
            }
            QVERIFY2(ended.status == 0, ended.err);
            const QString byProcessor = copyOf(QLatin1String(method), QStringLiteral("processor"));
            QCOMPARE(runEngine(ntkArguments(byProcessor, {"--device", "cpu"})).status, 0);
            const record::Run gpu = read(byGpu), processor = read(byProcessor);
            const std::string state = gpu.kernelStates.at(0);
            const KernelState actual = gpu.parts->kernel(state), expected = processor.parts->kernel(state);
            QVERIFY(actual.trainIndex == expected.trainIndex && actual.testIndex == expected.testIndex);
            const auto close = [](const MatrixD& one, const MatrixD& other) {
                return (one - other).norm() <= 1e-5 * other.norm();
            };
            QVERIFY(close(actual.pTrain, expected.pTrain) && close(*actual.pTest, *expected.pTest));
            QVERIFY(close(actual.fTrain, expected.fTrain) && close(*actual.fTest, *expected.fTest));
            QVERIFY(close(*actual.spectrum, *expected.spectrum));
        }
    }

    void twoAtOnceLoseNothing() {
        const QString file = copyOf(QStringLiteral("lp-ft"), QStringLiteral("two"));
        QProcess one, other;
        one.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM), ntkArguments(file, {"--state", "pretrained"}));
        other.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM), ntkArguments(file, {"--state", "after_lp"}));
        const Ended first = finish(one), second = finish(other);
        QVERIFY2(first.status == 0 && second.status == 0, first.err + second.err);
        QCOMPARE(read(file).kernelStates.size(), 2U);
    }

    // SIGINT and SIGTERM end it with status 1, SIGKILL at once; the file is as it was, and alone.
    void stoppedMidWayItLeavesTheFileAsItWas_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGKILL") << SIGKILL;
    }
    void stoppedMidWayItLeavesTheFileAsItWas() {
        QFETCH(const int, signal);
        const QString file = copyOf(QStringLiteral("ft"), QStringLiteral("stopped"));
        const QByteArray before = bytesOf(file);
        QProcess process;
        QStringList arguments = ntkArguments(file, {"--progress", "json"});
        arguments[arguments.indexOf(QStringLiteral("--train-samples")) + 1] = QStringLiteral("400");
        process.start(QStringLiteral(FINESCOPE_ENGINE_PROGRAM), arguments);
        QByteArray seen;
        while (!seen.contains("\"kernel\"")) {
            QVERIFY2(process.waitForReadyRead(60000), process.readAllStandardError());
            seen += process.readAllStandardOutput();
        }
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), signal), 0);
        const Ended ended = finish(process);
        QCOMPARE(ended.status, signal == SIGKILL ? -1 : 1);
        QVERIFY2(signal == SIGKILL || ended.out.contains("\"cancelled\""), ended.out);
        QVERIFY(bytesOf(file) == before);
        const QStringList beside =
            QDir(m_folder.path()).entryList({QStringLiteral("*stopped*")}, QDir::AllEntries | QDir::Hidden);
        QCOMPARE(beside, QStringList(QStringLiteral("stopped.h5")));
    }
};

QTEST_GUILESS_MAIN(TestNtkCommand)
#include "test_ntk_command.moc"

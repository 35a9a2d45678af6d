#include "core/analysis/calibration/softmax.h"
#include "core/analysis/feature/similarity_and_difference.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "tests/support/demo_runs.h"

#include <QtTest>

#include <functional>

using namespace finescope;
using tests::demoRun;
using tests::demoRunsOf;

namespace {

double accuracy(const record::Run& run, const char* split) {
    const record::SplitInfo& info = *run.split(split);
    const Labels labels = run.parts->labels(info);
    const Labels predicted = analysis::argmax(run.parts->logits(info, *run.reportedLogits(info)));
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        right += labels[i] == predicted[i] ? 1 : 0;
    }
    return right / static_cast<double>(labels.size());
}

double norm(const record::Run& run) {
    return run.parts->classifier(*run.classifierRow(*run.reportedKey())).weight.norm();
}

/// As the engine recorded it of the selected model.
double featureDifference(const record::Run& run) {
    return run.epochs.find("feature_difference")->values[static_cast<std::size_t>(run.progress.selected)];
}

/// Over the five seeds.
analysis::SeedStatistics overSeeds(const std::string& method,
                                   const std::function<double(const record::Run&)>& number) {
    std::vector<double> values;
    for (const record::Run& run : demoRunsOf(method)) {
        values.push_back(number(run));
    }
    return analysis::seedStatistics(values);
}

} // namespace

/// The committed demo shows what resources/demo/README.md says of it.
class TestDemoRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allAreComplete() {
        for (const char* method : tests::kDemoMethods) {
            for (int seed = 1; seed <= tests::kDemoSeeds; ++seed) {
                const record::Run run = demoRun(method, seed);
                QCOMPARE(run.progress.status, record::Status::complete);
                QCOMPARE(run.method, std::string(method));
                QCOMPARE(run.seed, seed);
                QVERIFY(run.split("ood") != nullptr);
                QCOMPARE(run.split("test")->featureWidth > 0, seed == 1);
                QCOMPARE(run.kernelStates.empty(), seed != 1);
            }
        }
    }

    void pretrainingLeavesSomethingToLearn() {
        const auto probed = overSeeds("lp", [](const auto& run) { return accuracy(run, "test"); });
        for (const char* method : {"ft", "lp-ft", "lora"}) {
            const auto tuned = overSeeds(method, [](const auto& run) { return accuracy(run, "test"); });
            QVERIFY2(tuned.mean > probed.mean, method);
        }
    }

    void outOfDistributionIsHarder() {
        for (const char* method : tests::kDemoMethods) {
            const auto gap = overSeeds(
                method, [](const auto& run) { return accuracy(run, "test") - accuracy(run, "ood"); });
            QVERIFY2(gap.mean > 0, qPrintable(QStringLiteral("%1: %2").arg(method).arg(gap.mean)));
        }
    }

    /// With separate intervals: the head that was probed first grows large, and the features move least.
    void probingGrowsTheClassifierAndSparesTheFeatures() {
        for (const auto& [plain, probedFirst] : {std::pair("ft", "lp-ft"), std::pair("lora", "lp-lora")}) {
            QVERIFY(overSeeds(plain, norm).high < overSeeds(probedFirst, norm).low);
            QVERIFY(overSeeds(probedFirst, featureDifference).high < overSeeds(plain, featureDifference).low);
        }
        for (const record::Run& run : demoRunsOf("lp")) {
            QCOMPARE(featureDifference(run), 0.0);
        }
    }

    /// By means. On the test split the data say the opposite, as the README does.
    void outOfDistributionProbingFirstIsBest() {
        const auto ood = [](const auto& run) { return accuracy(run, "ood"); };
        const double best = overSeeds("lp-ft", ood).mean;
        for (const char* method : {"lp", "ft", "lora", "lp-lora"}) {
            QVERIFY2(overSeeds(method, ood).mean < best, method);
        }
    }

    void recordedDifferencesAreThoseOfTheFeatures() {
        for (const char* method : tests::kDemoMethods) {
            const record::Run run = demoRun(method);
            const record::SplitInfo& test = *run.split("test");
            const double difference =
                analysis::featureDifference(run.parts->pretrainedFeatures(test), run.parts->features(test));
            QVERIFY(std::abs(difference - featureDifference(run)) <= 1e-5 * std::max(1.0, difference));
        }
    }

    /// No jump that no update made: with dropout the loss began at 15 times the probe's. A batch has eight
    /// rows, so that one alone says little, and the first updates of a large head may raise the loss.
    void fineTuningBeginsWhereProbingEnded() {
        for (const char* method : {"lp-ft", "lp-lora"}) {
            for (const record::Run& run : demoRunsOf(method)) {
                const std::vector<double>& loss = run.steps.find("train_loss")->values;
                double probed = 0, first = 0;
                int count = 0;
                for (std::size_t row = 0; row < loss.size() && count < 8; ++row) {
                    if (run.steps.keys[row].stage == record::Stage::linearProbing) {
                        probed = loss[row];
                    } else {
                        first += loss[row];
                        ++count;
                    }
                }
                first /= count;
                QVERIFY2(count == 8 && first < 3 * probed,
                         qPrintable(QStringLiteral("%1 and %2").arg(probed).arg(first)));
            }
        }
    }

    /// The table in the README is what its command makes of the files.
    void theReadmeHasTheNumbersOfTheRuns() {
        const auto demo = tests::sourceRoot() / "resources" / "demo";
        QProcess python;
        python.start(QStringLiteral("/usr/bin/python3"),
                     {QStringLiteral(FINESCOPE_SOURCE_DIR "/core/engine/demo/write_numbers.py"),
                      QStringLiteral(FINESCOPE_PROGRAM), QString::fromStdString(demo.string()),
                      QStringLiteral("--print")});
        QVERIFY(python.waitForFinished(120000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        QFile readme(QString::fromStdString((demo / "README.md").string()));
        QVERIFY(readme.open(QIODevice::ReadOnly));
        const QByteArray numbers = python.readAllStandardOutput();
        QVERIFY2(readme.readAll().contains("<!-- numbers -->\n" + numbers + "<!-- end of numbers -->"),
                 numbers.constData());
    }

    void theWholeDemoIsSmall() {
        std::uintmax_t bytes = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(tests::sourceRoot() / "resources" / "demo")) {
            bytes += entry.is_regular_file() ? entry.file_size() : 0;
        }
        QVERIFY2(bytes <= 8U << 20U, qPrintable(QString::number(bytes)));
    }
};

QTEST_APPLESS_MAIN(TestDemoRuns)
#include "test_demo_runs.moc"

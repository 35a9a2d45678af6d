#include "core/analysis/feature_statistics.h"
#include "core/analysis/softmax.h"
#include "core/record/run_reader.h"
#include "tests/support/data.h"

#include <QtTest>

using namespace finescope;

namespace {

record::Run demoRun(const std::string& method) {
    return record::readRun(tests::sourceRoot() / "resources" / "demo" / "runs" / (method + ".h5"));
}

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

float norm(const record::Run& run) {
    return run.parts->classifier(*run.classifierRow(*run.reportedKey())).weight.norm();
}

double featureDifference(const record::Run& run) {
    const record::SplitInfo& test = *run.split("test");
    return analysis::featureDifference(run.parts->pretrainedFeatures(test), run.parts->features(test));
}

} // namespace

/// The committed demo shows what it is there to show.
class TestDemoRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allFiveAreComplete() {
        for (const char* method : {"lp", "ft", "lp-ft", "lora", "lp-lora"}) {
            const record::Run run = demoRun(method);
            QCOMPARE(run.progress.status, record::Status::complete);
            QCOMPARE(run.method, std::string(method));
            QVERIFY(run.split("ood") != nullptr);
        }
    }

    void labelNoiseKeepsTheProbeBetween75And90Percent() {
        const double reached = accuracy(demoRun("lp"), "test");
        QVERIFY2(reached >= 0.75 && reached <= 0.90, qPrintable(QString::number(reached)));
    }

    void outOfDistributionIsHarder() {
        for (const char* method : {"lp", "ft", "lp-ft", "lora", "lp-lora"}) {
            const record::Run run = demoRun(method);
            const double inside = accuracy(run, "test"), outside = accuracy(run, "ood");
            QVERIFY2(outside < inside - 0.05,
                     qPrintable(QStringLiteral("%1: %2 and %3").arg(method).arg(inside).arg(outside)));
        }
    }

    void probingGrowsTheClassifierAndSparesTheFeatures() {
        const record::Run lp = demoRun("lp"), ft = demoRun("ft"), lpFt = demoRun("lp-ft");
        QVERIFY2(norm(lp) > 10 * norm(ft),
                 qPrintable(QStringLiteral("%1 and %2").arg(norm(lp)).arg(norm(ft))));
        QVERIFY(norm(lpFt) > 10 * norm(ft));
        QCOMPARE(featureDifference(lp), 0.0);
        QVERIFY2(
            2 * featureDifference(lpFt) < featureDifference(ft),
            qPrintable(QStringLiteral("%1 and %2").arg(featureDifference(lpFt)).arg(featureDifference(ft))));
    }

    void theWholeDemoIsSmall() {
        std::uintmax_t bytes = 0;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(tests::sourceRoot() / "resources" / "demo")) {
            bytes += entry.is_regular_file() ? entry.file_size() : 0;
        }
        QVERIFY2(bytes <= 6'000'000, qPrintable(QString::number(bytes)));
    }
};

QTEST_APPLESS_MAIN(TestDemoRuns)
#include "test_demo_runs.moc"

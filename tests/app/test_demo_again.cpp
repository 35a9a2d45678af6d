#include "core/analysis/run/run_config.h"
#include "tests/support/demo_runs.h"
#include "tests/support/engine_program.h"

#include <QTemporaryDir>
#include <QtTest>

#include <nlohmann/json.hpp>

using namespace finescope;

namespace {

// Whatever may round in another way.
std::string machineOf(const record::Run& run) {
    const nlohmann::json config = analysis::configOf(run);
    return config.at("processor").dump() + config.at("versions").dump() + config.at("threads").dump();
}

// The rounding of another machine grows from step to step.
bool isEarly(const record::EpochKey& key) {
    return key.stage == record::Stage::linearProbing || key.epoch <= 1;
}

// How much of a difference counts. Features that differ by the rounding of another machine leave an exact
// probe's bias free to a few parts in 10,000: they all have much of one direction in common, which may take
// its place.
double weightOf(const std::string& series) {
    return series == "classifier_bias_norm" ? 0.1 : 1;
}

// Of all, relative to what is larger than 1.
double largestDifference(const record::SeriesTable& a, const record::SeriesTable& b, bool all) {
    double largest = a.keys == b.keys ? 0 : HUGE_VAL;
    for (const record::Series& series : a.series) {
        const record::Series* other = b.find(series.name);
        for (std::size_t row = 0; largest < HUGE_VAL && row < a.rows(); ++row) {
            const double left = series.values[row], right = other->values[row];
            if ((all || isEarly(a.keys[row])) && !(std::isnan(left) && std::isnan(right))) {
                const double difference = std::abs(left - right) / std::max(1.0, std::abs(left));
                largest = std::max(largest, weightOf(series.name) * difference);
            }
        }
    }
    return largest;
}

// Of the logits of a split, relative to the largest of each row of the file where that is above 1.
double largestDifference(const record::Run& a, const record::Run& b, const char* split, bool all) {
    const record::SplitInfo &left = *a.split(split), &right = *b.split(split);
    double largest = left.logitKeys == right.logitKeys ? 0 : HUGE_VAL;
    for (std::size_t row = 0; largest < HUGE_VAL && row < left.logitKeys.size(); ++row) {
        if (all || isEarly(left.logitKeys[row])) {
            const MatrixF logits = a.parts->logits(left, row);
            const double size = logits.cwiseAbs().maxCoeff();
            const double difference = (logits - b.parts->logits(right, row)).cwiseAbs().maxCoeff();
            largest = std::max(largest, difference / std::max(1.0, size));
        }
    }
    return largest;
}

} // namespace

/// The recorded demo is what the engine makes today: a change of any random stream, or of the training, shows
/// here, and asks for `./dev demo`.
class TestDemoAgain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theEngineMakesTheRecordedRuns_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : tests::kDemoMethods) {
            QTest::newRow(method) << QString(method);
        }
    }
    void theEngineMakesTheRecordedRuns() {
        QFETCH(QString, method);
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("again.h5"));
        const QString demo = QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/demo");
        const tests::Ended ended =
            tests::runEngine({"train", "--model", demo + "/model", "--task", "demo", "--data", demo + "/data",
                              "--method", method, "--seed", "2", "--threads", "1", "--features", "none",
                              "--progress", "none", "--output", file});
        QVERIFY2(ended.status == 0, ended.err.constData());
        const record::Run recorded = tests::demoRun(method.toStdString(), 2),
                          again = record::readRun(file.toStdString());
        const bool sameMachine = machineOf(recorded) == machineOf(again);
        const double bound = sameMachine ? 0 : 1e-4;
        qInfo("%s", sameMachine ? "the same machine: bit for bit" : "another machine: within 1e-4 at first");
        for (const char* split : {"train", "validation", "test", "ood"}) {
            const double difference = largestDifference(recorded, again, split, sameMachine);
            QVERIFY2(difference <= bound, qPrintable(QStringLiteral("%1: %2").arg(split).arg(difference)));
        }
        const double ofSeries = largestDifference(recorded.epochs, again.epochs, sameMachine);
        QVERIFY2(ofSeries <= bound, qPrintable(QStringLiteral("series over epochs: %1").arg(ofSeries)));
        if (sameMachine) { // an optimiser may take another number of steps elsewhere
            QCOMPARE(largestDifference(recorded.steps, again.steps, true), 0.0);
        }
    }
};

QTEST_APPLESS_MAIN(TestDemoAgain)
#include "test_demo_again.moc"

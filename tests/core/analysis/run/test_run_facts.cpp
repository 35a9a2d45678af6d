#include "core/analysis/claims/claim_run.h"
#include "core/analysis/run/calibration_data.h"
#include "core/analysis/run/moved_rows.h"
#include "core/analysis/run/run_copies.h"
#include "core/analysis/run/summary.h"
#include "core/error.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace finescope;
using namespace finescope::analysis;
using namespace finescope::tests;
using Json = nlohmann::ordered_json;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Two classes, the first ahead by `margin` in each of four rows, of which three are right: fitted on them T
/// is margin / ln 3.
MatrixF ahead(float margin) {
    MatrixF logits = MatrixF::Zero(4, 2);
    logits.col(0).setConstant(margin);
    return logits;
}

/// Evaluated at epochs 1 and 2 (with ||V||_F recorded as 8 and 16), of which the second is selected.
record::Run twoEpochs() {
    record::Run run = emptyRun("ft");
    addEpoch(run, tuning(1), 8);
    addEpoch(run, tuning(2), 16);
    run.progress.selected = 1;
    return run;
}

void add(record::Run& run, const std::string& name, const std::string& role, double epoch, float margin) {
    addSplit(run, name, role, tuning(epoch), ahead(margin), {0, 0, 0, 1});
}

/// One snapshot for each key, the first of the identity times 1, then 2, 3, ...
void addSnapshots(record::Run& run, const std::vector<record::EpochKey>& keys) {
    auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
    for (const record::EpochKey& key : keys) {
        const auto factor = static_cast<float>(parts->snapshots.size() + 1);
        parts->snapshots.push_back({key, factor * MatrixF::Identity(2, 2), VectorF::Zero(2)});
    }
    run.parts = parts;
    run.classifierKeys = keys;
}

const ClaimSplit& claimsOf(const ClaimRun& claims, const std::string& split) {
    return *std::ranges::find(claims.splits, split, &ClaimSplit::name);
}

} // namespace

/// What a run says is the same wherever it is said, also in files that are unlike those of the engine.
class TestRunFacts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// A validation split of another epoch than the model that is reported says nothing about that.
    void theTemperatureIsOfTheSameEvaluation() {
        record::Run run = twoEpochs();
        add(run, "validation", "validation", 1, 1);
        add(run, "test", "test", 2, 2);
        QVERIFY(!readCalibration(run).fitted);
        QVERIFY(!reportedTemperature(run));
        QVERIFY(temperatureSplit(run) == nullptr);
        const Json summary = summarise(run);
        QVERIFY(summary["temperature"]["value"].is_null());
        QVERIFY(summary["temperature"]["fitted_on"].is_null());
        QVERIFY(summary["temperature"]["splits"].empty());
        QVERIFY(!summary.contains("not_computed")); // nothing exists that could not be computed
        const ClaimRun claims = claimRun(run);
        QVERIFY(claimsOf(claims, "test").ece && !claimsOf(claims, "test").fittedEce);
    }

    /// Nor is it applied to logits of another evaluation.
    void splitsOfAnotherEvaluationHaveNoFittedNumbers() {
        record::Run run = twoEpochs();
        add(run, "validation", "validation", 2, 1);
        add(run, "test", "test", 2, 2);
        add(run, "far", "ood", 1, 2);
        QVERIFY_NEAR(readCalibration(run).fitted->value, 1 / std::log(3.0), 1e-8);
        QVERIFY(!readCalibration(run, "far").fitted);
        const Json summary = summarise(run);
        QCOMPARE(summary["temperature"]["value"].get<double>(), readCalibration(run).fitted->value);
        QCOMPARE(summary["temperature"]["splits"].size(), std::size_t{2});
        QVERIFY(!summary["temperature"]["splits"].contains("far"));
        QVERIFY(summary["splits"]["far"]["ece"].is_number());
        const ClaimRun claims = claimRun(run);
        QVERIFY(claimsOf(claims, "test").fittedEce.has_value());
        QVERIFY(!claimsOf(claims, "far").fittedEce);
    }

    /// No logits are of the evaluation that the run reports: the last ones count, and the norm that belongs
    /// to their temperature is of their evaluation.
    void theEquivalentNormIsOfTheEvaluationOfTheLogits() {
        record::Run run = twoEpochs();
        add(run, "validation", "validation", 1, 1);
        add(run, "test", "test", 1, 2);
        const CalibrationData data = readCalibration(run);
        QCOMPARE(data.classifierNorm.value(), 8.0);
        QCOMPARE(summarise(run)["temperature"]["equivalent_weight_norm"].get<double>(),
                 8.0 / data.fitted->value);
    }

    /// The validation split is the first that holds logits of that evaluation.
    void theFirstValidationSplitWithLogitsIsFittedOn() {
        record::Run run = twoEpochs();
        add(run, "early", "validation", 1, 4);
        add(run, "none", "validation", 2, 4);
        run.splits.back().logitKeys.clear();
        add(run, "empty", "validation", 2, 4);
        run.splits.back().rows = 0;
        add(run, "held out", "validation", 2, 1);
        add(run, "later", "validation", 2, 3);
        add(run, "test", "test", 2, 2);
        const double expected = 1 / std::log(3.0);
        const CalibrationData data = readCalibration(run);
        QCOMPARE(data.fittedOn, std::string("held out"));
        QVERIFY_NEAR(data.fitted->value, expected, 1e-8);
        const Json temperature = summarise(run)["temperature"];
        QCOMPARE(temperature["fitted_on"].get<std::string>(), std::string("held out"));
        QCOMPARE(temperature["value"].get<double>(), data.fitted->value);
        QVERIFY(temperature["splits"]["held out"]["in_sample"].get<bool>());
        QVERIFY(!temperature["splits"]["later"]["in_sample"].get<bool>());
        const ClaimRun claims = claimRun(run);
        QCOMPARE(claimsOf(claims, "test").fittedEce.value(),
                 temperature["splits"]["test"]["ece"].get<double>());
    }

    /// One that cannot be used is not replaced by another in silence.
    void aValidationSplitThatCannotBeUsedIsRefused() {
        record::Run run = twoEpochs();
        addSplit(run, "broken", "validation", tuning(2), ahead(kNaN), {0, 0, 0, 1});
        add(run, "held out", "validation", 2, 1);
        add(run, "test", "test", 2, 2);
        QVERIFY_THROWS_EXCEPTION(Error, (void)readCalibration(run));
        const Json summary = summarise(run);
        QVERIFY(summary["temperature"]["value"].is_null());
        QCOMPARE(summary["not_computed"]["temperature"].get<std::string>(),
                 std::string("its split cannot be used: see splits.broken"));
        QVERIFY_THROWS_EXCEPTION(Error, (void)claimRun(run));
    }

    void labelsOutsideTheClassesAreRefusedByName() {
        record::Run run = twoEpochs();
        addSplit(run, "test", "test", tuning(2), ahead(1), {0, 0, 7, 1});
        const Json summary = summarise(run);
        QVERIFY(summary["splits"]["test"]["accuracy"].is_null());
        QVERIFY(summary["collapsed"].is_null());
        const auto why = summary["not_computed"]["splits.test"].get<std::string>();
        QVERIFY2(why.starts_with("ft.h5: split 'test': "), why.c_str());
        QVERIFY_THROWS_EXCEPTION(Error, (void)claimRun(run));
    }

    void displacementIsFromTheFirstSnapshotToTheReportedModel() {
        record::Run run = twoEpochs();
        addSnapshots(run, {tuning(0), tuning(1), tuning(2)});
        QCOMPARE(movedRows(run).displacement.value(), 2.0); // |3 - 1| / 1
        QCOMPARE(claimRun(run).displacement.value(), 2.0);
        run.progress.selected = 0;
        QCOMPARE(movedRows(run).displacement.value(), 1.0);
        QCOMPARE(claimRun(run).displacement.value(), 1.0);
    }

    /// The only snapshot is the reported model's: its rows are known, but not where they came from.
    void withoutAnEarlierSnapshotNothingHasMoved() {
        record::Run run = twoEpochs();
        addSnapshots(run, {tuning(2)});
        QCOMPARE(movedRows(run).after.rows(), 2);
        QVERIFY(!movedRows(run).displacement);
        QVERIFY(!claimRun(run).displacement);
    }

    /// Another model's rows do not stand in for those of the reported one.
    void withoutASnapshotOfTheReportedModelThereAreNoRows() {
        record::Run run = twoEpochs();
        addSnapshots(run, {tuning(0), tuning(1)});
        QVERIFY(!reportedSnapshot(run));
        QCOMPARE(movedRows(run).after.rows(), 0);
        QVERIFY(!claimRun(run).displacement);
    }

    void aFileOfSnapshotsAloneIsReadByItsLast() {
        record::Run run = emptyRun("ft");
        addSnapshots(run, {tuning(0), tuning(1)});
        QCOMPARE(*reportedSnapshot(run), std::size_t{1});
        QCOMPARE(movedRows(run).displacement.value(), 1.0);
        const ClaimRun claims = claimRun(run);
        QCOMPARE(claims.displacement.value(), 1.0);
        QCOMPARE(claims.finalNorm.value(),
                 summarise(run)["classifier"]["weight_norm"]["final"].get<double>());
    }

    void whatIsNotFiniteHasNotMovedByANumber() {
        record::Run run = twoEpochs();
        addSnapshots(run, {tuning(0), tuning(2)});
        auto parts = std::make_shared<MemoryParts>(static_cast<const MemoryParts&>(*run.parts));
        parts->snapshots[1].weight(0, 0) = kNaN;
        run.parts = parts;
        QVERIFY(!movedRows(run).displacement);
        parts->snapshots[1].weight(0, 0) = 1;
        parts->snapshots[0].weight.setZero();
        QVERIFY(!movedRows(run).displacement);
        QCOMPARE(movedRows(run).before.rows(), 2);
    }
};

QTEST_APPLESS_MAIN(TestRunFacts)
#include "test_run_facts.moc"

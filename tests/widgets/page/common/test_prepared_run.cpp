#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/core/figure/memory_run.h"
#include "tests/support/near.h"
#include "widgets/page/common/prepared_run.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <stop_token>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace finescope;
using widgets::PreparedRun;

namespace {

/// Says what it was asked for: "logits test 1", "labels test", ...
struct AskedParts : record::RunParts {
    tests::MemoryParts held;
    mutable std::vector<std::string> asked;

    Labels labels(const record::SplitInfo& split) const override {
        asked.push_back("labels " + split.name);
        return held.labels(split);
    }
    MatrixF logits(const record::SplitInfo& split, std::size_t row) const override {
        asked.push_back("logits " + split.name + " " + std::to_string(row));
        return held.logits(split, row);
    }
    MatrixF pretrainedFeatures(const record::SplitInfo& split) const override {
        asked.push_back("pretrained features " + split.name);
        return held.pretrainedFeatures(split);
    }
    MatrixF features(const record::SplitInfo& split) const override {
        asked.push_back("features " + split.name);
        return held.features(split);
    }
    record::ClassifierSnapshot classifier(std::size_t row) const override {
        asked.push_back("classifier " + std::to_string(row));
        return held.classifier(row);
    }
    record::KernelState kernel(const std::string& state) const override {
        asked.push_back("kernel " + state);
        return held.kernel(state);
    }
    std::vector<record::LoraMatrices> lora() const override {
        asked.emplace_back("lora");
        return {};
    }
};

/// Splits validation and test, whose logits are spread differently.
record::Run runOf(Eigen::Index rows, Eigen::Index classes) {
    record::Run run = tests::emptyRun("ft");
    const auto validation = tests::randomLogits(rows / 2, classes, 1.0, 1);
    auto test = tests::randomLogits(rows, classes, 2.0, 2);
    for (Eigen::Index row = 0; row < rows; ++row) { // or there would be no optimum
        test.logits(row, test.labels[static_cast<std::size_t>(row)]) += 2;
    }
    MatrixF fitted = validation.logits;
    for (Eigen::Index row = 0; row < fitted.rows(); ++row) {
        fitted(row, validation.labels[static_cast<std::size_t>(row)]) += 1.5F;
    }
    tests::addSplit(run, "validation", "validation", tests::tuning(1), fitted, validation.labels);
    tests::addSplit(run, "test", "test", tests::tuning(1), test.logits, test.labels);
    return run;
}

std::size_t heapInUse() {
#ifdef __GLIBC__
    const auto heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
#else
    return 0;
#endif
}

} // namespace

class TestPreparedRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCurveOfASmallRunIsExact() {
        const auto prepared = widgets::prepareRun(runOf(400, 3), {});
        QVERIFY(prepared->curveIsExact);
        const figure::TemperatureCurve& curve = prepared->curve;
        QCOMPARE(curve.temperature.size(), std::size_t{121});
        for (std::size_t i = 0; i < curve.temperature.size(); i += 8) {
            const analysis::Reliability exact = prepared->exactAt(curve.temperature[i]);
            QVERIFY(curve.ece[i] == exact.ece && curve.mce[i] == exact.mce);
            QVERIFY(curve.nll[i] == exact.nll && curve.brier[i] == exact.brier);
        }
    }

    void theCurveOfALargeRunFollowsTheTableButForItsOptimum() {
        constexpr Eigen::Index kRows = 25'100, kClasses = 10;
        const auto prepared = widgets::prepareRun(runOf(kRows, kClasses), {});
        QVERIFY(!prepared->curveIsExact);
        const figure::TemperatureCurve& quick = prepared->curve;
        const figure::TemperatureCurve exact = prepared->exactCurve();
        QCOMPARE(quick.temperature, exact.temperature);
        QCOMPARE(quick.fittedOn, std::string("validation"));
        bool differ = false;
        for (std::size_t i = 0; i < exact.temperature.size(); ++i) {
            QVERIFY_NEAR(quick.nll[i], exact.nll[i], 1e-6 * std::max(1.0, exact.nll[i]));
            QVERIFY_NEAR(quick.brier[i], exact.brier[i], 1e-6);
            // One row beyond a bin edge moves this many: slider_table.h promises no more of those.
            QVERIFY_NEAR(quick.ece[i], exact.ece[i], 1e-6 + 10.0 / static_cast<double>(kRows));
            const analysis::Reliability atOnce = prepared->exactAt(exact.temperature[i]);
            QVERIFY(exact.ece[i] == atOnce.ece && exact.nll[i] == atOnce.nll);
            differ = differ || quick.nll[i] != exact.nll[i];
        }
        QVERIFY(differ); // it is the table's, not computed exactly
        const analysis::Reliability optimum = prepared->exactAt(prepared->fittedTemperature());
        QVERIFY(quick.optimum->nll == optimum.nll && quick.optimum->ece == optimum.ece);

        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Error, (void)prepared->exactCurve(stop.get_token()));
    }

    void asksForTwoSplitsAtTheChosenEvaluationAndForNothingElse() {
        record::Run run = runOf(60, 3);
        auto parts = std::make_shared<AskedParts>();
        parts->held = static_cast<const tests::MemoryParts&>(*run.parts);
        for (record::SplitInfo& split : run.splits) { // three evaluations each, and features
            split.logitKeys = {tests::tuning(0), tests::tuning(1), tests::tuning(2)};
            std::vector<MatrixF>& blocks = parts->held.splits[split.name].logits;
            blocks = {blocks.front(), 2 * blocks.front(), 3 * blocks.front()};
            split.featureWidth = split.pretrainedFeatureWidth = 4;
        }
        run.parts = parts;
        for (int epoch = 0; epoch < 3; ++epoch) {
            tests::addEpoch(run, tests::tuning(epoch), 1);
        }
        run.progress.selected = 1;
        const auto askedBy = [&](const widgets::CalibrationChoice& choice) {
            parts->asked.clear();
            static_cast<void>(widgets::prepareRun(run, choice));
            std::ranges::sort(parts->asked);
            return parts->asked;
        };
        using Asked = std::vector<std::string>;
        QCOMPARE(askedBy({}),
                 (Asked{"labels test", "labels validation", "logits test 1", "logits validation 1"}));
        QCOMPARE(askedBy({.split = "test", .key = tests::tuning(2)}),
                 (Asked{"labels test", "labels validation", "logits test 2", "logits validation 2"}));
        // Fitted on what is shown: read once.
        QCOMPARE(askedBy({.split = "validation"}), (Asked{"labels validation", "logits validation 1"}));
    }

    void keepsTheLogitsAndOneCopy() {
        constexpr Eigen::Index kRows = 100'000, kClasses = 10;
        const record::Run run = runOf(kRows, kClasses);
        const std::size_t before = heapInUse();
        const auto probe = std::make_unique<std::array<char, 1'000'000>>();
        if (heapInUse() < before + probe->size()) {
            QSKIP("the memory in use is known with glibc's own allocator only, not under the sanitizers");
        }
        const auto prepared = widgets::prepareRun(run, {});
        const std::size_t kept = heapInUse() - before - probe->size();
        const std::size_t logits = kRows * kClasses * sizeof(float);
        const std::size_t labels = kRows * sizeof(std::int64_t);
        QVERIFY(prepared->table.bytes() <= logits);
        QVERIFY2(kept >= logits, qPrintable(QString::number(kept))); // or it is not counted
        QVERIFY2(kept <= 2 * logits + labels + 100'000, qPrintable(QString::number(kept)));
    }
};

QTEST_GUILESS_MAIN(TestPreparedRun)
#include "test_prepared_run.moc"

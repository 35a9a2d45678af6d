#include "core/analysis/claims/claims.h"

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/feature/neighbours.h"
#include "core/analysis/run/split_features.h"
#include "core/analysis/run/summary.h"
#include "core/record/kernel_writer.h"
#include "core/record/run_reader.h"
#include "tests/support/demo_runs.h"
#include "tests/support/near.h"
#include "tests/support/tiny_run.h"

#include <Eigen/SVD>
#include <QTemporaryDir>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace finescope;
using namespace finescope::analysis;
using tests::demoRun;

namespace {

/// With features and kernels.
std::vector<record::Run> demoRuns() {
    return {demoRun("lp"), demoRun("ft"), demoRun("lp-ft"), demoRun("lora"), demoRun("lp-lora")};
}

record::Run tinyRun(const QTemporaryDir& folder, const std::string& method, std::int64_t seed) {
    const auto file = folder.filePath(QString::fromStdString(method + std::to_string(seed) + ".h5"));
    return record::readRun(tests::writeTinyRun(file.toStdString(), {.method = method, .seed = seed}));
}

} // namespace

/// The claims from run files on.
class TestClaimRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void incompleteAndOlderRunsAreLeftOut() {
        const QTemporaryDir folder;
        std::vector<record::Run> runs{tinyRun(folder, "ft", 1), tinyRun(folder, "lp-ft", 1),
                                      tinyRun(folder, "ft", 2), tinyRun(folder, "ft", 3)};
        runs[3].progress.status = record::Status::cancelled;
        record::Run older = runs[2], scaled = runs[0];
        older.created = "2025-12-31T23:59:59Z";
        older.splits.clear();
        scaled.config = R"({"classifier_scale": 10})";
        runs.push_back(older);
        runs.push_back(scaled);
        const ClaimStudy study = claimStudy(runs);
        QCOMPARE(study.runs.size(), std::size_t{4});
        QCOMPARE(study.leftOut,
                 std::string("1 run left out: not complete; 1 run left out: a newer one of the "
                             "same settings"));
        const std::vector<Claim> claims = checkClaims(runs);
        const Claim& claim = claims.at(3);
        QCOMPARE(claim.numbers.size(), std::size_t{2}); // test and shifted
        for (const std::string& line : claim.numbers) {
            QVERIFY2(line.find("(n = 2)") != std::string::npos, line.c_str());
        }
        for (const Claim& each : claims) {
            QVERIFY2(each.reason.ends_with(study.leftOut), each.reason.c_str());
        }
    }

    /// What the claims are about is what `finescope summary` prints of the same file.
    void numbersAreThoseOfTheSummary() {
        for (const record::Run& run : demoRuns()) {
            const ClaimRun numbers = claimRun(run);
            const nlohmann::ordered_json summary = summarise(run);
            const auto same = [](std::optional<double> number, const nlohmann::ordered_json& expected) {
                return number ? expected.is_number() && std::abs(*number - expected.get<double>()) <=
                                                            1e-12 * std::abs(expected.get<double>())
                              : expected.is_null();
            };
            QVERIFY(same(numbers.finalNorm, summary["classifier"]["weight_norm"]["final"]));
            QVERIFY(same(numbers.probedNorm, summary["classifier"]["weight_norm"]["after_lp"]));
            QCOMPARE(numbers.splits.size(), std::size_t{2});
            for (const ClaimSplit& split : numbers.splits) {
                const auto& expected = summary["splits"][split.name];
                const auto& fitted = summary["temperature"]["splits"][split.name];
                QVERIFY(same(split.metric, expected["accuracy"]));
                QVERIFY(same(split.fittedAccuracy, expected["accuracy"]));
                QVERIFY(same(split.ece, expected["ece"]));
                QVERIFY(same(split.mce, expected["mce"]));
                QVERIFY(same(split.fittedEce, fitted["ece"]));
                QVERIFY(same(split.fittedMce, fitted["mce"]));
                const auto& features = expected["features"];
                QVERIFY(same(split.cosinePretrained, features["cosine_similarity"]["pretrained"]));
                QVERIFY(same(split.cosine, features["cosine_similarity"]["final"]));
                QVERIFY(same(split.difference, features["difference"]));
                QVERIFY(same(split.fisherPretrained, features["fdr"]["pretrained"]));
                QVERIFY(same(split.fisher, features["fdr"]["final"]));
                QCOMPARE(split.neighbourOverlap.has_value(), split.name == "test");
            }
            QCOMPARE(numbers.kernel.has_value(), run.method != "lp");
            if (numbers.kernel) {
                const auto& state = summary["ntk"][run.method.starts_with("lp-") ? "after_lp" : "pretrained"];
                QVERIFY(same(numbers.kernel->fineTuningRatio, state["ft_ratio"]));
                const char* const names[] = {"P", "F", "total"};
                for (const KernelPart which : kKernelParts) {
                    const ClaimKernelPart& part = numbers.kernel->part(which);
                    const auto& expected = state[names[static_cast<std::size_t>(which)]];
                    QVERIFY(same(part.rank, expected["rank"]));
                    QVERIFY(same(part.frobeniusNorm, expected["frobenius_norm"]));
                    QVERIFY(same(part.trainAccuracy, expected["regression"]["train"]));
                    QVERIFY(same(part.testAccuracy, expected["regression"]["test"]));
                }
            }
        }
    }

    /// What C23 compares is what the comparison of neighbours shows, of a split with many rows, too.
    void neighboursAreAsDefined() {
        const QTemporaryDir folder;
        const record::Run run = record::readRun(tests::writeTinyRun(
            folder.filePath(QStringLiteral("ft.h5")).toStdString(), {.method = "ft", .rows = 700}));
        const auto [before, after, labels] = readFeatures(run, *run.splitWithRole("test"));
        const NeighbourNumbers expected = neighbourNumbers(before, after, labels);
        QCOMPARE(expected.rows, 700);
        const std::vector<ClaimSplit> splits = claimRun(run).splits;
        const auto test = std::ranges::find(splits, "test", &ClaimSplit::name);
        QVERIFY(test != splits.end());
        QCOMPARE(test->neighbourOverlap.value(), expected.overlap->value);
        QCOMPARE(test->purityPretrained.value(), expected.purityBefore.value());
        QCOMPARE(test->purity.value(), expected.purityAfter.value());
    }

    void theDemoShowsWhatItIsThereToShow() {
        std::vector<record::Run> runs;
        for (const char* method : tests::kDemoMethods) {
            std::ranges::move(tests::demoRunsOf(method), std::back_inserter(runs));
        }
        const std::vector<Claim> claims = checkClaims(runs);
        const auto claimOf = [&](const char* id) { return *std::ranges::find(claims, id, &Claim::id); };
        const auto statusOf = [&](const char* id) { return claimOf(id).status; };
        for (const char* const id : {"C2", "C3", "C4", "C5", "C6", "C11", "C14", "C16", "C18", "C20"}) {
            QVERIFY2(statusOf(id) == ClaimStatus::holds, id);
        }
        // The norm of FT is lower after the first epoch than before; on the test split FT is the best.
        for (const auto& [id, reason] :
             {std::pair("C1", "demo, ft"), std::pair("C19", "above FT, in distribution")}) {
            QVERIFY2(statusOf(id) == ClaimStatus::doesNotHold, id);
            QVERIFY2(claimOf(id).reason.find(reason) != std::string::npos, claimOf(id).reason.c_str());
        }
        // By NumPy, from the files.
        QCOMPARE(claimOf("C5").numbers.at(0),
                 std::string("demo: difference lp-lora 0.5083 (n = 1), lora 5.999 (n = 1): holds"));
        for (const char* const id : {"C15", "C21"}) {
            QVERIFY2(statusOf(id) == ClaimStatus::notTested, id);
        }
        const auto json = claimsToJson(claims);
        QCOMPARE(json.size(), std::size_t{23});
        QCOMPARE(json[1]["id"].get<std::string>(), std::string("C2"));
        QCOMPARE(json[1]["status"].get<std::string>(), std::string("holds"));
        QCOMPARE(json[1]["numbers"].get<std::vector<std::string>>(), claims[1].numbers);
    }

    /// Each recorded curve, displacement and picture against a plain loop over the file's own arrays.
    void curvesAndHeatMapsComeFromTheFile() {
        const record::Run run = demoRun("ft");
        const ClaimRun numbers = claimRun(run);
        QCOMPARE(numbers.normCurve.size(), run.classifierKeys.size());
        const MatrixD first = run.parts->classifier(0).weight.cast<double>();
        QVERIFY_NEAR(numbers.normCurve.front(), first.norm(), 1e-12);
        const auto last = *run.classifierRow(*run.reportedKey());
        QVERIFY_NEAR(*numbers.displacement,
                     (run.parts->classifier(last).weight.cast<double>() - first).norm() / first.norm(),
                     1e-12);

        const record::KernelState kernel = run.parts->kernel("pretrained");
        const Eigen::Index n = kernel.pTrain.rows(), classes = kernel.classes;
        const auto traceNorm = [&](Eigen::Index i, Eigen::Index j) {
            const Eigen::MatrixXd block = kernel.fTrain.block(i * classes, j * classes, classes, classes);
            return Eigen::BDCSVD<Eigen::MatrixXd>(block).singularValues().sum();
        };
        double diagonal = 0, others = 0;
        for (Eigen::Index i = 0; i < n; ++i) {
            for (Eigen::Index j = 0; j < n; ++j) {
                (i == j ? diagonal : others) += traceNorm(i, j);
            }
        }
        others /= static_cast<double>(n * (n - 1));
        QVERIFY_NEAR(*numbers.kernel->diagonalRatio, diagonal / static_cast<double>(n) / others, 1e-10);
        double above = 0;
        for (Eigen::Index i = 0; i < n; ++i) {
            above += traceNorm(i, i) > others ? 1 : 0;
        }
        QVERIFY_NEAR(*numbers.kernel->diagonalShare, above / static_cast<double>(n), 1e-12);
        double sum = 0, squares = 0;
        for (const double value : kernel.pTrain.reshaped()) {
            sum += std::abs(value);
            squares += value * value;
        }
        const double entries = static_cast<double>(n * n), mean = sum / entries;
        QVERIFY_NEAR(*numbers.kernel->pVariation, std::sqrt(squares / entries - mean * mean) / mean, 1e-8);
    }

    void threeClassesByHand() {
        const QTemporaryDir folder;
        const record::Run run = tinyRun(folder, "lp-ft", 1);
        record::KernelState kernel;
        kernel.state = "after_lp";
        kernel.adapted = "full";
        kernel.classes = 3;
        kernel.trainIndex = {0, 1, 2, 3};
        kernel.trainLabels = {0, 1, 2, 0};
        kernel.trainResiduals = MatrixD::Constant(4, 3, 0.5);
        kernel.pTrain = MatrixD::Ones(4, 4);
        // The trace norm of a block w I_3 is 3 w: 5 on the diagonal, 2 within the first and third class.
        MatrixD weights(4, 4);
        weights << 5, 1, 2, 2, 1, 5, 1, 1, 2, 1, 5, 2, 2, 1, 2, 5;
        kernel.fTrain = MatrixD::Zero(12, 12);
        for (Eigen::Index row = 0; row < 12; ++row) {
            for (Eigen::Index column = row % 3; column < 12; column += 3) {
                kernel.fTrain(row, column) = weights(row / 3, column / 3);
            }
        }
        record::addKernel(run.file, run.runId, kernel);
        const ClaimRun numbers = claimRun(record::readRun(run.file));
        QVERIFY(numbers.kernel.has_value());
        QVERIFY_NEAR(*numbers.kernel->outerRatio, 2.0, 1e-12);
        QVERIFY_NEAR(*numbers.kernel->diagonalRatio, 5 / 1.5, 1e-12);
        QCOMPARE(*numbers.kernel->diagonalShare, 1.0);
        QCOMPARE(*numbers.kernel->pVariation, 0.0);
    }

    void colaIsMeasuredByMatthewsCorrelation() {
        const QTemporaryDir folder;
        record::Run run = tinyRun(folder, "ft", 1);
        const auto expected = summarise(run)["splits"]["test"];
        QCOMPARE(*claimRun(run).splits[0].metric, expected["accuracy"].get<double>());
        run.task = "cola";
        QCOMPARE(*claimRun(run).splits[0].metric, expected["matthews"].get<double>());
        run.config = R"({"metric": "accuracy"})";
        QCOMPARE(*claimRun(run).splits[0].metric, expected["accuracy"].get<double>());
        run.task = "mine";
        run.config = R"({"metric": "matthews"})";
        QCOMPARE(*claimRun(run).splits[0].metric, expected["matthews"].get<double>());
        QVERIFY(claimRun(run).taskMetric == TaskMetric::matthews);
    }
};

QTEST_APPLESS_MAIN(TestClaimRuns)
#include "test_claim_runs.moc"

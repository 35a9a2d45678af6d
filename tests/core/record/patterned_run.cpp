#include "tests/core/record/patterned_run.h"

#include "core/error.h"
#include "core/record/run_reader.h"

namespace finescope::tests::pattern {

namespace {

MatrixF block(std::int64_t row, Eigen::Index rows, Eigen::Index columns) {
    return MatrixF::NullaryExpr(rows, columns,
                                [row](Eigen::Index i, Eigen::Index j) { return blockValue(row, i, j); });
}

std::string checkTable(const record::SeriesTable& table, const std::string& name, std::int64_t expected,
                       std::size_t seriesCount, double (*value)(std::int64_t, std::int64_t)) {
    const auto rows = static_cast<std::int64_t>(table.rows());
    if (rows < expected) {
        return name + " has " + std::to_string(rows) + " rows, " + std::to_string(expected) +
               " were committed";
    }
    if (rows > 0 && table.series.size() != seriesCount) {
        return name + " has " + std::to_string(table.series.size()) + " series";
    }
    for (std::size_t s = 0; s < table.series.size(); ++s) {
        for (std::int64_t row = 0; row < rows; ++row) {
            if (table.series[s].values[static_cast<std::size_t>(row)] !=
                value(row, static_cast<std::int64_t>(s))) {
                return name + "/" + table.series[s].name + " is torn at row " + std::to_string(row);
            }
        }
    }
    return "";
}

} // namespace

record::RunPlan plan() {
    record::RunPlan plan;
    plan.runId = "pattern";
    plan.name = "pattern";
    plan.created = "2026-01-01T00:00:00Z";
    plan.creator = "test";
    plan.method = "ft";
    plan.task = "none";
    plan.model = "none";
    plan.config = "{}";
    plan.classNames = {"a", "b", "c"};
    plan.classifierWidth = kWidth;
    plan.stepSeries = {"train_loss", "learning_rate", "gradient_norm"};
    plan.epochSeries = {"train_loss", "test_loss"};
    const Labels labels{0, 1, 2, 0, 1, 2, 0};
    plan.splits = {{"validation", "validation", "none", labels, 0, 0},
                   {"test", "test", "none", labels, 0, kWidth}};
    return plan;
}

record::StepRow stepRow(std::int64_t row) {
    record::StepRow step;
    step.step = row;
    step.key = {static_cast<double>(row) / static_cast<double>(kStepsPerEpoch), record::Stage::fineTuning};
    for (std::int64_t s = 0; s < kStepSeries; ++s) {
        step.values.push_back(stepValue(row, s));
    }
    return step;
}

record::EpochRow epochRow(std::int64_t row) {
    record::EpochRow epoch;
    epoch.key = {static_cast<double>(row), record::Stage::fineTuning};
    for (std::int64_t s = 0; s < kEpochSeries; ++s) {
        epoch.values.push_back(epochValue(row, s));
    }
    epoch.weight = block(row, kClasses, kWidth);
    epoch.bias = block(row, 1, kClasses).row(0);
    epoch.logits["validation"] = block(row, kRows, kClasses);
    epoch.logits["test"] = block(row, kRows, kClasses);
    return epoch;
}

MatrixF features() {
    return block(0, kRows, kWidth);
}

record::KernelState kernel(const std::string& state, double value) {
    constexpr Eigen::Index kTrain = 6;
    constexpr Eigen::Index kTest = 2;
    const auto matrix = [value](Eigen::Index rows, Eigen::Index columns, double offset) {
        MatrixD values(rows, columns);
        for (Eigen::Index i = 0; i < values.size(); ++i) {
            values.data()[i] = value + offset + 0.125 * static_cast<double>(i);
        }
        return values;
    };
    record::KernelState kernel;
    kernel.state = state;
    kernel.adapted = "lora";
    kernel.floatType = "float64";
    kernel.embedding = "exact";
    kernel.seed = 42;
    kernel.classes = kClasses;
    kernel.trainIndex = {0, 1, 3, 4, 5, 6};
    kernel.trainLabels = {0, 1, 2, 0, 1, 2};
    kernel.trainResiduals = matrix(kTrain, kClasses, 1000);
    kernel.pTrain = matrix(kTrain, kTrain, 2000);
    kernel.fTrain = matrix(kTrain * kClasses, kTrain * kClasses, 3000);
    kernel.fTrainQueryValue = matrix(kTrain * kClasses, kTrain * kClasses, 4000);
    kernel.testIndex = {2, 5};
    kernel.testLabels = {2, 1};
    kernel.pTest = matrix(kTest, kTrain, 5000);
    kernel.fTest = matrix(kTest * kClasses, kTrain * kClasses, 6000);
    kernel.spectrum = matrix(3, kTrain * kClasses, 7000);
    kernel.regression = matrix(3, 4, 8000);
    kernel.loraScale = 0.5;
    kernel.loraSigma2 = 0.0625;
    kernel.loraRank = 8;
    return kernel;
}

std::string checkKernel(const std::filesystem::path& file, const record::KernelState& expected) {
    try {
        const auto found = record::readRun(file).parts->kernel(expected.state);
        const std::pair<const char*, bool> parts[] = {
            {"attributes", found.adapted == expected.adapted && found.floatType == expected.floatType &&
                               found.embedding == expected.embedding && found.seed == expected.seed &&
                               found.classes == expected.classes && found.loraScale == expected.loraScale &&
                               found.loraSigma2 == expected.loraSigma2 &&
                               found.loraRank == expected.loraRank},
            {"train samples", found.trainIndex == expected.trainIndex &&
                                  found.trainLabels == expected.trainLabels &&
                                  found.trainResiduals == expected.trainResiduals},
            {"P_train", found.pTrain == expected.pTrain},
            {"F_train", found.fTrain == expected.fTrain},
            {"F_train_query_value", found.fTrainQueryValue == expected.fTrainQueryValue},
            {"test samples",
             found.testIndex == expected.testIndex && found.testLabels == expected.testLabels},
            {"P_test", found.pTest == expected.pTest},
            {"F_test", found.fTest == expected.fTest},
            {"spectrum", found.spectrum == expected.spectrum},
            {"regression", found.regression == expected.regression},
        };
        for (const auto& [name, same] : parts) {
            if (!same) {
                return file.string() + ": /ntk/" + expected.state + ": " + name + " differ";
            }
        }
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

std::string check(const std::filesystem::path& file, std::int64_t steps, std::int64_t epochs) {
    try {
        const auto run = record::readRun(file);
        auto problem = checkTable(run.steps, "/steps", steps, kStepSeries, stepValue);
        if (problem.empty()) {
            problem = checkTable(run.epochs, "/epochs", epochs, kEpochSeries, epochValue);
        }
        for (std::size_t row = 0; problem.empty() && row < run.steps.rows(); ++row) {
            const auto expected = stepRow(static_cast<std::int64_t>(row));
            if (run.steps.step[row] != expected.step || run.steps.keys[row] != expected.key) {
                problem = "/steps has a wrong key at row " + std::to_string(row);
            }
        }
        for (std::size_t row = 0; problem.empty() && row < run.epochs.rows(); ++row) {
            const auto expected = epochRow(static_cast<std::int64_t>(row));
            const auto there = std::to_string(row);
            // The promise of a row of /epochs: its classifier and its logits are there, under the same key.
            const auto classifierRow = run.classifierRow(expected.key);
            if (run.epochs.keys[row] != expected.key || !classifierRow) {
                return "row " + there + " of /epochs has no classifier";
            }
            const auto classifier = run.parts->classifier(*classifierRow);
            if (classifier.weight != expected.weight || classifier.bias != expected.bias) {
                problem = "/classifier is torn at row " + there;
            }
            for (const auto& split : run.splits) {
                if (split.logitKeys.size() <= row || split.logitKeys[row] != expected.key) {
                    return "row " + there + " of /epochs has no logits of " + split.name;
                }
                if (run.parts->logits(split, row) != expected.logits.at(split.name)) {
                    problem = "logits of " + split.name + " are torn at row " + there;
                }
            }
        }
        return problem;
    } catch (const Error& error) {
        return error.what();
    }
}

} // namespace finescope::tests::pattern

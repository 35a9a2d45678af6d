#include "core/engine/train/plan.h"

#include "core/engine/task/catalogue.h"
#include "core/error.h"

#include <cmath>
#include <set>

namespace finescope::engine {

namespace {

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorKind::badInput, message);
}

void requirePositive(std::int64_t value, const char* option) {
    if (value < 1) {
        refuse(std::string(option) + " is " + std::to_string(value) + ": give a whole number of at least 1");
    }
}

void requirePositive(double value, const char* option) {
    if (!(std::isfinite(value) && value > 0)) {
        refuse(std::string(option) + " must be a number above 0");
    }
}

} // namespace

std::string methodName(Method method) {
    switch (method) {
    case Method::lp:
        return "lp";
    case Method::ft:
        return "ft";
    case Method::lpFt:
        return "lp-ft";
    case Method::lora:
        return "lora";
    case Method::lpLora:
        return "lp-lora";
    }
    throw Error(ErrorKind::internal, "method out of range");
}

StepSettings defaultSteps(std::string_view task, Method method) {
    // Columns: ft, lora, lp-ft, lp-lora. Tomihari and Sato 2024, table 6.
    struct TaskRow {
        std::string_view task;
        StepSettings ft, lora, lpFt, lpLora;
    };
    static constexpr TaskRow kRows[] = {
        {"cb", {16, 5e-5}, {16, 1e-3}, {8, 5e-6}, {8, 1e-4}},
        {"rte", {16, 1e-5}, {16, 1e-3}, {8, 1e-5}, {8, 5e-4}},
        {"boolq", {32, 1e-5}, {32, 5e-4}, {8, 1e-5}, {8, 5e-4}},
        {"wic", {32, 1e-5}, {16, 1e-3}, {8, 1e-5}, {8, 1e-3}},
        {"wsc", {16, 1e-3}, {16, 1e-4}, {8, 1e-3}, {8, 1e-4}},
        {"cola", {32, 5e-5}, {16, 1e-3}, {8, 1e-5}, {8, 1e-3}},
        {"sst2", {32, 1e-5}, {32, 5e-4}, {8, 1e-5}, {8, 1e-3}},
        {"mrpc", {16, 1e-5}, {32, 5e-4}, {8, 1e-5}, {8, 1e-3}},
        {"amazon", {16, 1e-5}, {16, 1e-3}, {8, 1e-6}, {8, 5e-4}},
        {"pubmed", {8, 5e-6}, {8, 5e-4}, {8, 5e-6}, {8, 1e-3}},
        // The demo's encoder is a thousand times smaller, and takes larger steps.
        {"demo", {16, 1e-3}, {16, 5e-3}, {8, 1e-4}, {8, 1e-3}},
        {"", {16, 2e-5}, {16, 1e-3}, {8, 1e-5}, {8, 5e-4}},
    };
    for (const TaskRow& row : kRows) {
        if (row.task == task || row.task.empty()) {
            switch (method) {
            case Method::lora:
                return row.lora;
            case Method::lpFt:
                return row.lpFt;
            case Method::lpLora:
                return row.lpLora;
            case Method::lp:
            case Method::ft:
                return row.ft;
            }
        }
    }
    throw Error(ErrorKind::internal, "method out of range");
}

void validate(const TrainPlan& plan) {
    const Task& task = findTask(plan.task);
    if (!canBeTrained(task)) {
        refuse("--task " + task.name + ": it has a test split only; train on amazon and give --ood " +
               task.name + "=DIR");
    }
    if (plan.model.empty() || plan.data.empty() || plan.output.empty()) {
        refuse("a run needs --model, --data and --output");
    }
    if (plan.output.extension() != ".h5") {
        refuse("--output " + plan.output.string() + ": the name of a run file ends in .h5");
    }
    requirePositive(plan.epochs, "--epochs");
    requirePositive(plan.batchSize.value_or(1), "--batch-size");
    requirePositive(plan.learningRate.value_or(1), "--learning-rate");
    requirePositive(plan.maxLength, "--max-length");
    requirePositive(plan.loraRank, "--lora-rank");
    requirePositive(plan.loraAlpha, "--lora-alpha");
    requirePositive(plan.classifierScale, "--classifier-scale");
    requirePositive(plan.limitTrain.value_or(1), "--limit-train");
    requirePositive(plan.limitEval.value_or(1), "--limit-eval");
    if (plan.seed < 0) {
        refuse("--seed is " + std::to_string(plan.seed) + ": give a whole number of at least 0");
    }
    if (plan.threads < 0) {
        refuse("--threads is " + std::to_string(plan.threads) +
               ": give a number of threads, or leave it out");
    }
    if (plan.method == Method::lp && plan.classifierScale != 1) {
        refuse("--classifier-scale acts at the start of fine-tuning, and lp has none: leave it out or choose "
               "another --method");
    }
    std::set<std::string> names = {"train", "validation", "test"};
    for (const TaskFile& file : task.files) {
        names.insert(file.split);
    }
    for (const OutOfDistributionSet& set : plan.outOfDistribution) {
        if (set.name.empty() || set.name.find('/') != std::string::npos || set.name == ".") {
            refuse("--ood " + set.name + "=" + set.folder.string() +
                   ": a split's name may not be empty or hold a slash");
        }
        if (!names.insert(set.name).second) {
            refuse("--ood " + set.name + "=" + set.folder.string() +
                   ": there is a split of that name already");
        }
    }
}

} // namespace finescope::engine

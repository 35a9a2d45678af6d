#include "app/engine/train_command.h"

#include "app/engine/base_model_option.h"
#include "app/engine/choice.h"
#include "app/engine/pooling_option.h"
#include "app/engine/progress.h"
#include "core/engine/train/train_run.h"
#include "core/error.h"

#include <memory>

namespace finescope::app {

namespace {

using engine::TrainPlan;

struct TrainOptions {
    TrainPlan plan;
    std::vector<std::string> outOfDistribution; ///< NAME=DIR
    std::string saveCheckpoint;
    std::int64_t batchSize = 0, limitTrain = 0, limitEval = 0;
    double learningRate = 0;
    ProgressStyle progress = ProgressStyle::automatic;
};

void declareOptions(CLI::App& app, TrainOptions& options) {
    TrainPlan& plan = options.plan;
    app.add_option(
           "--model", plan.model,
           "Folder of the pre-trained encoder (config.json, model.safetensors, tokenizer), or of a peft "
           "adapter of one")
        ->required()
        ->type_name("DIR");
    addBaseModelOption(app, plan.baseModel);
    app.add_option("--task", plan.task, "Name of the task; `finescope-engine tasks` lists them")
        ->required()
        ->type_name("NAME");
    app.add_option("--data", plan.data, "Folder of the task's files")->required()->type_name("DIR");
    addChoice<engine::Method>(app, "--method", plan.method,
                              {{"lp", engine::Method::lp},
                               {"ft", engine::Method::ft},
                               {"lp-ft", engine::Method::lpFt},
                               {"lora", engine::Method::lora},
                               {"lp-lora", engine::Method::lpLora}},
                              "Training method")
        ->required();
    app.add_option("--output", plan.output, "Run file to write, NAME.h5")->required()->type_name("FILE");
    app.add_option("--seed", plan.seed, "Seed of the random head, the order of rows, dropout and LoRA")
        ->capture_default_str();
    app.add_option("--epochs", plan.epochs, "Epochs of fine-tuning")->capture_default_str();
    app.add_option("--batch-size", options.batchSize, "Batch size in rows [by task and method]");
    app.add_option("--learning-rate", options.learningRate,
                   "Learning rate of the first step; decays linearly to 0 [by task and method]");
    app.add_option("--max-length", plan.maxLength,
                   "Maximum input length in tokens; longer inputs are truncated")
        ->capture_default_str();
    app.add_option("--lora-rank", plan.loraRank, "Rank r of the LoRA matrices")->capture_default_str();
    app.add_option("--lora-alpha", plan.loraAlpha, "LoRA updates are scaled by alpha / r")
        ->capture_default_str();
    app.add_option("--classifier-scale", plan.classifierScale,
                   "Multiplies the classifier's weights before fine-tuning")
        ->capture_default_str();
    addPoolingOption(app, plan.pooling);
    addChoice<engine::ProbeHead>(app, "--probe", plan.probe,
                                 {{"exact", engine::ProbeHead::exact}, {"paper", engine::ProbeHead::paper}},
                                 "The true optimum, or the paper's halved binary head [exact]");
    app.add_option("--ood", options.outOfDistribution,
                   "Another data set to evaluate on, NAME=DIR; may be repeated")
        ->type_name("NAME=DIR")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    addChoice<engine::FeatureChoice>(
        app, "--features", plan.features,
        {{"eval", engine::FeatureChoice::eval},
         {"all", engine::FeatureChoice::all},
         {"none", engine::FeatureChoice::none}},
        "Features to record; eval: all but those of a training split of over 5,000 rows [eval]");
    app.add_option("--limit-train", options.limitTrain, "Use the first N training rows only");
    app.add_option("--limit-eval", options.limitEval, "Use the first N rows of every other split only");
    app.add_option("--save-checkpoint", options.saveCheckpoint,
                   "Write the selected model's encoder into this folder")
        ->type_name("DIR");
    addChoice<engine::DeviceChoice>(app, "--device", plan.device,
                                    {{"auto", engine::DeviceChoice::automatic},
                                     {"cpu", engine::DeviceChoice::cpu},
                                     {"cuda", engine::DeviceChoice::cuda}},
                                    "Device to compute on [auto]");
    app.add_option("--threads", plan.threads, "Threads [by the encoder's size]");
    app.add_flag(
        "--checkpoint-layers", plan.checkpointLayers,
        "Compute each layer again in the backward pass instead of keeping it: less memory, more time, "
        "the same numbers");
    addProgressOption(app, options.progress);
    app.add_flag("--overwrite", plan.overwrite, "Replace the run file if it exists");
}

template <typename Value>
std::optional<Value> given(const CLI::App& app, const std::string& name, Value value) {
    return app.count(name) > 0 ? std::optional<Value>(value) : std::nullopt;
}

TrainPlan finishedPlan(const CLI::App& app, const TrainOptions& options) {
    TrainPlan plan = options.plan;
    plan.batchSize = given(app, "--batch-size", options.batchSize);
    plan.learningRate = given(app, "--learning-rate", options.learningRate);
    plan.limitTrain = given(app, "--limit-train", options.limitTrain);
    plan.limitEval = given(app, "--limit-eval", options.limitEval);
    if (!options.saveCheckpoint.empty()) {
        plan.saveCheckpoint = options.saveCheckpoint;
    }
    for (const std::string& set : options.outOfDistribution) {
        const std::size_t equals = set.find('=');
        if (equals == std::string::npos) {
            throw Error(ErrorKind::badInput, "--ood " + set + ": give a name and a folder as NAME=DIR");
        }
        plan.outOfDistribution.push_back({set.substr(0, equals), set.substr(equals + 1)});
    }
    return plan;
}

int train(const TrainPlan& plan, ProgressStyle style, const CommandContext& context) {
    ProgressDisplay display(style);
    const engine::TrainHooks hooks = progressHooks(display, context);
    return tellingFailure(display, plan.output.string(), [&] {
        const engine::TrainOutcome outcome = engine::trainRun(plan, hooks);
        const bool complete = outcome.status == record::Status::complete;
        display.done(complete ? "complete" : "cancelled", plan.output.string(), outcome.message);
        context.log.info(outcome.message);
        return complete ? 0 : exitStatus(ErrorKind::cancelled);
    });
}

} // namespace

Command trainCommand() {
    return {"train", "Fine-tune an encoder on a task and record the run", [](CLI::App& app) {
                auto options = std::make_shared<TrainOptions>();
                declareOptions(app, *options);
                return [options, &app](const CommandContext& context) {
                    return train(finishedPlan(app, *options), options->progress, context);
                };
            }};
}

} // namespace finescope::app

#include "app/engine/ntk_command.h"

#include "app/engine/base_model_option.h"
#include "app/engine/choice.h"
#include "app/engine/progress.h"
#include "core/engine/kernel_run/kernel_run.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace finescope::app {

namespace {

struct NtkOptions {
    engine::KernelPlan plan;
    std::string model, data;
    bool estimate = false;
    ProgressStyle progress = ProgressStyle::automatic;
};

void declareOptions(CLI::App& app, NtkOptions& options) {
    engine::KernelPlan& plan = options.plan;
    app.add_option("FILE", plan.file, "Run file of a run that has ended")->required()->type_name("FILE");
    app.add_option("--train-samples", plan.trainSamples, "Rows of the training split")->capture_default_str();
    app.add_option("--test-samples", plan.testSamples, "Rows of the test split; 0: no test kernel")
        ->capture_default_str();
    addChoice<engine::KernelStateChoice>(app, "--state", plan.state,
                                         {{"auto", engine::KernelStateChoice::automatic},
                                          {"pretrained", engine::KernelStateChoice::pretrained},
                                          {"after_lp", engine::KernelStateChoice::afterLp}},
                                         "Head: the random one, or the one fitted by linear probing; auto: "
                                         "the one that fine-tuning starts from [auto]");
    app.add_option("--seed", plan.seed, "Sampling seed")->capture_default_str();
    addChoice<engine::WordEmbeddings>(
        app, "--embedding", plan.embedding,
        {{"exact", engine::WordEmbeddings::exact}, {"sampled", engine::WordEmbeddings::sampled}},
        "Word embeddings: all of them, or sampled as the paper's code does [exact]");
    addChoice<engine::KernelFloat>(
        app, "--float-type", plan.floatType,
        {{"float32", engine::KernelFloat::float32}, {"float64", engine::KernelFloat::float64}},
        "Precision of the products; sums are float64 [float32]");
    app.add_option("--memory", plan.memoryGib,
                   "Memory in GiB; a scratch file holds the rest [4; on a GPU, 90 % of its free memory]")
        ->type_name("GIB");
    app.add_option("--model", options.model, "Folder of the encoder [as recorded]")->type_name("DIR");
    addBaseModelOption(app, plan.baseModel, "as recorded");
    app.add_option("--data", options.data, "Folder of the task's files [as recorded]")->type_name("DIR");
    addChoice<engine::DeviceChoice>(app, "--device", plan.device,
                                    {{"auto", engine::DeviceChoice::automatic},
                                     {"cpu", engine::DeviceChoice::cpu},
                                     {"cuda", engine::DeviceChoice::cuda}},
                                    "Device to compute on [auto]");
    app.add_option("--threads", plan.threads, "Threads [by the encoder's size]");
    app.add_flag("--force", plan.force, "Continue even if model or data files have changed since the run");
    app.add_flag("--estimate", options.estimate,
                 "Only print the estimated cost as one line of JSON: operations, seconds, bytes");
    addProgressOption(app, options.progress);
}

int ntk(const NtkOptions& options, const CommandContext& context) {
    engine::KernelPlan plan = options.plan;
    if (!options.model.empty()) {
        plan.model = options.model;
    }
    if (!options.data.empty()) {
        plan.data = options.data;
    }
    if (options.estimate) {
        ProgressDisplay silent(ProgressStyle::none);
        const engine::KernelEstimate estimate = engine::estimateKernel(plan, progressHooks(silent, context));
        const nlohmann::ordered_json line = {
            {"event", "estimate"},
            {"state", estimate.state},
            {"device", estimate.device},
            {"train_samples", estimate.trainSamples},
            {"test_samples", estimate.testSamples},
            {"classes", estimate.classes},
            {"operations", estimate.operations},
            {"seconds", estimate.seconds},
            {"memory_bytes", estimate.memoryBytes},
            {"scratch_bytes", estimate.scratchBytes},
        };
        std::puts(line.dump().c_str());
        return 0;
    }
    ProgressDisplay display(options.progress);
    const engine::TrainHooks hooks = progressHooks(display, context);
    return tellingFailure(display, plan.file.string(), [&] {
        const std::string message = engine::computeKernel(plan, hooks);
        display.done("complete", plan.file.string(), message);
        context.log.info(message);
        return 0;
    });
}

} // namespace

Command ntkCommand() {
    return {"ntk", "Add a neural tangent kernel to a run file", [](CLI::App& app) {
                auto options = std::make_shared<NtkOptions>();
                declareOptions(app, *options);
                return [options](const CommandContext& context) { return ntk(*options, context); };
            }};
}

} // namespace finescope::app

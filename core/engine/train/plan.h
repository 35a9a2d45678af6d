#pragma once

#include "core/engine/device_choice.h"
#include "core/engine/model/config.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The five ways to fine-tune. definitions.md, Methods.
enum class Method { lp, ft, lpFt, lora, lpLora };
/// Which optimum the probe's head is. `paper` halves a binary head. definitions.md, Linear probing.
enum class ProbeHead { exact, paper };
/// Which splits' features are recorded: none, all, or every split but a training split of over 5,000 rows.
enum class FeatureChoice { eval, all, none };

/// As in the run file: lp, ft, lp-ft, lora, lp-lora.
[[nodiscard]] std::string methodName(Method method);
[[nodiscard]] constexpr bool probes(Method method) {
    return method == Method::lp || method == Method::lpFt || method == Method::lpLora;
}
[[nodiscard]] constexpr bool fineTunes(Method method) {
    return method != Method::lp;
}
[[nodiscard]] constexpr bool usesLora(Method method) {
    return method == Method::lora || method == Method::lpLora;
}

struct OutOfDistributionSet {
    std::string name;
    std::filesystem::path folder;
};

/// Everything that `finescope-engine train` can be told. What is empty is chosen by task and method.
struct TrainPlan {
    std::filesystem::path model, data, output;
    std::optional<std::filesystem::path> baseModel; ///< of an adapter; where it says itself if it is empty
    std::string task;
    Method method = Method::lpFt;
    std::int64_t seed = 1;
    std::int64_t epochs = 10;
    std::optional<std::int64_t> batchSize;
    std::optional<double> learningRate;
    std::int64_t maxLength =
        128; ///< tokens, special tokens included; never more than the encoder has positions
    std::int64_t loraRank = 8;
    double loraAlpha = 8;
    double classifierScale = 1;     ///< multiplies V, not b, at the start of fine-tuning
    std::optional<Pooling> pooling; ///< as the model's family has it where it is empty
    ProbeHead probe = ProbeHead::exact;
    std::vector<OutOfDistributionSet> outOfDistribution;
    FeatureChoice features = FeatureChoice::eval;
    std::optional<std::int64_t> limitTrain, limitEval; ///< first rows of each split
    std::optional<std::filesystem::path> saveCheckpoint;
    DeviceChoice device = DeviceChoice::automatic;
    int threads = 0;               ///< 0: chosen by the work of a step
    bool checkpointLayers = false; ///< keep of each layer its input alone, and compute it again going back
    bool overwrite = false;
};

struct StepSettings {
    std::int64_t batchSize = 16;
    double learningRate = 1e-5;
};

/// Batch size and learning rate of a method on a task: Tomihari and Sato 2024, table 6 where it has them,
/// else values of its kind.
[[nodiscard]] StepSettings defaultSteps(std::string_view task, Method method);

/// Throws Error{badInput} naming the option whose value cannot be, and says what can.
void validate(const TrainPlan& plan);

} // namespace finescope::engine

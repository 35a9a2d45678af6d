#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The run file, format version 1: every name once, with its type and shape. K rows of a table, N samples, C
/// classes, h feature width, r LoRA rank, n samples of a kernel. What is not listed here may appear in a file
/// and is left alone.
namespace finescope::record::schema {

inline constexpr std::string_view kFormatName = "finescope-run";
inline constexpr std::int64_t kFormatVersion = 1;

// Root attributes.
inline constexpr const char* kFormat = "format";                    // string, kFormatName
inline constexpr const char* kFormatVersionName = "format_version"; // int
inline constexpr const char* kRunId = "run_id";                     // string, UUID
inline constexpr const char* kName = "name";                        // string
inline constexpr const char* kCreated = "created";                  // string, ISO 8601 UTC
inline constexpr const char* kCreator = "creator";                  // string, program and version
inline constexpr const char* kHost = "host";                        // string
inline constexpr const char* kPid = "pid";                          // int
inline constexpr const char* kMethod = "method";                    // string
inline constexpr const char* kTask = "task";                        // string; also an attribute of a split
inline constexpr const char* kModel = "model";                      // string
inline constexpr const char* kSeed = "seed";                        // int
inline constexpr const char* kClassNames = "class_names";           // string [C], in label order
inline constexpr const char* kConfig = "config";                    // string, JSON

// /progress: one value each, overwritten in place.
inline constexpr const char* kProgress = "/progress";
inline constexpr const char* kStatus = "/progress/status";          // int8 [1], Status
inline constexpr const char* kProgressStep = "/progress/step";      // int64 [1]
inline constexpr const char* kTotalSteps = "/progress/total_steps"; // int64 [1], 0 = unknown
inline constexpr const char* kHeartbeat = "/progress/heartbeat";    // float64 [1], Unix seconds
inline constexpr const char* kSelected = "/progress/selected";      // int64 [1], row of /epochs, -1 = not yet
inline constexpr const char* kMessage = "/progress/message";        // UTF-8 string of kMessageBytes bytes [1]
inline constexpr std::size_t kMessageBytes = 1024;

// Columns that tables share. The marker says how many rows are complete: `step` in /steps, `epoch` elsewhere.
inline constexpr const char* kStep = "step";   // int64 [K], restarts per stage
inline constexpr const char* kEpoch = "epoch"; // float64 [K]
inline constexpr const char* kStage = "stage"; // int8 [K], Stage

inline constexpr const char* kSteps = "/steps";   // step, epoch, stage, and any number of float series [K]
inline constexpr const char* kEpochs = "/epochs"; // epoch, stage, and any number of float series [K]

inline constexpr const char* kClassifier = "/classifier";              // with epoch, stage
inline constexpr const char* kClassifierWeight = "/classifier/weight"; // float32 [K, C, h]
inline constexpr const char* kClassifierBias = "/classifier/bias";     // float32 [K, C]

// /splits/NAME
inline constexpr const char* kSplits = "/splits";
inline constexpr const char* kRole = "role";     // attribute: train|validation|test|ood
inline constexpr const char* kLabels = "labels"; // int64 [N]
inline constexpr const char* kLogits = "logits"; // float32 [K, N, C], with epoch, stage
inline constexpr const char* kFeaturesPretrained = "features_pretrained"; // float32 [N, h], dropout off
inline constexpr const char* kFeatures = "features";                      // float32 [N, h], selected model

// /lora/LAYER/query/A and /lora/LAYER/value/A: float32 [r, h], A at the start.
inline constexpr const char* kLora = "/lora";
inline constexpr const char* kLoraQueryA = "query/A";
inline constexpr const char* kLoraValueA = "value/A";

// /ntk/STATE; rows and columns of F are i*C + c.
inline constexpr const char* kNtk = "/ntk";
inline constexpr const char* kAdapted = "adapted";                // attribute: full | lora
inline constexpr const char* kKernelClasses = "C";                // attribute: int
inline constexpr const char* kFloatType = "float_type";           // attribute: float32 | float64
inline constexpr const char* kEmbedding = "embedding";            // attribute: exact | sampled
inline constexpr const char* kKernelSeed = "seed";                // attribute: int, of the choice of samples
inline constexpr const char* kLoraScale = "lora_scale";           // attribute: float, alpha / r
inline constexpr const char* kLoraSigma2 = "lora_sigma2";         // attribute: float, variance of A's entries
inline constexpr const char* kLoraRank = "lora_rank";             // attribute: int
inline constexpr const char* kTrainIndex = "train_index";         // int64 [n]
inline constexpr const char* kTrainLabels = "train_labels";       // int64 [n]
inline constexpr const char* kTrainResiduals = "train_residuals"; // float64 [n, C], one-hot minus softmax
inline constexpr const char* kPTrain = "P_train";                 // float64 [n, n], the scalar factor of I_C
inline constexpr const char* kFTrain = "F_train";                 // float64 [nC, nC]
inline constexpr const char* kFTrainQueryValue = "F_train_query_value"; // float64 [nC, nC]
inline constexpr const char* kTestIndex = "test_index";                 // int64 [m]
inline constexpr const char* kTestLabels = "test_labels";               // int64 [m]
inline constexpr const char* kPTest = "P_test";                         // float64 [m, n]
inline constexpr const char* kFTest = "F_test";                         // float64 [mC, nC]
inline constexpr const char* kSpectrum = "spectrum";     // float64 [3, nC]: P, F, P+F; descending
inline constexpr const char* kRegression = "regression"; // float64 [3, 4]

/// The path of a member of a group.
inline std::string in(std::string_view group, std::string_view member) {
    return std::string(group) + '/' + std::string(member);
}

} // namespace finescope::record::schema

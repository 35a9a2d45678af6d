#pragma once

#include "core/matrix.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::record {

enum class Status : std::int8_t { running = 0, complete = 1, failed = 2, cancelled = 3 };
enum class Stage : std::int8_t { linearProbing = 0, fineTuning = 1 };

/// `/progress`: where a run stands. run-file.md, Groups.
struct Progress {
    Status status = Status::running;
    std::int64_t step = 0;
    std::int64_t totalSteps = 0; ///< of the current stage; 0 = unknown
    double heartbeat = 0;        ///< Unix seconds
    std::int64_t selected = -1;  ///< row of Run::epochs that holds the selected model; -1 = not yet
    std::string message;         ///< why it failed
};

/// One evaluation point; (epoch, stage) is unique within a run.
struct EpochKey {
    double epoch = 0;
    Stage stage = Stage::fineTuning;
    bool operator==(const EpochKey&) const = default;
};

/// A named column of `/steps` or `/epochs`; NaN where nothing was recorded.
struct Series {
    std::string name;
    std::vector<double> values;
};

/// Where a run went on after it had been interrupted: rows from there on were recorded again.
struct Resumption {
    EpochKey key;
    std::int64_t step = 0;    ///< in `/steps`
    std::size_t replaced = 0; ///< earlier rows of the file that no longer count
};

/// `/steps` or `/epochs`: all columns have as many values as `keys`. Stages, steps and epochs never go back.
struct SeriesTable {
    std::vector<std::int64_t> step{}; ///< restarts per stage; empty for `/epochs`
    std::vector<EpochKey> keys{};
    std::vector<Series> series{};
    std::vector<Resumption> resumed{}; ///< in the order of the file

    [[nodiscard]] std::size_t rows() const { return keys.size(); }
    /// With those that were replaced.
    [[nodiscard]] std::size_t rowsInFile() const;
    /// The column of that name, or nullptr.
    [[nodiscard]] const Series* find(std::string_view name) const;
};

/// What `/splits/NAME` holds; the arrays themselves are read on request from Run.
struct SplitInfo {
    std::string name;
    std::string role; ///< train | validation | test | ood
    std::string task;
    std::int64_t rows = 0;
    std::int64_t classes = 0;
    std::vector<EpochKey> logitKeys;         ///< one per stored [N, C] block of logits
    std::int64_t pretrainedFeatureWidth = 0; ///< 0 = features_pretrained is absent
    std::int64_t featureWidth = 0;           ///< 0 = features is absent
};

/// `/classifier` at one row: weight [C, h], bias [C].
struct ClassifierSnapshot {
    EpochKey key;
    MatrixF weight;
    VectorF bias;
};

/// `/lora/LAYER`: the matrices A [r, h] of a layer's query and value projections at the start of the run.
struct LoraMatrices {
    std::int64_t layer = 0;
    MatrixF queryA, valueA;
};

/// `/ntk/STATE`. n train and m test samples; row index of F is i*C + c.
struct KernelState {
    std::string state;                ///< pretrained | after_lp
    std::string adapted;              ///< full | lora
    std::string floatType;            ///< float32 | float64: of the products; "" if not recorded
    std::string embedding;            ///< exact | sampled; "" if not recorded
    std::optional<std::int64_t> seed; ///< of the choice of samples
    std::int64_t classes = 0;
    std::vector<std::int64_t> trainIndex;    ///< [n]
    Labels trainLabels;                      ///< [n]
    MatrixD trainResiduals;                  ///< [n, C], one-hot minus softmax at that state
    MatrixD pTrain;                          ///< [n, n], the scalar factor of I_C
    MatrixD fTrain;                          ///< [nC, nC]
    std::optional<MatrixD> fTrainQueryValue; ///< [nC, nC]: the part of the query and value weights
    std::vector<std::int64_t> testIndex;     ///< [m]; empty if there is no test kernel
    Labels testLabels;                       ///< [m]
    std::optional<MatrixD> pTest;            ///< [m, n]
    std::optional<MatrixD> fTest;            ///< [mC, nC]
    std::optional<double> loraScale;         ///< s = alpha / r, of a lora kernel
    std::optional<double> loraSigma2;        ///< variance of the entries of A
    std::optional<std::int64_t> loraRank;    ///< r
    std::optional<MatrixD> spectrum;         ///< [3, nC]: P with its I_C, F, P+F; descending
    std::optional<MatrixD> regression;       ///< [3, 4]: same rows; train, test, train_class, test_class
};

/// The large parts of a run, read when asked for. Implemented by the file reader; tests may implement it in
/// memory. Safe to call from any thread. Every function throws Error{badFile} naming file and dataset.
class RunParts {
public:
    virtual ~RunParts() = default;
    [[nodiscard]] virtual Labels labels(const SplitInfo& split) const = 0;
    /// Logits [N, C] of block `row` of split.logitKeys; throws if any value is NaN or infinite, naming the
    /// rows.
    [[nodiscard]] virtual MatrixF logits(const SplitInfo& split, std::size_t row) const = 0;
    [[nodiscard]] virtual MatrixF pretrainedFeatures(const SplitInfo& split) const = 0; ///< [N, h]
    [[nodiscard]] virtual MatrixF features(const SplitInfo& split) const = 0; ///< [N, h], selected model
    /// Snapshot `row` of Run::classifierKeys.
    [[nodiscard]] virtual ClassifierSnapshot classifier(std::size_t row) const = 0;
    [[nodiscard]] virtual KernelState kernel(const std::string& state) const = 0;
    /// By layer; empty unless the run is one of LoRA.
    [[nodiscard]] virtual std::vector<LoraMatrices> lora() const = 0;
};

/// One fine-tuning run as it stood when it was read: an immutable value, cheap to share between threads.
/// All small facts are here; `parts` reads the large arrays.
struct Run {
    std::filesystem::path file;
    std::string runId, name, created, creator, host;
    std::int64_t pid = 0;
    std::string method, task, model;
    std::int64_t seed = 0;
    std::vector<std::string> classNames; ///< [C], in label order
    std::string config;                  ///< JSON text, "" if absent

    Progress progress;
    SeriesTable steps;
    SeriesTable epochs;
    std::vector<EpochKey> classifierKeys;
    std::int64_t classifierWidth = 0; ///< h, 0 if there is no classifier group
    std::vector<SplitInfo> splits;    ///< train, validation, test, then ood in file order
    std::vector<std::string> kernelStates;

    std::shared_ptr<const RunParts> parts;

    [[nodiscard]] std::size_t classes() const { return classNames.size(); }
    [[nodiscard]] const SplitInfo* split(std::string_view splitName) const;
    /// First split with this role, or nullptr.
    [[nodiscard]] const SplitInfo* splitWithRole(std::string_view role) const;

    /// The evaluation the numbers of this run are of (run-file.md, Reported model): the selected row, else
    /// the last committed one; nullopt when nothing was evaluated yet.
    [[nodiscard]] std::optional<EpochKey> reportedKey() const;
    /// Index into split.logitKeys of the reported model (the last block if keys do not match), or nullopt.
    [[nodiscard]] std::optional<std::size_t> reportedLogits(const SplitInfo& split) const;
    /// Index into classifierKeys of that (epoch, stage), or nullopt.
    [[nodiscard]] std::optional<std::size_t> classifierRow(EpochKey key) const;
};

} // namespace finescope::record

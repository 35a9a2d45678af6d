#pragma once

#include "core/record/run.h"

#include <map>
#include <memory>
#include <span>

namespace finescope::record {

struct SplitPlan {
    std::string name, role, task;
    Labels labels;
    std::int64_t pretrainedFeatureWidth = 0; ///< h, or 0 for "not recorded"
    std::int64_t featureWidth = 0;
};

/// Everything whose name and type must exist in the file before SWMR starts.
struct RunPlan {
    std::string runId, name, created, creator, method, task, model, config;
    std::size_t configRoom = 0; ///< bytes by which setConfig() may make the config longer; 0: it stays
    std::int64_t seed = 0;
    std::vector<std::string> classNames;  ///< [C]
    std::int64_t classifierWidth = 0;     ///< h; 0: no classifier is recorded
    std::vector<std::string> stepSeries;  ///< names of the columns of `/steps`
    std::vector<std::string> epochSeries; ///< names of the columns of `/epochs`
    std::vector<SplitPlan> splits;
    std::vector<LoraMatrices> lora; ///< empty unless lora or lp-lora
    /// The file gets its name when the run is complete, in place of an older one; one that is not leaves
    /// nothing. For what is not worth having in part and never watched.
    bool onlyWhole = false;
};

struct StepRow {
    std::int64_t step = 0;
    EpochKey key;
    std::vector<double> values; ///< in the order of RunPlan::stepSeries
};

struct EpochRow {
    EpochKey key;
    std::vector<double> values;            ///< in the order of RunPlan::epochSeries
    MatrixF weight;                        ///< [C, h]; empty, as bias, if no classifier is recorded
    VectorF bias;                          ///< [C]
    std::map<std::string, MatrixF> logits; ///< split name -> [N, C]; a split may be left out of a row
};

enum class Existing { refuse, overwrite };

/// Writes one run file, in the order that keeps every committed row readable whenever the process dies
/// (run-file.md, Writing). A timer thread keeps the heartbeat. Functions may be called from one thread at a
/// time. Functions throw Error{badInput} for what does not fit the plan; the file is then as it was. They
/// throw Error{internal} when the disk does not take it; the file takes no further rows then: call `abandon`.
/// A process under a file-size limit must ignore SIGXFSZ, or the signal ends it before any error can be seen.
class RunWriter {
public:
    /// Creates the file under a hidden name, starts SWMR and, unless it is wanted only whole, links it into
    /// place. Throws Error{badInput} if
    /// the file exists and `existing` is refuse, Error{internal} if the folder cannot be written.
    RunWriter(const std::filesystem::path& file, const RunPlan& plan, Existing existing);
    ~RunWriter(); ///< an unfinished run is left as it is: status running, without a process
    RunWriter(const RunWriter&) = delete;
    RunWriter& operator=(const RunWriter&) = delete;

    /// Rows of /steps, committed together.
    void appendSteps(std::span<const StepRow> rows);
    /// One row of /epochs with its classifier and logits. Checks first that the disk has room for it.
    void appendEpoch(const EpochRow& row);
    /// Logits [N, C] of a split for a row of /epochs that is there already and was written without them:
    /// those of the train split for the selected model, when it is known.
    void appendLogits(const std::string& split, EpochKey key, const MatrixF& logits);
    /// Features [N, h] of a split, planned with that width. `pretrained` at the start, `final` of the
    /// selected model.
    enum class Features { pretrained, final };
    void writeFeatures(const std::string& split, Features which, const MatrixF& features);
    /// Replaces the config, when more is known than at the start; at most RunPlan::configRoom bytes longer.
    void setConfig(const std::string& config);
    /// Of the current stage; `totalSteps` 0 = unknown.
    void setProgress(std::int64_t step, std::int64_t totalSteps);
    /// Row of /epochs that holds the selected model; -1 = not yet.
    void setSelected(std::int64_t epochRow);
    /// Free bytes on the file's disk must cover `bytes`; throws Error{internal} saying what is needed and
    /// what is there.
    void requireFreeSpace(std::uint64_t bytes) const;
    /// Writes status and message, flushes and closes; a file that is wanted only whole gets its name, or is
    /// removed where the status is not complete.
    void finish(Status status, const std::string& message = {});
    /// After a failed write: records the failure as far as the disk allows, truncates the file to its stored
    /// end and keeps HDF5 from touching it again. HDF5's identifiers stay open and what it still writes, at
    /// exit too, goes to memory, so the process may leave as it likes.
    void abandon(const std::string& message) noexcept;

private:
    struct State;
    [[nodiscard]] State& live() const;
    std::unique_ptr<State> m_state;
};

/// A fresh random UUID for run_id.
[[nodiscard]] std::string newRunId();
/// Now as ISO 8601 UTC, e.g. 2026-11-23T19:20:00Z.
[[nodiscard]] std::string nowUtc();

} // namespace finescope::record

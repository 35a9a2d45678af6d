#pragma once

#include "core/engine/train/evaluate.h"
#include "core/engine/train/fine_tune.h"
#include "core/engine/train/plan.h"
#include "core/engine/train/probe.h"
#include "core/record/run_writer.h"

#include <chrono>
#include <limits>
#include <map>

namespace finescope::engine {

/// What an evaluation tells of one row of `/epochs`; NaN where it does not exist.
struct EpochRecord {
    record::EpochKey key;
    double trainLoss = std::numeric_limits<double>::quiet_NaN();
    Scores validation, test;
    double logitNorm = 0; ///< mean L2 norm of the test split's logits
    double featureDifference = 0, featureCosineSimilarity = 0;
    MatrixF weight;
    VectorF bias;
    std::map<std::string, MatrixF> logits;
};

/// An L-BFGS iteration of the probing stage, as recorded.
struct ProbeRecord {
    int iteration = 0;
    double trainLoss = 0, gradientNorm = 0, weightNorm = 0, biasNorm = 0, logitNorm = 0;
    double trainAccuracy = 0, validationAccuracy = 0;
};

/// One run's rows in the columns of run-file.md. Rows of `/steps` are gathered and written together about
/// twice a second, as each commit costs two flushes.
class RunRecord {
public:
    RunRecord(const std::filesystem::path& file, record::RunPlan plan, Method method,
              record::Existing existing);

    void addProbeIteration(const ProbeRecord& row);
    void addStep(const FineTuneStep& step);
    /// Writes the steps gathered so far, then the row. Returns its index in `/epochs`.
    std::int64_t addEpoch(const EpochRecord& row);
    void flushSteps();
    [[nodiscard]] record::RunWriter& writer() { return m_writer; }

private:
    void add(record::StepRow row, std::int64_t totalSteps);

    Method m_method;
    record::RunWriter m_writer;
    std::vector<record::StepRow> m_steps;
    std::int64_t m_totalSteps = 0;
    std::int64_t m_epochRows = 0;
    std::chrono::steady_clock::time_point m_written;
};

/// The columns of `/steps` of a method, in the order that RunRecord fills them.
[[nodiscard]] std::vector<std::string> stepSeries(Method method);

} // namespace finescope::engine

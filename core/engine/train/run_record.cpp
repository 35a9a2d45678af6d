#include "core/engine/train/run_record.h"

#include "core/error.h"

namespace finescope::engine {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::chrono::milliseconds kBetweenWrites{500};

std::vector<std::string> epochSeries() {
    return {"train_loss",
            "validation_loss",
            "validation_accuracy",
            "validation_matthews",
            "test_loss",
            "test_accuracy",
            "test_matthews",
            "classifier_weight_norm",
            "classifier_bias_norm",
            "logit_norm",
            "feature_difference",
            "feature_cosine_similarity"};
}

record::RunPlan withSeries(record::RunPlan plan, Method method) {
    plan.stepSeries = stepSeries(method);
    plan.epochSeries = epochSeries();
    return plan;
}

} // namespace

std::vector<std::string> stepSeries(Method method) {
    std::vector<std::string> names = {"train_loss", "gradient_norm", "classifier_weight_norm",
                                      "classifier_bias_norm", "train_logit_norm"};
    if (fineTunes(method)) {
        names.emplace_back("learning_rate");
    }
    if (probes(method)) {
        names.emplace_back("train_accuracy");
        names.emplace_back("validation_accuracy");
    }
    return names;
}

RunRecord::RunRecord(const std::filesystem::path& file, record::RunPlan plan, Method method,
                     record::Existing existing)
    : m_method(method), m_writer(file, withSeries(std::move(plan), method), existing),
      m_written(std::chrono::steady_clock::now()) {}

void RunRecord::addProbeIteration(const ProbeRecord& row) {
    record::StepRow step{row.iteration,
                         {0, record::Stage::linearProbing},
                         {row.trainLoss, row.gradientNorm, row.weightNorm, row.biasNorm, row.logitNorm}};
    if (fineTunes(m_method)) {
        step.values.push_back(kNothing);
    }
    step.values.push_back(row.trainAccuracy);
    step.values.push_back(row.validationAccuracy);
    add(std::move(step), 0);
}

void RunRecord::addStep(const FineTuneStep& at) {
    record::StepRow step{
        at.step,
        {at.epoch, record::Stage::fineTuning},
        {at.loss, at.gradientNorm, at.weightNorm, at.biasNorm, at.logitNorm, at.learningRate}};
    if (probes(m_method)) {
        step.values.insert(step.values.end(), 2, kNothing);
    }
    add(std::move(step), at.totalSteps);
}

void RunRecord::add(record::StepRow row, std::int64_t totalSteps) {
    m_steps.push_back(std::move(row));
    m_totalSteps = totalSteps;
    if (std::chrono::steady_clock::now() - m_written >= kBetweenWrites) {
        flushSteps();
    }
}

void RunRecord::flushSteps() {
    if (!m_steps.empty()) {
        m_writer.appendSteps(m_steps);
        m_writer.setProgress(m_steps.back().step, m_totalSteps);
        m_steps.clear();
    }
    m_written = std::chrono::steady_clock::now();
}

std::int64_t RunRecord::addEpoch(const EpochRecord& row) {
    flushSteps();
    const double biasNorm = row.bias.cast<double>().norm();
    m_writer.appendEpoch(
        {row.key,
         {row.trainLoss, row.validation.loss, row.validation.accuracy, row.validation.matthews, row.test.loss,
          row.test.accuracy, row.test.matthews, row.weight.cast<double>().norm(), biasNorm, row.logitNorm,
          row.featureDifference, row.featureCosineSimilarity},
         row.weight,
         row.bias,
         row.logits});
    return m_epochRows++;
}

} // namespace finescope::engine

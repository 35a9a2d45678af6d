#include "core/engine/train/train_run.h"

#include "core/analysis/feature/similarity_and_difference.h"
#include "core/engine/device.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/engine/program_version.h"
#include "core/engine/random_stream.h"
#include "core/engine/task/paper_counts.h"
#include "core/engine/threads.h"
#include "core/engine/torch_error.h"
#include "core/engine/train/config_json.h"
#include "core/engine/train/output_places.h"
#include "core/engine/train/run_record.h"
#include "core/engine/train/stage_clock.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

namespace finescope::engine {

namespace {

using record::EpochKey;
using record::Stage;

constexpr std::int64_t kMostTrainFeatures = 5000; ///< rows of the training split; run-file.md, Groups
constexpr double kSlowProducts = 20;              ///< GFLOP/s; reference BLAS gives 6, OpenBLAS 100 and more

std::string fixed(double value, int decimals) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

/// One run from plan to run file.
class TrainRun {
public:
    TrainRun(const TrainPlan& plan, const TrainHooks& hooks) : m_hooks(hooks) { m_resolved.plan = plan; }

    [[nodiscard]] TrainOutcome run() {
        prepare();
        try {
            compute();
            m_record->writer().finish(record::Status::complete);
            return {record::Status::complete, summaryLine()};
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled) {
                return cancelled(error.what());
            }
            fail(error.what());
            throw;
        } catch (const c10::Error& error) {
            const Error told = fromTorch(error, "training");
            fail(told.what());
            throw told;
        } catch (const std::exception& error) {
            fail(error.what());
            throw;
        }
    }

private:
    const TrainPlan& plan() const { return m_resolved.plan; }
    void note(const std::string& text) const {
        if (m_hooks.onNote) {
            m_hooks.onNote(text);
        }
    }
    void warn(const std::string& text) const {
        if (m_hooks.onWarning) {
            m_hooks.onWarning(text);
        }
    }

    // Everything that can be refused before there is a run file.
    void prepare() {
        refuseOutputEarly(plan());
        m_resolved.model = openModelFolder(plan().model, plan().baseModel);
        const EncoderConfig config = readEncoderConfig(m_resolved.model.base);
        m_resolved.threads = plan().threads > 0 ? plan().threads : threadsWorthUsing(config.hiddenSize);
        m_resolved.device = chooseDevice(plan().device);
        // On a processor the model's workers are the threads.
        setThreads(m_resolved.device.is_cpu() ? 1 : m_resolved.threads);
        warnIfSlow();
        m_resolved.steps = defaultSteps(plan().task, plan().method);
        m_resolved.steps.batchSize = plan().batchSize.value_or(m_resolved.steps.batchSize);
        m_resolved.steps.learningRate = plan().learningRate.value_or(m_resolved.steps.learningRate);
        m_resolved.pooling = plan().pooling.value_or(familyOf(config.family).pooling);
        m_resolved.maxLength = std::min(plan().maxLength, config.maxLength());
        loadSplits(config);
        loadModel();
        if (plan().saveCheckpoint) {
            makeCheckpointFolder(*plan().saveCheckpoint);
        }
        openRecord();
    }

    void warnIfSlow() const {
        if (m_resolved.device.is_cpu()) {
            const double speed = matrixProductSpeed(m_resolved.device);
            if (speed < kSlowProducts) {
                warn("matrix products run at " + fixed(speed, 1) +
                     " GFLOP/s only: the machine is busy, or LibTorch has no fast BLAS (apt install "
                     "libopenblas0-pthread)");
            }
        }
    }

    void loadSplits(const EncoderConfig& config) {
        const std::unique_ptr<Tokenizer> tokenizer = loadModelTokenizer(m_resolved.model, config);
        TaskData data = loadTask(plan().task, plan().data);
        note(describeCounts(data));
        for (const OutOfDistributionSet& set : plan().outOfDistribution) {
            if (std::ranges::find(data.splits, set.name, &TaskSplit::name) != data.splits.end()) {
                throw Error(ErrorKind::badInput, "--ood " + set.name + "=" + set.folder.string() +
                                                     ": there is a split of that name already");
            }
            addOutOfDistribution(data, set.name, set.folder);
        }
        std::ranges::for_each(data.warnings, [&](const std::string& warning) { warn(warning); });
        for (const TaskFile& file : data.task.files) {
            m_resolved.dataFiles.push_back(file.name);
        }
        for (TaskSplit& split : data.splits) {
            const auto& limit = split.role == "train" ? plan().limitTrain : plan().limitEval;
            if (limit && static_cast<std::size_t>(*limit) < split.examples.size()) {
                split.examples.resize(static_cast<std::size_t>(*limit));
            }
            m_splits.push_back(encodeSplit(split, *tokenizer, m_resolved.maxLength));
        }
        m_task = std::move(data.task);
    }

    void loadModel() {
        m_checkpoint = loadCheckpoint(m_resolved.model);
        m_model.encoder = m_checkpoint.encoder;
        m_model.encoder->recomputesLayers = plan().checkpointLayers;
        m_model.pooling = m_resolved.pooling;
        m_model.device = m_resolved.device;
        m_model.workers = m_resolved.device.is_cpu() ? m_resolved.threads : 1;
        const EncoderConfig& config = m_model.encoder->config;
        m_model.classifier =
            Classifier(config.hiddenSize, static_cast<std::int64_t>(m_task.classNames.size()),
                       config.hiddenDropout, streamSeed(plan().seed, RandomStream::head));
        if (usesLora(plan().method)) {
            addLora(m_model.encoder,
                    {plan().loraRank, plan().loraAlpha, streamSeed(plan().seed, RandomStream::lora)});
        }
        m_model.encoder->to(m_resolved.device);
        m_model.classifier->to(m_resolved.device);
        torch::manual_seed(streamSeed(plan().seed, RandomStream::dropout));
    }

    [[nodiscard]] bool recordsFeatures(const EncodedSplit& split) const {
        if (plan().features == FeatureChoice::eval) {
            return split.role != "train" || split.rows() <= kMostTrainFeatures;
        }
        return plan().features == FeatureChoice::all;
    }

    void openRecord() {
        record::RunPlan file;
        file.runId = record::newRunId();
        file.created = record::nowUtc();
        file.creator = programVersion();
        file.method = methodName(plan().method);
        file.task = m_task.name;
        file.model = std::filesystem::absolute(plan().model / "").parent_path().filename().string();
        file.name = file.task + " " + file.method + " seed " + std::to_string(plan().seed);
        m_config = configJson(m_resolved, m_checkpoint, m_task.metric);
        file.config = m_config;
        file.configRoom = probes(plan().method) ? kChoiceBytes : 0;
        file.seed = plan().seed;
        file.classNames = m_task.classNames;
        file.classifierWidth = m_model.encoder->config.hiddenSize;
        std::uint64_t bytes = 0;
        const auto evaluations = static_cast<std::uint64_t>(fineTunes(plan().method) ? plan().epochs + 3 : 2);
        for (const EncodedSplit& split : m_splits) {
            const std::int64_t width = recordsFeatures(split) ? file.classifierWidth : 0;
            file.splits.push_back({split.name, split.role, split.task, split.labels, width, width});
            const auto rows = static_cast<std::uint64_t>(split.rows());
            const std::uint64_t blocks =
                split.role == "train" ? std::min<std::uint64_t>(evaluations, 4) : evaluations;
            bytes += sizeof(float) * rows *
                     (blocks * m_task.classNames.size() + 2 * static_cast<std::uint64_t>(width));
        }
        for (std::size_t i = 0; usesLora(plan().method) && i < m_model.encoder->layers.size(); ++i) {
            Layer& layer = *m_model.encoder->layers[i];
            file.lora.push_back(
                {static_cast<std::int64_t>(i), toMatrix(layer.query->lora.a), toMatrix(layer.value->lora.a)});
        }
        m_record = std::make_unique<RunRecord>(plan().output, std::move(file), plan().method,
                                               plan().overwrite ? record::Existing::overwrite
                                                                : record::Existing::refuse);
        note(plan().output.string() + " will take about " + fixed(static_cast<double>(bytes) * 1e-6, 1) +
             " MB");
        m_neededBytes = bytes;
    }

    void compute() {
        m_record->writer().requireFreeSpace(m_neededBytes);
        recordPretrainedFeatures();
        if (probes(plan().method)) {
            probe();
        }
        std::int64_t selected = m_epochRows - 1;
        if (fineTunes(plan().method)) {
            selected = tune();
        }
        recordSelected(selected);
        if (plan().saveCheckpoint) {
            saveSelected(*plan().saveCheckpoint);
        }
    }

    [[nodiscard]] MatrixF featuresOf(const EncodedSplit& split, StageClock* clock = nullptr) {
        EvaluationHooks hooks;
        hooks.stop = m_hooks.stop;
        hooks.onBatch = [&](std::int64_t rows) {
            m_evaluatedRows += rows;
            if (clock) {
                clock->advance(m_evaluatedRows, 0);
            }
        };
        return extractFeatures(m_model, split, hooks);
    }

    [[nodiscard]] std::int64_t allRows() const {
        std::int64_t rows = 0;
        for (const EncodedSplit& split : m_splits) {
            rows += split.rows();
        }
        return rows;
    }

    void recordPretrainedFeatures() {
        StageClock clock(m_hooks, "evaluating", allRows());
        m_evaluatedRows = 0;
        for (const EncodedSplit& split : m_splits) {
            m_pretrained[split.name] = featuresOf(split, &clock);
            if (recordsFeatures(split)) {
                m_record->writer().writeFeatures(split.name, record::RunWriter::Features::pretrained,
                                                 m_pretrained[split.name]);
            }
        }
    }

    enum class TrainLogits { with, without };

    // One row of /epochs from the features of the evaluation splits (and of the training split where asked
    // for).
    EpochRecord evaluate(EpochKey key, const std::map<std::string, MatrixF>& features,
                         TrainLogits trainLogits) {
        EpochRecord row;
        row.key = key;
        row.weight = m_model.weight();
        row.bias = m_model.bias();
        for (const EncodedSplit& split : m_splits) {
            if (split.role == "train" && trainLogits == TrainLogits::without) {
                continue;
            }
            const MatrixF& phi = features.at(split.name);
            MatrixF logits = headLogits(phi, row.weight, row.bias);
            if (!logits.allFinite()) {
                throw Error(ErrorKind::numeric,
                            "the logits of split " + split.name +
                                " are not finite: training diverged; use a smaller --learning-rate");
            }
            if (split.role == "validation") {
                row.validation = score(logits, split.labels);
            } else if (split.role == "test") {
                row.test = score(logits, split.labels);
                row.logitNorm = logits.cast<double>().rowwise().norm().mean();
                row.featureDifference = analysis::featureDifference(m_pretrained.at(split.name), phi);
                row.featureCosineSimilarity = split.rows() > 1 ? analysis::cosineSimilarity(phi)
                                                               : std::numeric_limits<double>::quiet_NaN();
            } else if (split.role == "train" && key.stage == Stage::linearProbing) {
                row.trainLoss = score(logits, split.labels).loss;
            }
            row.logits.emplace(split.name, std::move(logits));
        }
        return row;
    }

    [[nodiscard]] double selectionScore(const Scores& scores) const {
        return m_task.metric == SelectionMetric::matthews ? scores.matthews : scores.accuracy;
    }

    void addRow(EpochRecord row) {
        m_epochRows = m_record->addEpoch(row) + 1;
        row.logits.clear();
        m_rows.push_back(std::move(row));
    }

    [[nodiscard]] const EncodedSplit& split(const char* name) const {
        return *std::find_if(m_splits.begin(), m_splits.end(),
                             [&](const EncodedSplit& s) { return s.name == name; });
    }

    void probe() {
        addRow(evaluate({0, Stage::linearProbing}, m_pretrained, TrainLogits::with));
        const EncodedSplit& train = split("train");
        const EncodedSplit& validation = split("validation");
        const MatrixF& trainFeatures = m_pretrained.at("train");
        StageClock clock(m_hooks, "probing", 0);
        ProbeHooks hooks;
        hooks.stop = m_hooks.stop;
        hooks.onFit = [&, fits = std::optional<StageClock>()](int done, int total) mutable {
            if (!fits) {
                fits.emplace(m_hooks, "probing", total);
            }
            fits->advance(done, 0);
        };
        hooks.onIteration = [&](const ProbeIteration& at) {
            ProbeRecord row;
            row.iteration = at.iteration;
            const MatrixF logits = headLogits(trainFeatures, at.weight, at.bias);
            const Scores scores = score(logits, train.labels);
            row.trainLoss = scores.loss;
            row.trainAccuracy = scores.accuracy;
            row.validationAccuracy =
                score(headLogits(m_pretrained.at("validation"), at.weight, at.bias), validation.labels)
                    .accuracy;
            row.gradientNorm = at.gradientNorm;
            row.weightNorm = at.weight.cast<double>().norm();
            row.biasNorm = at.bias.cast<double>().norm();
            row.logitNorm = logits.cast<double>().rowwise().norm().mean();
            m_record->addProbeIteration(row);
        };
        const ProbedHead head =
            probeHead(trainFeatures, train.labels, static_cast<int>(m_task.classNames.size()), plan().probe,
                      streamSeed(plan().seed, RandomStream::probeOrder), hooks);
        m_model.setHead(head.weight, head.bias);
        m_record->writer().setConfig(configWithChoice(m_config, head.choice));
        addRow(evaluate({1, Stage::linearProbing}, m_pretrained, TrainLogits::with));
        char strength[32];
        std::snprintf(strength, sizeof strength, "%.4g", head.choice.chosen);
        note(plan().output.string() + ": linear probing chose C = " + strength + " after " +
             std::to_string(head.iterations) +
             " iterations, ||V|| = " + fixed(m_rows.back().weight.cast<double>().norm(), 3) +
             ", validation accuracy " + fixed(m_rows.back().validation.accuracy, 4));
    }

    // Returns the row of /epochs that was selected.
    std::int64_t tune() {
        m_model.setHead(m_model.weight() * static_cast<float>(plan().classifierScale), m_model.bias());
        addRow(evaluate({0, Stage::fineTuning}, m_pretrained, TrainLogits::with));
        const std::int64_t firstRow = m_epochRows;
        std::optional<StageClock> clock;
        FineTuneHooks hooks;
        hooks.stop = m_hooks.stop;
        hooks.onStep = [&](const FineTuneStep& step) {
            if (!clock) {
                clock.emplace(m_hooks, "fine_tuning", step.totalSteps);
            }
            m_record->addStep(step);
            clock->advance(step.step, step.epoch);
        };
        hooks.onEpoch = [&](std::int64_t epoch, double meanLoss) {
            std::map<std::string, MatrixF> features;
            for (const EncodedSplit& evaluated : m_splits) {
                if (evaluated.role != "train") {
                    features[evaluated.name] = featuresOf(evaluated);
                }
            }
            EpochRecord row =
                evaluate({static_cast<double>(epoch), Stage::fineTuning}, features, TrainLogits::without);
            row.trainLoss = meanLoss;
            addRow(std::move(row));
            return selectionScore(m_rows.back().validation);
        };
        const FineTuneSettings settings{plan().epochs, m_resolved.steps, 1.0,
                                        streamSeed(plan().seed, RandomStream::trainingOrder),
                                        streamSeed(plan().seed, RandomStream::dropout)};
        return firstRow + fineTune(m_model, split("train"), settings, hooks) - 1;
    }

    void recordSelected(std::int64_t row) {
        m_selected = row;
        const EpochKey key = m_rows[static_cast<std::size_t>(row)].key;
        StageClock clock(m_hooks, "evaluating", allRows());
        m_evaluatedRows = 0;
        for (const EncodedSplit& evaluated : m_splits) {
            const bool needsLogits = evaluated.role == "train" && key.stage == Stage::fineTuning;
            if (!recordsFeatures(evaluated) && !needsLogits) {
                continue;
            }
            const MatrixF features =
                fineTunes(plan().method) ? featuresOf(evaluated, &clock) : m_pretrained.at(evaluated.name);
            if (needsLogits) {
                m_record->writer().appendLogits(evaluated.name, key,
                                                headLogits(features, m_model.weight(), m_model.bias()));
            }
            if (recordsFeatures(evaluated)) {
                m_record->writer().writeFeatures(evaluated.name, record::RunWriter::Features::final,
                                                 features);
            }
        }
        m_record->writer().setSelected(row);
    }

    // The head is in the run file; a Hugging Face folder has no place for a head of one linear layer.
    void saveSelected(const std::filesystem::path& folder) {
        m_model.encoder->to(torch::kCPU);
        saveCheckpoint(m_model.encoder, folder);
        copyTokenizer(m_resolved.model.tokenizer, folder);
    }

    [[nodiscard]] TrainOutcome cancelled(const std::string& message) {
        try {
            m_record->flushSteps();
            m_record->writer().finish(record::Status::cancelled, message);
        } catch (const Error& error) {
            fail(error.what());
            throw;
        }
        return {record::Status::cancelled,
                message + "; " + plan().output.string() + " keeps what was recorded"};
    }

    void fail(const std::string& message) noexcept {
        try {
            m_record->flushSteps();
        } catch (const std::exception&) {
            // The message below is of what came first; these rows are lost with the disk that refused them.
        }
        m_record->writer().abandon(message);
    }

    [[nodiscard]] std::string summaryLine() const {
        const EpochRecord& row = m_rows[static_cast<std::size_t>(m_selected)];
        const std::string matthews = m_task.metric == SelectionMetric::matthews
                                         ? ", test Matthews correlation " + fixed(row.test.matthews, 4)
                                         : "";
        return plan().output.string() + ": complete, test accuracy " + fixed(row.test.accuracy, 4) +
               matthews + ", validation accuracy " + fixed(row.validation.accuracy, 4) + " (epoch " +
               fixed(row.key.epoch, 0) + "), classifier norm " +
               fixed(m_rows.front().weight.cast<double>().norm(), 3) + " -> " +
               fixed(row.weight.cast<double>().norm(), 3) + ", feature difference " +
               fixed(row.featureDifference, 3);
    }

    const TrainHooks& m_hooks;
    ResolvedPlan m_resolved;
    Task m_task;
    std::vector<EncodedSplit> m_splits;
    Checkpoint m_checkpoint;
    TunedModel m_model;
    std::unique_ptr<RunRecord> m_record;
    std::uint64_t m_neededBytes = 0;
    std::map<std::string, MatrixF> m_pretrained; ///< features by split
    std::vector<EpochRecord> m_rows;             ///< of /epochs, without logits
    std::int64_t m_epochRows = 0;
    std::int64_t m_evaluatedRows = 0;
    std::int64_t m_selected = -1;
    std::string m_config;
};

} // namespace

TrainOutcome trainRun(const TrainPlan& plan, const TrainHooks& hooks) {
    validate(plan);
    return rewrapTorch("preparing the run", [&] { return TrainRun(plan, hooks).run(); });
}

} // namespace finescope::engine

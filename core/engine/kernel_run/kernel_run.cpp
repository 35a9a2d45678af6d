#include "core/engine/kernel_run/kernel_run.h"

#include "core/analysis/kernel/kernel_regression.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/engine/device.h"
#include "core/engine/kernel_run/run_source.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/engine/random_stream.h"
#include "core/engine/task/batches.h"
#include "core/engine/threads.h"
#include "core/engine/torch_error.h"
#include "core/engine/train/stage_clock.h"
#include "core/error.h"
#include "core/record/kernel_writer.h"
#include "core/record/live_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace finescope::engine {

namespace {

using analysis::KernelPart;
using record::KernelState;
using record::Run;
using record::Stage;

// tests/bench/bench_kernel
constexpr double kShareOfProductSpeed = 0.8, kShareOfDeviceProductSpeed = 0.5;
constexpr double kGibibyte = 0x1p30;
constexpr double kMemory = 4 * kGibibyte, kShareOfFreeDeviceMemory = 0.9;
constexpr std::int64_t kSweepSteps = 1000;     // of its progress
constexpr std::size_t kLeastForRegression = 5; // five folds

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorKind::badInput, message);
}

void validate(const KernelPlan& plan) {
    if (plan.trainSamples < 1) {
        refuse("--train-samples is " + std::to_string(plan.trainSamples) +
               ": give a whole number of at least 1");
    }
    if (plan.testSamples < 0) {
        refuse("--test-samples is " + std::to_string(plan.testSamples) +
               ": give a whole number, or 0 for no test kernel");
    }
    if (plan.seed < 0) {
        refuse("--seed is " + std::to_string(plan.seed) + ": give a whole number of at least 0");
    }
    if (plan.memoryGib && (!(*plan.memoryGib > 0) || !(*plan.memoryGib < 1e6))) {
        refuse("--memory must be a number of GiB above 0");
    }
    if (plan.threads < 0) {
        refuse("--threads is " + std::to_string(plan.threads) +
               ": give a number of threads, or leave it out");
    }
}

Run readEnded(const std::filesystem::path& file) {
    record::LiveReader reader(file);
    Run run = *reader.poll(); // the first always has it
    if (reader.state().liveness == record::Liveness::live) {
        refuse(file.string() + ": is still being written by process " + std::to_string(run.pid) + " on " +
               run.host + "; compute the kernel after the run has ended");
    }
    return run;
}

bool isAfterProbing(const Run& run, KernelStateChoice choice) {
    const bool probes = run.method.starts_with("lp");
    if (choice == KernelStateChoice::afterLp && !probes) {
        refuse(run.file.string() + ": a run of " + run.method +
               " has no linear probing, so no state after_lp; leave --state out");
    }
    return choice == KernelStateChoice::afterLp || (choice == KernelStateChoice::automatic && probes);
}

// The row of /classifier that holds V and b of a state. run-file.md, Reported model.
record::EpochKey headKey(const Run& run, bool afterProbing) {
    if (run.method == "lp") {
        return {afterProbing ? 1.0 : 0.0, Stage::linearProbing};
    }
    return {0, run.method.starts_with("lp") && !afterProbing ? Stage::linearProbing : Stage::fineTuning};
}

Head headOf(const Run& run, bool afterProbing) {
    const auto row = run.classifierRow(headKey(run, afterProbing));
    if (!row) {
        refuse(run.file.string() + ": the run ended before the classifier of this state was recorded");
    }
    const auto snapshot = run.parts->classifier(*row);
    return {snapshot.weight.cast<double>(), snapshot.bias.cast<double>()};
}

// `count` of the rows, ascending; all where there are no more.
std::vector<std::int64_t> chooseRows(const TaskSplit& split, std::int64_t count, std::int64_t seed,
                                     RandomStream stream) {
    RandomBits bits(streamSeed(seed, stream));
    auto chosen = shuffledRows(static_cast<std::int64_t>(split.examples.size()), bits);
    chosen.resize(std::min(chosen.size(), static_cast<std::size_t>(count)));
    std::ranges::sort(chosen);
    return chosen;
}

TaskSplit rowsOf(const TaskSplit& split, const std::vector<std::int64_t>& rows) {
    TaskSplit chosen{split.name, split.role, split.task, {}};
    for (const std::int64_t row : rows) {
        chosen.examples.push_back(split.examples[static_cast<std::size_t>(row)]);
    }
    return chosen;
}

void setAdapters(Encoder& encoder, const Run& run, const RunSource& source) {
    addLora(encoder, {source.loraRank, source.loraAlpha, 0});
    const std::vector<record::LoraMatrices> recorded = run.parts->lora();
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < encoder->layers.size(); ++i) {
        Layer& layer = *encoder->layers[i];
        const auto set = [&](LoraUpdate& update, const MatrixF& a) {
            if (a.rows() != update.a.size(0) || a.cols() != update.a.size(1)) {
                throw Error(ErrorKind::badFile, run.file.string() + ": the matrices A of /lora/" +
                                                    std::to_string(i) + " do not fit the encoder");
            }
            // from_blob wants a pointer to non-const, and copy_ only reads through it.
            update.a.copy_(torch::from_blob(const_cast<float*>(a.data()), {a.rows(), a.cols()}));
        };
        if (i >= recorded.size()) {
            throw Error(ErrorKind::badFile, run.file.string() + ": /lora/" + std::to_string(i) +
                                                " is missing: the encoder has " +
                                                std::to_string(encoder->layers.size()) + " layers");
        }
        set(layer.query->lora, recorded[i].queryA);
        set(layer.value->lora, recorded[i].valueA);
    }
}

VectorD singularValues(const MatrixD& matrix) {
    const torch::Tensor tensor =
        torch::from_blob(const_cast<double*>(matrix.data()), {matrix.rows(), matrix.cols()}, torch::kFloat64);
    const torch::Tensor values =
        std::get<0>(torch::sort(at::linalg_eigvalsh(0.5 * (tensor + tensor.t())).abs(), 0, true))
            .contiguous();
    return Eigen::Map<const VectorD>(values.data_ptr<double>(), values.size(0));
}

// [3, nC]: P with its I_C, F, P + F.
MatrixD spectrumOf(const KernelState& kernel) {
    const auto flat = kernel.fTrain.rows();
    MatrixD spectrum(3, flat);
    const VectorD scalars = singularValues(kernel.pTrain);
    for (Eigen::Index i = 0; i < flat; ++i) {
        spectrum(0, i) = scalars(i / kernel.classes);
    }
    spectrum.row(1) = singularValues(kernel.fTrain);
    spectrum.row(2) =
        singularValues(analysis::flattenedKernel(kernel.pTrain, kernel.fTrain, KernelPart::total));
    return spectrum;
}

std::string number(const char* format, double value) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string gibibytes(std::uint64_t bytes) {
    return number("%.2f GiB", static_cast<double>(bytes) / kGibibyte);
}

/// One kernel from plan to run file.
class KernelRun {
public:
    KernelRun(const KernelPlan& plan, const TrainHooks& hooks)
        : m_plan(plan), m_hooks(hooks), m_run(readEnded(plan.file)), m_source(sourceOf(m_run)) {
        m_source.model = folderOf(plan.model, m_source.model, m_source.modelSha256);
        if (m_source.baseModel) {
            m_source.baseModel = folderOf(plan.baseModel, *m_source.baseModel, m_source.baseModelSha256);
        } else {
            m_source.baseModel = plan.baseModel;
        }
        m_source.data = folderOf(plan.data, m_source.data, m_source.dataSha256);
    }

    [[nodiscard]] KernelEstimate estimate() {
        const Head head = prepare();
        setThreads(m_threads);
        const double speed = 1e9 * matrixProductSpeed(m_device) *
                             (m_device.is_cpu() ? kShareOfProductSpeed : kShareOfDeviceProductSpeed);
        const SweepDemand demand =
            demandOf(LayerSweep(m_encoder, m_train.encodings, m_test.encodings, sweepSettings()), head);
        return {m_kernel.state,
                m_device.is_cpu() ? "cpu" : "cuda",
                m_train.rows(),
                m_test.rows(),
                m_kernel.classes,
                demand.operations,
                demand.operations / speed,
                demand.memoryBytes,
                demand.scratchBytes};
    }

    [[nodiscard]] std::string compute() {
        const Head head = prepare();
        computeParts(head);
        computeResults();
        record::addKernel(m_plan.file, m_run.runId, m_kernel);
        return summaryLine();
    }

private:
    /// As told, else where the run's own is found; else as recorded, for the error to name.
    [[nodiscard]] std::filesystem::path folderOf(const std::optional<std::filesystem::path>& told,
                                                 const std::filesystem::path& recorded,
                                                 const std::map<std::string, std::string>& files) const {
        if (told) {
            return *told;
        }
        const auto found = findFolder(recorded, files, m_plan.file);
        if (found && *found != recorded) {
            note(recorded.string() + " does not exist; using " + found->string());
        }
        return found.value_or(recorded);
    }

    /// Samples and encoder as the run had them; the head of the state that is asked for.
    [[nodiscard]] Head prepare() {
        const bool afterProbing = isAfterProbing(m_run, m_plan.state);
        Head head = headOf(m_run, afterProbing);
        m_kernel.state = afterProbing ? "after_lp" : "pretrained";
        m_kernel.classes = head.weight.rows();
        compareFiles(m_source, refuseOrWarn());
        m_model = openModelFolder(m_source.model, m_source.baseModel);
        chooseSamples();
        loadEncoder();
        return head;
    }

    [[nodiscard]] SweepSettings sweepSettings() const {
        SweepSettings settings;
        settings.adapted = m_source.usesLora ? AdaptedParameters::lora : AdaptedParameters::full;
        settings.pooling = m_source.pooling;
        settings.workers = m_device.is_cpu() ? m_threads : 1;
        settings.memoryBytes = static_cast<std::uint64_t>(memoryBytes());
        settings.scratchFolder = std::filesystem::absolute(m_plan.file).parent_path();
        settings.stop = m_hooks.stop;
        return settings;
    }

    [[nodiscard]] double memoryBytes() const {
        if (m_plan.memoryGib) {
            return *m_plan.memoryGib * kGibibyte;
        }
        const std::uint64_t free = freeDeviceMemory(m_device);
        return free > 0 ? kShareOfFreeDeviceMemory * static_cast<double>(free) : kMemory;
    }

    [[nodiscard]] static SweepDemand demandOf(const LayerSweep& sweep, const Head& head) {
        return sweep.demand(headSpan(head.weight).basis.rows());
    }

    void note(const std::string& text) const {
        if (m_hooks.onNote) {
            m_hooks.onNote(m_plan.file.string() + ": " + text);
        }
    }

    [[nodiscard]] OnDifference refuseOrWarn() const {
        return [this](const std::string& what) {
            if (!m_plan.force) {
                throw Error(ErrorKind::badFile, what + "; name the folder of the original with --model, "
                                                       "--base-model or --data, or continue with --force");
            }
            if (m_hooks.onWarning) {
                m_hooks.onWarning(what);
            }
        };
    }

    [[nodiscard]] EncodedSplit choose(const TaskSplit& split, std::int64_t count, RandomStream stream,
                                      const Tokenizer& tokenizer, std::vector<std::int64_t>& index) const {
        index = chooseRows(split, count, m_plan.seed, stream);
        if (static_cast<std::int64_t>(index.size()) < count) {
            note("all " + std::to_string(index.size()) + " rows of split " + split.name + " are used");
        }
        return encodeSplit(rowsOf(split, index), tokenizer, m_source.maxLength);
    }

    void chooseSamples() {
        const SourceSplits splits = loadSplits(m_source, m_run, refuseOrWarn());
        const std::unique_ptr<Tokenizer> tokenizer =
            loadModelTokenizer(m_model, readEncoderConfig(m_model.base));
        m_kernel.seed = m_plan.seed;
        m_train = choose(splits.train, m_plan.trainSamples, RandomStream::kernelTrain, *tokenizer,
                         m_kernel.trainIndex);
        m_test =
            choose(splits.test, m_plan.testSamples, RandomStream::kernelTest, *tokenizer, m_kernel.testIndex);
        m_kernel.trainLabels = m_train.labels;
        m_kernel.testLabels = m_test.labels;
    }

    void loadEncoder() {
        m_encoder = loadCheckpoint(m_model).encoder;
        m_kernel.adapted = m_source.usesLora ? "lora" : "full";
        if (m_source.usesLora) {
            setAdapters(m_encoder, m_run, m_source);
            m_kernel.loraRank = m_source.loraRank;
            m_kernel.loraScale = m_source.loraAlpha / static_cast<double>(m_source.loraRank);
            // Of a uniform distribution between -1/sqrt(h) and 1/sqrt(h) (addLora).
            m_kernel.loraSigma2 = 1 / (3.0 * static_cast<double>(m_encoder->config.hiddenSize));
        }
        m_device = chooseDevice(m_plan.device);
        const bool isDouble = m_plan.floatType == KernelFloat::float64;
        m_kernel.floatType = isDouble ? "float64" : "float32";
        m_kernel.embedding = m_plan.embedding == WordEmbeddings::exact ? "exact" : "sampled";
        m_encoder->to(m_device, isDouble ? torch::kFloat64 : torch::kFloat32);
        m_threads = m_plan.threads > 0 ? m_plan.threads : threadsWorthUsing(m_encoder->config.hiddenSize);
    }

    void computeParts(const Head& head) {
        StageClock clock(m_hooks, "kernel", kSweepSteps);
        SweepSettings settings = sweepSettings();
        settings.onProgress = [&clock](double done) {
            clock.advance(static_cast<std::int64_t>(done * static_cast<double>(kSweepSteps)), 0.0);
        };
        setThreads(1); // the workers are the threads
        const LayerSweep sweep(m_encoder, m_train.encodings, m_test.encodings, settings);
        const SweepDemand demand = demandOf(sweep, head);
        std::string takes = "the kernel " + m_kernel.state + " of " + std::to_string(m_train.rows()) +
                            " train and " + std::to_string(m_test.rows()) + " test samples takes " +
                            number("%.2g", demand.operations) + " floating-point operations and " +
                            gibibytes(demand.memoryBytes) +
                            (m_device.is_cpu() ? " of memory" : " of the GPU's memory");
        if (demand.scratchBytes > 0) {
            takes += "; " + gibibytes(demand.scratchBytes) + " more go to a scratch file in " +
                     settings.scratchFolder.string();
        }
        note(takes);
        HeadKernel parts = headKernel(sweep, head, m_kernel.trainLabels,
                                      {m_plan.embedding, streamSeed(m_plan.seed, RandomStream::kernelWords)});
        m_kernel.pTrain = std::move(parts.pTrain);
        m_kernel.fTrain = std::move(parts.fTrain);
        m_kernel.trainResiduals = std::move(parts.trainResiduals);
        if (!m_source.usesLora) {
            m_kernel.fTrainQueryValue = std::move(parts.fTrainQueryValue);
        }
        if (m_test.rows() > 0) {
            m_kernel.pTest = std::move(parts.pTest);
            m_kernel.fTest = std::move(parts.fTest);
        }
    }

    void computeResults() {
        setThreads(m_threads);
        m_kernel.spectrum = spectrumOf(m_kernel);
        if (m_kernel.trainLabels.size() < kLeastForRegression) {
            note("no kernel regression, which needs " + std::to_string(kLeastForRegression) +
                 " train samples for its folds");
            return;
        }
        std::optional<StageClock> clock;
        analysis::KernelRegressionHooks hooks;
        hooks.stop = m_hooks.stop;
        hooks.onFit = [&](int done, int total) {
            if (!clock) {
                clock.emplace(m_hooks, "evaluating", total);
            }
            clock->advance(done, 0);
        };
        m_kernel.regression = analysis::kernelRegression(m_kernel, hooks);
    }

    [[nodiscard]] std::string summaryLine() const {
        const auto ratio = analysis::fineTuningRatio(m_kernel);
        return m_plan.file.string() + ": added the " + m_kernel.adapted + " kernel " + m_kernel.state +
               " of " + std::to_string(m_train.rows()) + " train and " + std::to_string(m_test.rows()) +
               " test samples, FT ratio " + (ratio ? number("%.4f", *ratio) : "undefined") + ", ||P|| " +
               number("%.4g", analysis::kernelFrobeniusNorm(m_kernel, KernelPart::pretrainEffective)) +
               ", ||F|| " +
               number("%.4g", analysis::kernelFrobeniusNorm(m_kernel, KernelPart::fineTuningEffective));
    }

    const KernelPlan& m_plan;
    const TrainHooks& m_hooks;
    Run m_run;
    RunSource m_source;
    ModelFolder m_model;
    KernelState m_kernel;
    EncodedSplit m_train, m_test; ///< the chosen rows
    Encoder m_encoder{nullptr};
    torch::Device m_device{torch::kCPU};
    int m_threads = 1;
};

} // namespace

KernelEstimate estimateKernel(const KernelPlan& plan, const TrainHooks& hooks) {
    validate(plan);
    return rewrapTorch(
        "estimating the kernel", [&] { return KernelRun(plan, hooks).estimate(); }, kLessMemory);
}

std::string computeKernel(const KernelPlan& plan, const TrainHooks& hooks) {
    validate(plan);
    return rewrapTorch(
        "computing the kernel", [&] { return KernelRun(plan, hooks).compute(); }, kLessMemory);
}

} // namespace finescope::engine

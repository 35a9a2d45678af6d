#include "core/engine/theory/verification.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/theory/encoder_theory.h"
#include "core/engine/theory/head_checks.h"
#include "core/engine/theory/kernel_checks.h"
#include "core/engine/theory/laboratory.h"
#include "core/engine/theory/lora_checks.h"
#include "core/engine/theory/random_draws.h"
#include "core/engine/theory/step_checks.h"
#include "core/engine/threads.h"
#include "core/engine/torch_error.h"
#include "core/engine/train/probe.h"
#include "core/engine/workers.h"
#include "core/record/run_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTitles{{
    {"T1", "the kernel of all parameters is P + F"},
    {"T2", "P = (<phi, phi'> + 1) I_C and does not change with the head"},
    {"T3", "one gradient step is that of the kernel, to first order in the rate"},
    {"T4", "features orthogonal to the training samples do not change"},
    {"T5", "F and the feature change scale with the head's norm"},
    {"T6", "LoRA keeps P and on average scales F by s^2 sigma^2 r"},
    {"T7", "the derivative of the loss by each classifier norm"},
    {"T8", "a temperature and a divided head are the same"},
    {"T9", "a probe's optimum is stationary"},
    {"T10", "rank and sign of the kernel's parts"},
}};

/// The models that are checked: the linear one and a family of each form.
std::vector<std::string_view> checkedModels() {
    std::vector<std::string_view> models{"linear"};
    for (const Family* family : verifiedFamilies()) {
        models.push_back(family->name);
    }
    return models;
}

/// What one worker does at a time. Each makes its own models, so that none is shared between threads.
using Work = std::function<void()>;

std::size_t placeOf(const CheckResult& result) {
    const auto title = std::ranges::find(kTitles, result.id, [](const auto& entry) { return entry.first; });
    const std::vector<std::string_view> models = checkedModels();
    const auto model = std::ranges::find(models, result.model);
    return static_cast<std::size_t>(title - kTitles.begin()) * (models.size() + 1) +
           static_cast<std::size_t>(model - models.begin());
}

Head randomHead(std::int64_t classes, std::int64_t width, RandomBits& bits) {
    const double deviation = 1 / std::sqrt(static_cast<double>(width));
    return {normalMatrix(classes, width, deviation, bits), normalMatrix(classes, 1, deviation, bits).col(0)};
}

/// With the family's own pooling where none is given: what a decoder makes of the first token alone is the
/// same for all samples.
std::unique_ptr<TheoryModel> makeModel(std::string_view kind, std::optional<Pooling> pooling,
                                       const TheorySize& size, std::uint64_t seed) {
    if (kind == "linear") {
        return std::make_unique<LinearTheory>(size, LoraDistribution::normal, seed);
    }
    return std::make_unique<EncoderTheory>(kind, pooling.value_or(familyOf(kind).pooling), size, seed);
}

void append(std::vector<CheckResult>& all, std::vector<CheckResult> more) {
    std::ranges::move(more, std::back_inserter(all));
}

/// Everything but T4 and T6 of one model.
std::vector<CheckResult> checkModel(const TheoryModel& model, int classes, std::uint64_t seed) {
    RandomBits bits(seed);
    const ProbeSamples samples = model.probeSamples();
    const std::string name = model.name();
    const Head start = randomHead(classes, samples.features.cols(), bits);
    const ProbePath path = probePath(samples, classes, 1);

    std::vector<CheckResult> results = checkKernelSum(model, start);
    append(results, checkPretrainPart(model, start, path.optimum));
    append(results, checkFirstOrder(model, start));
    append(results, checkHeadScaling(model, start));
    results.push_back(checkNormDerivative(name, samples, start, "at the start of fine-tuning"));
    results.push_back(checkNormDerivative(name, samples, path.optimum, "late in linear probing"));
    results.push_back(checkNormsWantToGrow(name, samples, path));
    append(results, checkTemperature(name, samples, path.optimum));
    for (const double strength : {0.01, 1.0, 100.0}) {
        const Head optimum = probePath(samples, classes, strength).optimum;
        append(results,
               checkStationarity(name, samples, optimum, strength, HeadRounding::none, "fitted in double"));
    }
    const ProbedHead probed =
        probeHead(samples.features, samples.labels, classes, ProbeHead::exact, bits.next(), {});
    append(results,
           checkStationarity(name, samples, {probed.weight.cast<double>(), probed.bias.cast<double>()},
                             probed.choice.chosen, HeadRounding::single, "probe of a run"));
    append(results, checkRanks(model, start, "random head"));
    append(results, checkRanks(model, path.optimum, "probed head"));
    return results;
}

/// The tasks of a verification, and where each leaves what it found: places do not depend on the order.
class Agenda {
public:
    Agenda(const VerificationSettings& settings, std::stop_token stop)
        : m_settings(settings), m_stop(std::move(stop)), m_bits(settings.seed) {
        addLoraLaboratory(); // the longest first
        addOrthogonalLaboratory();
        addLoraChecks();
        addModels();
        addOrthogonalChecks();
    }

    Agenda(const Agenda&) = delete; // the tasks write here
    Agenda& operator=(const Agenda&) = delete;

    [[nodiscard]] const std::vector<Work>& tasks() const { return m_tasks; }

    [[nodiscard]] Verification result() {
        std::vector<CheckResult> all;
        for (std::vector<CheckResult>& part : m_found) {
            append(all, std::move(part));
        }
        all.push_back(boundOfTheProposition());
        m_laboratory.created = record::nowUtc();
        return {mergedResults(all), std::move(m_laboratory)};
    }

private:
    /// `check` gets a place of its own.
    void add(std::function<std::vector<CheckResult>()> check) {
        const std::size_t place = m_found.size();
        m_found.emplace_back();
        m_tasks.push_back([this, place, check = std::move(check)] { m_found[place] = check(); });
    }

    void addModels() {
        const std::vector<std::int64_t> classCounts =
            m_settings.quick ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{2, 3, 5};
        const int repeats = m_settings.quick ? 1 : 6;
        for (int repeat = 0; repeat < repeats; ++repeat) {
            const bool other = repeat % 2 == 1; // another shape and pooling
            for (const std::string_view kind : checkedModels()) {
                for (const std::int64_t classes : classCounts) {
                    TheorySize size{.width = other ? 12 : 20,
                                    .inputs = other ? 30 : 12,
                                    .train = other ? 8 : 5,
                                    .probe = 80,
                                    .classes = classes};
                    const std::uint64_t seed = m_bits.next();
                    add([=] {
                        const auto model =
                            makeModel(kind, other ? std::optional(Pooling::mean) : std::nullopt, size, seed);
                        return checkModel(*model, static_cast<int>(classes), seed + 1);
                    });
                }
            }
        }
    }

    void addOrthogonalChecks() {
        constexpr double kRounding = 1e-12;
        const std::int64_t steps = m_settings.quick ? 1000 : 20'000;
        for (const Eigen::Index inputs : {Eigen::Index{6}, Eigen::Index{20}, Eigen::Index{50}}) {
            for (const bool alongAxes : {false, true}) {
                const std::uint64_t seed = m_bits.next();
                add([=] {
                    RandomBits bits(seed);
                    const OutsideCase given = randomOutsideCase(inputs, 8, 3, inputs / 2, alongAxes, bits);
                    return checkOrthogonal(given, steps, alongAxes ? 0 : kRounding);
                });
            }
        }
    }

    void addLoraChecks() {
        const auto checkOf = [this](std::string_view kind, LoraDistribution distribution, std::int64_t draws,
                                    const std::string& which) {
            const std::uint64_t seed = m_bits.next();
            add([=, stop = m_stop] {
                constexpr std::int64_t kClasses = 2;
                const TheorySize size{.inputs = 24, .classes = kClasses};
                const std::unique_ptr<TheoryModel> model =
                    kind == "linear" ? std::make_unique<LinearTheory>(size, distribution, seed)
                                     : makeModel(kind, std::nullopt, size, seed);
                RandomBits bits(seed + 1);
                const Head head = randomHead(kClasses, size.width, bits);
                return checkLora(*model, head,
                                 {.rank = 8,
                                  .alpha = 12,
                                  .draws = draws,
                                  .seed = bits.next(),
                                  .normal = distribution == LoraDistribution::normal,
                                  .stop = stop},
                                 which);
            });
        };
        const std::int64_t linear = m_settings.quick ? 2000 : 50'000, encoder = m_settings.quick ? 150 : 2000;
        checkOf("linear", LoraDistribution::normal, linear, "normal A");
        checkOf("linear", LoraDistribution::uniform, linear, "uniform A");
        for (const Family* family : verifiedFamilies()) {
            checkOf(family->name, LoraDistribution::uniform, encoder, "uniform A");
        }
    }

    void addOrthogonalLaboratory() {
        const std::vector<std::int64_t> dimensions =
            m_settings.quick ? std::vector<std::int64_t>{16, 64} : std::vector<std::int64_t>{16, 64, 256};
        const std::int64_t steps = m_settings.quick ? 1000 : 10'000;
        m_laboratory.orthogonal = {laboratoryAngles(), laboratorySteps(steps), {}};
        m_laboratory.orthogonal.series.resize(dimensions.size());
        for (std::size_t i = 0; i < dimensions.size(); ++i) {
            const OrthogonalSettings settings{.dimension = dimensions[i],
                                              .samples = dimensions[i] / 4,
                                              .seeds = m_settings.quick ? 5 : 10,
                                              .steps = steps,
                                              .seed = m_bits.next(),
                                              .stop = m_stop};
            m_tasks.push_back(
                [this, i, settings] { m_laboratory.orthogonal.series[i] = measureOrthogonal(settings); });
        }
    }

    void addLoraLaboratory() {
        const std::vector<std::int64_t> dimensions =
            m_settings.quick ? std::vector<std::int64_t>{32, 128} : std::vector<std::int64_t>{32, 128, 512};
        analysis::LoraLaboratory& laboratory = m_laboratory.lora;
        LoraLaboratorySettings settings;
        settings.seeds = m_settings.quick ? 5 : 10;
        settings.draws = m_settings.quick ? 200 : 1000;
        settings.stop = m_stop;
        laboratory = {
            settings.draws, settings.samples * (settings.samples + 1) / 2, loraLevels(), loraErrors(), {}};
        constexpr std::array<std::int64_t, 9> kRanks{256, 128, 64, 32, 16, 8, 4, 2, 1};
        laboratory.series.resize(dimensions.size() * kRanks.size());
        for (std::size_t i = 0; i < dimensions.size(); ++i) {
            for (std::size_t k = 0; k < kRanks.size(); ++k) {
                settings.dimension = dimensions[i];
                settings.rank = kRanks[k];
                settings.seed = m_bits.next();
                const std::size_t place = (i + 1) * kRanks.size() - 1 - k; // ranks ascending
                m_tasks.push_back(
                    [this, place, settings] { m_laboratory.lora.series[place] = measureLora(settings); });
            }
        }
    }

    /// T6's last part: the bound of definitions.md, Proposition on LoRA, on what the laboratory measured.
    [[nodiscard]] CheckResult boundOfTheProposition() const {
        const analysis::LoraLaboratory& lora = m_laboratory.lora;
        double worst = -INFINITY;
        for (const analysis::LoraSeries& series : lora.series) {
            for (std::size_t k = 0; k < lora.errors.size(); ++k) {
                const double least =
                    analysis::loraProbabilityBound(lora.errors[k], static_cast<double>(series.rank));
                const double share = series.share.col(static_cast<Eigen::Index>(k)).minCoeff();
                worst = std::max(worst, least - share);
            }
        }
        return {.id = "T6",
                .model = "linear",
                .measured = "1 - 4 exp(-(eps^2 - eps^3) r/4) less the share of draws within eps, the largest",
                .error = worst,
                .bound = 0,
                .cases = static_cast<int>(lora.series.size() * lora.errors.size())};
    }

    VerificationSettings m_settings;
    std::stop_token m_stop;
    RandomBits m_bits;
    std::vector<Work> m_tasks;
    std::vector<std::vector<CheckResult>> m_found;
    analysis::TheoryLaboratory m_laboratory;
};

} // namespace

bool Verification::holds() const {
    return std::ranges::all_of(checks, &CheckResult::holds);
}

std::string_view checkTitle(std::string_view id) {
    return std::ranges::find(kTitles, id, [](const auto& entry) { return entry.first; })->second;
}

std::vector<CheckResult> mergedResults(const std::vector<CheckResult>& results) {
    std::vector<CheckResult> merged;
    for (const CheckResult& result : results) {
        const auto same = std::ranges::find_if(merged, [&](const CheckResult& other) {
            return other.id == result.id && other.model == result.model && other.measured == result.measured;
        });
        if (same == merged.end()) {
            merged.push_back(result);
            continue;
        }
        const int cases = same->cases + result.cases;
        if (!(result.error <= same->error)) {
            *same = std::isnan(same->error) ? *same : result;
        }
        same->cases = cases;
    }
    std::ranges::stable_sort(merged, {}, placeOf);
    return merged;
}

Verification verifyTheory(const VerificationSettings& settings, const TrainHooks& hooks) {
    return rewrapTorch("verifying the theory", [&] {
        setThreads(1);
        Agenda agenda(settings, hooks.stop);
        const std::vector<Work>& tasks = agenda.tasks();
        std::mutex mutex; // guards `progress` and the hook
        TrainProgress progress;
        progress.stage = "verifying";
        progress.totalSteps = static_cast<std::int64_t>(tasks.size());
        analysis::forEachTask(
            tasks.size(), settings.workers,
            [&](std::size_t, std::size_t task) {
                tasks[task]();
                const std::lock_guard lock(mutex);
                ++progress.step;
                if (hooks.onProgress) {
                    hooks.onProgress(progress);
                }
            },
            torchWorkers(hooks.stop));
        return agenda.result();
    });
}

nlohmann::ordered_json verificationToJson(const Verification& verification) {
    nlohmann::ordered_json checks = nlohmann::ordered_json::array();
    for (const CheckResult& check : verification.checks) {
        checks.push_back({{"id", check.id},
                          {"title", checkTitle(check.id)},
                          {"model", check.model},
                          {"measured", check.measured},
                          {"error", check.error},
                          {"bound", check.bound},
                          {"holds", check.holds()},
                          {"cases", check.cases},
                          {"detail", check.detail}});
    }
    return {{"checks", std::move(checks)},
            {"laboratory", analysis::laboratoryToJson(verification.laboratory)}};
}

} // namespace finescope::engine

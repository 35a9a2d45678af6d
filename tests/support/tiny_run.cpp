#include "tests/support/tiny_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>

namespace finescope::tests {

namespace {

using record::EpochKey;
using record::EpochRow;
using record::Stage;

constexpr double kLabelNoise = 0.15;
constexpr double kCommonPart = 4.0; // what all features share, so that they look alike as an encoder's do
constexpr double kSignal = 1.0;     // distance of the classes in the pre-trained features
constexpr std::int64_t kProbingSteps = 12;
constexpr std::int64_t kStepsPerEpoch = 20;
constexpr double kPeakRate = 2e-5;
constexpr double kOverwhelming = 5000; // how much more a bias is that decides everything

// How a method ends: norms of the classifier and how far the features went.
struct MethodShape {
    bool probes = false;
    bool fineTunes = true;
    bool lora = false;
    double probedNorm = 0;
    double finalNorm = 0;
    double movement = 0;
};

MethodShape shapeOf(const std::string& method) {
    if (method == "lp") {
        return {.probes = true,
                .fineTunes = false,
                .lora = false,
                .probedNorm = 9.0,
                .finalNorm = 9.0,
                .movement = 0};
    }
    if (method == "lp-ft") {
        return {.probes = true,
                .fineTunes = true,
                .lora = false,
                .probedNorm = 9.0,
                .finalNorm = 9.2,
                .movement = 1.6};
    }
    if (method == "lora") {
        return {.probes = false,
                .fineTunes = true,
                .lora = true,
                .probedNorm = 0,
                .finalNorm = 1.3,
                .movement = 5.0};
    }
    if (method == "lp-lora") {
        return {.probes = true,
                .fineTunes = true,
                .lora = true,
                .probedNorm = 9.0,
                .finalNorm = 9.1,
                .movement = 0.9};
    }
    return {.probes = false,
            .fineTunes = true,
            .lora = false,
            .probedNorm = 0,
            .finalNorm = 0.8,
            .movement = 9.0};
}

// std::normal_distribution differs between libraries; this does not.
class Normal {
public:
    explicit Normal(std::uint64_t seed) : m_engine(seed) {}
    double uniform() { return static_cast<double>(m_engine() >> 11U) * 0x1p-53; }
    double operator()() {
        return std::sqrt(-2.0 * std::log(1.0 - uniform())) * std::cos(2.0 * std::numbers::pi * uniform());
    }
    std::int64_t below(std::int64_t limit) {
        return static_cast<std::int64_t>(uniform() * static_cast<double>(limit));
    }
    MatrixD matrix(Eigen::Index rows, Eigen::Index columns, double scale) {
        return MatrixD::NullaryExpr(rows, columns, [&] { return scale * (*this)(); });
    }

private:
    std::mt19937_64 m_engine;
};

struct Split {
    std::string name, role;
    Labels labels;
    MatrixD pretrained; ///< [N, h]
    MatrixD direction;  ///< [N, h], where training moves each feature
};

struct Evaluation {
    EpochKey key;
    double vNorm = 0; ///< of the classifier
    double fit = 0;   ///< how much of it is fitted (1) and not random (0)
    double bNorm = 0;
    double moved = 0; ///< distance of the features from the pre-trained ones, before noise
    std::int64_t steps = 0;
};

// Class c is the direction of coordinate c; the last coordinate is what all have in common.
Split makeSplit(const std::string& name, const std::string& role, std::int64_t rows, double shift,
                const TinyRun& options, Normal& normal) {
    Split split{
        name, role, {}, normal.matrix(rows, options.width, 0.45), normal.matrix(rows, options.width, 0.25)};
    split.pretrained.col(options.width - 1).array() += kCommonPart;
    for (Eigen::Index i = 0; i < rows; ++i) {
        const auto truth = normal.below(options.classes);
        const bool flipped = normal.uniform() < kLabelNoise;
        split.labels.push_back(flipped ? normal.below(options.classes) : truth);
        split.pretrained(i, truth) += kSignal * (1.0 - shift);
        // What training makes of a sample is right more often than its pre-trained feature shows, not always.
        // Of the training split it learns the labels themselves, noise included.
        const bool missed = normal.uniform() < 0.06 + 0.25 * shift;
        const auto learned = role == "train" ? split.labels.back() : truth;
        split.direction(i, missed ? normal.below(options.classes) : learned) += 1.0;
    }
    return split;
}

std::vector<Evaluation> evaluations(const TinyRun& options, const MethodShape& shape, double startNorm) {
    std::vector<Evaluation> all;
    const double bias = options.collapsed ? kOverwhelming : 1;
    if (shape.probes) {
        all.push_back({{0, Stage::linearProbing}, startNorm, 0, 0, 0, 0});
        all.push_back({{1, Stage::linearProbing}, shape.probedNorm, 1, 0.3 * bias, 0, kProbingSteps});
    }
    if (shape.fineTunes) {
        const double unscaled = shape.probes ? shape.probedNorm : startNorm;
        const double from = options.classifierScale * unscaled;
        const double movement = 2 * shape.movement / (1 + options.classifierScale);
        for (std::int64_t epoch = 0; epoch <= options.epochs; ++epoch) {
            const double t =
                1.0 - std::exp(-2.5 * static_cast<double>(epoch) / static_cast<double>(options.epochs));
            all.push_back({{static_cast<double>(epoch), Stage::fineTuning},
                           from + (shape.finalNorm - unscaled) * t,
                           shape.probes ? 1.0 : t,
                           ((shape.probes ? 0.3 : 0.0) + 0.02 * t) * bias,
                           movement * t,
                           epoch == 0 ? 0 : kStepsPerEpoch});
        }
    }
    return all;
}

double crossEntropy(const MatrixF& logits, const Labels& labels) {
    double sum = 0;
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
        const Eigen::ArrayXd z = logits.row(i).cast<double>().array();
        sum +=
            z.maxCoeff() + std::log((z - z.maxCoeff()).exp().sum()) - z(labels[static_cast<std::size_t>(i)]);
    }
    return sum / static_cast<double>(logits.rows());
}

double accuracy(const MatrixF& logits, const Labels& labels) {
    double right = 0;
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
        Eigen::Index best = 0;
        logits.row(i).maxCoeff(&best);
        right += best == labels[static_cast<std::size_t>(i)] ? 1 : 0;
    }
    return right / static_cast<double>(logits.rows());
}

double meanNorm(const MatrixF& rows) {
    return rows.cast<double>().rowwise().norm().mean();
}

// Mean over pairs i < j, by the square of the sum of the unit vectors.
double meanCosine(const MatrixF& rows) {
    const MatrixD unit = rows.cast<double>().rowwise().normalized();
    const auto n = static_cast<double>(rows.rows());
    return (unit.colwise().sum().squaredNorm() - n) / (n * (n - 1));
}

const std::vector<std::string> kStepSeries{
    "train_loss",           "learning_rate",    "gradient_norm",  "classifier_weight_norm",
    "classifier_bias_norm", "train_logit_norm", "train_accuracy", "validation_accuracy"};
const std::vector<std::string> kEpochSeries{"train_loss",
                                            "validation_loss",
                                            "validation_accuracy",
                                            "test_loss",
                                            "test_accuracy",
                                            "logit_norm",
                                            "classifier_weight_norm",
                                            "classifier_bias_norm",
                                            "feature_difference",
                                            "feature_cosine_similarity"};

} // namespace

struct TinyRunWriter::State {
    State(const std::filesystem::path& file, const TinyRun& tiny);

    [[nodiscard]] MatrixF weight(const Evaluation& at) const;
    [[nodiscard]] VectorF bias(double norm) const;
    [[nodiscard]] MatrixF features(const Split& split, double moved) const {
        return (split.pretrained + moved * split.direction).cast<float>();
    }
    [[nodiscard]] MatrixF logits(const Split& split, const Evaluation& at) const {
        MatrixF all =
            (features(split, at.moved) * weight(at).transpose()).rowwise() + bias(at.bNorm).transpose();
        if (options.brokenLogits && split.name == "test") {
            all.row(0).setConstant(std::numeric_limits<float>::quiet_NaN());
        }
        return all;
    }
    void writeSteps(const Evaluation& from, const Evaluation& to);
    [[nodiscard]] record::RunPlan plan() const;

    TinyRun options;
    MethodShape shape;
    Normal normal;
    MatrixD headNoise;
    std::vector<Split> splits;
    std::vector<Evaluation> rows;
    std::size_t next = 0;
    std::int64_t totalSteps = 0;
    double bestAccuracy = -1;
    std::int64_t selected = -1;
    record::RunWriter writer;
};

TinyRunWriter::State::State(const std::filesystem::path& file, const TinyRun& tiny)
    : options(tiny), shape(shapeOf(tiny.method)), normal(static_cast<std::uint64_t>(tiny.seed) * 977U + 5U),
      headNoise(normal.matrix(tiny.classes, tiny.width, 1.0)), splits([this] {
          std::vector<Split> all;
          all.push_back(makeSplit("train", "train", 2 * options.rows, 0, options, normal));
          all.push_back(makeSplit("validation", "validation", options.rows, 0, options, normal));
          all.push_back(makeSplit("test", "test", options.rows, 0, options, normal));
          all.push_back(makeSplit("shifted", "ood", options.rows, 0.5, options, normal));
          return all;
      }()),
      rows(evaluations(tiny, shape, 0.02 * std::sqrt(static_cast<double>(tiny.classes * tiny.width)))),
      writer(file, plan(), tiny.existing) {
    for (const auto& row : rows) {
        totalSteps += row.key.stage == Stage::fineTuning ? row.steps : 0;
    }
    for (const auto& split : splits) {
        if (split.role != "train") {
            writer.writeFeatures(split.name, record::RunWriter::Features::pretrained, features(split, 0));
        }
    }
}

record::RunPlan TinyRunWriter::State::plan() const {
    record::RunPlan plan;
    const auto seed = std::to_string(options.seed);
    plan.runId = "tiny-" + options.task + "-" + options.method + "-" + seed + "-" +
                 std::to_string(options.classifierScale);
    plan.name = options.name.empty() ? options.method + ", seed " + seed : options.name;
    plan.created = "2026-01-01T00:00:00Z";
    plan.creator = "finescope tests";
    plan.method = options.method;
    plan.task = options.task;
    plan.model = "tiny-encoder";
    plan.config = R"({"learning_rate": 2e-5, "batch_size": 8, "classifier_scale": )" +
                  std::to_string(options.classifierScale) + "}";
    plan.seed = options.seed;
    plan.classNames = options.classNames;
    for (auto c = static_cast<std::int64_t>(plan.classNames.size()); c < options.classes; ++c) {
        plan.classNames.push_back("class " + std::to_string(c));
    }
    plan.classifierWidth = options.width;
    plan.stepSeries = kStepSeries;
    plan.epochSeries = kEpochSeries;
    for (const auto& split : splits) {
        const std::int64_t width = split.role == "train" ? 0 : options.width;
        plan.splits.push_back({split.name, split.role, options.task, split.labels, width, width});
    }
    if (shape.lora) {
        Normal start(static_cast<std::uint64_t>(options.seed) + 3U);
        for (std::int64_t layer = 0; layer < 2; ++layer) {
            const auto a = [&]() -> MatrixF { return start.matrix(4, options.width, 0.2).cast<float>(); };
            plan.lora.push_back({layer, a(), a()});
        }
    }
    return plan;
}

// The class directions, never quite clean, scaled to the norm.
MatrixF TinyRunWriter::State::weight(const Evaluation& at) const {
    const auto classes = static_cast<Eigen::Index>(options.classes);
    MatrixD v = (0.25 * (1.0 - at.fit) + 0.08 * at.fit) * headNoise;
    v.leftCols(classes) += at.fit * MatrixD::Identity(classes, classes);
    v.col(v.cols() - 1).setZero(); // the bias speaks for what all samples share
    return (v * (at.vNorm / v.norm())).cast<float>();
}

VectorF TinyRunWriter::State::bias(double norm) const {
    VectorD b = headNoise.col(0);
    if (options.collapsed) {
        b = VectorD::Unit(options.classes, 0);
    }
    return (b * (norm / b.norm())).cast<float>();
}

void TinyRunWriter::State::writeSteps(const Evaluation& from, const Evaluation& to) {
    const bool probing = to.key.stage == Stage::linearProbing;
    std::vector<record::StepRow> steps;
    const auto& train = splits[0];
    const auto& validation = splits[1];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (std::int64_t i = 1; i <= to.steps; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(to.steps);
        const auto between = [part](double a, double b) { return a + (b - a) * part; };
        Evaluation at = to;
        at.vNorm = between(from.vNorm, to.vNorm);
        at.fit = between(from.fit, to.fit);
        at.bNorm = between(from.bNorm, to.bNorm);
        at.moved = between(from.moved, to.moved);
        const auto z = logits(train, at);
        const double noise = probing ? 0.0 : 0.06 * normal();
        record::StepRow row;
        row.step = probing ? i : static_cast<std::int64_t>(to.key.epoch - 1) * kStepsPerEpoch + i;
        row.key = {probing ? 0.0 : to.key.epoch - 1 + part, to.key.stage};
        const double done =
            totalSteps > 0 ? static_cast<double>(row.step) / static_cast<double>(totalSteps) : 0;
        row.values = {std::abs(crossEntropy(z, train.labels) + noise),
                      probing ? nan : kPeakRate * (1.0 - done),
                      probing ? std::exp(-0.7 * static_cast<double>(i)) : 2.0 + std::abs(normal()),
                      at.vNorm,
                      at.bNorm,
                      meanNorm(z),
                      probing ? accuracy(z, train.labels) : nan,
                      probing ? accuracy(logits(validation, at), validation.labels) : nan};
        steps.push_back(std::move(row));
    }
    writer.appendSteps(steps);
    if (!steps.empty()) {
        writer.setProgress(steps.back().step, probing ? 0 : totalSteps);
    }
}

TinyRunWriter::TinyRunWriter(const std::filesystem::path& file, const TinyRun& options)
    : m_state(std::make_unique<State>(file, options)) {}
TinyRunWriter::~TinyRunWriter() = default;

record::RunWriter& TinyRunWriter::writer() {
    return m_state->writer;
}

bool TinyRunWriter::writeNext() {
    auto& state = *m_state;
    if (state.next == state.rows.size()) {
        return false;
    }
    const auto& at = state.rows[state.next];
    if (state.next > 0) {
        state.writeSteps(state.rows[state.next - 1], at);
    }
    EpochRow row;
    row.key = at.key;
    row.weight = state.weight(at);
    row.bias = state.bias(at.bNorm);
    const bool fitted = at.key == EpochKey{1, Stage::linearProbing};
    for (const auto& split : state.splits) {
        if (split.role != "train" || at.key.epoch == 0 || fitted) {
            row.logits[split.name] = state.logits(split, at);
        }
    }
    const auto& validation = state.splits[1];
    const auto& test = state.splits[2];
    const auto moved = state.features(test, at.moved);
    const double validationAccuracy = accuracy(row.logits["validation"], validation.labels);
    row.values = {crossEntropy(state.logits(state.splits[0], at), state.splits[0].labels),
                  crossEntropy(row.logits["validation"], validation.labels),
                  validationAccuracy,
                  crossEntropy(row.logits["test"], test.labels),
                  accuracy(row.logits["test"], test.labels),
                  meanNorm(row.logits["test"]),
                  at.vNorm,
                  at.bNorm,
                  meanNorm(moved - state.features(test, 0)),
                  meanCosine(moved)};
    state.writer.appendEpoch(row);
    const auto lastStage = state.shape.fineTunes ? Stage::fineTuning : Stage::linearProbing;
    if (at.key.stage == lastStage && at.key.epoch > 0 && validationAccuracy > state.bestAccuracy) {
        state.bestAccuracy = validationAccuracy;
        state.selected = static_cast<std::int64_t>(state.next);
    }
    ++state.next;
    return true;
}

void TinyRunWriter::finish() {
    auto& state = *m_state;
    const auto& selected = state.rows.at(static_cast<std::size_t>(state.selected));
    const bool trainIsThere = selected.key == EpochKey{1, Stage::linearProbing};
    for (const auto& split : state.splits) {
        if (split.role != "train") {
            state.writer.writeFeatures(split.name, record::RunWriter::Features::final,
                                       state.features(split, selected.moved));
        } else if (!trainIsThere) {
            state.writer.appendLogits(split.name, selected.key, state.logits(split, selected));
        }
    }
    state.writer.setSelected(state.selected);
    state.writer.finish(record::Status::complete);
}

void TinyRunWriter::stop(record::Status status, const std::string& message) {
    m_state->writer.finish(status, message);
}

std::filesystem::path writeTinyRun(const std::filesystem::path& file, const TinyRun& options) {
    TinyRunWriter run(file, options);
    while (run.writeNext()) {
    }
    run.finish();
    return file;
}

} // namespace finescope::tests

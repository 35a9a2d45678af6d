#include "core/engine/model/architecture/attention.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/lora.h"
#include "core/engine/threads.h"
#include "tests/core/engine/ntk/sweep_problem.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace finescope;
using namespace finescope::engine;

namespace {

/// A kind of layer that no family has: norms before, not after, and a gate; biases in attention alone.
class GatedLayer : public Layer {
public:
    GatedLayer(std::int64_t wide, bool closes)
        : Layer(0), m_key(kWidth, kWidth), m_attentionOutput(kWidth, kWidth, false),
          m_gate(kWidth, wide, false), m_up(kWidth, wide, false), m_inputNorm(kWidth, 1e-6),
          m_middleNorm(kWidth, 1e-6) {
        register_module("input_norm", m_inputNorm);
        query = register_module("query", Projection(kWidth, kWidth));
        register_module("key", m_key);
        value = register_module("value", Projection(kWidth, kWidth));
        register_module("attention_output", m_attentionOutput);
        register_module("middle_norm", m_middleNorm);
        register_module("gate", m_gate);
        register_module("up", m_up);
        output = register_module("down", Projection(wide, kWidth, false));
        if (closes) {
            outputNorm = register_module("last_norm", Norm(kWidth, 1e-6));
        }
    }
    Widened widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                  Dropout* dropout, Taps* taps) override {
        const auto asked = [&](const torch::Tensor& x) { return context.asked(x, tokens); };
        const torch::Tensor normed = m_inputNorm->forward(hidden, taps);
        const torch::Tensor queries = query->forward(asked(normed), taps);
        const torch::Tensor keys = m_key->forward(normed, taps), values = value->forward(normed, taps);
        const torch::Tensor attention = attend(queries, keys, values, 2, context.attentionBias, 0, dropout);
        const torch::Tensor residual = asked(hidden) + m_attentionOutput->forward(attention, taps);
        const torch::Tensor middle = m_middleNorm->forward(residual, taps);
        return {residual, torch::gelu(m_gate->forward(middle, taps)) * m_up->forward(middle, taps)};
    }

private:
    Projection m_key, m_attentionOutput, m_gate, m_up;
    Norm m_inputNorm, m_middleNorm;
};

} // namespace

/// Kernels of layers as no family has them.
class TestLayerKinds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    // The sweep knows of layers what their taps say.
    void layersOfAnotherKindEqualBruteForce() {
        Problem problem("roberta", 2);
        Encoder& encoder = problem.encoder;
        for (std::size_t i = 0; i < encoder->layers.size(); ++i) {
            const auto layer = std::make_shared<GatedLayer>(kWidth + 6, i + 1 == encoder->layers.size());
            layer->to(torch::kFloat64);
            const torch::NoGradGuard noGrad;
            std::uint64_t seed = 100 * (i + 1);
            for (torch::Tensor& parameter : layer->parameters()) {
                parameter.add_(0.3 * normal(parameter.sizes(), ++seed));
            }
            encoder->replace_module("layer_" + std::to_string(i), layer);
            encoder->layers[i] = layer;
        }
        const QTemporaryDir folder;
        SweepSettings settings;
        settings.scratchFolder = folder.path().toStdString();
        for (const auto& [name, pooling] : kPoolings) {
            settings.pooling = pooling;
            settings.adapted = AdaptedParameters::full;
            for (const std::uint64_t memory : {std::uint64_t{4} << 30U, std::uint64_t{1}}) {
                settings.memoryBytes = memory;
                compareByGroup(problem, settings);
            }
        }
        addLora(encoder, {3, 6.0, 9});
        settings.adapted = AdaptedParameters::lora;
        compareByGroup(problem, settings);
    }

    // With a window of one token nothing but itself is attended to.
    void aWindowOfOneTokenLeavesEachToItself() {
        EncoderConfig config = familyOf("mistral").small(kWidth);
        config.preNorm.window = 0;
        Encoder encoder(config);
        initialise(encoder, 3);
        const auto hidden = [&](const std::vector<std::int64_t>& ids) {
            const torch::Tensor row = torch::tensor(ids, torch::kInt64).unsqueeze(0);
            return encoder->forward({row, torch::zeros_like(row), torch::ones_like(row)})[0];
        };
        QVERIFY((hidden({4, 5, 6})[2] - hidden({7, 5, 6})[2]).abs().max().item<double>() == 0);
        QVERIFY((hidden({4, 5, 6})[0] - hidden({7, 5, 6})[0]).abs().max().item<double>() > 0);
    }

    void disentangledAttentionOfEveryKindEqualsBruteForce_data() {
        QTest::addColumn<bool>("contentToPosition");
        QTest::addColumn<bool>("positionToContent");
        QTest::addColumn<bool>("sharesProjections");
        QTest::addColumn<bool>("tableNormed");
        QTest::addColumn<int>("buckets");
        QTest::addColumn<int>("farthest");
        QTest::newRow("as v3") << true << true << true << true << 8 << 32;
        QTest::newRow("projections of its own") << true << true << false << true << 4 << 12;
        QTest::newRow("one distance a row") << true << true << true << false << 0 << 12;
        QTest::newRow("far ones alike") << true << true << false << false << 0 << 3;
        QTest::newRow("keys' positions alone") << true << false << true << true << 4 << 12;
        QTest::newRow("queries' positions alone") << false << true << false << false << 4 << 12;
    }
    void disentangledAttentionOfEveryKindEqualsBruteForce() {
        QFETCH(const bool, contentToPosition);
        QFETCH(const bool, positionToContent);
        QFETCH(const bool, sharesProjections);
        QFETCH(const bool, tableNormed);
        QFETCH(const int, buckets);
        QFETCH(const int, farthest);
        EncoderConfig config = kDebertaV2.small(kWidth);
        config.positionsInInput = false;
        config.typeVocabularySize = 0;
        config.embeddingSize = 0;
        config.disentangled = {contentToPosition, positionToContent, sharesProjections,
                               tableNormed,       farthest,          buckets};
        config.relativeBuckets = 2 * config.disentangled.span();
        Problem problem(randomEncoder(config, 1), 2);
        const QTemporaryDir folder;
        SweepSettings settings;
        settings.workers = 2;
        settings.scratchFolder = folder.path().toStdString();
        const std::pair<std::optional<Contraction>, std::uint64_t> ways[] = {
            {std::nullopt, std::uint64_t{4} << 30U},
            {Contraction::materialise, 1},
            {Contraction::hadamard, std::uint64_t{4} << 30U}};
        for (const auto& [name, pooling] : kPoolings) {
            settings.pooling = pooling;
            for (const auto& [contraction, memory] : ways) {
                settings.contraction = contraction;
                settings.memoryBytes = memory;
                compareByGroup(problem, settings);
            }
        }
        addLora(problem.encoder, {3, 6.0, 9});
        settings.adapted = AdaptedParameters::lora;
        settings.contraction.reset();
        for (const auto& [name, pooling] : kPoolings) {
            settings.pooling = pooling;
            compareByGroup(problem, settings);
        }
    }
};

QTEST_GUILESS_MAIN(TestLayerKinds)
#include "test_layer_kinds.moc"

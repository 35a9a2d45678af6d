#include "core/engine/ntk/layer_sweep.h"

#include "core/engine/model/architecture/relative_positions.h"
#include "core/engine/model/lora.h"
#include "core/engine/ntk/embedding_gram.h"
#include "core/engine/ntk/gram.h"
#include "core/engine/ntk/layer_gradients.h"
#include "core/engine/ntk/sample_order.h"
#include "core/engine/ntk/scratch_space.h"
#include "core/engine/ntk/sweep_progress.h"
#include "core/engine/tensor_matrix.h"
#include "core/engine/torch_error.h"
#include "core/engine/workers.h"
#include "core/error.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

namespace finescope::engine {

namespace {

using Blocks = std::vector<torch::Tensor>;              // one tensor for each block
using Deltas = std::vector<std::vector<torch::Tensor>>; // [block][direction]

void checkEncodings(const EncoderConfig& config, const std::vector<Encoding>& encodings, const char* role) {
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        const auto length = static_cast<std::int64_t>(encodings[i].ids.size());
        if (length < 1 || length > config.maxLength()) {
            throw Error(ErrorKind::badInput, std::string(role) + " sample " + std::to_string(i) + " has " +
                                                 std::to_string(length) + " tokens; the encoder takes 1 to " +
                                                 std::to_string(config.maxLength()));
        }
    }
}

/// One run of a sweep: what all its parts share.
class Sweep {
public:
    Sweep(const Encoder& encoder, const SweepSettings& settings, const SweepSamples& samples,
          const SweepRequest& request, std::int64_t directions);

    [[nodiscard]] SweepResult result();

private:
    void goForward();
    void startDeltas();
    void goBack(std::size_t layer);
    [[nodiscard]] torch::Tensor inputOf(std::size_t layer, std::size_t block);
    void addShared(std::size_t block, const Deltas& deltas); // [direction][table]
    [[nodiscard]] torch::Tensor sharedOf(std::size_t table, std::size_t block, std::int64_t direction) const;
    void pullShared(std::size_t block, TapGradients& gradients);
    /// Computes the output of `input` and pulls each direction's delta above back to it.
    template <typename Compute, typename Above, typename Below>
    void pullThrough(std::size_t block, TapGradients& gradients, const torch::Tensor& input,
                     const Compute& compute, const Above& above, const Below& below);
    void addGradients(TapGradients& gradients);
    void contract(LinearFactors& linear);
    void bringBack(LinearFactors& linear) const;
    void addEmbeddings();
    void addDense(ParameterGroup group, const torch::Tensor& gradients);
    void forEachBlock(const std::function<void(std::size_t block)>& body) const;

    const Encoder& m_encoder;
    const SweepSettings& m_settings;
    const SweepSamples& m_samples;
    const SweepRequest& m_request;
    KernelRows m_rows;
    SweepPlan m_plan;
    torch::Device m_device;
    SweepProgress m_progress;
    ScratchSpace m_inputSpace, m_layerSpace;
    std::set<ParameterGroup> m_wanted;
    Blocks m_embedded;          ///< the first layer's input, [n, T, h]
    std::vector<Blocks> m_sums; ///< what each layer's closing norm read, [n, T or 1, h], while it is needed
    Blocks m_features;
    std::vector<LayerContext> m_contexts; ///< of each block
    Deltas m_deltas;                      ///< at the output of the layer that is next
    RelativeRows m_sharedRows;            ///< that any sample reaches
    /// Deltas at those of each shared table as the layers read it, [rows, count, .], of the layers so far;
    /// undefined if unwanted.
    std::vector<torch::Tensor> m_shared;
    std::vector<GramSums> m_kernels;      ///< of each worker
    std::vector<torch::Tensor> m_buffers; ///< likewise
};

Sweep::Sweep(const Encoder& encoder, const SweepSettings& settings, const SweepSamples& samples,
             const SweepRequest& request, std::int64_t directions)
    : m_encoder(encoder), m_settings(settings), m_samples(samples), m_request(request),
      m_rows(samples.rows(directions)), m_plan(planSweep(*encoder, samples, settings, directions)),
      m_device(encoder->wordEmbeddings->weight.device()),
      m_progress(settings.onProgress, m_plan.demand.operations, m_device),
      m_inputSpace(m_plan.inputBytes, settings.scratchFolder),
      m_layerSpace(m_plan.layerBytes, settings.scratchFolder) {
    for (const auto& set : request.sets) {
        m_wanted.insert(set.begin(), set.end());
    }
    for (const SampleBlock& block : samples.blocks) {
        m_contexts.push_back(encoder->context(block.tokens.mask, settings.pooling));
    }
    m_sharedRows = reachedRows(encoder->config, samples.longest());
    for (const EmbeddingTable& table : encoder->sharedTables()) {
        const bool wanted = m_wanted.contains(table.group) ||
                            (!table.norm.is_empty() && m_wanted.contains(ParameterGroup::layerNorm));
        m_shared.push_back(wanted ? torch::zeros({m_rows.rows(), m_sharedRows.count, table.weight.size(1)},
                                                 table.weight.options().requires_grad(false))
                                  : torch::Tensor());
    }
}

void Sweep::forEachBlock(const std::function<void(std::size_t block)>& body) const {
    analysis::forEachTask(
        m_samples.blocks.size(), m_settings.workers,
        [&](std::size_t, std::size_t block) {
            const torch::NoGradGuard noGrad;
            body(block);
        },
        torchWorkers(m_settings.stop));
}

SweepResult Sweep::result() {
    const torch::NoGradGuard noGrad;
    goForward();
    SweepResult result;
    const torch::Tensor features = torch::cat(m_features).to(torch::kCPU, torch::kFloat64);
    const auto inOrderOf = [](const torch::Tensor& rows, const std::vector<std::int64_t>& order) {
        torch::Tensor sorted = torch::empty_like(rows);
        sorted.index_copy_(0, torch::tensor(order, torch::kInt64), rows);
        return toMatrixD(sorted);
    };
    result.trainFeatures = inOrderOf(features.narrow(0, 0, m_samples.train), m_samples.trainOrder);
    result.testFeatures = inOrderOf(features.narrow(0, m_samples.train, m_samples.test), m_samples.testOrder);
    if (m_rows.directions == 0) {
        result.kernels.resize(m_request.sets.size());
        return result;
    }
    const torch::TensorOptions options = m_encoder->wordEmbeddings->weight.options();
    for (int worker = 0; worker < m_settings.workers; ++worker) {
        m_kernels.emplace_back(m_rows, m_request.sets, m_device);
        m_buffers.push_back(torch::empty({m_plan.chunkElements}, options.requires_grad(false)));
    }
    startDeltas();
    for (std::size_t layer = m_encoder->layers.size(); layer-- > 0;) {
        goBack(layer);
    }
    addEmbeddings();
    for (std::size_t worker = 1; worker < m_kernels.size(); ++worker) {
        m_kernels.front().merge(m_kernels[worker]);
    }
    for (std::size_t set = 0; set < m_request.sets.size(); ++set) {
        result.kernels.push_back(inOrder(m_kernels.front().finished(set), m_samples, m_rows));
    }
    return result;
}

void Sweep::goForward() {
    const std::vector<std::shared_ptr<Layer>>& layers = m_encoder->layers;
    m_sums.assign(layers.size(), Blocks(m_samples.blocks.size()));
    m_embedded.resize(m_samples.blocks.size());
    m_features.resize(m_samples.blocks.size());
    const auto keep = [&](torch::Tensor& place, const torch::Tensor& values) {
        if (m_rows.directions > 0) {
            place = m_inputSpace.keep(values);
            m_inputSpace.park(place);
        }
    };
    forEachBlock([&](std::size_t b) {
        const SampleBlock& block = m_samples.blocks[b];
        torch::Tensor hidden = Encoder(m_encoder)->embed(block.tokens);
        keep(m_embedded[b], hidden);
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            const OutputTokens tokens = outputTokens(*m_encoder, m_settings.pooling, layer);
            Layer& own = *layers[layer];
            const torch::Tensor sum = own.outputSum(own.widen(hidden, m_contexts[b], tokens));
            keep(m_sums[layer][b], sum);
            hidden = own.close(sum);
            m_progress.add(layerOperations(m_plan.layers[layer], block, tokens).forward);
        }
        const bool pooled =
            outputTokens(*m_encoder, m_settings.pooling, layers.size() - 1) == OutputTokens::pooled;
        m_features[b] = pooled ? hidden.squeeze(1) : pool(hidden, block.tokens.mask, m_settings.pooling);
    });
}

void Sweep::startDeltas() {
    const torch::TensorOptions options = m_encoder->wordEmbeddings->weight.options();
    const torch::Tensor directions = m_request.directions.to(m_device, options.dtype().toScalarType());
    const auto order = [&](const SampleBlock& block) {
        const auto& places = block.test ? m_samples.testOrder : m_samples.trainOrder;
        const auto begin = places.begin() + block.first;
        const std::vector<std::int64_t> own(begin, begin + block.count);
        const torch::Tensor given = torch::tensor(own, torch::kInt64) + (block.test ? m_samples.train : 0);
        return given.to(m_device);
    };
    for (const SampleBlock& block : m_samples.blocks) {
        std::vector<torch::Tensor> deltas;
        for (std::int64_t q = 0; q < m_rows.directions; ++q) {
            const torch::Tensor own = directions.dim() == 2
                                          ? directions[q].expand({block.count, directions.size(1)})
                                          : directions[q].index_select(0, order(block));
            if (m_settings.pooling != Pooling::mean) {
                deltas.push_back(own.unsqueeze(1).contiguous());
                continue;
            }
            const torch::Tensor mask = block.tokens.mask.to(own.scalar_type());
            const torch::Tensor share = mask / mask.sum(1, true);
            deltas.push_back(m_layerSpace.keep(share.unsqueeze(2) * own.unsqueeze(1)));
        }
        m_deltas.push_back(std::move(deltas));
    }
}

void Sweep::addDense(ParameterGroup group, const torch::Tensor& gradients) {
    if (gradients.defined()) {
        m_kernels.front().add(group, gradients);
    }
}

// What the closing norms read is kept rather than what they put out: the last linear layer need not be
// computed again, and the norm costs next to nothing.
torch::Tensor Sweep::inputOf(std::size_t layer, std::size_t block) {
    if (layer == 0) {
        return m_embedded[block];
    }
    const torch::Tensor input = m_encoder->layers[layer - 1]->close(m_sums[layer - 1][block].to(m_device));
    const bool kept = m_settings.adapted == AdaptedParameters::full && m_plan.layers[layer].readsInput;
    return kept ? m_layerSpace.keep(input) : input;
}

void Sweep::goBack(std::size_t layer) {
    const OutputTokens tokens = outputTokens(*m_encoder, m_settings.pooling, layer);
    LayerGradients own(m_encoder->layers[layer], tokens, m_rows, m_samples.blocks, m_wanted, m_layerSpace);
    forEachBlock([&](std::size_t b) {
        PulledDeltas pulled =
            own.addBlock(b, inputOf(layer, b), m_sums[layer][b], m_contexts[b], m_deltas[b]);
        m_deltas[b] = std::move(pulled.below);
        addShared(b, pulled.shared);
        m_sums[layer][b].reset();
        const LayerOperations pass = layerOperations(m_plan.layers[layer], m_samples.blocks[b], tokens);
        m_progress.add(pass.again + static_cast<double>(m_rows.directions) * pass.backward);
    });
    addGradients(own.gradients);
}

void Sweep::addShared(std::size_t block, const Deltas& deltas) {
    const auto [first, count] = reachedRows(m_encoder->config, m_samples.blocks[block].length);
    for (std::size_t table = 0; table < m_shared.size(); ++table) {
        for (std::size_t q = 0; m_shared[table].defined() && q < deltas.size(); ++q) {
            sharedOf(table, block, static_cast<std::int64_t>(q))
                .narrow(1, first - m_sharedRows.first, count)
                .add_(deltas[q][table]);
        }
    }
}

torch::Tensor Sweep::sharedOf(std::size_t table, std::size_t block, std::int64_t direction) const {
    const SampleBlock& own = m_samples.blocks[block];
    return m_shared[table].narrow(0, m_rows.firstRow(own, direction), own.count);
}

template <typename Compute, typename Above, typename Below>
void Sweep::pullThrough(std::size_t block, TapGradients& gradients, const torch::Tensor& input,
                        const Compute& compute, const Above& above, const Below& below) {
    Taps taps;
    torch::Tensor output;
    {
        const torch::AutoGradMode withGradients(true);
        output = compute(taps);
    }
    const WatchedTaps watched = gradients.watch(block, taps);
    std::vector<torch::Tensor> of{input};
    of.insert(of.end(), watched.outputs.begin(), watched.outputs.end());
    for (std::int64_t q = 0; q < m_rows.directions; ++q) {
        const std::vector<torch::Tensor> found =
            torch::autograd::grad({output}, of, {above(q)}, q + 1 < m_rows.directions);
        gradients.add(block, q, watched, std::span(found).subspan(1));
        below(q, found[0]);
    }
}

// From the tables as the layers read them to the tables themselves, in place.
void Sweep::pullShared(std::size_t block, TapGradients& gradients) {
    const std::vector<EmbeddingTable> tables = m_encoder->sharedTables();
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (tables[t].norm.is_empty() || !m_shared[t].defined()) {
            continue;
        }
        const torch::Tensor table = tables[t]
                                        .weight.narrow(0, m_sharedRows.first, m_sharedRows.count)
                                        .expand({m_samples.blocks[block].count, -1, -1})
                                        .detach()
                                        .requires_grad_(true);
        pullThrough(
            block, gradients, table, [&](Taps& taps) { return Norm(tables[t].norm)->forward(table, &taps); },
            [&](std::int64_t direction) { return sharedOf(t, block, direction); },
            [&](std::int64_t direction, const torch::Tensor& delta) {
                sharedOf(t, block, direction).copy_(delta);
            });
    }
}

void Sweep::addGradients(TapGradients& gradients) {
    for (LinearFactors& linear : gradients.linears) {
        contract(linear);
        linear = {}; // its memory is wanted
    }
    addDense(ParameterGroup::bias, gradients.biases);
    addDense(ParameterGroup::layerNorm, gradients.norms);
}

void Sweep::bringBack(LinearFactors& linear) const {
    for (std::size_t b = 0; b < linear.input.size(); ++b) {
        linear.input[b] = linear.input[b].to(m_device);
        for (torch::Tensor& delta : linear.delta[b]) {
            delta = delta.to(m_device);
        }
    }
}

void Sweep::contract(LinearFactors& linear) {
    if (m_plan.bringsBack) {
        bringBack(linear);
    }
    std::vector<std::int64_t> tokens;
    for (const torch::Tensor& input : linear.input) {
        tokens.push_back(input.size(1));
    }
    const std::int64_t in = linear.input.front().size(2), out = linear.delta.front().front().size(2);
    const ContractionCost cost = contractionCost(m_rows, m_samples.blocks, tokens, in, out);
    const Contraction contraction = m_settings.contraction.value_or(cost.cheapest());
    const double operations = 2 * cost.of(contraction);
    if (contraction != Contraction::materialise) {
        const std::size_t count = m_samples.blocks.size();
        analysis::forEachTask(
            count, m_settings.workers,
            [&](std::size_t worker, std::size_t block) {
                const torch::NoGradGuard noGrad;
                m_kernels[worker].addPairs(linear, m_samples.blocks, block, contraction);
                m_progress.add(operations / static_cast<double>(count));
            },
            torchWorkers(m_settings.stop));
        return;
    }
    const std::int64_t longer = std::max(in, out), shorter = std::min(in, out);
    const std::int64_t widest = m_buffers.front().numel() / (m_rows.rows() * shorter);
    // As many slices for each worker as for any other.
    const std::int64_t fewest = (longer + widest - 1) / widest, workers = m_settings.workers;
    const std::int64_t slices = std::min(longer, (fewest + workers - 1) / workers * workers);
    analysis::forEachTask(
        static_cast<std::size_t>(slices), m_settings.workers,
        [&](std::size_t worker, std::size_t task) {
            const torch::NoGradGuard noGrad;
            const auto slice = static_cast<std::int64_t>(task);
            m_kernels[worker].addSlice(linear, m_samples.blocks, m_buffers[worker], slice * longer / slices,
                                       (slice + 1) * longer / slices);
            m_progress.add(operations / static_cast<double>(slices));
        },
        torchWorkers(m_settings.stop));
}

void Sweep::addEmbeddings() {
    TapGradients gradients(m_encoder->embeddingParts(), m_encoder->wordEmbeddings->weight.options(), m_rows,
                           m_samples.blocks, m_wanted, m_layerSpace);
    // From the first layer's input to the sum of the embeddings.
    forEachBlock([&](std::size_t b) {
        const torch::Tensor sum =
            Encoder(m_encoder)->embeddingSum(m_samples.blocks[b].tokens).requires_grad_(true);
        const auto delta = [&](std::int64_t direction) -> torch::Tensor& {
            return m_deltas[b][static_cast<std::size_t>(direction)];
        };
        pullThrough(
            b, gradients, sum, [&](Taps& taps) { return Encoder(m_encoder)->normedSum(sum, nullptr, &taps); },
            [&](std::int64_t direction) { return delta(direction).to(m_device); },
            [&](std::int64_t direction, const torch::Tensor& below) {
                delta(direction) = m_layerSpace.keep(below);
            });
        pullShared(b, gradients);
    });
    addGradients(gradients);

    std::vector<EmbeddingUse> uses;
    for (const EmbeddingTable& table : m_encoder->tables()) {
        if (!m_wanted.contains(table.group)) {
            continue;
        }
        EmbeddingUse use{table.group, {}, table.skipped, {}};
        if (table.group == ParameterGroup::wordEmbedding) {
            use.mask = m_request.wordMask;
        }
        for (const SampleBlock& block : m_samples.blocks) {
            use.ids.push_back(table.ids(block.tokens));
        }
        uses.push_back(std::move(use));
    }
    if (embeddingsByPairs(m_settings, m_device)) {
        addEmbeddingsByPairs(m_kernels, m_samples.blocks, m_deltas, uses, m_settings.stop);
        m_progress.add(embeddingOperations(*m_encoder, m_samples, m_settings, m_rows.directions));
    } else {
        addEmbeddingsById(m_kernels, m_rows, m_samples.blocks, m_deltas, uses, m_settings.stop);
    }
    const std::vector<EmbeddingTable> shared = m_encoder->sharedTables();
    for (std::size_t table = 0; table < shared.size(); ++table) {
        if (m_wanted.contains(shared[table].group)) {
            addDense(shared[table].group, m_shared[table].flatten(1));
        }
    }
}

} // namespace

std::vector<ParameterGroup> groupsOf(AdaptedParameters adapted) {
    using enum ParameterGroup;
    if (adapted == AdaptedParameters::lora) {
        return {lora};
    }
    return {wordEmbedding, positionEmbedding, typeEmbedding, queryValueWeight, otherWeight, bias, layerNorm};
}

LayerSweep::LayerSweep(Encoder encoder, const std::vector<Encoding>& train, const std::vector<Encoding>& test,
                       SweepSettings settings)
    : m_encoder(std::move(encoder)), m_settings(std::move(settings)) {
    if (train.empty()) {
        throw Error(ErrorKind::badInput, "a kernel needs at least one train sample");
    }
    checkEncodings(m_encoder->config, train, "train");
    checkEncodings(m_encoder->config, test, "test");
    if (m_settings.adapted == AdaptedParameters::lora) {
        if (loraParameters(m_encoder).empty()) {
            throw Error(ErrorKind::badInput, "a kernel over LoRA's matrices needs an encoder with adapters");
        }
        for (const Projection& linear : adaptedLayers(m_encoder)) {
            if (linear->lora.b.count_nonzero().item<std::int64_t>() != 0) {
                throw Error(ErrorKind::badInput, "the kernel over LoRA's matrices is that of their start, "
                                                 "but this encoder's adapters are trained");
            }
        }
    }
    for (torch::Tensor& parameter : m_encoder->parameters()) {
        parameter.set_requires_grad(false);
    }
    const torch::Device device = m_encoder->wordEmbeddings->weight.device();
    if (!device.is_cpu()) {
        m_settings.workers = 1;
    }
    m_samples = arrangeSamples(train, test, m_encoder->config.padId, m_settings.workers, device);
}

SweepDemand LayerSweep::demand(std::int64_t directions) const {
    return planSweep(*m_encoder, m_samples, m_settings, directions).demand;
}

SweepResult LayerSweep::run(const SweepRequest& request) const {
    const torch::Tensor& directions = request.directions;
    const bool forAll = directions.dim() == 2, each = directions.dim() == 3;
    if ((!forAll && !each) || directions.size(-1) != m_encoder->config.hiddenSize ||
        (each && directions.size(1) != m_samples.train + m_samples.test)) {
        throw Error(ErrorKind::badInput, "the directions of a kernel must be [R, h] or [R, samples, h]");
    }
    return rewrapTorch(
        "computing the kernel",
        [&] { return Sweep(m_encoder, m_settings, m_samples, request, directions.size(0)).result(); },
        kLessMemory);
}

} // namespace finescope::engine

#include "core/engine/ntk/sweep_plan.h"

#include "core/engine/model/architecture/relative_positions.h"
#include "core/engine/model/embed.h"
#include "core/engine/ntk/gram.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace finescope::engine {

namespace {

// Tokens of a block: enough for fast products, few enough for its activations to stay in a processor's cache.
// A GPU has no such cache, and much to start for each block.
constexpr std::int64_t kBlockTokens = 1024, kDeviceBlockTokens = 4096;
// A worker has a few blocks at least, where there are samples enough.
constexpr std::int64_t kBlocksPerWorker = 4;
// LibTorch with its libraries, and what allocators hold for later.
constexpr std::uint64_t kProgramBytes = std::uint64_t{512} << 20U;
// Rates by size of chunk in performance.md, Kernel sweep.
constexpr std::uint64_t kChunkBytes = std::uint64_t{128} << 20U, kDeviceChunkBytes = std::uint64_t{1} << 30U;

/// A linear layer whose weight's gradients are multiplied with each other.
struct Contracted {
    std::int64_t in, out;
    const LinearShape* shape;
};

/// Of each token of a text, what a linear layer reads: a table has up to two rows for each.
std::int64_t readsEach(const LinearShape& linear) {
    return (linear.readsTokens ? 1 : 0) + (linear.readsTable ? 2 : 0);
}

std::vector<Contracted> contractedOf(const LayerShape& layer, const SweepSettings& settings) {
    const bool lora = settings.adapted == AdaptedParameters::lora;
    std::vector<Contracted> contracted;
    for (const LinearShape& linear : layer.linears) {
        if (!lora || linear.rank > 0) {
            contracted.push_back({lora ? linear.rank : linear.in, linear.out, &linear});
        }
    }
    return contracted;
}

/// How many elements the sweep holds of one layer: for each token of its samples, for each row of F,
/// or for each pair of tokens.
/// The factors of a linear layer are its input and its deltas, which are the gradients at its output, one for
/// each direction: products of them make the weight's gradient.
struct LayerWidths {
    std::int64_t widestLinear = 0; ///< a token: factors of the linear layer that has the most
    std::int64_t factors = 0;      ///< a token: those of all, and the deltas above and below the layer
    std::int64_t way = 0; ///< a token: its forward and backward pass, without attention's probabilities
    std::int64_t longestRow = 0; ///< a row of F: the longest of all weights' shorter sides
    std::int64_t dense = 0;      ///< a row of F: gradients of biases and norms
    std::int64_t squares = 0;    ///< a pair of tokens and a head: attention's probabilities and their like
};

LayerWidths widthsOf(const LayerShape& layer, const SweepSettings& settings, std::int64_t directions,
                     std::int64_t hidden) {
    LayerWidths widths;
    std::int64_t inputs = 0, deltas = 0;
    for (const Contracted& linear : contractedOf(layer, settings)) {
        const std::int64_t each = readsEach(*linear.shape);
        widths.longestRow = std::max(widths.longestRow, std::min(linear.in, linear.out));
        widths.widestLinear = std::max(widths.widestLinear, each * (linear.in + directions * linear.out));
        deltas += each * linear.out;
        inputs += settings.adapted == AdaptedParameters::lora ? each * linear.in : 0;
    }
    constexpr std::int64_t kProbabilities = 3, kTableScores = 6; // a row, the score taken from it; twice
    widths.squares = kProbabilities;
    for (const LinearShape& linear : layer.linears) {
        const std::int64_t each = readsEach(linear);
        if (settings.adapted == AdaptedParameters::full) {
            // What reads a table, too, keeps its tokens and the table's rows together and for itself.
            inputs += linear.readsTokens && !linear.readsAsOther ? linear.in : 0;
            inputs += linear.readsTable ? each * linear.in : 0;
        }
        widths.way += 2 * each * (linear.in + linear.out);
        widths.squares += linear.readsTable ? kTableScores : 0;
    }
    widths.way += 2 * layer.linears.back().in; // before and after its activation
    widths.factors = inputs + directions * (deltas + 2 * hidden);
    widths.dense = layer.biases + layer.norms;
    return widths;
}

/// The most of each, over all layers.
LayerWidths widest(const SweepPlan& plan, const SweepSettings& settings, std::int64_t directions,
                   std::int64_t hidden) {
    LayerWidths most;
    for (const LayerShape& layer : plan.layers) {
        const LayerWidths own = widthsOf(layer, settings, directions, hidden);
        for (std::int64_t LayerWidths::*width :
             {&LayerWidths::longestRow, &LayerWidths::widestLinear, &LayerWidths::factors, &LayerWidths::way,
              &LayerWidths::dense, &LayerWidths::squares}) {
            most.*width = std::max(most.*width, own.*width);
        }
    }
    return most;
}

/// Indices of the encodings, shorter ones first.
std::vector<std::int64_t> byLength(const std::vector<Encoding>& encodings) {
    std::vector<std::int64_t> order(encodings.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::int64_t sample) {
        return encodings[static_cast<std::size_t>(sample)].ids.size();
    });
    return order;
}

/// Blocks of at most `blockTokens` tokens, padding included, or of one sample.
std::vector<SampleBlock> blocksOf(const std::vector<Encoding>& encodings,
                                  const std::vector<std::int64_t>& order, std::int64_t blockTokens,
                                  std::int64_t padId) {
    std::vector<SampleBlock> blocks;
    std::vector<Encoding> members;
    for (std::size_t place = 0; place < order.size(); ++place) {
        members.push_back(encodings[static_cast<std::size_t>(order[place])]);
        const auto count = static_cast<std::int64_t>(members.size());
        const auto next = place + 1 < order.size()
                              ? encodings[static_cast<std::size_t>(order[place + 1])].ids.size()
                              : static_cast<std::size_t>(blockTokens);
        if ((count + 1) * static_cast<std::int64_t>(next) > blockTokens) {
            blocks.push_back({false, static_cast<std::int64_t>(place) + 1 - count, count,
                              static_cast<std::int64_t>(members.back().ids.size()),
                              makeTokenBatch(members, padId)});
            members.clear();
        }
    }
    return blocks;
}

/// All operations of a sweep: every block forward, almost all of it again, and back for each direction, then
/// the products.
double operationsOf(const EncoderImpl& encoder, const std::vector<LayerShape>& layers,
                    const SweepSamples& samples, const SweepSettings& settings, std::int64_t directions) {
    double operations = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const OutputTokens tokens = outputTokens(encoder, settings.pooling, layer);
        for (const SampleBlock& block : samples.blocks) {
            const LayerOperations pass = layerOperations(layers[layer], block, tokens);
            operations += pass.forward + pass.again + static_cast<double>(directions) * pass.backward;
        }
        for (const Contracted& linear : contractedOf(layers[layer], settings)) {
            std::vector<std::int64_t> read;
            for (const SampleBlock& block : samples.blocks) {
                const ReadCounts counts = readCounts(layers[layer], *linear.shape, block.length, tokens);
                read.push_back(counts.tokens + counts.rows);
            }
            const ContractionCost cost =
                contractionCost(samples.rows(directions), samples.blocks, read, linear.in, linear.out);
            operations += 2 * cost.of(settings.contraction.value_or(cost.cheapest()));
        }
    }
    return operations + embeddingOperations(encoder, samples, settings, directions);
}

} // namespace

std::int64_t SweepSamples::longest() const {
    std::int64_t longest = 0;
    for (const SampleBlock& block : blocks) {
        longest = std::max(longest, block.length);
    }
    return longest;
}

SweepSamples arrangeSamples(const std::vector<Encoding>& train, const std::vector<Encoding>& test,
                            std::int64_t padId, int workers, torch::Device device) {
    std::int64_t tokens = 0;
    for (const auto* encodings : {&train, &test}) {
        for (const Encoding& encoding : *encodings) {
            tokens += static_cast<std::int64_t>(encoding.ids.size());
        }
    }
    const std::int64_t blockTokens = std::clamp<std::int64_t>(
        tokens / (workers * kBlocksPerWorker), 1, device.is_cpu() ? kBlockTokens : kDeviceBlockTokens);
    SweepSamples samples{static_cast<std::int64_t>(train.size()),
                         static_cast<std::int64_t>(test.size()),
                         byLength(train),
                         byLength(test),
                         {}};
    samples.blocks = blocksOf(train, samples.trainOrder, blockTokens, padId);
    for (SampleBlock& block : blocksOf(test, samples.testOrder, blockTokens, padId)) {
        block.test = true;
        samples.blocks.push_back(std::move(block));
    }
    for (SampleBlock& block : samples.blocks) {
        TokenBatch& batch = block.tokens;
        batch = {batch.ids.to(device), batch.typeIds.to(device), batch.mask.to(device)};
    }
    return samples;
}

OutputTokens outputTokens(const EncoderImpl& encoder, Pooling pooling, std::size_t layer) {
    return pooling != Pooling::mean && layer + 1 == encoder.layers.size() ? OutputTokens::pooled
                                                                          : OutputTokens::all;
}

bool embeddingsByPairs(const SweepSettings& settings, torch::Device device) {
    return settings.adapted == AdaptedParameters::full &&
           (!device.is_cpu() || settings.contraction == Contraction::hadamard);
}

double embeddingOperations(const EncoderImpl& encoder, const SweepSamples& samples,
                           const SweepSettings& settings, std::int64_t directions) {
    if (!embeddingsByPairs(settings, encoder.wordEmbeddings->weight.device())) {
        return 0;
    }
    std::vector<std::int64_t> tokens;
    for (const SampleBlock& block : samples.blocks) {
        tokens.push_back(block.length);
    }
    return 2 * contractionCost(samples.rows(directions), samples.blocks, tokens, 0,
                               encoder.wordEmbeddings->weight.size(1))
                   .hadamard;
}

SweepPlan planSweep(const EncoderImpl& encoder, const SweepSamples& samples, const SweepSettings& settings,
                    std::int64_t directions) {
    const KernelRows rows = samples.rows(directions);
    const std::int64_t h = encoder.config.hiddenSize;
    const auto layers = static_cast<std::int64_t>(encoder.layers.size());
    const auto size = static_cast<std::uint64_t>(encoder.wordEmbeddings->weight.element_size());
    const auto workers = static_cast<std::uint64_t>(settings.workers);

    SweepPlan plan;
    plan.layers = layerShapes(encoder);
    plan.demand.operations = operationsOf(encoder, plan.layers, samples, settings, directions);
    const LayerWidths widths = widest(plan, settings, directions, h);
    const std::int64_t longest = samples.longest();
    std::int64_t tokens = 0, widestBlock = 0;
    for (const SampleBlock& block : samples.blocks) {
        tokens += block.count * block.length;
        widestBlock = std::max(widestBlock, block.count * block.length);
    }

    const auto bytes = [size](std::int64_t elements) { return static_cast<std::uint64_t>(elements) * size; };
    const torch::Device device = encoder.wordEmbeddings->weight.device();
    const std::uint64_t chunkBytes =
        std::min(device.is_cpu() ? kChunkBytes : kDeviceChunkBytes, settings.memoryBytes / (16 * workers));
    plan.chunkElements =
        std::max(rows.rows() * widths.longestRow, static_cast<std::int64_t>(chunkBytes / size));
    std::uint64_t weights = 0;
    for (const torch::Tensor& parameter : encoder.parameters()) {
        weights += parameter.nbytes();
    }
    // F and the part that is asked for apart, of each worker and in the end; a block on its way through a
    // layer; gradients of biases and layer norms.
    const std::uint64_t sums =
        2 * (workers + 1) * sizeof(double) * static_cast<std::uint64_t>(rows.rows() * rows.trainRows());
    const std::uint64_t way = workers * bytes(widestBlock * widths.way +
                                              widths.squares * encoder.config.heads * widestBlock * longest);
    // What two blocks read, their deltas and both together.
    const std::uint64_t pairs =
        embeddingsByPairs(settings, device) ? 3 * workers * bytes(widestBlock * widestBlock) : 0;
    std::int64_t shared = 0;
    for (const EmbeddingTable& table : encoder.sharedTables()) {
        shared += reachedRows(encoder.config, longest).count * table.weight.size(1);
    }
    const std::uint64_t fixed = kProgramBytes + weights + sums + way + workers * bytes(plan.chunkElements) +
                                bytes(rows.rows() * (widths.dense + shared)) + pairs;
    // The first layer's input and what each layer's last norm reads.
    const std::int64_t lastTokens = settings.pooling != Pooling::mean ? samples.train + samples.test : tokens;
    const std::uint64_t inputs = bytes((tokens * layers + lastTokens) * h);
    // A layer's factors, and the deltas above and below it.
    const std::uint64_t factors = bytes(tokens * widths.factors);
    const std::uint64_t left = settings.memoryBytes > fixed ? settings.memoryBytes - fixed : 0;
    const std::uint64_t broughtBack = bytes(tokens * widths.widestLinear);
    plan.bringsBack = !device.is_cpu() && factors > left && broughtBack < left;
    const std::uint64_t aside = plan.bringsBack ? broughtBack : 0;
    plan.layerBytes = std::min(factors, left - aside);
    plan.inputBytes = std::min(inputs, left - aside - plan.layerBytes);
    plan.demand.memoryBytes = fixed + aside + plan.layerBytes + plan.inputBytes;
    plan.demand.scratchBytes = factors + inputs - plan.layerBytes - plan.inputBytes;
    return plan;
}

} // namespace finescope::engine

#pragma once

#include <cstdint>
#include <vector>

/// What config.json may say of layers, beyond their sizes.
namespace finescope::engine {

/// What a norm divides by, and what it learns: the standard deviation about the mean, with weight and bias or
/// with a weight alone; or the root of the mean square, with a weight alone (Zhang and Sennrich 2019).
enum class NormKind { layer, layerWithoutBias, rootMeanSquare };

/// Between the linear layers: GELU as it is, its approximation by tanh, SiLU, or the positive part.
enum class Activation { gelu, geluTanh, silu, relu };

/// How rotary positions are stretched to inputs longer than those of pre-training.
enum class RotaryScaling { none, linear, dynamic, yarn, longRope, llama3 };

/// Rotary positions (Su et al. 2021).
struct RotarySettings {
    double base = 0; ///< theta; 0: there are none
    RotaryScaling scaling = RotaryScaling::none;
    double factor = 1;
    double lowFrequencyFactor = 1, highFrequencyFactor = 4; ///< llama3
    double fastBeta = 32, slowBeta = 1;                     ///< yarn
    double attentionFactor = 1;                             ///< on cosine and sine: yarn, longRope
    bool truncates = true;                                  ///< yarn: its bounds to whole entries
    std::int64_t originalPositions = 0;                     ///< of pre-training
    std::vector<double> shortFactors, longFactors;          ///< longRope, one for each pair of entries
};

/// Disentangled attention (He et al. 2021): scores of contents, of a query's content and a key's position
/// after it, and of a key's content and a query's position. Positions are rows of a table that all layers
/// read.
struct DisentangledSettings {
    bool contentToPosition = false, positionToContent = false;
    bool sharesProjections = false; ///< the table passes through the projections of queries and keys
    bool tableNormed = false;
    std::int64_t farthest = 0; ///< distance from which all are the same; 0: attention is not disentangled
    std::int64_t buckets = 0;  ///< for distances in each direction, wider with distance; 0: one for each

    [[nodiscard]] bool used() const { return farthest > 0; }
    /// Rows of the table for each direction.
    [[nodiscard]] std::int64_t span() const { return buckets > 0 ? buckets : farthest; }
};

/// What layers with their norms before them are made of (architecture/pre_norm_layer.h).
struct PreNormSettings {
    NormKind norm = NormKind::layer;
    Activation activation = Activation::gelu;
    bool causal = false; ///< a token attends to itself and those before it
    bool gated = false;  ///< two linear layers, one of which gates the other
    bool queryKeyValueBiased = true, attentionOutputBiased = true, linearBiased = true;
    bool queryKeyNorm = false;      ///< a norm on each head's queries and keys
    bool firstWithoutNorm = false;  ///< the first layer's attention reads its input as it is
    std::int64_t keyValueHeads = 0; ///< groups of queries share keys and values; 0: as many as heads
    std::int64_t headWidth = 0;     ///< 0: hiddenSize / heads
    double attentionOutputDropout = 0;
    double widenedDropout = 0; ///< before the last linear layer
    RotarySettings rotary, localRotary;
    std::int64_t window = 0; ///< local layers attend to tokens at most so far away
    std::vector<bool> local; ///< of each layer; empty: none is
};

} // namespace finescope::engine

#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/ntk/layer_shape.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace finescope::engine {

/// Which parameters F is over: the encoder's, or the LoRA matrices. definitions.md, Parts of the kernel.
enum class AdaptedParameters { full, lora };

struct SweepSettings {
    AdaptedParameters adapted = AdaptedParameters::full;
    Pooling pooling = Pooling::first;
    int workers = 1;
    /// Of the encoder's device, for its weights and all that the sweep holds; what is more goes to a scratch
    /// file.
    std::uint64_t memoryBytes = std::uint64_t{4} << 30U;
    std::filesystem::path scratchFolder;         ///< on a disk, not in memory
    std::optional<Contraction> contraction;      ///< instead of the cheapest for each linear layer
    std::function<void(double done)> onProgress; ///< 0..1 of the operations; called from one thread at a time
    std::stop_token stop;
};

/// What a sweep takes, stated before it starts.
struct SweepDemand {
    double operations = 0;          ///< floating point, an addition and a multiplication counted as two
    std::uint64_t memoryBytes = 0;  ///< the encoder's weights included
    std::uint64_t scratchBytes = 0; ///< of the scratch file
};

/// The samples of a sweep, in blocks of similar length.
struct SweepSamples {
    std::int64_t train = 0, test = 0;
    std::vector<std::int64_t> trainOrder, testOrder; ///< the given index of each place in sweep order
    std::vector<SampleBlock> blocks;                 ///< train blocks before test blocks

    /// Tokens of the longest.
    [[nodiscard]] std::int64_t longest() const;
    [[nodiscard]] KernelRows rows(std::int64_t directions) const { return {train, test, directions}; }
};
/// Sorted by length and padded within their block only.
[[nodiscard]] SweepSamples arrangeSamples(const std::vector<Encoding>& train,
                                          const std::vector<Encoding>& test, std::int64_t padId, int workers,
                                          torch::Device device);

/// How a sweep spends its memory.
struct SweepPlan {
    SweepDemand demand;
    std::vector<LayerShape> layers;
    std::uint64_t inputBytes = 0; ///< in memory for the layers' inputs; they spill first
    std::uint64_t layerBytes = 0; ///< in memory for what one layer's products are made of
    /// Of what one linear layer's products are made of, all is brought back to the GPU before its first: they
    /// read it again and again. Memory for it is set aside.
    bool bringsBack = false;
    std::int64_t chunkElements = 0; ///< of a worker's buffer for slices of gradients
};

/// Whether gradients of embeddings meet by pairs of tokens rather than id by id: more operations, but few and
/// large ones, as a GPU wants them.
[[nodiscard]] bool embeddingsByPairs(const SweepSettings& settings, torch::Device device);
/// Operations of the embeddings' pairs of tokens; those id by id are too few to count.
[[nodiscard]] double embeddingOperations(const EncoderImpl& encoder, const SweepSamples& samples,
                                         const SweepSettings& settings, std::int64_t directions);

[[nodiscard]] SweepPlan planSweep(const EncoderImpl& encoder, const SweepSamples& samples,
                                  const SweepSettings& settings, std::int64_t directions);

/// Tokens that layer `layer` of the encoder has to put out: of the last layer, features of one token need no
/// other.
[[nodiscard]] OutputTokens outputTokens(const EncoderImpl& encoder, Pooling pooling, std::size_t layer);

} // namespace finescope::engine

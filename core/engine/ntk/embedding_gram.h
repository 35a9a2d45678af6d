#pragma once

#include "core/engine/ntk/gram.h"
#include "core/engine/ntk/kernel_rows.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace finescope::engine {

/// One embedding table and who looked what up in it.
struct EmbeddingUse {
    ParameterGroup group = ParameterGroup::wordEmbedding;
    std::vector<torch::Tensor> ids;      ///< of each block, [n, T]
    std::optional<std::int64_t> skipped; ///< the id whose row has no gradient
    torch::Tensor mask;                  ///< 0/1 [ids, h], entries that count; undefined: all
};

/// Adds the exact inner products of embedding tables' gradients: deltas at equal ids meet, others do not.
/// deltas[block][direction] [n, T, h] at the sum of the embeddings. One of `sums` for each worker.
/// On the CPU. performance.md, Kernel sweep.
void addEmbeddingsById(std::vector<GramSums>& sums, const KernelRows& rows,
                       const std::vector<SampleBlock>& blocks,
                       const std::vector<std::vector<torch::Tensor>>& deltas,
                       const std::vector<EmbeddingUse>& uses, const std::stop_token& stop);

/// The same on any device by products of all tokens' deltas, of which those at equal ids are kept.
void addEmbeddingsByPairs(std::vector<GramSums>& sums, const std::vector<SampleBlock>& blocks,
                          const std::vector<std::vector<torch::Tensor>>& deltas,
                          const std::vector<EmbeddingUse>& uses, const std::stop_token& stop);

} // namespace finescope::engine

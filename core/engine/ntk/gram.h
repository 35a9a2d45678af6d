#pragma once

#include "core/engine/ntk/kernel_rows.h"

#include <functional>
#include <map>

namespace finescope::engine {

/// Multiply-adds of a contraction of one linear layer over all pairs of rows. performance.md, Kernel sweep.
struct ContractionCost {
    double materialise = 0, hadamard = 0, pairwise = 0;
    /// The last two run at half the rate of the first.
    [[nodiscard]] Contraction cheapest() const;
    [[nodiscard]] double of(Contraction contraction) const;
};
/// `tokens` of each block: those that the layer works on.
[[nodiscard]] ContractionCost contractionCost(const KernelRows& rows, const std::vector<SampleBlock>& blocks,
                                              const std::vector<std::int64_t>& tokens, std::int64_t in,
                                              std::int64_t out);

/// Inner products of what the tokens of a block read with what those of another read: [n T, m T'].
using InputProducts = std::function<torch::Tensor(std::size_t other)>;

/// One worker's sums of F, [rows, trainRows] float64: of every pair of train rows the lower block triangle,
/// and all test rows. Products are formed in the precision of their factors.
class GramSums {
public:
    /// One sum for each set of groups; a group is in one set at most, and one in none is left out.
    GramSums(const KernelRows& rows, const std::vector<std::vector<ParameterGroup>>& sets,
             torch::Device device);

    [[nodiscard]] bool wants(ParameterGroup group) const { return m_setOf.contains(group); }
    /// Of a group that is wanted.
    [[nodiscard]] std::size_t setOf(ParameterGroup group) const { return m_setOf.at(group); }
    /// gradients [rows, K].
    void add(ParameterGroup group, const torch::Tensor& gradients);
    /// The part of a linear layer's weight that is [begin, end) of its longer side (outputs where they are as
    /// many as inputs). `buffer`: memory for rows x (end - begin) x shorter side.
    void addSlice(const LinearFactors& linear, const std::vector<SampleBlock>& blocks,
                  const torch::Tensor& buffer, std::int64_t begin, std::int64_t end);
    /// All of a linear layer's pairs of block `block` with the blocks before it (train) or with all train
    /// blocks (test), by hadamard or pairwise.
    void addPairs(const LinearFactors& linear, const std::vector<SampleBlock>& blocks, std::size_t block,
                  Contraction contraction);
    /// Likewise, of anything linear that tokens read: deltas[block][direction] [n, T, out].
    void addPairs(ParameterGroup group, const std::vector<std::vector<torch::Tensor>>& deltas,
                  const InputProducts& inputProducts, const std::vector<SampleBlock>& blocks,
                  std::size_t block, Contraction contraction);
    /// product[a, b] is added at rows [a], columns [b], on the CPU; entries above the diagonal may be given
    /// or not.
    void scatter(ParameterGroup group, const torch::Tensor& product, const std::vector<std::int64_t>& at,
                 const std::vector<std::int64_t>& columns);

    /// Adds what another worker has.
    void merge(const GramSums& other);
    /// Sum of set `set` with the upper triangle filled in: [rows, trainRows] on the CPU.
    [[nodiscard]] torch::Tensor finished(std::size_t set) const;

private:
    [[nodiscard]] torch::Tensor& sumOf(ParameterGroup group) { return m_sums[m_setOf.at(group)]; }

    KernelRows m_rows;
    std::map<ParameterGroup, std::size_t> m_setOf;
    std::vector<torch::Tensor> m_sums;
};

} // namespace finescope::engine

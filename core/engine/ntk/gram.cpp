#include "core/engine/ntk/gram.h"

#include <torch/torch.h>

#include <algorithm>

#include <dlfcn.h>

namespace finescope::engine {

namespace {

// How much slower than a large product these run, for the same operations.
constexpr double kPairPenalty = 2;

// Rows of a band where the symmetric product is made of plain ones.
constexpr std::int64_t kBand = 128;

/// BLAS's symmetric rank-k update (ssyrk, dsyrk), which LibTorch has no function for: half the operations of
/// a plain product. Looked up, not linked, because the library is LibTorch's choice; null where it hides it.
template <typename Real>
using RankUpdate = void (*)(const char* triangle, const char* transposed, const int* n, const int* k,
                            const Real* alpha, const Real* a, const int* lda, const Real* beta, Real* c,
                            const int* ldc);

/// The lower triangle of rows rows^T, zero above; rows [N, K] contiguous, on the CPU. False: not available.
template <typename Real>
bool lowerProduct(const torch::Tensor& rows, torch::Tensor& product, const char* name) {
    static_assert(sizeof(int) == 4); // as LibTorch's BLAS counts
    auto* const update = reinterpret_cast<RankUpdate<Real>>(dlsym(RTLD_DEFAULT, name));
    if (update == nullptr) {
        return false;
    }
    const int n = static_cast<int>(rows.size(0)), k = static_cast<int>(rows.size(1));
    const Real one = 1, zero = 0;
    // BLAS counts columns first: to it these are columns, and the lower triangle is the upper.
    update("U", "T", &n, &k, &one, rows.data_ptr<Real>(), &k, &zero, product.data_ptr<Real>(), &n);
    return true;
}

/// rows rows^T, at least its lower triangle.
torch::Tensor symmetricProduct(const torch::Tensor& rows) {
    const std::int64_t n = rows.size(0);
    torch::Tensor product = torch::zeros({n, n}, rows.options());
    if (rows.device().is_cpu() && rows.is_contiguous() && rows.size(1) > 0 &&
        (rows.scalar_type() == torch::kFloat32 ? lowerProduct<float>(rows, product, "ssyrk_")
                                               : lowerProduct<double>(rows, product, "dsyrk_"))) {
        return product;
    }
    for (std::int64_t first = 0; first < n; first += kBand) {
        const std::int64_t count = std::min(kBand, n - first);
        product.narrow(0, first, count)
            .narrow(1, 0, first + count)
            .copy_(torch::mm(rows.narrow(0, first, count), rows.narrow(0, 0, first + count).t()));
    }
    return product;
}

torch::Tensor flatTokens(const torch::Tensor& tensor) {
    return tensor.reshape({-1, tensor.size(2)});
}

} // namespace

Contraction ContractionCost::cheapest() const {
    if (materialise <= kPairPenalty * std::min(hadamard, pairwise)) {
        return Contraction::materialise;
    }
    return hadamard <= pairwise ? Contraction::hadamard : Contraction::pairwise;
}

double ContractionCost::of(Contraction contraction) const {
    return contraction == Contraction::materialise ? materialise
           : contraction == Contraction::hadamard  ? hadamard
                                                   : pairwise;
}

ContractionCost contractionCost(const KernelRows& rows, const std::vector<SampleBlock>& blocks,
                                const std::vector<std::int64_t>& tokens, std::int64_t in, std::int64_t out) {
    const auto directions = static_cast<double>(rows.directions);
    const auto width = static_cast<double>(in), height = static_cast<double>(out);
    ContractionCost cost;
    for (std::size_t a = 0; a < blocks.size(); ++a) {
        const auto count = static_cast<double>(blocks[a].count), length = static_cast<double>(tokens[a]);
        cost.materialise += directions * count * length * width * height;
        for (std::size_t b = 0; b < blocks.size() && (blocks[a].test || b <= a); ++b) {
            if (blocks[b].test) {
                continue;
            }
            const double pairs = count * static_cast<double>(blocks[b].count);
            const double tokenPairs = pairs * length * static_cast<double>(tokens[b]);
            cost.materialise += pairs * directions * directions * width * height;
            cost.hadamard += tokenPairs * (width + directions * directions * (height + 1));
            cost.pairwise += tokenPairs * (width + directions * height) +
                             pairs * directions * directions * length * height;
        }
    }
    return cost;
}

GramSums::GramSums(const KernelRows& rows, const std::vector<std::vector<ParameterGroup>>& sets,
                   torch::Device device)
    : m_rows(rows) {
    for (std::size_t set = 0; set < sets.size(); ++set) {
        for (const ParameterGroup group : sets[set]) {
            m_setOf.emplace(group, set);
        }
        m_sums.push_back(torch::zeros({rows.rows(), rows.trainRows()},
                                      torch::TensorOptions(torch::kFloat64).device(device)));
    }
}

void GramSums::add(ParameterGroup group, const torch::Tensor& gradients) {
    torch::Tensor& sum = sumOf(group);
    const std::int64_t trainRows = m_rows.trainRows();
    sum.narrow(0, 0, trainRows).add_(symmetricProduct(gradients.narrow(0, 0, trainRows)));
    if (const std::int64_t testRows = m_rows.rows() - trainRows; testRows > 0) {
        sum.narrow(0, trainRows, testRows)
            .add_(torch::mm(gradients.narrow(0, trainRows, testRows), gradients.narrow(0, 0, trainRows).t()));
    }
}

void GramSums::addSlice(const LinearFactors& linear, const std::vector<SampleBlock>& blocks,
                        const torch::Tensor& buffer, std::int64_t begin, std::int64_t end) {
    const std::int64_t in = linear.input.front().size(2), out = linear.delta.front().front().size(2);
    const bool byOutput = out >= in; // the longer side is sliced: fewer, larger products
    const std::int64_t slice = end - begin, other = byOutput ? in : out;
    const torch::Tensor chunk =
        buffer.narrow(0, 0, m_rows.rows() * slice * other).view({m_rows.rows(), slice * other});
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        for (std::int64_t direction = 0; direction < m_rows.directions; ++direction) {
            const torch::Tensor& delta = linear.delta[b][static_cast<std::size_t>(direction)];
            const torch::Tensor& sliced = byOutput ? delta : linear.input[b];
            const torch::Tensor& whole = byOutput ? linear.input[b] : delta;
            torch::Tensor rows = chunk.narrow(0, m_rows.firstRow(blocks[b], direction), blocks[b].count)
                                     .view({blocks[b].count, slice, other});
            torch::bmm_out(rows, sliced.narrow(2, begin, slice).to(chunk.device()).transpose(1, 2),
                           whole.to(chunk.device()));
        }
    }
    add(linear.group, chunk);
}

void GramSums::addPairs(const LinearFactors& linear, const std::vector<SampleBlock>& blocks,
                        std::size_t block, Contraction contraction) {
    const torch::Device device = sumOf(linear.group).device();
    const torch::Tensor ownInput = flatTokens(linear.input[block].to(device));
    const auto inputProducts = [&](std::size_t other) {
        return torch::mm(ownInput, flatTokens(linear.input[other].to(device)).t());
    };
    addPairs(linear.group, linear.delta, inputProducts, blocks, block, contraction);
}

void GramSums::addPairs(ParameterGroup group, const std::vector<std::vector<torch::Tensor>>& deltas,
                        const InputProducts& inputProducts, const std::vector<SampleBlock>& blocks,
                        std::size_t block, Contraction contraction) {
    torch::Tensor& sum = sumOf(group);
    const SampleBlock& own = blocks[block];
    const std::int64_t n = own.count, length = deltas[block].front().size(1);
    for (std::size_t b = 0; b < blocks.size() && (own.test || b <= block); ++b) {
        const SampleBlock& other = blocks[b];
        if (other.test) {
            continue;
        }
        const std::int64_t m = other.count, otherLength = deltas[b].front().size(1);
        const torch::Tensor inputs = inputProducts(b);
        for (std::int64_t q = 0; q < m_rows.directions; ++q) {
            const torch::Tensor left = deltas[block][static_cast<std::size_t>(q)].to(sum.device());
            torch::Tensor band = sum.narrow(0, m_rows.firstRow(own, q), n);
            for (std::int64_t p = 0; p < m_rows.directions; ++p) {
                const torch::Tensor right = deltas[b][static_cast<std::size_t>(p)].to(sum.device());
                torch::Tensor product;
                if (contraction == Contraction::hadamard) {
                    product = (torch::mm(flatTokens(left), flatTokens(right).t()) * inputs)
                                  .view({n, length, m, otherLength})
                                  .sum({1, 3}, false, torch::kFloat64);
                } else {
                    std::vector<torch::Tensor> columns;
                    for (std::int64_t j = 0; j < m; ++j) {
                        const torch::Tensor carried =
                            torch::mm(inputs.narrow(1, j * otherLength, otherLength), right[j]);
                        columns.push_back((carried.view_as(left) * left).sum({1, 2}, false, torch::kFloat64));
                    }
                    product = torch::stack(columns, 1);
                }
                band.narrow(1, m_rows.firstRow(other, p), m).add_(product);
                if (!own.test && b != block) {
                    sum.narrow(0, m_rows.firstRow(other, p), m)
                        .narrow(1, m_rows.firstRow(own, q), n)
                        .add_(product.t());
                }
            }
        }
    }
}

void GramSums::scatter(ParameterGroup group, const torch::Tensor& product,
                       const std::vector<std::int64_t>& at, const std::vector<std::int64_t>& columns) {
    torch::Tensor& sum = sumOf(group);
    const torch::Tensor rowIndex = torch::tensor(at, torch::kInt64).unsqueeze(1);
    const torch::Tensor columnIndex = torch::tensor(columns, torch::kInt64).unsqueeze(0);
    // Rows and columns are all different: reading, adding and writing back is faster than accumulating.
    sum.index_put_({rowIndex, columnIndex}, sum.index({rowIndex, columnIndex}) + product);
}

void GramSums::merge(const GramSums& other) {
    for (std::size_t set = 0; set < m_sums.size(); ++set) {
        m_sums[set].add_(other.m_sums[set]);
    }
}

torch::Tensor GramSums::finished(std::size_t set) const {
    torch::Tensor sum = m_sums[set].to(torch::kCPU, torch::kFloat64, false, true);
    torch::Tensor train = sum.narrow(0, 0, m_rows.trainRows());
    train.copy_(train.tril() + train.tril(-1).t());
    return sum;
}

} // namespace finescope::engine

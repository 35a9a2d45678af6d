#include "core/engine/ntk/embedding_gram.h"

#include "core/engine/workers.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace finescope::engine {

namespace {

/// One sample that has an id, however often.
struct Occurrence {
    std::int64_t id = 0;
    bool test = false;
    std::int64_t sample = 0; ///< place among the train or the test samples
    auto operator<=>(const Occurrence&) const = default;
};

/// All occurrences, sorted, and which of them each token of a block is part of (-1: none).
struct Occurrences {
    std::vector<Occurrence> sorted;
    std::vector<torch::Tensor> ofToken; ///< of each block, int64 [n * T]
};

Occurrences find(const std::vector<SampleBlock>& blocks, const EmbeddingUse& use) {
    std::map<Occurrence, std::int64_t> places;
    const auto forEachToken = [&](std::size_t b, const auto& visit) {
        const torch::Tensor ids = use.ids[b].contiguous(), mask = blocks[b].tokens.mask.contiguous();
        const auto* const id = ids.data_ptr<std::int64_t>();
        const auto* const present = mask.data_ptr<std::int64_t>();
        const std::int64_t length = ids.size(1);
        for (std::int64_t token = 0; token < ids.numel(); ++token) {
            if (present[token] != 0 && id[token] != use.skipped) {
                visit(token, Occurrence{id[token], blocks[b].test, blocks[b].first + token / length});
            }
        }
    };
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        forEachToken(b, [&](std::int64_t, const Occurrence& occurrence) { places.emplace(occurrence, 0); });
    }
    Occurrences result;
    for (auto& [occurrence, place] : places) {
        place = static_cast<std::int64_t>(result.sorted.size());
        result.sorted.push_back(occurrence);
    }
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        result.ofToken.push_back(torch::full({use.ids[b].numel()}, -1, torch::kInt64));
        auto* const place = result.ofToken.back().data_ptr<std::int64_t>();
        forEachToken(b, [&](std::int64_t token, const Occurrence& occurrence) {
            place[token] = places.at(occurrence);
        });
    }
    return result;
}

void addById(std::vector<GramSums>& sums, const KernelRows& rows, const std::vector<SampleBlock>& blocks,
             const std::vector<std::vector<torch::Tensor>>& deltas, const EmbeddingUse& use,
             const std::stop_token& stop) {
    const Occurrences all = find(blocks, use);
    const auto workers = static_cast<int>(sums.size());
    const torch::Tensor& like = deltas.front().front();
    // Gradients [occurrences, R, h]: what a sample's tokens of one id add up to.
    const torch::Tensor gradients = torch::zeros(
        {static_cast<std::int64_t>(all.sorted.size()), rows.directions, like.size(2)}, like.options());
    analysis::forEachTask(
        blocks.size(), workers,
        [&](std::size_t, std::size_t b) {
            const torch::NoGradGuard guard;
            const torch::Tensor tokens = all.ofToken[b].ge(0).nonzero().squeeze(1);
            const torch::Tensor places = all.ofToken[b].index_select(0, tokens);
            for (std::int64_t q = 0; q < rows.directions; ++q) {
                const torch::Tensor flat = deltas[b][static_cast<std::size_t>(q)].flatten(0, 1);
                // Blocks have different samples, hence different occurrences: no two tasks write one row.
                gradients.select(1, q).index_add_(0, places, flat.index_select(0, tokens));
            }
        },
        torchWorkers(stop));

    std::vector<std::int64_t> starts; // of the runs of one id
    for (std::size_t i = 0; i < all.sorted.size(); ++i) {
        if (i == 0 || all.sorted[i].id != all.sorted[i - 1].id) {
            starts.push_back(static_cast<std::int64_t>(i));
        }
    }
    starts.push_back(static_cast<std::int64_t>(all.sorted.size()));
    analysis::forEachTask(
        starts.size() - 1, workers,
        [&](std::size_t worker, std::size_t run) {
            const torch::NoGradGuard guard;
            const std::int64_t begin = starts[run], end = starts[run + 1];
            std::vector<std::int64_t> train, test;
            for (std::int64_t i = begin; i < end; ++i) {
                const Occurrence& occurrence = all.sorted[static_cast<std::size_t>(i)];
                for (std::int64_t q = 0; q < rows.directions; ++q) {
                    (occurrence.test ? test : train)
                        .push_back(rows.row(occurrence.test, occurrence.sample, q));
                }
            }
            if (train.empty()) {
                return;
            }
            torch::Tensor own = gradients.narrow(0, begin, end - begin);
            if (use.mask.defined()) {
                own = own * use.mask[all.sorted[static_cast<std::size_t>(begin)].id];
            }
            own = own.flatten(0, 1);
            const auto trainRows = static_cast<std::int64_t>(train.size()),
                       testRows = static_cast<std::int64_t>(test.size());
            const torch::Tensor across = own.narrow(0, 0, trainRows).t();
            GramSums& sum = sums[worker];
            sum.scatter(use.group, torch::mm(own.narrow(0, 0, trainRows), across), train, train);
            if (testRows > 0) {
                sum.scatter(use.group, torch::mm(own.narrow(0, trainRows, testRows), across), test, train);
            }
        },
        torchWorkers(stop));
}

/// Ids of each block's tokens, [n T], -1 where a token has no part in the gradient.
std::vector<torch::Tensor> countedIds(const EmbeddingUse& use, const std::vector<SampleBlock>& blocks) {
    std::vector<torch::Tensor> counted;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        torch::Tensor without = blocks[b].tokens.mask.eq(0);
        if (use.skipped) {
            without = without.logical_or(use.ids[b].eq(*use.skipped));
        }
        counted.push_back(use.ids[b].masked_fill(without, -1).flatten());
    }
    return counted;
}

/// Without the entries that do not count.
std::vector<std::vector<torch::Tensor>> masked(const std::vector<std::vector<torch::Tensor>>& deltas,
                                               const EmbeddingUse& use) {
    std::vector<std::vector<torch::Tensor>> counted = deltas;
    for (std::size_t b = 0; b < counted.size(); ++b) {
        for (torch::Tensor& delta : counted[b]) {
            delta =
                delta.to(use.mask.device()) * use.mask.index_select(0, use.ids[b].flatten()).view_as(delta);
        }
    }
    return counted;
}

} // namespace

void addEmbeddingsById(std::vector<GramSums>& sums, const KernelRows& rows,
                       const std::vector<SampleBlock>& blocks,
                       const std::vector<std::vector<torch::Tensor>>& deltas,
                       const std::vector<EmbeddingUse>& uses, const std::stop_token& stop) {
    const torch::NoGradGuard noGrad;
    for (const EmbeddingUse& use : uses) {
        addById(sums, rows, blocks, deltas, use, stop);
    }
}

void addEmbeddingsByPairs(std::vector<GramSums>& sums, const std::vector<SampleBlock>& blocks,
                          const std::vector<std::vector<torch::Tensor>>& deltas,
                          const std::vector<EmbeddingUse>& uses, const std::stop_token& stop) {
    const torch::NoGradGuard noGrad;
    // Tables of one set share the products of deltas, but for one with a mask of its own.
    std::map<std::pair<std::size_t, const void*>, std::vector<const EmbeddingUse*>> together;
    for (const EmbeddingUse& use : uses) {
        together[{sums.front().setOf(use.group), use.mask.defined() ? &use : nullptr}].push_back(&use);
    }
    for (const auto& [key, tables] : together) {
        const EmbeddingUse& first = *tables.front();
        const auto own = first.mask.defined() ? masked(deltas, first) : deltas;
        std::vector<std::vector<torch::Tensor>> ids;
        for (const EmbeddingUse* table : tables) {
            ids.push_back(countedIds(*table, blocks));
        }
        analysis::forEachTask(
            blocks.size(), static_cast<int>(sums.size()),
            [&](std::size_t worker, std::size_t block) {
                const torch::NoGradGuard guard;
                const auto tablesInCommon = [&](std::size_t other) {
                    torch::Tensor count;
                    for (const auto& ofTable : ids) {
                        const torch::Tensor left = ofTable[block].unsqueeze(1),
                                            right = ofTable[other].unsqueeze(0);
                        const torch::Tensor same =
                            left.eq(right).logical_and(left.ge(0)).to(deltas.front().front().scalar_type());
                        count = count.defined() ? count.add_(same) : same;
                    }
                    return count;
                };
                sums[worker].addPairs(first.group, own, tablesInCommon, blocks, block, Contraction::hadamard);
            },
            torchWorkers(stop));
    }
}

} // namespace finescope::engine

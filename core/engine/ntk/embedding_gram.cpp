#include "core/engine/ntk/embedding_gram.h"

#include "core/engine/workers.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <tuple>

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
        const torch::Tensor ids = use.ids[b].cpu().contiguous(),
                            mask = blocks[b].tokens.mask.cpu().contiguous();
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

} // namespace

void addEmbedding(std::vector<GramSums>& sums, const KernelRows& rows, const std::vector<SampleBlock>& blocks,
                  const std::vector<std::vector<torch::Tensor>>& deltas, const EmbeddingUse& use,
                  const std::stop_token& stop) {
    const torch::NoGradGuard noGrad;
    const Occurrences all = find(blocks, use);
    const auto workers = static_cast<int>(sums.size());
    const torch::Tensor& like = deltas.front().front();
    // Gradients [occurrences, R, h]: what a sample's tokens of one id add up to.
    const torch::Tensor gradients = torch::zeros(
        {static_cast<std::int64_t>(all.sorted.size()), rows.directions, like.size(2)}, like.options());
    forEachTask(static_cast<std::int64_t>(blocks.size()), workers, stop, [&](int, std::int64_t task) {
        const torch::NoGradGuard guard;
        const auto b = static_cast<std::size_t>(task);
        const torch::Tensor tokens = all.ofToken[b].ge(0).nonzero().squeeze(1);
        const torch::Tensor places = all.ofToken[b].index_select(0, tokens).to(like.device());
        for (std::int64_t q = 0; q < rows.directions; ++q) {
            const torch::Tensor flat = deltas[b][static_cast<std::size_t>(q)].flatten(0, 1);
            // Blocks have different samples, hence different occurrences: no two tasks write one row.
            gradients.select(1, q).index_add_(0, places, flat.index_select(0, tokens.to(like.device())));
        }
    });

    std::vector<std::int64_t> starts; // of the runs of one id
    for (std::size_t i = 0; i < all.sorted.size(); ++i) {
        if (i == 0 || all.sorted[i].id != all.sorted[i - 1].id) {
            starts.push_back(static_cast<std::int64_t>(i));
        }
    }
    starts.push_back(static_cast<std::int64_t>(all.sorted.size()));
    forEachTask(
        static_cast<std::int64_t>(starts.size()) - 1, workers, stop, [&](int worker, std::int64_t run) {
            const torch::NoGradGuard guard;
            const std::int64_t begin = starts[static_cast<std::size_t>(run)],
                               end = starts[static_cast<std::size_t>(run) + 1];
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
            GramSums& sum = sums[static_cast<std::size_t>(worker)];
            sum.scatter(use.group, torch::mm(own.narrow(0, 0, trainRows), across), train, train);
            if (testRows > 0) {
                sum.scatter(use.group, torch::mm(own.narrow(0, trainRows, testRows), across), test, train);
            }
        });
}

} // namespace finescope::engine

#include "core/engine/task/batches.h"

#include <algorithm>
#include <numeric>

namespace finescope::engine {

EncodedSplit encodeSplit(const TaskSplit& split, const Tokenizer& tokenizer, std::int64_t maxLength) {
    EncodedSplit encoded{split.name, split.role, split.task, {}, {}};
    encoded.encodings.reserve(split.examples.size());
    encoded.labels.reserve(split.examples.size());
    for (const Example& example : split.examples) {
        encoded.encodings.push_back(
            tokenizer.encode(example.first, example.second, static_cast<std::size_t>(maxLength)));
        encoded.labels.push_back(example.label);
    }
    return encoded;
}

std::vector<std::vector<std::int64_t>> cutIntoBatches(std::span<const std::int64_t> order,
                                                      std::int64_t batchSize) {
    std::vector<std::vector<std::int64_t>> batches;
    const auto size = static_cast<std::size_t>(batchSize);
    for (std::size_t begin = 0; begin < order.size(); begin += size) {
        const auto part = order.subspan(begin, std::min(size, order.size() - begin));
        batches.emplace_back(part.begin(), part.end());
    }
    return batches;
}

std::vector<std::int64_t> rowsByLength(const EncodedSplit& split) {
    std::vector<std::int64_t> order(split.encodings.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t left, std::int64_t right) {
        return split.encodings[static_cast<std::size_t>(left)].ids.size() >
               split.encodings[static_cast<std::size_t>(right)].ids.size();
    });
    return order;
}

std::int64_t longestOf(const EncodedSplit& split, std::span<const std::int64_t> rows) {
    std::size_t longest = 0;
    for (const std::int64_t row : rows) {
        longest = std::max(longest, split.encodings[static_cast<std::size_t>(row)].ids.size());
    }
    return static_cast<std::int64_t>(longest);
}

TokenBatch collate(const EncodedSplit& split, std::span<const std::int64_t> rows, std::int64_t length,
                   std::int64_t padId, const torch::Device& device) {
    const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(rows.size()), length};
    TokenBatch batch{torch::full(shape, padId, torch::kInt64), torch::zeros(shape, torch::kInt64),
                     torch::zeros(shape, torch::kInt64)};
    auto* ids = batch.ids.data_ptr<std::int64_t>();
    auto* types = batch.typeIds.data_ptr<std::int64_t>();
    auto* mask = batch.mask.data_ptr<std::int64_t>();
    for (const std::int64_t row : rows) {
        const Encoding& encoding = split.encodings[static_cast<std::size_t>(row)];
        std::copy(encoding.ids.begin(), encoding.ids.end(), ids);
        std::copy(encoding.typeIds.begin(), encoding.typeIds.end(), types);
        std::fill_n(mask, encoding.ids.size(), 1);
        ids += length;
        types += length;
        mask += length;
    }
    return {batch.ids.to(device), batch.typeIds.to(device), batch.mask.to(device)};
}

torch::Tensor labelsOf(const EncodedSplit& split, std::span<const std::int64_t> rows,
                       const torch::Device& device) {
    torch::Tensor labels = torch::empty({static_cast<std::int64_t>(rows.size())}, torch::kInt64);
    auto* out = labels.data_ptr<std::int64_t>();
    for (const std::int64_t row : rows) {
        *out++ = split.labels[static_cast<std::size_t>(row)];
    }
    return labels.to(device);
}

} // namespace finescope::engine

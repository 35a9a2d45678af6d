#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/task/task.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <span>

namespace finescope::engine {

/// A split as token ids.
struct EncodedSplit {
    std::string name, role, task;
    std::vector<Encoding> encodings; ///< [N], none longer than the maximum
    Labels labels;                   ///< [N]

    [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
};

[[nodiscard]] EncodedSplit encodeSplit(const TaskSplit& split, const Tokenizer& tokenizer,
                                       std::int64_t maxLength);

/// Row indices of the batches, in which `order` is cut; the last may be smaller.
[[nodiscard]] std::vector<std::vector<std::int64_t>> cutIntoBatches(std::span<const std::int64_t> order,
                                                                    std::int64_t batchSize);

/// All rows from the longest to the shortest (ties by row): batches cut from it hold little padding, and
/// memory that does not suffice shows at once.
[[nodiscard]] std::vector<std::int64_t> rowsByLength(const EncodedSplit& split);

/// Tokens of the longest of those rows.
[[nodiscard]] std::int64_t longestOf(const EncodedSplit& split, std::span<const std::int64_t> rows);

/// Those rows, padded to `length` tokens, which none exceeds. Tensors [B, T] on `device`.
[[nodiscard]] TokenBatch collate(const EncodedSplit& split, std::span<const std::int64_t> rows,
                                 std::int64_t length, std::int64_t padId, const torch::Device& device);

/// The same, padded to the longest among them.
[[nodiscard]] inline TokenBatch collate(const EncodedSplit& split, std::span<const std::int64_t> rows,
                                        std::int64_t padId, const torch::Device& device) {
    return collate(split, rows, longestOf(split, rows), padId, device);
}

/// Labels [B] of those rows on `device`.
[[nodiscard]] torch::Tensor labelsOf(const EncodedSplit& split, std::span<const std::int64_t> rows,
                                     const torch::Device& device);

} // namespace finescope::engine

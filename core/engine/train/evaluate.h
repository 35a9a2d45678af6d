#pragma once

#include "core/engine/train/tuned_model.h"

#include <functional>
#include <stop_token>

namespace finescope::engine {

/// How well logits fit the labels of a split.
struct Scores {
    double loss = 0;     ///< mean cross-entropy, natural logarithm
    double accuracy = 0; ///< a fraction; ties at argmax go to the lowest class
    double matthews = 0; ///< Matthews correlation; for C > 2 Gorodkin's R_K (2004). 0 where it is undefined
};

struct EvaluationHooks {
    /// Rows done since the last call; one call at a time, from any of the model's workers; may be empty.
    std::function<void(std::int64_t rows)> onBatch;
    std::stop_token stop; ///< Error{cancelled} between two batches
};

/// Features [N, h] of every row of a split, in its order, dropout off. Throws Error{numeric} if one is not
/// finite.
[[nodiscard]] MatrixF extractFeatures(TunedModel& model, const EncodedSplit& split,
                                      const EvaluationHooks& hooks = {});

/// Logits [N, C] = features V^T + b, summed in double precision. features [N, h], weight [C, h], bias [C].
[[nodiscard]] MatrixF headLogits(const MatrixViewF& features, const MatrixViewF& weight, const VectorF& bias);

/// logits [N, C] finite, labels [N] in 0..C-1, N >= 1. Pure.
[[nodiscard]] Scores score(const MatrixViewF& logits, const Labels& labels);

} // namespace finescope::engine

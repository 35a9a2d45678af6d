#pragma once

#include "core/imports/raw_predictions.h"

#include <cstdint>
#include <optional>
#include <string>

namespace finescope::imports {

enum class ScoreKind { logits, probabilities };

/// What the scores of a file are, and why.
struct KindDecision {
    ScoreKind kind = ScoreKind::logits;
    std::string because; ///< for people
};

/// Probabilities are scores of which none is negative and every row sums to 1 within kSumTolerance. That
/// decides, together with what the file calls them and what the user says; nothing is guessed: a file that
/// contradicts itself (called logits, but rows that sum to 1), or whose values lie between 0 and 1 without
/// summing to 1, is refused with the option that settles it. Values that are NaN or infinite are refused, but
/// for log probabilities of minus infinity, which are those of a probability of 0. Throws Error{badFile}
/// naming file, array and row, also for a row of probabilities that sums to 0, whatever the user says.
[[nodiscard]] KindDecision decideKind(const RawPredictions& raw, std::optional<ScoreKind> told);

/// Rounded probabilities do not sum to 1 exactly: float16 and four decimals stay within this for 100 classes.
inline constexpr double kSumTolerance = 1e-3;

/// A probability below this, the smallest normal float32 number 2^-126, is recorded as it: the logarithm of 0
/// is no logit.
inline constexpr double kProbabilityFloor = 0x1p-126;

/// float32, in which logits are recorded, may move the NLL by this much before something is done about it.
inline constexpr double kFloatTolerance = 1e-6;

struct Logits {
    MatrixF values;                ///< [N, C]
    std::int64_t floored = 0;      ///< probabilities below the floor
    std::int64_t flooredLabel = 0; ///< rows whose own label has one of them: their NLL is the floor's
    double lostNll = 0;            ///< |mean NLL of `values` - mean NLL of the file's own numbers|
    std::int64_t lostHits = 0;     ///< rows that float32 makes right or wrong
};

/// The logits to record: logits as they are; of probabilities p their natural logarithms, of which softmax at
/// T = 1 gives p / sum(p) back to the precision of float32. `offMaximum`: each row's maximum is taken off, in
/// double, before it becomes float32: the softmax is the same, and a large common part costs no digits.
/// scores [N, C], labels [N]. Throws Error{badFile} for a logit beyond float32.
[[nodiscard]] Logits toLogits(const RawPredictions& raw, const RawSplit& split, ScoreKind kind,
                              const Labels& labels, bool offMaximum);

/// Whether a split's logits cannot become float32 as they are: their mean absolute error of a row's NLL would
/// be above kFloatTolerance, or a row would become right or wrong. labels [N].
[[nodiscard]] bool losesAsFloat(const RawSplit& split, const Labels& labels);

} // namespace finescope::imports

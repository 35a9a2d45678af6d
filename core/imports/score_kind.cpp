#include "core/imports/score_kind.h"

#include "core/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace finescope::imports {

namespace {

std::string number(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 4).ptr;
    return {text, end};
}

std::string placeIn(const RawPredictions& raw, const RawSplit& split, Eigen::Index row) {
    return raw.file.string() + ", " + split.scoresName + ", " + split.place(row) + ": ";
}

[[noreturn]] void refuse(const std::string& what) {
    throw Error(ErrorKind::badFile, what);
}

/// How much the scores look like probabilities, in their worst row.
struct Look {
    double smallest = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();
    double deviation = 0;           ///< largest |sum of a row - 1|
    double sum = 1;                 ///< of that row
    std::string negative, unsummed; ///< the places of the smallest value and of that row

    [[nodiscard]] bool probable() const { return smallest >= 0 && deviation <= kSumTolerance; }
};

Look look(const RawPredictions& raw) {
    Look all;
    for (const RawSplit& split : raw.splits) {
        for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
            const double sum = split.scores.row(row).sum();
            const double smallest = split.scores.row(row).minCoeff();
            if (smallest < all.smallest) {
                all.smallest = smallest;
                all.negative = placeIn(raw, split, row);
            }
            all.largest = std::max(all.largest, split.scores.row(row).maxCoeff());
            if (!(std::abs(sum - 1) <= all.deviation)) {
                all.deviation = std::abs(sum - 1);
                all.sum = sum;
                all.unsummed = placeIn(raw, split, row);
            }
        }
    }
    return all;
}

bool isLogOfZero(const RawPredictions& raw, double value) {
    return raw.stated == Meaning::logProbabilities && value == -std::numeric_limits<double>::infinity();
}

void requireFinite(const RawPredictions& raw) {
    for (const RawSplit& split : raw.splits) {
        for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
            for (const double value : split.scores.row(row)) {
                if (!std::isfinite(value) && !isLogOfZero(raw, value)) {
                    refuse(placeIn(raw, split, row) + "is NaN or infinite; nothing can be computed from it");
                }
            }
        }
    }
}

/// No probabilities are divided by a sum of 0, and none have it, whatever they are called.
void requireSums(const RawPredictions& raw) {
    for (const RawSplit& split : raw.splits) {
        for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
            if (!(split.scores.row(row).sum() >= std::numeric_limits<double>::min())) {
                refuse(placeIn(raw, split, row) +
                       "sums to 0, so it does not hold probabilities; leave out that row or save it again");
            }
        }
    }
}

/// A row of log probabilities that are all minus infinity is the same.
void requireSomeProbability(const RawPredictions& raw) {
    for (const RawSplit& split : raw.splits) {
        for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
            if (!std::isfinite(split.scores.row(row).maxCoeff())) {
                refuse(placeIn(raw, split, row) + "has the probability 0 for every class, so it does not "
                                                  "hold probabilities; leave out that row or save it again");
            }
        }
    }
}

void requireNotNegative(const Look& seen) {
    if (seen.smallest < 0) {
        refuse(seen.negative + "has " + number(seen.smallest) +
               ", but probabilities are not negative; if these are logits, use --kind logits");
    }
}

KindDecision probabilities(const Look& seen, const std::string& why) {
    return {ScoreKind::probabilities, why + "none is negative and every row sums to 1 within " +
                                          number(seen.deviation) +
                                          "; recorded as their natural logarithms, of which softmax at T = 1 "
                                          "is the probabilities again"};
}

constexpr double kLargest = std::numeric_limits<float>::max();

using RowVectorD = Eigen::RowVectorXd;
using RowVectorF = Eigen::RowVectorXf;

/// What float32 makes of one row: how much its NLL grows, and whether it becomes right or wrong.
struct RowChange {
    double nll = 0;
    bool hit = false;
};

/// -ln softmax(z)_y in double, and whether y is the first of the largest.
template <typename Row>
std::pair<double, bool> nllAndHit(const Row& logits, Eigen::Index label) {
    Eigen::Index first = 0;
    const auto largest = static_cast<double>(logits.maxCoeff(&first));
    double sum = 0;
    for (Eigen::Index c = 0; c < logits.size(); ++c) {
        sum += std::exp(static_cast<double>(logits(c)) - largest);
    }
    return {largest - static_cast<double>(logits(label)) + std::log(sum), first == label};
}

template <typename Rounded>
RowChange changeOf(const RowVectorD& exact, const Rounded& rounded, Eigen::Index label) {
    const auto [before, wasHit] = nllAndHit(exact, label);
    const auto [after, isHit] = nllAndHit(rounded, label);
    return {after - before, wasHit != isHit};
}

} // namespace

KindDecision decideKind(const RawPredictions& raw, std::optional<ScoreKind> told) {
    requireFinite(raw);
    const Look seen = look(raw);
    if (told == ScoreKind::probabilities) {
        requireNotNegative(seen);
        requireSums(raw);
        return probabilities(seen, "--kind says so; ");
    }
    if (told == ScoreKind::logits) {
        return {ScoreKind::logits, "--kind says so"};
    }
    switch (raw.stated) {
    case Meaning::logProbabilities:
        requireSomeProbability(raw);
        return {ScoreKind::logits, "log probabilities are logits of the same softmax"};
    case Meaning::logits:
        if (seen.probable()) {
            refuse(raw.file.string() + ": " + raw.splits.front().scoresName +
                   " is called logits, but no value is negative and every row sums to 1 as probabilities do; "
                   "use --kind probabilities, or --kind logits if they are logits nevertheless");
        }
        return {ScoreKind::logits, "the file calls them logits, and they are not probabilities"};
    case Meaning::probabilities:
        requireNotNegative(seen);
        requireSums(raw);
        if (!seen.probable()) {
            refuse(seen.unsummed + "is called probabilities, but sums to " + number(seen.sum) +
                   " instead of 1; use --kind logits if it holds logits, or --kind probabilities to divide "
                   "each row by its sum");
        }
        return probabilities(seen, "the file calls them probabilities; ");
    default:
        break;
    }
    if (seen.probable()) {
        return probabilities(seen, "");
    }
    if (seen.smallest >= 0 && seen.largest <= 1) {
        refuse(seen.unsummed + "all values lie between 0 and 1, but this row sums to " + number(seen.sum) +
               " instead of 1; use --kind logits if they are logits, or --kind probabilities to divide each "
               "row by its sum");
    }
    return {ScoreKind::logits,
            seen.smallest < 0
                ? "values go down to " + number(seen.smallest) + ", so these are not probabilities"
                : "values go up to " + number(seen.largest) + ", so these are not probabilities"};
}

Logits toLogits(const RawPredictions& raw, const RawSplit& split, ScoreKind kind, const Labels& labels,
                bool offMaximum) {
    const double smallestLog = std::log(kProbabilityFloor);
    Logits logits{MatrixF(split.scores.rows(), split.scores.cols()), 0, 0, 0, 0};
    RowVectorD exact(split.scores.cols());
    double lost = 0;
    for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        for (Eigen::Index c = 0; c < split.scores.cols(); ++c) {
            double value = split.scores(row, c);
            const bool floored =
                kind == ScoreKind::probabilities ? value < kProbabilityFloor : isLogOfZero(raw, value);
            if (floored) {
                ++logits.floored;
                logits.flooredLabel += c == label ? 1 : 0;
                value = smallestLog;
            } else if (kind == ScoreKind::probabilities) {
                value = std::log(value);
            }
            exact(c) = value;
        }
        const double largest = exact.maxCoeff();
        for (const double value : exact) {
            if (std::abs(value) > kLargest || (offMaximum && largest - value > kLargest)) {
                refuse(placeIn(raw, split, row) + "has the logit " + number(value) +
                       ", which float32, in which logits are recorded, cannot hold");
            }
        }
        if (offMaximum) {
            exact.array() -= largest;
        }
        logits.values.row(row) = exact.cast<float>();
        const RowChange change = changeOf(exact, logits.values.row(row), label);
        lost += change.nll;
        logits.lostHits += change.hit ? 1 : 0;
    }
    logits.lostNll = split.scores.rows() > 0 ? std::abs(lost) / static_cast<double>(split.scores.rows()) : 0;
    return logits;
}

bool losesAsFloat(const RawSplit& split, const Labels& labels) {
    double lost = 0;
    RowVectorD exact(split.scores.cols());
    RowVectorF rounded(split.scores.cols());
    for (Eigen::Index row = 0; row < split.scores.rows(); ++row) {
        exact = split.scores.row(row);
        if (!(exact.cwiseAbs().maxCoeff() <= kLargest)) {
            continue; // toLogits says so
        }
        rounded = exact.cast<float>();
        const RowChange change =
            changeOf(exact, rounded, static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
        if (change.hit) {
            return true;
        }
        lost += std::abs(change.nll);
    }
    return lost > kFloatTolerance * static_cast<double>(split.scores.rows());
}

} // namespace finescope::imports

#include "core/analysis/logistic/fold_scores.h"

#include "core/error.h"

#include <limits>
#include <numeric>
#include <string>
#include <utility>

namespace finescope::analysis {

FoldScores::FoldScores(std::vector<std::int64_t> rowsOfFold, std::size_t candidates)
    : m_rows(std::move(rowsOfFold)), m_hits(candidates, std::vector<std::int64_t>(m_rows.size(), 0)) {
    if (m_rows.empty()) {
        throw Error(ErrorKind::badInput, "cross-validation needs at least one fold");
    }
    const std::int64_t largest =
        std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(m_rows.size());
    for (const std::int64_t rows : m_rows) {
        if (rows < 1) {
            throw Error(ErrorKind::badInput, "cross-validation: a fold has no rows");
        }
        const std::int64_t factor = rows / std::gcd(m_multiple, rows);
        if (m_multiple > largest / factor) {
            throw Error(ErrorKind::badInput, "cross-validation: folds of so many different sizes, " +
                                                 std::to_string(rows) +
                                                 " rows in one of them, cannot be compared exactly");
        }
        m_multiple *= factor;
    }
}

void FoldScores::setHits(std::size_t candidate, std::size_t fold, std::int64_t hits) {
    if (hits < 0 || hits > m_rows.at(fold)) {
        throw Error(ErrorKind::badInput, "cross-validation: " + std::to_string(hits) + " hits in a fold of " +
                                             std::to_string(m_rows[fold]) + " rows");
    }
    m_hits.at(candidate)[fold] = hits;
}

std::int64_t FoldScores::numerator(std::size_t candidate) const {
    std::int64_t sum = 0;
    for (std::size_t fold = 0; fold < m_rows.size(); ++fold) {
        sum += m_hits.at(candidate)[fold] * (m_multiple / m_rows[fold]);
    }
    return sum;
}

double FoldScores::mean(std::size_t candidate) const {
    return static_cast<double>(numerator(candidate)) /
           (static_cast<double>(m_multiple) * static_cast<double>(m_rows.size()));
}

std::size_t FoldScores::best() const {
    std::size_t best = 0;
    for (std::size_t candidate = 1; candidate < m_hits.size(); ++candidate) {
        if (numerator(candidate) > numerator(best)) {
            best = candidate;
        }
    }
    return best;
}

} // namespace finescope::analysis

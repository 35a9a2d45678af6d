#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// What cross-validation counts: how many rows of each held-out fold a candidate predicts right. A
/// candidate's score is the mean over the folds of its share of hits; scores are compared as fractions of
/// whole numbers, because sums of rounded shares differ by an ulp where they are equal.
class FoldScores {
public:
    FoldScores() = default; ///< of no candidates
    /// rowsOfFold: at least one fold, each with at least one row; the sizes are equal or differ by one, as
    /// stratifiedFolds() makes them, else Error{badInput} where their common multiple is no 64-bit number.
    FoldScores(std::vector<std::int64_t> rowsOfFold, std::size_t candidates);

    void setHits(std::size_t candidate, std::size_t fold, std::int64_t hits);

    [[nodiscard]] std::size_t candidates() const { return m_hits.size(); }
    [[nodiscard]] const std::vector<std::int64_t>& rowsOfFold() const { return m_rows; }
    /// Of each fold.
    [[nodiscard]] const std::vector<std::int64_t>& hits(std::size_t candidate) const {
        return m_hits[candidate];
    }
    /// The score, rounded once: equal scores are equal numbers.
    [[nodiscard]] double mean(std::size_t candidate) const;
    /// The candidate of the highest score, the first of equals.
    [[nodiscard]] std::size_t best() const;

private:
    /// The score in units of 1 / (common multiple x folds).
    [[nodiscard]] std::int64_t numerator(std::size_t candidate) const;

    std::vector<std::int64_t> m_rows;              // [folds]
    std::int64_t m_multiple = 1;                   // of all of m_rows
    std::vector<std::vector<std::int64_t>> m_hits; // [candidates][folds]
};

} // namespace finescope::analysis

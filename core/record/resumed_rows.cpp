#include "core/record/resumed_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace finescope::record {

namespace {

/// Two tables as one, of which some rows count.
class Rows {
public:
    Rows(const SeriesTable& before, const SeriesTable& after) : m_before(before), m_after(after) {}

    [[nodiscard]] std::size_t count() const { return m_before.rows() + m_after.rows(); }
    [[nodiscard]] const EpochKey& key(std::size_t row) const {
        return isBefore(row) ? m_before.keys[row] : m_after.keys[row - m_before.rows()];
    }
    /// 0 in a table without steps.
    [[nodiscard]] std::int64_t step(std::size_t row) const {
        const SeriesTable& table = isBefore(row) ? m_before : m_after;
        return table.step.empty() ? 0 : table.step[row - (isBefore(row) ? 0 : m_before.rows())];
    }
    [[nodiscard]] std::pair<Stage, double> epochPlace(std::size_t row) const {
        return {key(row).stage, key(row).epoch};
    }
    [[nodiscard]] std::pair<Stage, std::int64_t> stepPlace(std::size_t row) const {
        return {key(row).stage, step(row)};
    }
    [[nodiscard]] bool hasSteps() const { return !m_before.step.empty() || !m_after.step.empty(); }

    /// Whether `later` holds whatever `earlier` holds of the same step.
    [[nodiscard]] bool saysAsMuch(std::size_t later, std::size_t earlier) const {
        for (std::size_t column = 0; column < m_after.series.size(); ++column) {
            if (std::isnan(value(column, later)) && !std::isnan(value(column, earlier))) {
                return false;
            }
        }
        return true;
    }

private:
    [[nodiscard]] bool isBefore(std::size_t row) const { return row < m_before.rows(); }
    [[nodiscard]] double value(std::size_t column, std::size_t row) const {
        return isBefore(row) ? m_before.series[column].values[row]
                             : m_after.series[column].values[row - m_before.rows()];
    }

    const SeriesTable& m_before;
    const SeriesTable& m_after;
};

/// How `row` follows `last`.
struct Step {
    bool earlierEpoch = false, earlierStep = false; ///< or an earlier stage
    bool again = false;                             ///< the same place once more
    [[nodiscard]] bool back() const { return earlierEpoch || earlierStep || again; }
};

Step between(const Rows& rows, std::size_t last, std::size_t row) {
    const auto epochs = std::pair(rows.epochPlace(row), rows.epochPlace(last));
    const auto steps = std::pair(rows.stepPlace(row), rows.stepPlace(last));
    if (!rows.hasSteps()) {
        return {.earlierEpoch = epochs.first < epochs.second, .again = epochs.first == epochs.second};
    }
    return {.earlierEpoch = epochs.first < epochs.second,
            .earlierStep = steps.first < steps.second,
            .again = steps.first == steps.second && rows.saysAsMuch(row, last)};
}

/// How many of the rows kept so far stay when `row` comes: all, unless it goes back.
std::size_t staying(const Rows& rows, const std::vector<std::size_t>& kept, std::size_t row) {
    const Step step = kept.empty() ? Step{} : between(rows, kept.back(), row);
    std::size_t stay = kept.size() - (step.again ? 1 : 0);
    const auto before = [&](auto place) {
        return static_cast<std::size_t>(std::ranges::lower_bound(kept, place(row), {}, place) - kept.begin());
    };
    if (step.earlierEpoch) {
        stay = std::min(stay, before([&](std::size_t of) { return rows.epochPlace(of); }));
    }
    if (step.earlierStep) {
        stay = std::min(stay, before([&](std::size_t of) { return rows.stepPlace(of); }));
    }
    return stay;
}

template <typename Value>
std::vector<Value> chosen(const std::vector<Value>& before, const std::vector<Value>& after,
                          const std::vector<std::size_t>& rows) {
    std::vector<Value> values;
    values.reserve(rows.size());
    for (const std::size_t row : rows) {
        values.push_back(row < before.size() ? before[row] : after[row - before.size()]);
    }
    return values;
}

template <typename Value>
void append(std::vector<Value>& to, const std::vector<Value>& values) {
    to.insert(to.end(), values.begin(), values.end());
}

} // namespace

SeriesTable continued(SeriesTable table, SeriesTable rows) {
    if (table.rows() == 0) {
        table = {};
        for (const Series& series : rows.series) {
            table.series.push_back({series.name, {}});
        }
    }
    const Rows all(table, rows);
    bool onward = true;
    for (std::size_t row = std::max<std::size_t>(table.rows(), 1); onward && row < all.count(); ++row) {
        onward = !between(all, row - 1, row).back();
    }
    if (onward) {
        append(table.step, rows.step);
        append(table.keys, rows.keys);
        for (std::size_t column = 0; column < rows.series.size(); ++column) {
            append(table.series[column].values, rows.series[column].values);
        }
        return table;
    }
    std::vector<std::size_t> kept(table.rows());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    SeriesTable next{.resumed = std::move(table.resumed)};
    for (std::size_t row = table.rows(); row < all.count(); ++row) {
        const std::size_t stay = staying(all, kept, row);
        if (stay < kept.size()) {
            next.resumed.push_back({all.key(row), all.step(row), kept.size() - stay});
            kept.resize(stay);
        }
        kept.push_back(row);
    }
    next.step = all.hasSteps() ? chosen(table.step, rows.step, kept) : std::vector<std::int64_t>{};
    next.keys = chosen(table.keys, rows.keys, kept);
    for (std::size_t column = 0; column < rows.series.size(); ++column) {
        next.series.push_back({rows.series[column].name,
                               chosen(table.series[column].values, rows.series[column].values, kept)});
    }
    return next;
}

std::vector<std::uint64_t> keptRows(std::vector<EpochKey>& keys, bool resumed) {
    std::vector<std::pair<double, Stage>> sorted;
    sorted.reserve(keys.size());
    for (const EpochKey& key : keys) {
        sorted.emplace_back(key.epoch, key.stage);
    }
    std::ranges::sort(sorted);
    std::vector<std::uint64_t> rows;
    if (!resumed && std::ranges::adjacent_find(sorted) == sorted.end()) {
        for (std::uint64_t row = 0; row < keys.size(); ++row) {
            rows.push_back(row);
        }
        return rows;
    }
    // The file row of each as a column, so that the two stay together.
    SeriesTable table{.keys = std::move(keys), .series = {{"row", {}}}};
    for (std::size_t row = 0; row < table.rows(); ++row) {
        table.series.front().values.push_back(static_cast<double>(row));
    }
    table = continued({}, std::move(table));
    keys = std::move(table.keys);
    for (const double row : table.series.front().values) {
        rows.push_back(static_cast<std::uint64_t>(row));
    }
    return rows;
}

} // namespace finescope::record

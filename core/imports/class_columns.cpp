#include "core/imports/class_columns.h"

#include "core/error.h"
#include "core/imports/column_names.h"
#include "core/imports/names.h"
#include "core/imports/score_kind.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

namespace finescope::imports {

namespace {

using Indices = std::vector<Eigen::Index>; // of columns of ColumnContents::values

/// What columns have of one number for each row and class.
class Values {
public:
    explicit Values(const MatrixD& values)
        : m_values(values), m_negative(static_cast<std::size_t>(values.cols())), m_broken(m_negative) {
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            for (Eigen::Index k = 0; k < values.cols(); ++k) {
                const double value = values(row, k);
                m_negative[static_cast<std::size_t>(k)] |= value < 0;
                m_broken[static_cast<std::size_t>(k)] |= value != std::floor(value);
            }
        }
    }

    /// Whether none is negative and every row sums to 1.
    [[nodiscard]] bool sumToOne(const Indices& columns) const {
        for (Eigen::Index row = 0; row < m_values.rows(); ++row) {
            double sum = 0;
            for (const Eigen::Index k : columns) {
                sum += m_values(row, k) < 0 ? std::numeric_limits<double>::quiet_NaN() : m_values(row, k);
            }
            if (!(std::abs(sum - 1) <= kSumTolerance)) {
                return false;
            }
        }
        return m_values.rows() > 0;
    }

    /// Whether a column's numbers may be scores as those of these columns are: with negative ones or not,
    /// whole or not.
    [[nodiscard]] bool isLike(Eigen::Index column, const Indices& scores) const {
        const auto k = static_cast<std::size_t>(column);
        return m_negative[k] == any(m_negative, scores) && m_broken[k] == any(m_broken, scores);
    }

private:
    static bool any(const std::vector<unsigned char>& flags, const Indices& columns) {
        return std::ranges::any_of(columns,
                                   [&](Eigen::Index k) { return flags[static_cast<std::size_t>(k)] != 0; });
    }

    const MatrixD& m_values;
    std::vector<unsigned char> m_negative, m_broken; ///< whether some number is negative, not whole
};

/// Neighbouring columns [first, last) of which every row sums to 1, and how far the worst is off.
struct ColumnRun {
    Eigen::Index first = 0, last = 0;
    double deviation = 0;

    [[nodiscard]] Indices columns() const {
        Indices all(static_cast<std::size_t>(last - first));
        std::iota(all.begin(), all.end(), first);
        return all;
    }
};

/// At most this many runs are followed up: where more come into question nothing is told by them.
constexpr std::size_t kMostRuns = 64;

/// Runs whose numbers sum to the count of rows: those of which each row can sum to 1.
std::vector<ColumnRun> runsBySum(const MatrixD& values) {
    const auto rows = static_cast<double>(values.rows());
    const auto inTotal = [&](double sum) { return std::abs(sum - rows) <= rows * kSumTolerance; };
    const auto possible = [&](Eigen::Index k) {
        return values.col(k).minCoeff() >= 0 && values.col(k).maxCoeff() <= 1 + kSumTolerance;
    };
    std::vector<double> totals(static_cast<std::size_t>(values.cols()));
    for (Eigen::Index k = 0; k < values.cols(); ++k) {
        totals[static_cast<std::size_t>(k)] =
            possible(k) ? values.col(k).sum() : std::numeric_limits<double>::quiet_NaN();
    }
    std::vector<ColumnRun> runs;
    Eigen::Index last = 0;
    double sum = 0; // of [first, last)
    for (Eigen::Index first = 0; first < values.cols(); ++first) {
        if (std::isnan(totals[static_cast<std::size_t>(first)])) {
            continue;
        }
        if (last <= first) {
            last = first;
            sum = 0;
        }
        while (last < values.cols() && sum < rows * (1 - kSumTolerance) &&
               !std::isnan(totals[static_cast<std::size_t>(last)])) {
            sum += totals[static_cast<std::size_t>(last++)];
        }
        double longer = sum;
        for (Eigen::Index end = last; inTotal(longer); ++end) {
            if (end - first >= 2) {
                runs.push_back({first, end, 0});
            }
            if (runs.size() > kMostRuns) {
                return {};
            }
            if (end == values.cols()) {
                break;
            }
            longer += totals[static_cast<std::size_t>(end)];
        }
        sum -= totals[static_cast<std::size_t>(first)];
    }
    return runs;
}

std::vector<ColumnRun> runsSummingToOne(const MatrixD& values) {
    if (values.rows() == 0) {
        return {};
    }
    std::vector<ColumnRun> runs = runsBySum(values);
    for (Eigen::Index row = 0; row < values.rows() && !runs.empty(); ++row) {
        std::erase_if(runs, [&](ColumnRun& run) {
            const double sum = values.row(row).segment(run.first, run.last - run.first).sum();
            run.deviation = std::max(run.deviation, std::abs(sum - 1));
            return !(run.deviation <= kSumTolerance);
        });
    }
    return runs;
}

class Chooser {
public:
    Chooser(const std::vector<std::string>& header, const ColumnContents& contents, const std::string& place)
        : m_header(header), m_contents(contents), m_place(place), m_values(contents.values),
          m_needed(neededClasses()) {}

    ClassChoice choose() {
        if (m_contents.values.rows() == 0 || m_contents.labels.empty()) {
            return chosen(everyColumn(), "there is nothing to tell them apart by"); // and nothing to import
        }
        for (const auto way : {&Chooser::byLabels, &Chooser::byBeginningAndLabels, &Chooser::bySums,
                               &Chooser::byBeginningAndNumbers, &Chooser::byCount}) {
            if (auto choice = (this->*way)()) {
                return std::move(*choice);
            }
        }
        refuse("their names are not those of the labels and have no common prefix, and no adjacent columns "
               "sum to 1 in every row");
    }

private:
    static constexpr const char* kSumOfNeighbours = "the rows of these adjacent columns sum to 1";

    [[nodiscard]] const std::string& name(Eigen::Index k) const {
        return m_header[m_contents.places[static_cast<std::size_t>(k)]];
    }

    [[nodiscard]] Indices everyColumn() const {
        Indices all(m_contents.places.size());
        std::iota(all.begin(), all.end(), Eigen::Index{0});
        return all;
    }

    /// `others` are left alone, and in doubt unless the rows of these sum to 1.
    [[nodiscard]] ClassChoice chosen(const Indices& columns, std::string because,
                                     const Indices& others = {}) const {
        ClassChoice choice{placesOf(columns), {}, std::move(because), {}};
        for (const Eigen::Index k : columns) {
            choice.names.push_back(name(k));
        }
        if (!others.empty() && !m_values.sumToOne(columns)) {
            choice.doubtful = placesOf(others);
        }
        return choice;
    }

    [[nodiscard]] std::vector<std::size_t> placesOf(const Indices& columns) const {
        std::vector<std::size_t> places;
        for (const Eigen::Index k : columns) {
            places.push_back(m_contents.places[static_cast<std::size_t>(k)]);
        }
        return places;
    }

    [[noreturn]] void refuse(const std::string& why) const {
        std::vector<std::string> names;
        for (const Eigen::Index k : everyColumn()) {
            names.push_back(name(k));
        }
        throw Error(ErrorKind::badFile, m_place + ": which of the columns " + text::listed(names) +
                                            " are the classes is not clear: " + why +
                                            "; give the class columns a common prefix, as in logit_cat and "
                                            "logit_dog, or use --logits COLUMN,COLUMN,...");
    }

    /// How many classes labels that are numbers need; 0 for others.
    [[nodiscard]] std::size_t neededClasses() const {
        std::int64_t most = -1;
        for (const std::string& label : m_contents.labels) {
            const auto number = wholeNumber(label);
            if (!number || *number < 0) {
                return 0;
            }
            most = std::max(most, *number);
        }
        return static_cast<std::size_t>(most + 1);
    }

    [[nodiscard]] std::optional<ClassChoice> byLabels() {
        Indices named, others;
        for (const Eigen::Index k : everyColumn()) {
            (m_contents.labels.contains(name(k)) ? named : others).push_back(k);
        }
        if (named.size() != m_contents.labels.size()) {
            return std::nullopt;
        }
        const std::vector<std::string> rivals = rivalsOf(named, others);
        if (named.size() >= 2 && (rivals.empty() || m_values.sumToOne(named))) {
            return chosen(named, "their names are the labels", others);
        }
        if (const auto run = onlyRun(named)) {
            return chosen(run->columns(), kSumOfNeighbours);
        }
        if (m_needed > 0) {
            return std::nullopt; // columns that are called by numbers: see byBeginningAndNumbers
        }
        refuseRivals(rivals, named);
    }

    /// Those of the others that may be classes which no label is called by.
    [[nodiscard]] std::vector<std::string> rivalsOf(const Indices& named, const Indices& others) const {
        std::vector<std::string> rivals;
        for (const Eigen::Index k : others) {
            if (m_values.isLike(k, named)) {
                rivals.push_back(name(k));
            }
        }
        return rivals;
    }

    [[noreturn]] void refuseRivals(const std::vector<std::string>& rivals, const Indices& named) const {
        refuse(rivals.empty() ? "all labels are \"" + text::shown(name(named.front())) + "\""
                              : text::listed(rivals) +
                                    " may be classes that no row has as its label, or something else");
    }

    [[nodiscard]] std::optional<ClassChoice> byBeginningAndLabels() {
        std::map<std::string, Indices> groups;
        for (const Eigen::Index k : everyColumn()) {
            if (const auto cut = cutBeforeLabel(name(k), m_contents.labels)) {
                groups[cut->beginning].push_back(k);
            }
        }
        std::erase_if(groups, [&](const auto& group) {
            return group.second.size() != m_contents.labels.size() || group.second.size() < 2;
        });
        if (groups.size() > 1) {
            std::erase_if(groups, [&](const auto& group) { return !m_values.sumToOne(group.second); });
        }
        if (groups.size() != 1) {
            return std::nullopt;
        }
        const auto& [beginning, named] = *groups.begin();
        Indices others, all;
        for (const Eigen::Index k : everyColumn()) {
            if (name(k).size() > beginning.size() && name(k).starts_with(beginning) &&
                isSeparator(name(k)[beginning.size()])) {
                all.push_back(k);
                if (!std::ranges::binary_search(named, k)) {
                    others.push_back(k);
                }
            }
        }
        const std::string because =
            "they begin with \"" + text::shown(beginning) + "\" and continue with labels";
        const bool whole = m_values.sumToOne(all);
        const std::vector<std::string> rivals = rivalsOf(named, others);
        if (!whole && !rivals.empty() && !m_values.sumToOne(named)) {
            refuseRivals(rivals, named);
        }
        ClassChoice choice = whole ? chosen(all, because) : chosen(named, because, others);
        for (std::string& name : choice.names) {
            name = withoutSeparators(std::string_view(name).substr(beginning.size()));
        }
        return choice;
    }

    [[nodiscard]] std::optional<ClassChoice> bySums() {
        const auto run = onlyRun({});
        return run ? std::optional(chosen(run->columns(), kSumOfNeighbours)) : std::nullopt;
    }

    /// The one run of neighbours that sums to 1, holds `within` and is no shorter than the labels need;
    /// nothing if several do: but one that is exact where the others are not, or has as many columns as are
    /// needed, is the one.
    [[nodiscard]] std::optional<ColumnRun> onlyRun(const Indices& within) const {
        std::vector<ColumnRun> runs = runsSummingToOne(m_contents.values);
        std::erase_if(runs, [&](const ColumnRun& run) {
            return static_cast<std::size_t>(run.last - run.first) < m_needed ||
                   std::ranges::any_of(within,
                                       [&](Eigen::Index k) { return k < run.first || k >= run.last; });
        });
        const auto best = std::ranges::min_element(runs, {}, &ColumnRun::deviation);
        if (best == runs.end()) {
            return std::nullopt;
        }
        constexpr double kClearly = 10, kExact = 1e-9;
        const double clear = kClearly * std::max(best->deviation, kExact);
        if (std::ranges::count_if(runs, [&](const ColumnRun& run) { return run.deviation < clear; }) == 1) {
            return *best;
        }
        std::erase_if(runs, [&](const ColumnRun& run) {
            return m_needed == 0 || static_cast<std::size_t>(run.last - run.first) != m_needed;
        });
        return runs.size() == 1 ? std::optional(runs.front()) : std::nullopt;
    }

    [[nodiscard]] std::optional<ClassChoice> byBeginningAndNumbers() {
        if (m_needed == 0) {
            return std::nullopt;
        }
        std::map<std::string, std::map<std::int64_t, Eigen::Index>> groups;
        for (const Eigen::Index k : everyColumn()) {
            if (const auto cut = cutBeforeNumber(name(k))) {
                groups[cut->beginning].emplace(cut->number, k);
            }
        }
        const std::size_t columns = m_contents.places.size();
        std::erase_if(groups, [&](const auto& entry) {
            const auto& numbers = entry.second;
            const std::int64_t first = numbers.begin()->first, last = numbers.rbegin()->first;
            const auto count = static_cast<std::int64_t>(numbers.size());
            const bool consecutive = (first == 0 || first == 1) && last - first + 1 == count;
            const auto largestLabel = static_cast<std::int64_t>(m_needed) - 1;
            // What is left must not be able to be the classes.
            return count < 2 || !consecutive || last < largestLabel ||
                   (!entry.first.empty() && columns - numbers.size() >= std::max<std::size_t>(m_needed, 2));
        });
        if (groups.size() != 1) {
            return std::nullopt;
        }
        Indices inOrder;
        for (const auto& [number, k] : groups.begin()->second) {
            inOrder.push_back(k);
        }
        return chosen(inOrder, "their names have a common prefix and count from " +
                                   std::to_string(groups.begin()->second.begin()->first));
    }

    [[nodiscard]] std::optional<ClassChoice> byCount() {
        return m_needed >= 2 && m_needed == m_contents.places.size()
                   ? std::optional(
                         chosen(everyColumn(), "there are as many columns as classes in the labels"))
                   : std::nullopt;
    }

    const std::vector<std::string>& m_header;
    const ColumnContents& m_contents;
    const std::string& m_place;
    Values m_values;
    std::size_t m_needed;
};

/// What is often computed from the scores of all classes and saved beside them.
bool isStatistic(std::string_view ending) {
    constexpr std::array<std::string_view, 13> kStatistics{"max", "min",  "sum",    "total",   "mean",
                                                           "avg", "std",  "var",    "average", "margin",
                                                           "gap", "norm", "entropy"};
    return std::ranges::find(kStatistics, normalised(ending)) != kStatistics.end();
}

} // namespace

ClassChoice chooseClassColumns(const std::vector<std::string>& header, const ColumnContents& contents,
                               const std::string& place) {
    return Chooser(header, contents, place).choose();
}

ClassChoice withoutOthers(const std::vector<std::size_t>& places, const std::vector<std::string>& endings,
                          const ColumnContents& contents) {
    constexpr Eigen::Index kRowsThatTell = 30; // so many that a class is negative somewhere, if others are
    const Values values(contents.values);
    std::vector<std::optional<Eigen::Index>> columns; // of contents.values
    Indices all, labelled;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto found = std::ranges::lower_bound(contents.places, places[i]);
        columns.emplace_back();
        if (found == contents.places.end() || *found != places[i]) {
            continue;
        }
        columns.back() = found - contents.places.begin();
        all.push_back(*columns.back());
        if (contents.labels.contains(endings[i])) {
            labelled.push_back(*columns.back());
        }
    }
    if (all.size() == places.size() && values.sumToOne(all)) {
        return {places, endings, {}, {}};
    }
    ClassChoice choice;
    const bool telling = labelled.size() >= 2 && contents.values.rows() >= kRowsThatTell;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const bool isOther =
            !contents.labels.contains(endings[i]) &&
            (isStatistic(endings[i]) || (telling && columns[i] && !values.isLike(*columns[i], labelled)));
        (isOther ? choice.doubtful : choice.places).push_back(places[i]);
        if (!isOther) {
            choice.names.push_back(endings[i]);
        }
    }
    return choice.places.size() < 2 ? ClassChoice{places, endings, {}, {}} : choice;
}

} // namespace finescope::imports

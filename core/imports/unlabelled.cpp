#include "core/imports/unlabelled.h"

#include "core/error.h"
#include "core/imports/column_names.h"
#include "core/text/no_value.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace finescope::imports {

namespace {

/// The labels of a split as text and number, whichever the file has.
class LabelView {
public:
    LabelView(const RawSplit& split, const std::set<std::string, std::less<>>& classes)
        : m_split(split), m_classes(classes) {}

    [[nodiscard]] std::size_t size() const {
        return m_split.labelTexts.empty() ? m_split.labelNumbers.size() : m_split.labelTexts.size();
    }
    [[nodiscard]] bool isMissing(std::size_t row) const {
        if (!m_split.labelTexts.empty()) {
            const std::string& text = m_split.labelTexts[row];
            return text::saysNoLabel(text) && !m_classes.contains(text);
        }
        const double value = m_split.labelNumbers[row];
        const auto whole = wholeNumber(value); // -1 names a class beside 1, as support vector machines write
        return text::saysNoLabel(value) && !(whole && m_classes.contains(std::to_string(*whole)));
    }
    /// NaN for what is no number.
    [[nodiscard]] double number(std::size_t row) const {
        if (m_split.labelTexts.empty()) {
            return m_split.labelNumbers[row];
        }
        const std::string& text = m_split.labelTexts[row];
        double value = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        return problem == std::errc{} && end == text.data() + text.size()
                   ? value
                   : std::numeric_limits<double>::quiet_NaN();
    }
    [[nodiscard]] std::string shown(std::size_t row) const {
        if (!m_split.labelTexts.empty()) {
            return "\"" + text::shown(m_split.labelTexts[row]) + "\"";
        }
        const double value = m_split.labelNumbers[row];
        return std::isnan(value) ? "NaN" : std::to_string(static_cast<int>(value));
    }

private:
    const RawSplit& m_split;
    const std::set<std::string, std::less<>>& m_classes;
};

[[noreturn]] void refuse(const RawPredictions& raw, const RawSplit& split, const std::string& what) {
    throw Error(ErrorKind::badFile, raw.file.string() + ", " + text::shown(split.labelsName) + ": " + what);
}

/// The values of a vector at the rows that are kept, in their order.
template <typename Value>
void keep(std::vector<Value>& values, const std::vector<std::size_t>& rows) {
    if (values.empty()) {
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] != i) {
            values[i] = std::move(values[rows[i]]);
        }
    }
    values.resize(rows.size());
}

void keepRows(RawSplit& split, const std::vector<std::size_t>& rows) {
    if (split.lines.empty()) {
        split.rows.assign(rows.begin(), rows.end());
    }
    keep(split.lines, rows);
    keep(split.labelNumbers, rows);
    keep(split.labelTexts, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] != i) {
            split.scores.row(static_cast<Eigen::Index>(i)) =
                split.scores.row(static_cast<Eigen::Index>(rows[i]));
        }
    }
    split.scores.conservativeResize(static_cast<Eigen::Index>(rows.size()), Eigen::NoChange);
}

/// What the labels of all splits are besides those that say that there is none.
struct LabelRange {
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();
    bool numbers = true;             ///< all of them
    bool minusOne = false;           ///< some that says there is none is -1
    const RawSplit* where = nullptr; ///< its split

    void take(const RawSplit& split, const LabelView& labels) {
        for (std::size_t row = 0; row < labels.size(); ++row) {
            const double number = labels.number(row);
            if (!labels.isMissing(row)) {
                numbers = numbers && !std::isnan(number);
                least = std::min(least, number);
                most = std::max(most, number);
            } else if (number == -1) {
                minusOne = true;
                where = &split;
            }
        }
    }
};

/// -1 is no sign of a missing label where it fills the one place that the classes leave free.
void refuseMinusOneAsClass(const RawPredictions& raw, const LabelRange& range) {
    if (!range.minusOne || !range.numbers) {
        return;
    }
    const auto classes = static_cast<double>(raw.splits.front().scores.cols());
    if (classes == 2 && range.least == 1 && range.most == 1) {
        refuse(raw, *range.where,
               "labels are -1 and 1, but classes are counted from 0; save (" +
                   text::shown(range.where->labelsName) + " + 1) / 2");
    }
    if (range.most == classes - 2) {
        const std::string name = text::shown(range.where->labelsName);
        refuse(raw, *range.where,
               "labels run from -1 to " + std::to_string(static_cast<int>(range.most)) + ", and there are " +
                   std::to_string(static_cast<int>(classes)) +
                   " classes, which are counted from 0: if -1 is the first of them, save " + name +
                   " + 1; if it says that a row has no label, leave out those rows");
    }
}

} // namespace

void leaveOutUnlabelled(RawPredictions& raw) {
    const std::set<std::string, std::less<>> classes(raw.classNames.begin(), raw.classNames.end());
    LabelRange range;
    for (const RawSplit& split : raw.splits) {
        range.take(split, LabelView(split, classes));
    }
    refuseMinusOneAsClass(raw, range);
    for (RawSplit& split : raw.splits) {
        const LabelView labels(split, classes);
        std::vector<std::size_t> kept;
        std::optional<std::size_t> first;
        for (std::size_t row = 0; row < labels.size(); ++row) {
            if (!labels.isMissing(row)) {
                kept.push_back(row);
            } else if (!first) {
                first = row;
            }
        }
        if (!first) {
            continue;
        }
        const auto missing = static_cast<std::int64_t>(labels.size() - kept.size());
        const std::string sign =
            labels.shown(*first) + " first in " + split.place(static_cast<Eigen::Index>(*first));
        if (2 * static_cast<std::size_t>(missing) > labels.size()) {
            refuse(raw, split,
                   std::to_string(missing) + " of " + std::to_string(labels.size()) +
                       " rows have no label (" + sign +
                       "): nothing can be said about predictions without labels");
        }
        raw.warnings.push_back(split.name + ": " + text::counted(missing, "row has", "rows have") +
                               " no label (" + sign + ") and " + (missing == 1 ? "is" : "are") + " left out");
        keepRows(split, kept);
    }
}

} // namespace finescope::imports

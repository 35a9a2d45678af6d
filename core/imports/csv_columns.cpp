#include "core/imports/csv_columns.h"

#include "core/error.h"
#include "core/imports/column_names.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace finescope::imports {

namespace {

constexpr std::array<std::string_view, 5> kSplitColumns{"split", "subset", "partition", "set", "part"};
// What often stands beside labels and scores. An index that pandas wrote is "Unnamed: 0", if it has a name.
constexpr std::array<std::string_view, 23> kExtras{"unnamed_0",
                                                   "id",
                                                   "idx",
                                                   "index",
                                                   "row",
                                                   "sample",
                                                   "name",
                                                   "file",
                                                   "filename",
                                                   "path",
                                                   "text",
                                                   "sentence",
                                                   "premise",
                                                   "hypothesis",
                                                   "question",
                                                   "pred_label",
                                                   "predicted_label",
                                                   "pred",
                                                   "predicted",
                                                   "prediction",
                                                   "pred_class",
                                                   "predicted_class",
                                                   "correct"};
constexpr std::array<std::string_view, 5> kConfidences{"confidence", "conf", "max_prob", "top_1_prob",
                                                       "confidences"};

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// Columns that begin alike: their places, and what follows the beginning in each name.
struct Group {
    Meaning meaning = Meaning::scores;
    std::string beginning;
    std::vector<std::size_t> places;
    std::vector<std::string> endings;
    bool ordered = false; ///< the order is told, not one of numbers
};

/// A name in two, the first of which means some score: "log_prob_3" is "log_prob" and "3", the longest
/// beginning that does.
struct ScoreName {
    Meaning meaning = Meaning::scores;
    std::string beginning, ending;
};

std::optional<ScoreName> cutScoreName(const std::string& name) {
    constexpr std::size_t kLongestBeginning = 60; // no known name of scores has as many letters
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t end = std::min(name.size(), kLongestBeginning + 1) - 1; end > 0; --end) {
        const bool between = isSeparator(name[end]) || (isDigit(name[end]) && !isDigit(name[end - 1]));
        if (!between) {
            continue;
        }
        const NameReading reading = readName(std::string_view(name).substr(0, end));
        const std::string ending = withoutSeparators(std::string_view(name).substr(end));
        if (reading.meaning && isScore(*reading.meaning) && !ending.empty() &&
            splitName(reading.split, SplitWord::test) == "test") {
            return ScoreName{*reading.meaning, normalised(std::string_view(name).substr(0, end)), ending};
        }
    }
    return std::nullopt;
}

class Teller {
public:
    Teller(const std::vector<std::string>& header, const NameChoice& choice, const std::string& place,
           const LookInto& lookInto)
        : m_header(header), m_choice(choice), m_place(place), m_lookInto(lookInto) {}

    CsvColumns read() {
        requireDifferent();
        m_columns.label = labelColumn();
        m_taken.assign(m_header.size(), false);
        m_taken[m_columns.label] = true;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (!m_taken[i] && isOneOf(kSplitColumns, normalised(m_header[i]))) {
                m_columns.split = i;
                m_taken[i] = true;
                break;
            }
        }
        takeClasses(m_choice.scores.empty() ? scoreColumns() : chosenColumns());
        tellUnused();
        return std::move(m_columns);
    }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorKind::badFile, m_place + ": " + what);
    }

    void requireDifferent() const {
        std::set<std::string_view> names;
        for (const std::string& name : m_header) {
            if (!name.empty() && !names.insert(name).second) {
                refuse("there are two columns \"" + text::shown(name) + "\"");
            }
        }
    }

    [[nodiscard]] std::string list() const { return text::listed(m_header); }

    [[nodiscard]] std::size_t labelColumn() const {
        if (!m_choice.labels.empty()) {
            const auto found = std::ranges::find(m_header, m_choice.labels);
            if (found == m_header.end()) {
                throw Error(ErrorKind::badInput, "--labels " + m_choice.labels + ": " + m_place +
                                                     " has no such column; it has " + list());
            }
            return static_cast<std::size_t>(found - m_header.begin());
        }
        for (const Meaning meaning : {Meaning::labels, Meaning::labelIds}) {
            if (const auto label = onlyColumnOf(meaning)) {
                return *label;
            }
        }
        refuse("none of the columns " + list() +
               " is called label, true_label, target, y or the like; rename it, or use --labels COLUMN");
    }

    [[nodiscard]] std::optional<std::size_t> onlyColumnOf(Meaning meaning) const {
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (readName(m_header[i]).meaning != meaning) {
                continue;
            }
            if (found) {
                refuse("both " + text::shown(m_header[*found]) + " and " + text::shown(m_header[i]) +
                       " could be the labels; choose one with --labels COLUMN");
            }
            found = i;
        }
        return found;
    }

    [[nodiscard]] Group chosenColumns() const {
        Group group{readName(m_choice.scores).meaning.value_or(Meaning::scores), m_choice.scores, {}, {}};
        if (!isScore(group.meaning)) {
            group.meaning = Meaning::scores;
        }
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            const std::string ending =
                m_header[i].starts_with(m_choice.scores)
                    ? withoutSeparators(std::string_view(m_header[i]).substr(m_choice.scores.size()))
                    : std::string();
            if (!m_taken[i] && !ending.empty()) {
                group.places.push_back(i);
                group.endings.push_back(ending);
            }
        }
        if (group.places.size() < 2 && m_choice.scores.find(',') != std::string::npos) {
            return enumeratedColumns();
        }
        if (group.places.size() < 2) {
            throw Error(ErrorKind::badInput, "--logits " + m_choice.scores + ": " + m_place + " has " +
                                                 std::to_string(group.places.size()) +
                                                 " columns with that prefix; it has " + list());
        }
        return group;
    }

    /// --logits COLUMN,COLUMN,...: classes in that order, called as the columns.
    [[nodiscard]] Group enumeratedColumns() const {
        Group group;
        std::string_view rest = m_choice.scores;
        while (!rest.empty()) {
            const std::string_view name = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(name.size() + 1, rest.size()));
            const auto found = std::ranges::find(m_header, name);
            const auto place = static_cast<std::size_t>(found - m_header.begin());
            if (found == m_header.end() || m_taken[place] ||
                std::ranges::find(group.places, place) != group.places.end()) {
                throw Error(ErrorKind::badInput,
                            "--logits " + m_choice.scores + ": " + m_place +
                                (found == m_header.end() ? " has no column " : " cannot use twice ") +
                                std::string(name) + "; it has " + list());
            }
            group.places.push_back(place);
            group.endings.emplace_back(name);
        }
        group.ordered = true;
        return group;
    }

    /// Columns that are neither taken nor what often stands beside labels and scores.
    [[nodiscard]] bool isFree(std::size_t place) const {
        const std::string words = normalised(m_header[place]); // empty for other scripts than Latin
        const bool isExtra = !words.empty() && (isOneOf(kExtras, words) || isOneOf(kConfidences, words));
        return !m_taken[place] && !m_header[place].empty() && !isExtra;
    }

    [[nodiscard]] Group scoreColumns() {
        std::map<std::string, Group> groups;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            const auto cut = isFree(i) ? cutScoreName(m_header[i]) : std::nullopt;
            if (cut) {
                Group& group = groups[cut->beginning];
                group.meaning = cut->meaning;
                group.beginning = cut->beginning;
                group.places.push_back(i);
                group.endings.push_back(cut->ending);
            }
        }
        std::erase_if(groups, [](const auto& entry) { return entry.second.places.size() < 2; });
        if (groups.empty()) {
            return otherColumns();
        }
        const Group* best = nullptr;
        const Group* equal = nullptr;
        for (const auto& [beginning, group] : groups) {
            if (best == nullptr || group.meaning < best->meaning) {
                best = &group;
                equal = nullptr;
            } else if (group.meaning == best->meaning) {
                equal = &group;
            }
        }
        if (equal != nullptr) {
            refuse("both " + text::shown(m_header[best->places.front()]) + ", ... and " +
                   text::shown(m_header[equal->places.front()]) +
                   ", ... could be the scores; choose one with --logits BEGINNING");
        }
        return classesOf(*best);
    }

    /// Without columns that begin like those of the classes and are something else: score_total, p_max.
    [[nodiscard]] Group classesOf(const Group& group) {
        Group numbered{group.meaning, group.beginning, {}, {}};
        for (std::size_t i = 0; i < group.places.size(); ++i) {
            if (classNumber(group.endings[i])) {
                numbered.places.push_back(group.places[i]);
                numbered.endings.push_back(group.endings[i]);
            }
        }
        if (numbered.places.size() == group.places.size() || countsUp(numbered)) {
            return numbered;
        }
        const ClassChoice choice =
            withoutOthers(group.places, group.endings, m_lookInto(m_columns.label, group.places));
        tellDoubtful(choice);
        return {group.meaning, group.beginning, choice.places, choice.names};
    }

    /// Whether the endings are two numbers or more that count from 0 or 1.
    [[nodiscard]] static bool countsUp(const Group& group) {
        std::vector<std::int64_t> numbers;
        for (const std::string& ending : group.endings) {
            numbers.push_back(*classNumber(ending));
        }
        std::ranges::sort(numbers);
        for (std::size_t i = 1; i < numbers.size(); ++i) {
            if (numbers[i] != numbers[i - 1] + 1) {
                return false;
            }
        }
        return numbers.size() >= 2 && (numbers.front() == 0 || numbers.front() == 1);
    }

    void tellDoubtful(const ClassChoice& choice) {
        if (choice.doubtful.empty()) {
            return;
        }
        const std::vector<std::string> names = namesOf(choice.doubtful);
        m_columns.warnings.push_back(
            text::listed(names) + (names.size() == 1 ? " is" : " are") +
            " not used as class scores: no label has that name, and the numbers are not like those of the "
            "classes; if that is wrong, use --logits COLUMN,COLUMN,...");
    }

    /// Columns without a beginning that says what they are.
    [[nodiscard]] Group otherColumns() {
        std::vector<std::size_t> candidates;
        bool confidence = false;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            confidence = confidence || isOneOf(kConfidences, normalised(m_header[i]));
            const auto meaning = readName(m_header[i]).meaning;
            if (isFree(i) && !(meaning && isLabel(*meaning))) {
                candidates.push_back(i);
            }
        }
        if (candidates.size() < 2 && confidence) {
            refuse(
                "has the confidence of the predicted class only. A run needs a number for every class: "
                "without the others there is no NLL, no Brier score and no temperature, and they cannot be "
                "made up. Save all logits or probabilities, a column for each class (logit_0, logit_1, ... "
                "or p_0, p_1, ...)");
        }
        const ColumnContents contents =
            candidates.size() < 2 ? ColumnContents{} : m_lookInto(m_columns.label, candidates);
        if (contents.places.size() < 2) {
            refuse("the columns " + list() +
                   " have no score for each class; call them logit_0, logit_1, ... or p_0, p_1, ... (or by "
                   "the names of the classes), or use --logits BEGINNING");
        }
        const ClassChoice choice = chooseClassColumns(m_header, contents, m_place);
        tellDoubtful(choice);
        m_columns.notes.push_back("the classes are " + text::listed(namesOf(choice.places)) + ": " +
                                  choice.because);
        return {Meaning::scores, {}, choice.places, choice.names};
    }

    [[nodiscard]] std::vector<std::string> namesOf(const std::vector<std::size_t>& places) const {
        std::vector<std::string> names;
        for (const std::size_t place : places) {
            names.push_back(m_header[place]);
        }
        return names;
    }

    void takeClasses(const Group& group) {
        std::vector<std::size_t> order(group.places.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::vector<std::int64_t> numbers;
        for (const std::string& ending : group.endings) {
            if (const auto number = classNumber(ending)) {
                numbers.push_back(*number);
            }
        }
        if (numbers.size() == order.size() && !group.ordered) {
            std::ranges::sort(order, {}, [&](std::size_t i) { return numbers[i]; });
            const std::int64_t first = numbers[order.front()];
            for (std::size_t i = 0; i < order.size(); ++i) {
                const std::int64_t expected = std::min<std::int64_t>(first, 1) + static_cast<std::int64_t>(i);
                if (numbers[order[i]] != expected) {
                    refuse("the columns of the classes, from " +
                           text::shown(m_header[group.places[order.front()]]) + " to " +
                           text::shown(m_header[group.places[order.back()]]) + ", lack number " +
                           std::to_string(expected));
                }
            }
        }
        if (order.size() > kMostClasses) {
            refuse("names " + std::to_string(order.size()) + " classes, more than the " +
                   std::to_string(kMostClasses) + " that are read");
        }
        for (const std::size_t i : order) {
            m_taken[group.places[i]] = true;
            m_columns.classes.push_back(group.places[i]);
            m_columns.classNames.push_back(group.endings[i]);
        }
        m_columns.stated = group.meaning;
        m_columns.scoresName = text::shown(m_header[m_columns.classes.front()]) + " to " +
                               text::shown(m_header[m_columns.classes.back()]);
    }

    void tellUnused() {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (!m_taken[i] && !m_header[i].empty()) {
                names.push_back(m_header[i]);
            }
        }
        if (!names.empty()) {
            m_columns.notes.push_back("ignored: " + text::listed(names));
        }
    }

    const std::vector<std::string>& m_header;
    const NameChoice& m_choice;
    const std::string& m_place;
    const LookInto& m_lookInto;
    std::vector<bool> m_taken;
    CsvColumns m_columns;
};

} // namespace

CsvColumns readColumns(const std::vector<std::string>& header, const NameChoice& choice,
                       const std::string& place, const LookInto& lookInto) {
    return Teller(header, choice, place, lookInto).read();
}

} // namespace finescope::imports

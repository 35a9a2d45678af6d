#include "core/imports/csv_columns.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>

namespace finescope::imports {

namespace {

constexpr std::array<std::string_view, 5> kSplitColumns{"split", "subset", "partition", "set", "part"};
// What often stands beside labels and scores. An index that pandas wrote has no name, or "Unnamed: 0".
constexpr std::array<std::string_view, 24> kExtras{"",
                                                   "unnamed_0",
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
};

bool isSeparator(char c) {
    return c == '_' || c == '-' || c == '.' || c == ' ' || c == ':' || c == '[' || c == ']' || c == '(' ||
           c == ')';
}

std::string withoutSeparators(std::string_view text) {
    while (!text.empty() && isSeparator(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ']' || text.back() == ')')) {
        text.remove_suffix(1);
    }
    return std::string(text);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "log_prob_3" is "log_prob" and "3": the longest beginning that means some score.
struct Cut {
    Meaning meaning = Meaning::scores;
    std::string beginning, ending;
};

std::optional<Cut> cutName(const std::string& name) {
    for (std::size_t end = name.size() - 1; end > 0; --end) {
        const bool between = isSeparator(name[end]) || (isDigit(name[end]) && !isDigit(name[end - 1]));
        if (!between) {
            continue;
        }
        const NameReading reading = readName(std::string_view(name).substr(0, end));
        const std::string ending = withoutSeparators(std::string_view(name).substr(end));
        if (reading.meaning && isScore(*reading.meaning) && reading.split == "test" && !ending.empty()) {
            return Cut{*reading.meaning, normalised(std::string_view(name).substr(0, end)), ending};
        }
    }
    return std::nullopt;
}

/// The number in "3", "class_3", "class 3"; nullopt for other endings.
std::optional<std::int64_t> classNumber(std::string_view ending) {
    const std::string words = normalised(ending);
    std::string_view rest = words;
    for (const std::string_view word : {"class_", "label_", "c_"}) {
        if (rest.starts_with(word)) {
            rest.remove_prefix(word.size());
            break;
        }
    }
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    return problem == std::errc{} && end == rest.data() + rest.size() ? std::optional(value) : std::nullopt;
}

class Teller {
public:
    Teller(const std::vector<std::string>& header, const NameChoice& choice, const std::string& place)
        : m_header(header), m_choice(choice), m_place(place) {}

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
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (std::find(m_header.begin(), m_header.begin() + static_cast<std::ptrdiff_t>(i), m_header[i]) !=
                m_header.begin() + static_cast<std::ptrdiff_t>(i)) {
                refuse("there are two columns \"" + m_header[i] + "\"");
            }
        }
    }

    [[nodiscard]] std::string list() const {
        constexpr std::size_t kShown = 12;
        std::string text;
        for (std::size_t i = 0; i < std::min(kShown, m_header.size()); ++i) {
            text += (i == 0 ? "" : ", ") + m_header[i];
        }
        return m_header.size() > kShown ? text + ", ..." : text;
    }

    [[nodiscard]] std::size_t labelColumn() const {
        if (!m_choice.labels.empty()) {
            const auto found = std::ranges::find(m_header, m_choice.labels);
            if (found == m_header.end()) {
                throw Error(ErrorKind::badInput, "--labels " + m_choice.labels + ": " + m_place +
                                                     " has no such column; it has " + list());
            }
            return static_cast<std::size_t>(found - m_header.begin());
        }
        std::optional<std::size_t> label;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (readName(m_header[i]).meaning != Meaning::labels) {
                continue;
            }
            if (label) {
                refuse("both " + m_header[*label] + " and " + m_header[i] +
                       " could be the labels; say which with --labels COLUMN");
            }
            label = i;
        }
        if (!label) {
            refuse("none of the columns " + list() +
                   " is called label, true_label, target, y or the like; rename it, or say --labels COLUMN");
        }
        return *label;
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
        if (group.places.size() < 2) {
            throw Error(ErrorKind::badInput, "--logits " + m_choice.scores + ": " + m_place + " has " +
                                                 std::to_string(group.places.size()) +
                                                 " columns that begin so; it has " + list());
        }
        return group;
    }

    [[nodiscard]] Group scoreColumns() const {
        std::map<std::string, Group> groups;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            const std::string words = normalised(m_header[i]);
            if (m_taken[i] || m_header[i].empty() || isOneOf(kExtras, words) ||
                isOneOf(kConfidences, words)) {
                continue;
            }
            if (const auto cut = cutName(m_header[i])) {
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
            refuse("both " + m_header[best->places.front()] + ", ... and " + m_header[equal->places.front()] +
                   ", ... could be the scores; say which with --logits BEGINNING");
        }
        return *best;
    }

    /// Columns that are called as the classes.
    [[nodiscard]] Group otherColumns() const {
        Group group;
        bool confidence = false;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            const std::string words = normalised(m_header[i]);
            confidence = confidence || isOneOf(kConfidences, words);
            if (!m_taken[i] && !isOneOf(kExtras, words) && !isOneOf(kConfidences, words)) {
                group.places.push_back(i);
                group.endings.push_back(m_header[i]);
            }
        }
        if (group.places.size() < 2 && confidence) {
            refuse("has the confidence of the predicted class only. A run needs a number for every class: "
                   "without "
                   "the others there is no NLL, no Brier score and no temperature, and they cannot be made "
                   "up. Save "
                   "all logits or probabilities, a column for each class (logit_0, logit_1, ... or p_0, p_1, "
                   "...)");
        }
        if (group.places.size() < 2) {
            refuse("the columns " + list() +
                   " have no score for each class; call them logit_0, logit_1, ... or p_0, p_1, ... (or by "
                   "the names of the classes), or say --logits BEGINNING");
        }
        return group;
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
        if (numbers.size() == order.size()) {
            std::ranges::sort(order, {}, [&](std::size_t i) { return numbers[i]; });
            const std::int64_t first = numbers[order.front()];
            for (std::size_t i = 0; i < order.size(); ++i) {
                const std::int64_t expected = std::min<std::int64_t>(first, 1) + static_cast<std::int64_t>(i);
                if (numbers[order[i]] != expected) {
                    refuse("the columns of the classes, from " + m_header[group.places[order.front()]] +
                           " to " + m_header[group.places[order.back()]] + ", lack number " +
                           std::to_string(expected));
                }
            }
        }
        for (const std::size_t i : order) {
            m_taken[group.places[i]] = true;
            m_columns.classes.push_back(group.places[i]);
            m_columns.classNames.push_back(group.endings[i]);
        }
        m_columns.stated = group.meaning;
        m_columns.scoresName =
            m_header[m_columns.classes.front()] + " to " + m_header[m_columns.classes.back()];
    }

    void tellUnused() {
        std::string names;
        for (std::size_t i = 0; i < m_header.size(); ++i) {
            if (!m_taken[i]) {
                names += (names.empty() ? "" : ", ") + (m_header[i].empty() ? "(no name)" : m_header[i]);
            }
        }
        if (!names.empty()) {
            m_columns.notes.push_back("left alone: " + names);
        }
    }

    const std::vector<std::string>& m_header;
    const NameChoice& m_choice;
    const std::string& m_place;
    std::vector<bool> m_taken;
    CsvColumns m_columns;
};

} // namespace

CsvColumns readColumns(const std::vector<std::string>& header, const NameChoice& choice,
                       const std::string& place) {
    return Teller(header, choice, place).read();
}

} // namespace finescope::imports

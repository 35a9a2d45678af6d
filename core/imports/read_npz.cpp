#include "core/error.h"
#include "core/imports/column_names.h"
#include "core/imports/npz_file.h"
#include "core/imports/raw_predictions.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace finescope::imports {

namespace {

constexpr std::array kSplits{"train", "validation", "test", "ood"};

/// An array and what its name says.
struct Named {
    const NpzArray* array = nullptr;
    std::string split;
    std::optional<Meaning> meaning;
};

/// The array of one purpose in one split.
struct Candidate {
    const NpzArray* array = nullptr;
    Meaning meaning = Meaning::scores;
};

/// Which arrays of a file are what.
class Chooser {
public:
    Chooser(const std::filesystem::path& path, const NpzFile& file, const NameChoice& choice,
            const analysis::WorkHooks& hooks)
        : m_path(path), m_file(file), m_choice(choice), m_hooks(hooks) {
        readNames();
    }

    RawPredictions read() {
        m_raw.file = m_path;
        Meaning stated = Meaning::scores;
        bool first = true;
        for (const char* split : kSplits) {
            Candidate scores = scoresOf(split);
            Candidate labels = labelsOf(split, scores.array);
            if (scores.array == nullptr && labels.array == nullptr && split == std::string("test") &&
                m_raw.splits.empty()) {
                scores.array = onlyByShape(false);
                labels.array = onlyByShape(true);
            } else if (scores.array != nullptr && labels.array == nullptr && split == std::string("test")) {
                labels.array = onlyByShape(true);
            }
            if (scores.array == nullptr || labels.array == nullptr) {
                tellHalf(split, scores.array, labels.array);
                continue;
            }
            if (first) {
                stated = scores.meaning;
            } else if (stated != scores.meaning) {
                throw Error(ErrorKind::badFile,
                            m_path.string() + ": " + m_raw.splits.front().scoresName + " and " +
                                text::shown(scores.array->name) +
                                " hold different kinds of scores; save the same kind for all splits");
            }
            first = false;
            add(split, *scores.array, *labels.array);
        }
        if (m_raw.splits.empty()) {
            refuseNothing();
        }
        m_raw.stated = stated;
        readClassNames();
        tellUnused();
        return std::move(m_raw);
    }

private:
    void readNames() {
        std::set<SplitWord> words; // of scores
        std::vector<NameReading> readings;
        for (const NpzArray& array : m_file.arrays()) {
            readings.push_back(readName(array.name));
            if (readings.back().meaning && isScore(*readings.back().meaning) && isScoreArray(array)) {
                words.insert(readings.back().split);
            }
        }
        const bool besideTest = words.contains(SplitWord::test) ||
                                (words.contains(SplitWord::none) && !words.contains(SplitWord::validation));
        const SplitWord evaluation = besideTest ? SplitWord::validation : SplitWord::test;
        for (std::size_t i = 0; i < readings.size(); ++i) {
            m_named.push_back(
                {&m_file.arrays()[i], splitName(readings[i].split, evaluation), readings[i].meaning});
        }
        if (besideTest && words.contains(SplitWord::evaluation)) {
            m_raw.notes.emplace_back("eval is the validation split: there is a test split beside it");
        }
    }

    static bool isScoreArray(const NpzArray& array) {
        return array.isMatrix() && array.header.isFloat() && array.header.shape[1] >= 2;
    }

    [[nodiscard]] const NpzArray& named(const std::string& name, const char* option) const {
        const NpzArray* array = m_file.find(name);
        if (array == nullptr) {
            throw Error(ErrorKind::badInput, std::string(option) + " " + name + ": " + m_path.string() +
                                                 " has no such array; it has " + list());
        }
        return *array;
    }

    [[nodiscard]] static std::string wishOf(const std::string& split, const std::string& test,
                                            const std::string& validation) {
        return split == "test" ? test : split == "validation" ? validation : std::string();
    }

    [[nodiscard]] Candidate scoresOf(const std::string& split) const {
        const std::string wish = wishOf(split, m_choice.scores, m_choice.validationScores);
        if (!wish.empty()) {
            const NpzArray& array = named(wish, split == "test" ? "--logits" : "--validation-logits");
            return {&array, readName(array.name).meaning.value_or(Meaning::scores)};
        }
        Candidate best;
        const NpzArray* equal = nullptr;
        for (const auto& [array, itsSplit, meaning] : m_named) {
            if (itsSplit != split || !meaning || !isScore(*meaning) || !isScoreArray(*array) ||
                isWished(*array)) {
                continue;
            }
            if (best.array == nullptr || *meaning < best.meaning) {
                best = {array, *meaning};
                equal = nullptr;
            } else if (*meaning == best.meaning) {
                equal = array;
            }
        }
        if (equal != nullptr) {
            refuseBoth(*best.array, *equal, split + " scores; choose one with --logits NAME");
        }
        return best;
    }

    [[noreturn]] void refuseBoth(const NpzArray& one, const NpzArray& other, const std::string& what) const {
        throw Error(ErrorKind::badFile, m_path.string() + ": both " + text::shown(one.name) + " and " +
                                            text::shown(other.name) + " could be the " + what);
    }

    [[nodiscard]] Candidate labelsOf(const std::string& split, const NpzArray* scores) const {
        const std::string wish = wishOf(split, m_choice.labels, m_choice.validationLabels);
        if (!wish.empty()) {
            return {&named(wish, split == "test" ? "--labels" : "--validation-labels"), Meaning::labels};
        }
        for (const Meaning wanted : {Meaning::labels, Meaning::labelIds}) {
            const NpzArray* found = nullptr;
            for (const auto& [array, itsSplit, meaning] : m_named) {
                if (itsSplit != split || meaning != wanted || array == scores || isWished(*array)) {
                    continue;
                }
                if (found != nullptr) {
                    refuseBoth(*found, *array, split + " labels; choose one with --labels NAME");
                }
                found = array;
            }
            if (found != nullptr) {
                return {found, wanted};
            }
        }
        return {nullptr, Meaning::labels};
    }

    /// Whether the user named the array for some purpose, which is then its only one.
    [[nodiscard]] bool isWished(const NpzArray& array) const {
        const std::string* wishes[] = {&m_choice.scores, &m_choice.labels, &m_choice.validationScores,
                                       &m_choice.validationLabels};
        return std::ranges::any_of(wishes, [&](const std::string* wish) {
            return *wish == array.name || *wish == array.member.name;
        });
    }

    /// The one array that can be the labels or the scores by its shape, where no name says it.
    const NpzArray* onlyByShape(bool labels) {
        const NpzArray* found = nullptr;
        for (const auto& [array, split, meaning] : m_named) {
            const bool fits = labels ? array->isColumn() && array->header.isInteger() : isScoreArray(*array);
            if (!fits || split != "test" || isWished(*array) || (meaning && isScore(*meaning) == labels)) {
                continue;
            }
            if (found != nullptr) {
                return nullptr;
            }
            found = array;
        }
        if (found != nullptr) {
            m_raw.notes.push_back(text::shown(found->name) + " is used as the " +
                                  (labels ? "labels" : "scores") + ": it is the only array of that shape");
        }
        return found;
    }

    void tellHalf(const std::string& split, const NpzArray* scores, const NpzArray* labels) {
        if (scores != nullptr) {
            m_raw.warnings.push_back(text::shown(scores->name) + " is left out: there are no labels of the " +
                                     split + " split beside it");
        } else if (labels != nullptr && split != "test") {
            m_raw.warnings.push_back(text::shown(labels->name) +
                                     " is left out: there are no logits or probabilities of "
                                     "the " +
                                     split + " split beside it");
        }
    }

    void requireScores(const NpzArray& array) const {
        m_file.requireReadable(array);
        if (!isScoreArray(array)) {
            m_file.refuse(array, array.header.describe() +
                                     " is not one floating-point number for each row and class, [N, C] with "
                                     "C >= 2" +
                                     (array.isColumn() && array.header.isFloat()
                                          ? "; for a single probability p, save np.column_stack([1 - p, p])"
                                          : ""));
        }
    }

    void add(const std::string& split, const NpzArray& scores, const NpzArray& labels) {
        requireScores(scores);
        if (scores.header.shape[0] == 0) {
            m_file.refuse(scores, "has no rows");
        }
        if (labels.problem.empty() &&
            (labels.header.shape.empty() || labels.header.shape[0] != scores.header.shape[0])) {
            m_file.refuse(labels, labels.header.describe() + " does not fit " + text::shown(scores.name) +
                                      ", which is " + scores.header.describe() +
                                      ": there must be as many labels as rows");
        }
        RawSplit raw;
        raw.name = split;
        raw.scoresName = text::shown(scores.name);
        raw.labelsName = text::shown(labels.name);
        if (labels.problem.empty() && labels.header.isText()) {
            raw.labelTexts = m_file.texts(labels);
        } else {
            raw.labelNumbers = labelNumbers(labels);
        }
        if (scores.header.shape[1] > kMostClasses) {
            m_file.refuse(scores, scores.header.describe() + " has more than the " +
                                      std::to_string(kMostClasses) + " classes that are read");
        }
        const auto splits = static_cast<double>(kSplits.size()),
                   done = static_cast<double>(m_raw.splits.size());
        raw.scores = m_file.matrix(scores, analysis::part(m_hooks, done / splits, (done + 1) / splits));
        m_used.push_back(&scores);
        m_used.push_back(&labels);
        m_raw.splits.push_back(std::move(raw));
    }

    /// Labels as they are, or the places of the ones in rows of zeros and a one.
    [[nodiscard]] std::vector<double> labelNumbers(const NpzArray& array) {
        const MatrixD values = m_file.matrix(array);
        if (values.cols() == 0) {
            m_file.refuse(array, array.header.describe() + " holds no labels");
        }
        if (values.cols() == 1) {
            return {values.data(), values.data() + values.size()};
        }
        std::vector<double> labels;
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            Eigen::Index place = 0;
            const bool one =
                values.row(row).maxCoeff(&place) == 1 && (values.row(row).array() != 0).count() == 1;
            if (!one) {
                m_file.refuse(array, array.header.describe() +
                                         " must be a class number for each row, or one "
                                         "1 among zeros, which row " +
                                         std::to_string(row) + " is not");
            }
            labels.push_back(static_cast<double>(place));
        }
        m_labelsArePlaces = true;
        m_raw.notes.push_back(text::shown(array.name) + " is one-hot: the position of the 1 is the label");
        return labels;
    }

    void readClassNames() {
        for (const auto& [found, itsSplit, meaning] : m_named) {
            const NpzArray& array = *found;
            if (meaning != Meaning::classNames || isUsed(array)) {
                continue;
            }
            if (array.problem.empty() && array.header.kind != 'O' && !array.header.isText()) {
                if (takeNumberedClasses(array)) {
                    return;
                }
                continue;
            }
            const RawSplit& split = m_raw.splits.front();
            if (array.isColumn() &&
                array.header.shape[0] != static_cast<std::uint64_t>(split.scores.cols())) {
                m_file.refuse(array, array.header.describe() + " does not fit " + split.scoresName +
                                         ", which has " + std::to_string(split.scores.cols()) + " classes");
            }
            m_raw.classNames = m_file.texts(array);
            m_used.push_back(&array);
            return;
        }
    }

    /// Numbers, as scikit-learn's classes_ may be: what the labels call the classes, unless the labels say
    /// that they are places.
    bool takeNumberedClasses(const NpzArray& array) {
        const bool places = m_labelsArePlaces || std::ranges::any_of(m_named, [&](const Named& named) {
                                return named.meaning == Meaning::labelIds && isUsed(*named.array);
                            });
        if (places || !array.isColumn() ||
            array.header.shape[0] != static_cast<std::uint64_t>(m_raw.splits.front().scores.cols())) {
            return false;
        }
        const MatrixD values = m_file.matrix(array);
        std::vector<std::string> names;
        for (const double value : values.reshaped()) {
            const auto whole = wholeNumber(value);
            if (!whole) {
                return false;
            }
            names.push_back(std::to_string(*whole));
        }
        if (std::set(names.begin(), names.end()).size() != names.size()) {
            return false;
        }
        m_raw.classNames = std::move(names);
        m_used.push_back(&array);
        return true;
    }

    [[nodiscard]] bool isUsed(const NpzArray& array) const {
        return std::ranges::find(m_used, &array) != m_used.end();
    }

    void tellUnused() {
        std::vector<std::string> names;
        for (const NpzArray& array : m_file.arrays()) {
            if (!isUsed(array)) {
                names.push_back(array.name);
            }
        }
        if (!names.empty()) {
            m_raw.notes.push_back("ignored: " + text::listed(names));
        }
    }

    [[nodiscard]] std::string list() const {
        std::vector<std::string> all;
        for (const NpzArray& array : m_file.arrays()) {
            all.push_back(array.name + " " +
                          (array.problem.empty() ? array.header.describe() : "(unreadable)"));
        }
        return text::listed(all);
    }

    [[noreturn]] void refuseNothing() const {
        // An array that is called right and is something else says most.
        for (const auto& [array, split, meaning] : m_named) {
            if (meaning && isScore(*meaning)) {
                requireScores(*array);
            }
        }
        for (const NpzArray& array : m_file.arrays()) {
            if (!array.problem.empty()) {
                m_file.requireReadable(array);
            }
        }
        throw Error(ErrorKind::badFile, m_path.string() + " holds " + list() +
                                            ", among which no logits or probabilities with "
                                            "their labels are found; call them " +
                                            knownNames() + ", or use --logits NAME --labels NAME");
    }

    const std::filesystem::path& m_path;
    const NpzFile& m_file;
    const NameChoice& m_choice;
    const analysis::WorkHooks& m_hooks;
    std::vector<Named> m_named; ///< in the order of the file
    RawPredictions m_raw;
    std::vector<const NpzArray*> m_used;
    bool m_labelsArePlaces = false; ///< they are one-hot
};

} // namespace

RawPredictions readNpz(const std::filesystem::path& file, const NameChoice& choice,
                       const analysis::WorkHooks& hooks) {
    const NpzFile npz(file);
    return Chooser(file, npz, choice, hooks).read();
}

} // namespace finescope::imports

#include "core/error.h"
#include "core/imports/npz_file.h"
#include "core/imports/raw_predictions.h"

#include <algorithm>
#include <array>

namespace finescope::imports {

namespace {

constexpr std::array kSplits{"train", "validation", "test", "ood"};

/// The array of one purpose in one split, and those that lost to it.
struct Candidate {
    const NpzArray* array = nullptr;
    Meaning meaning = Meaning::scores;
};

/// Which arrays of a file are what.
class Chooser {
public:
    Chooser(const std::filesystem::path& path, const NpzFile& file, const NameChoice& choice)
        : m_path(path), m_file(file), m_choice(choice) {}

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
                                scores.array->name +
                                " are called different things; save the same for all splits");
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
        for (const NpzArray& array : m_file.arrays()) {
            const NameReading reading = readName(array.name);
            if (reading.split != split || !reading.meaning || !isScore(*reading.meaning) ||
                !isScoreArray(array) || isWished(array)) {
                continue;
            }
            if (best.array == nullptr || *reading.meaning < best.meaning) {
                best = {&array, *reading.meaning};
                equal = nullptr;
            } else if (*reading.meaning == best.meaning) {
                equal = &array;
            }
        }
        if (equal != nullptr) {
            throw Error(ErrorKind::badFile, m_path.string() + ": both " + best.array->name + " and " +
                                                equal->name + " could be the " + split +
                                                " scores; say which with --logits NAME");
        }
        return best;
    }

    [[nodiscard]] Candidate labelsOf(const std::string& split, const NpzArray* scores) const {
        const std::string wish = wishOf(split, m_choice.labels, m_choice.validationLabels);
        if (!wish.empty()) {
            return {&named(wish, split == "test" ? "--labels" : "--validation-labels"), Meaning::labels};
        }
        const NpzArray* found = nullptr;
        for (const NpzArray& array : m_file.arrays()) {
            const NameReading reading = readName(array.name);
            if (reading.split != split || reading.meaning != Meaning::labels || &array == scores ||
                isWished(array)) {
                continue;
            }
            if (found != nullptr) {
                throw Error(ErrorKind::badFile, m_path.string() + ": both " + found->name + " and " +
                                                    array.name + " could be the " + split +
                                                    " labels; say which with --labels NAME");
            }
            found = &array;
        }
        return {found, Meaning::labels};
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
        for (const NpzArray& array : m_file.arrays()) {
            const NameReading reading = readName(array.name);
            const bool fits = labels ? array.isColumn() && array.header.isInteger() : isScoreArray(array);
            if (!fits || reading.split != "test" || isWished(array) ||
                (reading.meaning && isScore(*reading.meaning) == labels)) {
                continue;
            }
            if (found != nullptr) {
                return nullptr;
            }
            found = &array;
        }
        if (found != nullptr) {
            m_raw.notes.push_back(found->name + " is taken for the " + (labels ? "labels" : "scores") +
                                  ": it is the only array of that shape");
        }
        return found;
    }

    void tellHalf(const std::string& split, const NpzArray* scores, const NpzArray* labels) {
        if (scores != nullptr) {
            m_raw.warnings.push_back(scores->name + " is left out: there are no labels of the " + split +
                                     " split beside it");
        } else if (labels != nullptr && split != "test") {
            m_raw.warnings.push_back(labels->name +
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
                                          ? "; of one probability p save np.column_stack([1 - p, p])"
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
            m_file.refuse(labels, labels.header.describe() + " does not fit " + scores.name + ", which is " +
                                      scores.header.describe() + ": there must be as many labels as rows");
        }
        RawSplit raw;
        raw.name = split;
        raw.scoresName = scores.name;
        raw.labelsName = labels.name;
        if (labels.problem.empty() && labels.header.isText()) {
            raw.labelTexts = m_file.texts(labels);
        } else {
            raw.labelNumbers = labelNumbers(labels);
        }
        raw.scores = m_file.matrix(scores);
        m_used.push_back(&scores);
        m_used.push_back(&labels);
        m_raw.splits.push_back(std::move(raw));
    }

    /// Labels as they are, or the places of the ones in rows of zeros and a one.
    [[nodiscard]] std::vector<double> labelNumbers(const NpzArray& array) {
        const MatrixD values = m_file.matrix(array);
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
        m_raw.notes.push_back(array.name + " is one-hot: the place of the 1 is the label");
        return labels;
    }

    void readClassNames() {
        for (const NpzArray& array : m_file.arrays()) {
            if (readName(array.name).meaning != Meaning::classNames || isUsed(array)) {
                continue;
            }
            if (array.problem.empty() && array.header.kind != 'O' && !array.header.isText()) {
                continue; // numbers, as scikit-learn's classes_ may be
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

    [[nodiscard]] bool isUsed(const NpzArray& array) const {
        return std::ranges::find(m_used, &array) != m_used.end();
    }

    void tellUnused() {
        std::string names;
        for (const NpzArray& array : m_file.arrays()) {
            if (!isUsed(array)) {
                names += (names.empty() ? "" : ", ") + array.name;
            }
        }
        if (!names.empty()) {
            m_raw.notes.push_back("left alone: " + names);
        }
    }

    [[nodiscard]] std::string list() const {
        std::string text;
        for (const NpzArray& array : m_file.arrays()) {
            text += (text.empty() ? "" : ", ") + array.name + " " +
                    (array.problem.empty() ? array.header.describe() : "(unreadable)");
        }
        return text;
    }

    [[noreturn]] void refuseNothing() const {
        // An array that is called right and is something else says most.
        for (const NpzArray& array : m_file.arrays()) {
            const NameReading reading = readName(array.name);
            if (reading.meaning && isScore(*reading.meaning)) {
                requireScores(array);
            }
        }
        throw Error(ErrorKind::badFile, m_path.string() + " holds " + list() +
                                            ", among which no logits or probabilities with "
                                            "their labels are found; call them " +
                                            knownNames() + ", or say --logits NAME --labels NAME");
    }

    const std::filesystem::path& m_path;
    const NpzFile& m_file;
    const NameChoice& m_choice;
    RawPredictions m_raw;
    std::vector<const NpzArray*> m_used;
};

} // namespace

RawPredictions readNpz(const std::filesystem::path& file, const NameChoice& choice) {
    const NpzFile npz(file);
    return Chooser(file, npz, choice).read();
}

} // namespace finescope::imports

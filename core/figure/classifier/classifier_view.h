#pragma once

#include "core/analysis/classifier/row_norms.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace finescope::figure {

/// Angles between classes grow with the square of their number: those of a thousand classes are half a
/// million curves, and more work than this, K C^2 h, takes more than a few seconds.
inline constexpr std::int64_t kMostAngleClasses = 1000;
inline constexpr double kMostAngleWork = 6e9;

/// The index of each class by its name: a run may have hundreds of thousands of them.
using ClassPlaces = std::unordered_map<std::string, Eigen::Index>;
[[nodiscard]] ClassPlaces placesOf(const std::vector<std::string>& classes);

/// What the snapshots of one run's classifier say of its rows. C classes, K snapshots.
struct ClassifierEntry {
    std::size_t run = 0;                  ///< index into the set
    std::vector<std::string> classes{};   ///< [C], all different
    ClassPlaces places{};                 ///< of the classes
    std::vector<record::EpochKey> keys{}; ///< [K]
    MatrixD norms{};                      ///< [K, C], ||v_k||
    /// [K] of [C, C], radians; empty where they are more than kMostAngleClasses and kMostAngleWork let
    /// through.
    std::vector<MatrixD> angles{};
    /// From the first snapshot, and from the start of fine-tuning where the run has one, to the model that
    /// the run reports (run-file.md, Reported model); nullopt where that has no snapshot.
    std::optional<analysis::RowChanges> sinceStart{};
    std::optional<analysis::RowChanges> sinceFineTuning{};
};

/// The classes of all entries in order of first appearance.
template <typename Entry>
[[nodiscard]] std::vector<std::string> classesOf(std::span<const Entry> entries) {
    std::vector<std::string> names;
    std::unordered_set<std::string> known;
    for (const Entry& entry : entries) {
        for (const std::string& name : entry.classes) {
            if (known.insert(name).second) {
                names.push_back(name);
            }
        }
    }
    return names;
}

/// Index of a class of an entry by its name, which is usually `guess`; nullopt if it has no such class.
template <typename Entry>
[[nodiscard]] std::optional<Eigen::Index> classIndex(const Entry& entry, const std::string& name,
                                                     std::size_t guess) {
    if (guess < entry.classes.size() && entry.classes[guess] == name) {
        return static_cast<Eigen::Index>(guess);
    }
    const auto found = entry.places.find(name);
    return found == entry.places.end() ? std::nullopt : std::optional(found->second);
}

/// The entries of all runs that have snapshots of their classifier, each of which is read once. Any thread;
/// O(K C^2 h) a run. definitions.md, Row norms and angles.
[[nodiscard]] std::vector<ClassifierEntry> classifierEntries(std::span<const record::Run> runs,
                                                             Problems* problems = nullptr);

/// The derivative of a split's mean loss by the norm of each classifier row, at every evaluation that has
/// both logits of the split and a snapshot of the classifier. definitions.md, Norm derivative.
struct NormDerivativeEntry {
    std::size_t run = 0;
    std::vector<std::string> classes{};
    ClassPlaces places{};     ///< of the classes
    std::int64_t samples = 0; ///< of the split
    std::vector<record::EpochKey> keys{};
    MatrixD values{}; ///< [K, C]; analysis::lossByRowNormFromLogits
};

/// Names of the splits that have logits at every snapshot of the classifier, in the order of the file.
[[nodiscard]] std::vector<std::string> derivativeSplits(const record::Run& run);

/// The split shown unless one is named: of the first run that has any of those, the one for testing, else the
/// first; "" if no run has any.
[[nodiscard]] std::string defaultDerivativeSplit(std::span<const record::Run> runs);

/// The entries of all runs that have logits of `split` at some snapshot. Reads all those logits: any thread.
/// Throws Error{badInput} naming the file if they do not fit the classifier, and what the file reader throws.
[[nodiscard]] std::vector<NormDerivativeEntry> normDerivativeEntries(std::span<const record::Run> runs,
                                                                     const std::string& split,
                                                                     Problems* problems = nullptr);

} // namespace finescope::figure

#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/class_limit.h"
#include "core/imports/names.h"
#include "core/matrix.h"

#include <filesystem>
#include <string>
#include <vector>

namespace finescope::imports {

/// What a file says of one split, before anything is decided about it.
struct RawSplit {
    std::string name;                    ///< test, validation, train or ood
    std::string scoresName, labelsName;  ///< the array or the columns, as the file calls them (shown)
    MatrixD scores;                      ///< [N, C]: logits or probabilities
    std::vector<double> labelNumbers;    ///< [N], or empty if the labels are texts
    std::vector<std::string> labelTexts; ///< [N], or empty if the labels are numbers
    std::vector<std::int64_t> lines;     ///< [N] in a text file, else empty
    std::vector<std::int64_t> rows;      ///< [N] in the file, where some are left out, else empty

    /// "line 12", or "row 11" in a file without lines.
    [[nodiscard]] std::string place(Eigen::Index row) const {
        const auto i = static_cast<std::size_t>(row);
        return lines.empty() ? "row " + std::to_string(rows.empty() ? row : rows[i])
                             : "line " + std::to_string(lines[i]);
    }
};

struct RawPredictions {
    std::filesystem::path file;
    Meaning stated = Meaning::scores; ///< what the name of the scores says they are
    std::vector<RawSplit> splits;
    std::vector<std::string> classNames; ///< [C], or empty: the file names none
    std::vector<std::string> notes;      ///< what was chosen of several, what was left alone
    std::vector<std::string> warnings;   ///< what the user would rather know
};

/// What somebody says who knows better than the names in the file.
struct NameChoice {
    /// Of the test split: arrays. Of a CSV file the column of labels, and how the columns of scores begin, or
    /// all of them with commas between.
    std::string scores, labels;
    std::string validationScores, validationLabels; ///< arrays only
};

/// Read a file of predictions; its content says in which format it is, else its name. Throws Error{badFile}
/// naming file, array or column, and line, and Error{cancelled}.
[[nodiscard]] RawPredictions readPredictions(const std::filesystem::path& file, const NameChoice& choice,
                                             const analysis::WorkHooks& hooks = {});
[[nodiscard]] RawPredictions readNpz(const std::filesystem::path& file, const NameChoice& choice,
                                     const analysis::WorkHooks& hooks = {});
[[nodiscard]] RawPredictions readCsv(const std::filesystem::path& file, const NameChoice& choice,
                                     const analysis::WorkHooks& hooks = {});

} // namespace finescope::imports

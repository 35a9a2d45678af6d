#pragma once

#include "core/record/run_writer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace finescope::tests {

/// What a small run is like. Everything in its file follows from these values alone (but host, pid and
/// heartbeat).
struct TinyRun {
    std::string method = "lp-ft"; ///< lp, ft, lp-ft, lora, lp-lora or any other name (then like ft)
    std::int64_t seed = 1;
    std::string task = "demo";
    std::int64_t classes = 3;
    std::int64_t epochs = 4;                  ///< of fine-tuning
    std::int64_t rows = 120;                  ///< of validation, test and ood each; train has twice as many
    std::int64_t width = 16;                  ///< of the features, > classes
    std::string name = {};                    ///< "METHOD, seed SEED" if empty
    double classifierScale = 1;               ///< the larger, the less the features move
    bool collapsed = false;                   ///< the bias decides everything: class 0 for every row
    bool brokenLogits = false;                ///< the first row of the test split is NaN
    std::vector<std::string> classNames = {}; ///< "class 0", "class 1", ... if empty
    record::Existing existing = record::Existing::overwrite;
};

/// Writes a small run with record::RunWriter, evaluation by evaluation, so that a test can watch it live.
/// Features, classifier, logits and the series agree with each other: logits are features times weights plus
/// bias, losses, accuracies, norms and differences are computed from them. Labels are noisy (15 %), so the
/// runs are overconfident by different amounts; features move far in ft, little in lp-ft, not at all in lp.
/// Splits: train, validation, test, and "shifted" with the role ood.
class TinyRunWriter {
public:
    TinyRunWriter(const std::filesystem::path& file, const TinyRun& options);
    ~TinyRunWriter();

    /// Writes the steps that lead to the next row of /epochs, and the row. False when there is none left.
    bool writeNext();
    /// After the last row: final features, the selected model, status complete.
    void finish();
    /// Ends the run here, with this status and message, without final features.
    void stop(record::Status status, const std::string& message);
    [[nodiscard]] record::RunWriter& writer();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The whole run at once, complete. Returns `file`.
std::filesystem::path writeTinyRun(const std::filesystem::path& file, const TinyRun& options);

} // namespace finescope::tests

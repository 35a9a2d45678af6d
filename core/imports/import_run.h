#pragma once

#include "core/imports/raw_predictions.h"
#include "core/imports/score_kind.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::imports {

/// What to do where the output is a file already.
enum class ExistingOutput {
    refuse,
    overwrite, ///< replace it, whatever it is
    renew,     ///< replace it if it is an import of the same file, else refuse
};

struct ImportPlan {
    std::filesystem::path file;   ///< in one of record::kPredictionFormats
    std::filesystem::path output; ///< .h5
    ExistingOutput existing = ExistingOutput::refuse;
    NameChoice names;
    std::optional<ScoreKind> kind;    ///< what the scores are, if the user says so
    std::string method = "imported";  ///< as the run file's attributes, like the next three
    std::string task, model, runName; ///< empty: task and name are the file's name without its ending
    std::string creator;              ///< program and version
    std::string sha256;               ///< of the file; empty: not recorded
};

/// What was found and decided, one sentence each.
struct ImportReport {
    std::vector<std::string> notes;
    std::vector<std::string> warnings;
};

/// Makes a run file of predictions that exist already: logits or probabilities [N, C] and labels [N] of a
/// test split, perhaps of others. The file has one row of /epochs (epoch 1 of fine-tuning, selected), status
/// complete, no classifier and no features; `config` records under "imported" the file and all that was
/// decided. Where float32 would cost digits of logits, each row's maximum is taken off before. Nothing is
/// written unless everything can be. Throws Error naming file, array or column, and line, and
/// Error{cancelled}.
ImportReport importRun(const ImportPlan& plan, const analysis::WorkHooks& hooks = {});

} // namespace finescope::imports

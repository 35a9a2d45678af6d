#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/figure/problems.h"
#include "core/figure/request/option.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// Everything that decides what a table tells. An option that a kind does not use is left alone.
struct TableRequest {
    std::string kind{};                ///< one of tableKinds()
    std::vector<std::string> splits{}; ///< only these; tables of one split take the first
    int bins = 15;
    Origin origin = Origin::fineTuning; ///< what "before" is
    std::string fitOn{};                ///< split that temperatures are fitted on; "": the validation split
    bool intervals = false;             ///< bootstrap interval of an improvement of one run
    std::string kernelState{};          ///< as FigureRequest::kernelState
    std::optional<TemperatureChoice>
        temperature{}; ///< nullopt: 1, and fitted where before and after are told
};

using TableOption = Option<TableRequest>;

/// All that may be asked of tables but their kind. A new option is a row here, a member of TableRequest, and
/// the builder that reads it.
[[nodiscard]] std::span<const TableOption> tableOptions();

/// A kind of table: all there is to know of it. A new kind is its builder and a row of tableKinds().
struct TableKind {
    /// Runs that cannot be used go to `problems`. Kinds that may take long report progress.
    using Build = Table (*)(const TableRequest&, std::span<const record::Run>, const analysis::WorkHooks&,
                            Problems& problems);

    std::string_view name, description;
    Build build;
};

[[nodiscard]] std::span<const TableKind> tableKinds();

/// Throws Error{badInput} if there is no such table: unknown kind, bins or temperature out of range.
void validate(const TableRequest& request);

/// Builds what `request` asks for from runs that were read already. Throws as validate(), and
/// Error{cancelled}. A run that cannot be used is left out,
/// and Table::problems says why; where none can be used, what reading the first threw passes.
[[nodiscard]] Table buildTable(const TableRequest& request, std::span<const record::Run> runs,
                               const analysis::WorkHooks& hooks = {});

} // namespace finescope::figure

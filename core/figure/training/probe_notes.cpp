#include "core/figure/training/probe_notes.h"

#include "core/analysis/run/probe_choice.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

namespace finescope::figure {

std::vector<std::string> probeNotes(std::span<const record::Run> runs) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::vector<std::string> notes;
    for (const std::size_t index : legendOrder(runs)) {
        const auto choice = analysis::probeChoice(runs[index]);
        if (!choice) {
            continue;
        }
        std::string note = labels[index].name + ": C = " + significant(choice->strength, 4);
        if (const auto accuracy = choice->accuracy()) {
            note += ", the best of " + std::to_string(choice->candidates.size()) + " by accuracy over " +
                    std::to_string(choice->folds) + " folds (" + fixed(*accuracy, 4) + ")";
        }
        notes.push_back(note + ".");
    }
    return notes;
}

} // namespace finescope::figure

#pragma once

#include "core/engine/study/study.h"

namespace finescope::engine {

/// Reads grid, seeds, tuning_seeds, classifier_scales or kernel into `level`; false if `node` is none of
/// them.
[[nodiscard]] bool readLevelList(const JsonNode& node, StudyLevel& level);
/// The same, and every setting of `train`.
[[nodiscard]] bool readLevelKey(const JsonNode& node, StudyLevel& level);

/// `particular` over `general`: settings key by key, everything else as a whole.
[[nodiscard]] StudyLevel inherit(const StudyLevel& general, const StudyLevel& particular);

enum class LevelKeys { none, listsOnly, all };
/// Refuses a key that is not known, and says which are: `others` and those of a level.
[[noreturn]] void refuseUnknown(const JsonNode& node, std::vector<std::string_view> others, LevelKeys level);

} // namespace finescope::engine

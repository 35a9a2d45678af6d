#pragma once

#include "core/engine/study/study_json.h"

#include <map>
#include <string>
#include <vector>

namespace finescope::engine {

/// Options of one command by their name in a study file ("batch_size"): numbers or strings.
using Settings = std::map<std::string, nlohmann::json>;

/// If `node` is a setting of `train` (of `ntk`), checks its value, puts it into `settings` and returns true.
/// A value that cannot be is refused (JsonNode::refuse).
[[nodiscard]] bool readTrainSetting(const JsonNode& node, Settings& settings);
[[nodiscard]] bool readKernelSetting(const JsonNode& node, Settings& settings);

[[nodiscard]] std::vector<std::string_view> trainSettingNames();
[[nodiscard]] std::vector<std::string_view> kernelSettingNames();

/// As the command line wants them: --batch-size 8 --learning-rate 1e-05.
[[nodiscard]] std::vector<std::string> optionsOf(const Settings& settings);

/// Shortest text that reads back as the same number; a string as it is.
[[nodiscard]] std::string settingText(const nlohmann::json& value);

} // namespace finescope::engine

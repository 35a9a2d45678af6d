#include "core/analysis/run/run_config.h"

#include "core/error.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

namespace finescope::analysis {

nlohmann::json configOf(const record::Run& run) {
    try {
        auto config = text::parseJson(run.config, run.file.string());
        return config.is_object() ? config : nlohmann::json();
    } catch (const Error&) {
        return {};
    }
}

} // namespace finescope::analysis

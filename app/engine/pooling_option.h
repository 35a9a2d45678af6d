#pragma once

#include "core/engine/model/pooling.h"

#include <CLI/CLI.hpp>

#include <optional>

namespace finescope::app {

/// --pooling; empty where it is not given: the family decides.
void addPoolingOption(CLI::App& app, std::optional<engine::Pooling>& pooling);

} // namespace finescope::app

#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace finescope::tests {

inline nlohmann::json readJson(const std::filesystem::path& path) {
    std::ifstream stream(path);
    return nlohmann::json::parse(stream);
}

} // namespace finescope::tests

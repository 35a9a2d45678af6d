#pragma once

#include "core/engine/tokenizer/tokenizer.h"
#include "core/error.h"
#include "tests/core/engine/tokenizer/golden_ids.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::tests {

/// A model folder of a test.
class TokenizerFolder {
public:
    TokenizerFolder() : path(m_folder.path().toStdString()) {}
    void write(const std::string& name, const nlohmann::json& value) const {
        writeFile(path / name, value.dump());
    }
    [[nodiscard]] std::string error() const {
        try {
            static_cast<void>(engine::loadTokenizer(path));
        } catch (const Error& error) {
            return error.kind() == ErrorKind::badFile ? error.what() : "wrong kind";
        }
        return "no error";
    }
    [[nodiscard]] std::vector<std::int64_t> ids(std::string_view text) const {
        return engine::loadTokenizer(path)->encode(text, std::nullopt, 64).ids;
    }

private:
    QTemporaryDir m_folder;

public:
    std::filesystem::path path;
};

} // namespace finescope::tests

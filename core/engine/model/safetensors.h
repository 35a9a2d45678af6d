#pragma once

#include "core/engine/model/safetensors_table.h"

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finescope::engine {

/// A memory-mapped safetensors file. Only what is read is paged in. Not to be shared between threads while
/// read.
class SafetensorsFile {
public:
    /// Throws Error{badFile} if the file is missing, unreadable or malformed.
    explicit SafetensorsFile(std::filesystem::path path);
    ~SafetensorsFile();
    SafetensorsFile(const SafetensorsFile&) = delete;
    SafetensorsFile& operator=(const SafetensorsFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] const std::map<std::string, TensorEntry, std::less<>>& entries() const {
        return m_table.entries;
    }

    /// A copy of the tensor as float32. Throws Error{badFile} if it is not there or not F64, F32, F16 or
    /// BF16.
    [[nodiscard]] torch::Tensor readFloat(std::string_view name) const;

private:
    std::filesystem::path m_path;
    std::span<const char> m_bytes;
    TensorTable m_table;
};

/// Writes the tensors as F32 in the given order, by temporary file and rename.
/// Throws Error{internal} if the file cannot be written.
void writeSafetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, torch::Tensor>>& tensors);

} // namespace finescope::engine

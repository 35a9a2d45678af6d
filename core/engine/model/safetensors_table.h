#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// What a safetensors header says of one tensor. [begin, end) are bytes of the data section.
struct TensorEntry {
    std::string type; ///< "F32", "BF16", "I64", ...
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0;
};

/// Throws Error{badFile}, naming `path` and the tensor, unless it is F64, F32, F16 or BF16.
void requireWeights(const TensorEntry& entry, std::string_view name, const std::filesystem::path& path);

/// The table of a safetensors file whose `bytes` are all in view: offset of the data section and the entries
/// by name. Checked: header length, JSON, duplicate names, types, shapes that overflow, sizes that do not fit
/// their shape, overlaps, holes, bytes before or after the tensors; a pickle is told apart. Throws
/// Error{badFile} naming `path` and the tensor. Source: github.com/huggingface/safetensors, "Format".
struct TensorTable {
    std::uint64_t dataOffset = 0;
    std::map<std::string, TensorEntry, std::less<>> entries;
};
[[nodiscard]] TensorTable parseSafetensors(std::span<const char> bytes, const std::filesystem::path& path);

/// Why a pickle is refused, and the command that makes safetensors of it: "pickled weights are not read,
/// ...".
[[nodiscard]] std::string pickleRemedy(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace finescope::engine

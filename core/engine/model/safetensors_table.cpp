#include "core/engine/model/safetensors_table.h"
#include "core/error.h"
#include "core/text/json.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <set>

namespace finescope::engine {

namespace {

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMostHeaderBytes = 100'000'000; // the limit of the format's own reader

struct TypeSize {
    std::string_view name;
    std::uint64_t bytes;
};
constexpr std::array<TypeSize, 18> kTypes{{
    {"BOOL", 1},
    {"U8", 1},
    {"I8", 1},
    {"F8_E5M2", 1},
    {"F8_E4M3", 1},
    {"F8_E8M0", 1},
    {"I16", 2},
    {"U16", 2},
    {"F16", 2},
    {"BF16", 2},
    {"I32", 4},
    {"U32", 4},
    {"F32", 4},
    {"I64", 8},
    {"U64", 8},
    {"F64", 8},
    {"C64", 8},
    {"C128", 16},
}};

Error bad(const std::filesystem::path& path, const std::string& what) {
    return {ErrorKind::badFile, path.string() + ": " + what};
}

Error badTensor(const std::filesystem::path& path, const std::string& name, const std::string& what) {
    return bad(path, "tensor \"" + text::shown(name) + "\": " + what);
}

/// JSON that refuses the same key twice in one object (a plain parse keeps the last one silently).
json parseUnique(std::string_view header, const std::filesystem::path& path) {
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::object_start) {
            keys.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == json::parse_event_t::key &&
                   !keys.back().insert(value.get<std::string>()).second) {
            throw badTensor(path, value.get<std::string>(), "is in the header twice");
        }
        return true;
    };
    text::checkJson(header, path.string() + ": header");
    return json::parse(header.begin(), header.end(), watch);
}

/// A list of non-negative integers, each small enough for std::int64_t.
std::vector<std::int64_t> counts(const json& entry, const char* key, const std::string& name,
                                 const std::filesystem::path& path) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_array()) {
        throw badTensor(path, name, std::string("\"") + key + "\" must be a list of integers");
    }
    std::vector<std::int64_t> values;
    for (const json& value : *found) {
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMost) {
            throw badTensor(path, name,
                            std::string("\"") + key + "\" must hold integers from 0, found " +
                                text::shown(value.dump()));
        }
        values.push_back(value.get<std::int64_t>());
    }
    return values;
}

TensorEntry parseEntry(const json& entry, const std::string& name, const std::filesystem::path& path) {
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string()) {
        throw badTensor(path, name, "expected an object with dtype, shape and data_offsets");
    }
    TensorEntry result;
    result.type = entry["dtype"].get<std::string>();
    const auto* const type = std::ranges::find(kTypes, result.type, &TypeSize::name);
    if (type == kTypes.end()) {
        throw badTensor(path, name, "unknown dtype \"" + text::shown(result.type) + "\"");
    }
    result.shape = counts(entry, "shape", name, path);
    const std::vector<std::int64_t> offsets = counts(entry, "data_offsets", name, path);
    if (offsets.size() != 2 || offsets[0] > offsets[1]) {
        throw badTensor(path, name, "\"data_offsets\" must be [begin, end] with begin <= end");
    }
    result.begin = static_cast<std::uint64_t>(offsets[0]);
    result.end = static_cast<std::uint64_t>(offsets[1]);

    std::uint64_t size = type->bytes;
    bool empty = false;
    for (const std::int64_t dimension : result.shape) {
        empty = empty || dimension == 0;
        if (!empty && __builtin_mul_overflow(size, static_cast<std::uint64_t>(dimension), &size)) {
            throw badTensor(path, name, "the product of its shape overflows 64 bits");
        }
    }
    size = empty ? 0 : size;
    if (size != result.end - result.begin) {
        throw badTensor(path, name,
                        "its shape and dtype make " + std::to_string(size) +
                            " bytes, its data_offsets span " + std::to_string(result.end - result.begin));
    }
    return result;
}

/// The tensors must tile the data section: no overlap, no hole, nothing left over.
void checkTiling(const TensorTable& table, std::uint64_t dataBytes, const std::filesystem::path& path) {
    std::vector<std::pair<const std::string*, const TensorEntry*>> ordered;
    for (const auto& [name, entry] : table.entries) {
        ordered.emplace_back(&name, &entry);
    }
    std::ranges::sort(ordered, {},
                      [](const auto& item) { return std::pair(item.second->begin, item.second->end); });
    std::uint64_t expected = 0;
    for (const auto& [name, entry] : ordered) {
        if (entry->begin != expected) {
            const char* const what =
                entry->begin < expected ? "overlaps the tensor before it" : "leaves a hole before it";
            throw badTensor(path, *name,
                            std::string(what) + ": begins at byte " + std::to_string(entry->begin) +
                                " of the data, expected " + std::to_string(expected));
        }
        expected = entry->end;
    }
    if (expected != dataBytes) {
        throw bad(path, std::string(expected > dataBytes ? "the file is cut short"
                                                         : "bytes follow the last tensor") +
                            ": the header describes " + std::to_string(expected) +
                            " bytes of data, the file has " + std::to_string(dataBytes));
    }
}

} // namespace

TensorTable parseSafetensors(std::span<const char> bytes, const std::filesystem::path& path) {
    static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");
    if (bytes.size() < kLengthBytes) {
        throw bad(path, "not a safetensors file: " + std::to_string(bytes.size()) +
                            " bytes cannot hold the header's length");
    }
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), kLengthBytes);
    if (headerBytes > kMostHeaderBytes) {
        throw bad(path, "not a safetensors file: its header claims " + std::to_string(headerBytes) +
                            " bytes, the format allows " + std::to_string(kMostHeaderBytes));
    }
    if (headerBytes > bytes.size() - kLengthBytes) {
        throw bad(path, "the file is cut short: its header claims " + std::to_string(headerBytes) +
                            " bytes, only " + std::to_string(bytes.size() - kLengthBytes) + " follow");
    }
    const json header = parseUnique({bytes.data() + kLengthBytes, headerBytes}, path);
    if (!header.is_object()) {
        throw bad(path, std::string("the header must be a JSON object, found ") + header.type_name());
    }
    TensorTable table;
    table.dataOffset = kLengthBytes + headerBytes;
    for (const auto& [name, entry] : header.items()) {
        if (name != "__metadata__") {
            table.entries.emplace(name, parseEntry(entry, name, path));
        }
    }
    checkTiling(table, bytes.size() - table.dataOffset, path);
    return table;
}

} // namespace finescope::engine

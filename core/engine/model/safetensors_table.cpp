#include "core/engine/model/safetensors_table.h"
#include "core/error.h"
#include "core/text/json.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
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

/// Listens to the parser for a key that is twice in one object.
class RepeatedKey : public nlohmann::json_sax<json> {
public:
    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_array(std::size_t /*size*/) override { return true; }
    bool end_array() override { return true; }
    bool start_object(std::size_t /*size*/) override {
        m_keys.emplace_back();
        return true;
    }
    bool end_object() override {
        m_keys.pop_back();
        return true;
    }
    bool key(string_t& name) override {
        if (m_keys.back().insert(name).second) {
            return true;
        }
        found = name;
        return false;
    }
    bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return false;
    }

    std::optional<std::string> found;

private:
    std::vector<std::set<std::string>> m_keys;
};

/// JSON that refuses the same key twice in one object (a plain parse keeps the last one silently). The parser
/// is listened to beforehand: its own callback takes quadratic time over the keys of an object.
json parseUnique(std::string_view header, const std::filesystem::path& path) {
    json table = text::parseJson(header, path.string() + ": header");
    RepeatedKey repeated;
    json::sax_parse(header.begin(), header.end(), &repeated);
    if (repeated.found) {
        throw badTensor(path, *repeated.found, "is in the header twice");
    }
    return table;
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

/// As torch.save writes them: a zip archive, or a bare pickle before PyTorch 1.6.
bool isPickle(std::string_view bytes) {
    return bytes.starts_with("PK\x03\x04") ||
           (bytes.size() > 1 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5);
}

} // namespace

std::string pickleRemedy(const std::filesystem::path& from, const std::filesystem::path& to) {
    return "pickled weights are not read, as loading them can run any code; convert them once: python3 -c "
           "\"import sys, torch, safetensors.torch as s; s.save_file({k: v.contiguous().clone() for k, v in "
           "torch.load(sys.argv[1], map_location='cpu', weights_only=True).items()}, sys.argv[2], {'format': "
           "'pt'})\" " +
           from.string() + " " + to.string();
}

void requireWeights(const TensorEntry& entry, std::string_view name, const std::filesystem::path& path) {
    constexpr std::array<std::string_view, 4> kWeights{"F64", "F32", "F16", "BF16"};
    if (std::ranges::find(kWeights, entry.type) == kWeights.end()) {
        throw Error(ErrorKind::badFile, path.string() + ": tensor \"" + text::shown(name) + "\" is " +
                                            text::shown(entry.type) +
                                            "; weights must be F64, F32, F16 or BF16");
    }
}

TensorTable parseSafetensors(std::span<const char> bytes, const std::filesystem::path& path) {
    static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");
    if (bytes.size() < kLengthBytes) {
        throw bad(path, "not a safetensors file: " + std::to_string(bytes.size()) +
                            " bytes cannot hold the header's length");
    }
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), kLengthBytes);
    if (headerBytes > bytes.size() - kLengthBytes && isPickle({bytes.data(), bytes.size()})) {
        throw bad(path, "not a safetensors file: " + pickleRemedy(path, path));
    }
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

#include "core/engine/model/safetensors.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/stand_in.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace finescope::engine {

namespace {

/// The whole file, mapped read-only; empty for an empty file.
std::span<const char> mapFile(const std::filesystem::path& path) {
    const auto failed = [&](int reason) {
        return Error(ErrorKind::badFile, path.string() + ": " + std::generic_category().message(reason));
    };
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe would wait
    if (descriptor < 0) {
        throw failed(errno);
    }
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        throw Error(ErrorKind::badFile, path.string() + ": not a regular file");
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        ::close(descriptor);
        return {};
    }
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const int reason = errno;
    ::close(descriptor);
    if (address == MAP_FAILED) {
        throw failed(reason);
    }
    return {static_cast<const char*>(address), size};
}

void unmap(std::span<const char> bytes) {
    if (!bytes.empty()) {
        ::munmap(const_cast<char*>(bytes.data()), bytes.size());
    }
}

} // namespace

SafetensorsFile::SafetensorsFile(std::filesystem::path path)
    : m_path(std::move(path)), m_bytes(mapFile(m_path)) {
    try {
        text::refuseStandIn(m_path);
        m_table = parseSafetensors(m_bytes, m_path);
    } catch (...) {
        unmap(m_bytes);
        throw;
    }
}

SafetensorsFile::~SafetensorsFile() {
    unmap(m_bytes);
}

torch::Tensor SafetensorsFile::readFloat(std::string_view name) const {
    const auto found = m_table.entries.find(name);
    if (found == m_table.entries.end()) {
        throw Error(ErrorKind::badFile,
                    m_path.string() + ": tensor \"" + std::string(name) + "\" is missing");
    }
    const TensorEntry& entry = found->second;
    requireWeights(entry, name, m_path);
    torch::ScalarType type = torch::kFloat32;
    if (entry.type == "F64") {
        type = torch::kFloat64;
    } else if (entry.type == "F16") {
        type = torch::kFloat16;
    } else if (entry.type == "BF16") {
        type = torch::kBFloat16;
    }
    // Copied rather than viewed: the data section need not be aligned, and the file may be replaced later.
    torch::Tensor tensor = torch::empty(entry.shape, torch::TensorOptions(type));
    if (entry.end > entry.begin) {
        std::memcpy(tensor.data_ptr(), m_bytes.data() + m_table.dataOffset + entry.begin,
                    entry.end - entry.begin);
    }
    return tensor.to(torch::kFloat32);
}

void writeSafetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, torch::Tensor>>& tensors) {
    nlohmann::ordered_json header = {{"__metadata__", {{"format", "pt"}}}};
    std::vector<torch::Tensor> values;
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : tensors) {
        values.push_back(tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous());
        const std::uint64_t end = offset + static_cast<std::uint64_t>(values.back().numel()) * sizeof(float);
        header[name] = {{"dtype", "F32"}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' '); // keeps the data aligned to 8 bytes
    const std::uint64_t length = text.size();

    std::vector<std::string_view> parts = {{reinterpret_cast<const char*>(&length), sizeof length}, text};
    for (const torch::Tensor& value : values) {
        parts.emplace_back(static_cast<const char*>(value.data_ptr()),
                           static_cast<std::size_t>(value.numel()) * sizeof(float));
    }
    writeWhole(path, parts);
}

} // namespace finescope::engine

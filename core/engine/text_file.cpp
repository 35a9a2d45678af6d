#include "core/engine/text_file.h"

#include "core/error.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace finescope::engine {

namespace {

Error notWritten(const std::filesystem::path& path, const char* doing, int reason) {
    return {ErrorKind::internal, path.string() + ": cannot " + doing + ": " +
                                     std::generic_category().message(reason) +
                                     "; is there space and permission to write?"};
}

/// A new file under a temporary name; what was not renamed into place is removed.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::filesystem::path& target)
        : m_target(target), m_name(target.string() + "." + std::to_string(::getpid()) + ".tmp"),
          m_descriptor(::open(m_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
        if (m_descriptor < 0) {
            throw notWritten(m_target, "create it", errno);
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
        if (!m_placed) {
            ::unlink(m_name.c_str());
        }
    }

    void append(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                throw notWritten(m_target, "write it", errno);
            }
            bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
        }
    }

    void place() {
        if (::fsync(m_descriptor) != 0) {
            throw notWritten(m_target, "write it", errno);
        }
        if (std::rename(m_name.c_str(), m_target.c_str()) != 0) {
            throw notWritten(m_target, "rename the finished file to it", errno);
        }
        m_placed = true;
    }

private:
    std::filesystem::path m_target;
    std::string m_name;
    int m_descriptor;
    bool m_placed = false;
};

} // namespace

nlohmann::json readJsonObject(const std::filesystem::path& path) {
    nlohmann::json value = text::parseJson(readWhole(path), path.string());
    if (!value.is_object()) {
        throw Error(ErrorKind::badFile,
                    path.string() + ": expected a JSON object, found " + std::string(value.type_name()));
    }
    return value;
}

void writeWhole(const std::filesystem::path& path, std::span<const std::string_view> parts) {
    TemporaryFile file(path);
    for (const std::string_view part : parts) {
        file.append(part);
    }
    file.place();
}

} // namespace finescope::engine

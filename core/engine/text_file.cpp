#include "core/engine/text_file.h"

#include "core/error.h"
#include "core/record/hidden_file.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace finescope::engine {

namespace {

Error notWritten(const std::filesystem::path& path, int reason) {
    return {ErrorKind::internal, path.string() +
                                     ": cannot be written: " + std::generic_category().message(reason) +
                                     "; is there space on its disk?"};
}

void append(const record::HiddenFile& file, const std::filesystem::path& target, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            throw notWritten(target, errno);
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

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
    record::HiddenFile file(path);
    for (const std::string_view part : parts) {
        append(file, path, part);
    }
    if (::fsync(file.descriptor()) != 0) {
        throw notWritten(path, errno);
    }
    file.publish(record::Existing::overwrite);
}

} // namespace finescope::engine

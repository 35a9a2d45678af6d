#include "core/record/publish.h"

#include "core/error.h"

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace finescope::record {

namespace {

std::string errnoText(int code) {
    return std::generic_category().message(code);
}

// Some file systems (FAT, a few network shares) have no hard links; this too fails if the name is taken.
int renameWithoutReplacing(const std::filesystem::path& from, const std::filesystem::path& to) {
    return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
}

} // namespace

void refuseExisting(const std::filesystem::path& file) {
    throw Error(ErrorKind::badInput,
                file.string() + ": exists already; choose another name, or ask for it to be overwritten");
}

std::filesystem::path hiddenName(const std::filesystem::path& file) {
    std::random_device source;
    std::uniform_int_distribution<int> letter('a', 'z');
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        throw Error(ErrorKind::internal, file.string() + ": the folder " + folder.string() +
                                             " does not exist or is no folder; create it first");
    }
    std::filesystem::path hidden;
    do {
        auto name = "." + file.filename().string() + ".";
        for (int i = 0; i < 6; ++i) {
            name += static_cast<char>(letter(source));
        }
        hidden = folder / name;
    } while (std::filesystem::exists(std::filesystem::symlink_status(hidden, ignored)));
    return hidden;
}

void publish(const std::filesystem::path& hidden, const std::filesystem::path& file, Existing existing) {
    int result = 0;
    if (existing == Existing::overwrite) {
        result = std::rename(hidden.c_str(), file.c_str());
    } else if (result = link(hidden.c_str(), file.c_str()); result == 0) {
        result = unlink(hidden.c_str());
    } else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
        result = renameWithoutReplacing(hidden, file);
    }
    if (result != 0) {
        const int code = errno;
        if (code == EEXIST) {
            refuseExisting(file);
        }
        throw Error(ErrorKind::internal, file.string() + ": cannot be given its name: " + errnoText(code));
    }
}

} // namespace finescope::record

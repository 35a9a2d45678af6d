#include "core/record/hidden_file.h"

#include "core/error.h"

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace finescope::record {

namespace {

constexpr std::size_t kLetters = 6;

std::string errnoText(int code) {
    return std::generic_category().message(code);
}

std::filesystem::path folderOf(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// All of a hidden name but the letters that are drawn.
std::string prefixOf(const std::filesystem::path& file) {
    return "." + file.filename().string() + ".";
}

bool isHiddenFor(const std::string& prefix, const std::string& name) {
    return name.size() == prefix.size() + kLetters && name.starts_with(prefix) &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz", prefix.size()) == std::string::npos;
}

/// Whether the descriptor's file is a regular one and still has this name.
bool isAt(const std::filesystem::path& name, int descriptor) {
    struct stat named {};
    struct stat held {};
    return fstat(descriptor, &held) == 0 && S_ISREG(held.st_mode) && lstat(name.c_str(), &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

void removeIfNobodyHolds(const std::filesystem::path& name) {
    const int descriptor = open(name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        return;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && isAt(name, descriptor)) {
        unlink(name.c_str());
    }
    close(descriptor);
}

/// Makes and locks a file that has a name of this kind; -1 if another took the name, or the file, meanwhile.
int tryToMake(const std::filesystem::path& target, const std::filesystem::path& name) {
    const int descriptor = open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        if (errno == EEXIST) {
            return -1;
        }
        throw Error(ErrorKind::internal, target.string() + ": cannot be created in " +
                                             folderOf(target).string() + ": " + errnoText(errno) +
                                             "; is the folder writable and its disk not full?");
    }
    while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
    }
    if (!isAt(name, descriptor)) { // somebody was quicker to lock it, and took it for left behind
        close(descriptor);
        return -1;
    }
    return descriptor;
}

Error notWritten(const std::filesystem::path& path, int reason) {
    return {ErrorKind::internal,
            path.string() + ": cannot be written: " + errnoText(reason) + "; is there space on its disk?"};
}

void append(const HiddenFile& file, const std::filesystem::path& target, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            throw notWritten(target, errno);
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

// What the name stands for, through symbolic links.
std::filesystem::path regularTarget(const std::filesystem::path& path) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        throw Error(ErrorKind::badInput,
                    path.string() + ": is not a regular file, and is not replaced; choose another name");
    }
    const auto real = std::filesystem::canonical(path, ignored);
    return ignored ? path : real;
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

void removeLeftovers(const std::filesystem::path& file) noexcept {
    try {
        const std::string prefix = prefixOf(file);
        for (const auto& entry : std::filesystem::directory_iterator(folderOf(file))) {
            if (isHiddenFor(prefix, entry.path().filename().string())) {
                removeIfNobodyHolds(entry.path());
            }
        }
        removeIfNobodyHolds(file.string() + ".lock");
    } catch (const std::exception&) { // a folder that cannot be listed: what follows will say so
    }
}

void writeWhole(const std::filesystem::path& path, std::span<const std::string_view> parts) {
    HiddenFile file(regularTarget(path));
    for (const std::string_view part : parts) {
        append(file, path, part);
    }
    if (::fsync(file.descriptor()) != 0) {
        throw notWritten(path, errno);
    }
    file.publish(Existing::overwrite);
}

HiddenFile::HiddenFile(std::filesystem::path target) : m_target(std::move(target)) {
    const auto folder = folderOf(m_target);
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        throw Error(ErrorKind::internal, m_target.string() + ": the folder " + folder.string() +
                                             " does not exist or is not a folder; create it first");
    }
    removeLeftovers(m_target);
    std::random_device source;
    std::uniform_int_distribution<int> letter('a', 'z');
    while (m_descriptor < 0) {
        std::string name = prefixOf(m_target);
        for (std::size_t i = 0; i < kLetters; ++i) {
            name += static_cast<char>(letter(source));
        }
        m_name = folder / name;
        m_descriptor = tryToMake(m_target, m_name);
    }
}

HiddenFile::~HiddenFile() {
    if (isAt(m_name, m_descriptor)) {
        unlink(m_name.c_str());
    }
    close(m_descriptor);
}

void HiddenFile::publish(Existing existing) {
    int result = 0;
    if (existing == Existing::overwrite) {
        result = std::rename(m_name.c_str(), m_target.c_str());
    } else if (result = link(m_name.c_str(), m_target.c_str()); result == 0) {
        result = unlink(m_name.c_str());
    } else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
        result = renameWithoutReplacing(m_name, m_target);
    }
    if (result != 0) {
        const int code = errno;
        if (code == EEXIST) {
            refuseExisting(m_target);
        }
        throw Error(ErrorKind::internal,
                    m_target.string() + ": cannot be given its name: " + errnoText(code));
    }
}

} // namespace finescope::record

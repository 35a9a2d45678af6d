#include "core/record/pinned_file.h"

#include "core/error.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace finescope::record {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& problem) {
    throw Error(ErrorKind::badFile, file.string() + ": " + problem);
}

std::string unreadable(int code) {
    return code == ENOENT ? "does not exist. It may have been moved or renamed."
                          : "cannot be read: " + std::generic_category().message(code);
}

FileStamp stampFrom(const std::filesystem::path& file, int statResult, const struct stat& status) {
    if (statResult != 0) {
        fail(file, unreadable(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        fail(file, "is not a regular file, so it is not a run file");
    }
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

} // namespace

FileStamp stampOf(const std::filesystem::path& file) {
    struct stat status {};
    const int result = stat(file.c_str(), &status);
    return stampFrom(file, result, status);
}

PinnedFile::PinnedFile(std::filesystem::path file) : m_name(std::move(file)) {
    static_cast<void>(stampOf(m_name)); // before opening: opening a pipe would wait for somebody to write
    m_descriptor = open(m_name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (m_descriptor < 0) {
        fail(m_name, unreadable(errno));
    }
}

PinnedFile::~PinnedFile() {
    close(m_descriptor);
}

std::filesystem::path PinnedFile::openPath() const {
    return "/proc/self/fd/" + std::to_string(m_descriptor);
}

FileStamp PinnedFile::stamp() const {
    struct stat status {};
    const int result = fstat(m_descriptor, &status);
    return stampFrom(m_name, result, status);
}

} // namespace finescope::record

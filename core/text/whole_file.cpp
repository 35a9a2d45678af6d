#include "core/text/whole_file.h"

#include "core/error.h"
#include "core/text/stand_in.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace finescope::text {

namespace {

/// An open file, closed when it is no longer needed.
class Descriptor {
public:
    // Without waiting for whoever might write to a pipe: what it is, is asked of the open file, so that
    // nobody can put something else in its place between the question and the opening.
    explicit Descriptor(const std::filesystem::path& path)
        : m_number(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
    ~Descriptor() {
        if (m_number >= 0) {
            ::close(m_number);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

} // namespace

std::uint64_t requireFile(const std::filesystem::path& path) {
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (!std::filesystem::exists(status)) {
        throw Error(ErrorKind::badFile, path.string() + ": no such file");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw Error(ErrorKind::badFile,
                    path.string() + (std::filesystem::is_directory(status) ? ": is a folder, not a file"
                                                                           : ": is not a regular file"));
    }
    const std::uintmax_t bytes = std::filesystem::file_size(path, problem);
    return problem ? 0 : bytes;
}

std::string readWhole(const std::filesystem::path& path, std::uint64_t mostBytes) {
    const auto refuse = [&](const std::string& what) {
        throw Error(ErrorKind::badFile, path.string() + ": " + what);
    };
    const auto tooLong = [&](std::uint64_t bytes) {
        refuse(std::to_string(bytes) + " bytes, more than the " + std::to_string(mostBytes) +
               " that are read");
    };
    const Descriptor file(path);
    if (file.number() < 0) {
        refuse(errno == ENOENT || errno == ENOTDIR ? "no such file"
               : errno == ENXIO                    ? "is not a regular file"
                                                   : "cannot be read; check its permissions");
    }
    struct stat facts {};
    if (::fstat(file.number(), &facts) != 0) {
        refuse("cannot be read");
    }
    if (!S_ISREG(facts.st_mode)) {
        refuse(S_ISDIR(facts.st_mode) ? "is a folder, not a file" : "is not a regular file");
    }
    if (const auto claimed = static_cast<std::uint64_t>(facts.st_size); claimed > mostBytes) {
        tooLong(claimed);
    }
    std::string bytes;
    std::array<char, 1 << 16> piece{};
    for (ssize_t count = 1; count > 0;) {
        count = ::read(file.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) {
            count = 1;
            continue;
        }
        if (count < 0) {
            refuse("cannot be read; check its permissions and its disk");
        }
        bytes.append(piece.data(), static_cast<std::size_t>(count));
        if (bytes.size() > mostBytes) {
            tooLong(bytes.size());
        }
    }
    if (const auto what = standInFor(std::string_view(bytes).substr(0, kStandInBytes))) {
        throw Error(ErrorKind::badFile, path.string() + " " + *what);
    }
    return bytes;
}

} // namespace finescope::text

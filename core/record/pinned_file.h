#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>

#include <sys/types.h>

namespace finescope::record {

/// What tells whether a path still leads to the same bytes.
struct FileStamp {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::timespec modified{};

    [[nodiscard]] bool sameFile(const FileStamp& other) const {
        return device == other.device && inode == other.inode;
    }
    [[nodiscard]] bool unchanged(const FileStamp& other) const {
        return sameFile(other) && size == other.size && modified.tv_sec == other.modified.tv_sec &&
               modified.tv_nsec == other.modified.tv_nsec;
    }
};

/// The stamp of what is at `file` now. Throws Error{badFile} if there is no regular file.
[[nodiscard]] FileStamp stampOf(const std::filesystem::path& file);

/// Keeps one inode readable for as long as it lives, whatever happens to its name. Holds a descriptor: make
/// one for a look, keep its stamp. Opened for reading only. Immutable, any thread.
class PinnedFile {
public:
    /// Throws Error{badFile} if `file` is missing, unreadable or not a regular file.
    explicit PinnedFile(std::filesystem::path file);
    ~PinnedFile();
    PinnedFile(const PinnedFile&) = delete;
    PinnedFile& operator=(const PinnedFile&) = delete;

    /// As the user knows it.
    [[nodiscard]] const std::filesystem::path& name() const { return m_name; }
    /// A path that leads to this inode and no other.
    [[nodiscard]] std::filesystem::path openPath() const;
    [[nodiscard]] FileStamp stamp() const;
    [[nodiscard]] int descriptor() const { return m_descriptor; }

private:
    std::filesystem::path m_name;
    int m_descriptor = -1;
};

} // namespace finescope::record

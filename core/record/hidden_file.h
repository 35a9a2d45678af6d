#pragma once

#include "core/record/run_writer.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace finescope::record {

/// A new file under a name `.NAME.XXXXXX` beside the file that it becomes once it is whole. It is locked for
/// as long as it has that name: one whose lock is free belongs to a process that was killed, and is removed
/// as soon as the next is made for the same file. A file system without locks (flock fails) keeps such files.
class HiddenFile {
public:
    /// Makes it, empty, after removeLeftovers(target). Throws Error{internal} if the folder does not exist or
    /// cannot be written.
    explicit HiddenFile(std::filesystem::path target);
    /// Removes it, unless it was published.
    ~HiddenFile();
    HiddenFile(const HiddenFile&) = delete;
    HiddenFile& operator=(const HiddenFile&) = delete;

    [[nodiscard]] const std::filesystem::path& name() const { return m_name; }
    /// Of the file, open for writing.
    [[nodiscard]] int descriptor() const { return m_descriptor; }

    /// Gives it its real name. Without overwrite an existing file is never touched: Error{badInput}. With it
    /// the new inode replaces the old one, which whoever has it open keeps. Throws Error{internal} otherwise.
    void publish(Existing existing);

private:
    std::filesystem::path m_target, m_name;
    int m_descriptor = -1;
};

/// Replaces the file by the parts one after the other, so that nobody sees half a file and a full disk leaves
/// the old one. A symbolic link stays one. Throws Error{badInput} if the name is that of a folder, a pipe or
/// a device, and Error{internal} with the system's reason.
void writeWhole(const std::filesystem::path& path, std::span<const std::string_view> parts);

/// Removes what killed processes left beside a file: hidden files and `NAME.lock`, if nobody holds them. What
/// cannot be removed stays: whoever calls this has other things to do.
void removeLeftovers(const std::filesystem::path& file) noexcept;

/// The Error of a file that is already there.
[[noreturn]] void refuseExisting(const std::filesystem::path& file);

} // namespace finescope::record

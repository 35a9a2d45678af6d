#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct zip;
struct zip_file;

namespace finescope::imports {

/// One file inside a zip archive.
struct ZipMember {
    std::string name;
    std::uint64_t index = 0;
    std::uint64_t bytes = 0;  ///< unpacked, as the archive says
    std::uint64_t packed = 0; ///< as it lies in the archive
    bool encrypted = false;
};

/// The unpacked bytes of a member from its beginning. Outlived by the archive.
class ZipStream {
public:
    /// Fills `count` bytes. Throws Error{badFile} naming archive and member if there are fewer, or if they
    /// cannot be unpacked.
    void read(void* bytes, std::size_t count);
    /// Throws Error{badFile} if bytes are left, or if their checksum is not the archive's.
    void requireEnd();

private:
    friend class ZipArchive;
    struct Closer {
        void operator()(zip_file* file) const;
    };
    ZipStream(std::string place, std::unique_ptr<zip_file, Closer> file);
    [[noreturn]] void refuse(const std::string& what) const;

    std::string m_place; ///< archive and member, for messages
    std::unique_ptr<zip_file, Closer> m_file;
};

/// A zip archive (stored or deflated members, zip64 too) that is read member by member; nothing is unpacked
/// to disk and no member is held whole.
class ZipArchive {
public:
    /// Throws Error{badFile} naming the file if it is missing, cut off or no zip archive.
    explicit ZipArchive(const std::filesystem::path& file);

    [[nodiscard]] const std::vector<ZipMember>& members() const { return m_members; }
    [[nodiscard]] std::uint64_t fileBytes() const { return m_fileBytes; }
    /// Throws Error{badFile} naming archive and member if it cannot be read: it is encrypted, packed
    /// otherwise, or claims more bytes than can be unpacked of those that are there.
    [[nodiscard]] ZipStream open(const ZipMember& member) const;

private:
    struct Closer {
        void operator()(zip* archive) const;
    };
    std::filesystem::path m_path;
    std::uint64_t m_fileBytes = 0;
    std::unique_ptr<zip, Closer> m_archive;
    std::vector<ZipMember> m_members;
};

} // namespace finescope::imports

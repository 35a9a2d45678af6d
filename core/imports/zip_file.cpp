#include "core/imports/zip_file.h"

#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/stand_in.h"
#include "core/text/whole_file.h"

#include <zip.h>

#include <algorithm>
#include <utility>

namespace finescope::imports {

void ZipStream::Closer::operator()(zip_file* file) const {
    zip_fclose(file);
}

void ZipArchive::Closer::operator()(zip* archive) const {
    zip_discard(archive);
}

namespace {

/// Deflate makes at most 258 bytes of two bits; the constant leaves room for the headers of a short stream.
constexpr std::uint64_t kMostUnpacked = 1032, kShortStream = 64;

/// libzip's reasons in words of ours.
std::string reasonOf(const zip_error_t& error) {
    switch (zip_error_code_zip(&error)) {
    case ZIP_ER_CRC:
        return "the unpacked data do not match the checksum in the archive";
    case ZIP_ER_ZLIB:
    case ZIP_ER_COMPRESSED_DATA:
    case ZIP_ER_INCONS:
        return "the packed data are damaged";
    case ZIP_ER_COMPNOTSUPP:
        return "its compression method is not supported; numpy.savez stores, numpy.savez_compressed deflates";
    case ZIP_ER_ENCRNOTSUPP:
    case ZIP_ER_NOPASSWD:
    case ZIP_ER_WRONGPASSWD:
        return "it is encrypted";
    case ZIP_ER_EOF:
    case ZIP_ER_NOZIP:
    case ZIP_ER_INVAL:
        return "its end is missing";
    case ZIP_ER_OPEN:
    case ZIP_ER_READ:
    case ZIP_ER_SEEK:
        return "the file cannot be read";
    case ZIP_ER_MEMORY:
        return "there is not enough memory";
    default:
        return "the archive contradicts itself";
    }
}

} // namespace

ZipStream::ZipStream(std::string place, std::unique_ptr<zip_file, Closer> file)
    : m_place(std::move(place)), m_file(std::move(file)) {}

void ZipStream::refuse(const std::string& what) const {
    throw Error(ErrorKind::badFile, m_place + ": " + what + "; copy or save the file again");
}

void ZipStream::read(void* bytes, std::size_t count) {
    auto* next = static_cast<char*>(bytes);
    while (count > 0) {
        const zip_int64_t taken = zip_fread(m_file.get(), next, count);
        if (taken < 0) {
            refuse("cannot be unpacked: " + reasonOf(*zip_file_get_error(m_file.get())));
        }
        if (taken == 0) {
            refuse("ends " + std::to_string(count) + " bytes too early");
        }
        next += taken;
        count -= static_cast<std::size_t>(taken);
    }
}

void ZipStream::requireEnd() {
    char more = 0;
    const zip_int64_t taken = zip_fread(m_file.get(), &more, 1);
    if (taken < 0) {
        refuse("is damaged: " + reasonOf(*zip_file_get_error(m_file.get())));
    }
    if (taken > 0) {
        refuse("has more bytes than its header says");
    }
}

ZipArchive::ZipArchive(const std::filesystem::path& file) : m_path(file) {
    m_fileBytes = text::requireFile(file);
    text::refuseStandIn(file);
    int code = 0;
    m_archive.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (!m_archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string reason = reasonOf(error);
        zip_error_fini(&error);
        throw Error(ErrorKind::badFile, file.string() +
                                            " cannot be read as the zip archive that an .npz is (" + reason +
                                            "): is it cut off? Save or copy it again");
    }
    const zip_int64_t count = zip_get_num_entries(m_archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t about;
        const auto index = static_cast<zip_uint64_t>(i);
        if (zip_stat_index(m_archive.get(), index, 0, &about) == 0 && (about.valid & ZIP_STAT_NAME) != 0 &&
            (about.valid & ZIP_STAT_SIZE) != 0) {
            const bool encrypted =
                (about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE;
            const std::uint64_t packed =
                (about.valid & ZIP_STAT_COMP_SIZE) != 0 ? about.comp_size : m_fileBytes;
            m_members.push_back({about.name, index, about.size, packed, encrypted});
        }
    }
}

ZipStream ZipArchive::open(const ZipMember& member) const {
    std::string place = m_path.string() + ", " + text::shown(member.name);
    if (member.encrypted) {
        throw Error(ErrorKind::badFile, place + ": is encrypted, which is not read; unpack the archive with "
                                                "its password and save the arrays again with numpy.savez");
    }
    if (member.packed > m_fileBytes || member.bytes / kMostUnpacked > member.packed + kShortStream) {
        throw Error(ErrorKind::badFile, place + ": claims " + std::to_string(member.bytes) +
                                            " bytes, more than can be packed into " +
                                            std::to_string(std::min(member.packed, m_fileBytes)) +
                                            "; copy or save the file again");
    }
    std::unique_ptr<zip_file, ZipStream::Closer> file(zip_fopen_index(m_archive.get(), member.index, 0));
    if (!file) {
        throw Error(ErrorKind::badFile,
                    place + ": cannot be unpacked: " + reasonOf(*zip_get_error(m_archive.get())) +
                        "; save the file again with numpy.savez");
    }
    return {std::move(place), std::move(file)};
}

} // namespace finescope::imports

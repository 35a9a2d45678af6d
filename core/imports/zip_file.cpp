#include "core/imports/zip_file.h"

#include "core/error.h"

#include <zip.h>

#include <utility>

namespace finescope::imports {

void ZipStream::Closer::operator()(zip_file* file) const {
    zip_fclose(file);
}

void ZipArchive::Closer::operator()(zip* archive) const {
    zip_discard(archive);
}

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
            refuse(std::string("cannot be unpacked: ") + zip_file_strerror(m_file.get()));
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
        refuse(std::string("is damaged: ") + zip_file_strerror(m_file.get()));
    }
    if (taken > 0) {
        refuse("has more bytes than its header says");
    }
}

ZipArchive::ZipArchive(const std::filesystem::path& file) : m_path(file) {
    if (!std::filesystem::is_regular_file(file)) {
        throw Error(ErrorKind::badFile, file.string() + ": no such file");
    }
    int code = 0;
    m_archive.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (!m_archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string reason = zip_error_strerror(&error);
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
            m_members.push_back({about.name, index, about.size});
        }
    }
}

ZipStream ZipArchive::open(const ZipMember& member) const {
    std::string place = m_path.string() + ", " + member.name;
    std::unique_ptr<zip_file, ZipStream::Closer> file(zip_fopen_index(m_archive.get(), member.index, 0));
    if (!file) {
        throw Error(ErrorKind::badFile, place + ": cannot be unpacked: " + zip_strerror(m_archive.get()) +
                                            "; save the file again with numpy.savez");
    }
    return {std::move(place), std::move(file)};
}

} // namespace finescope::imports

#include "core/record/failed_file.h"

#include "core/record/run.h"
#include "core/record/schema.h"

#include <array>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace finescope::record {

namespace {

off_t placeOf(const Site& site, hid_t dataset, const char* name) {
    const auto offset = H5Dget_offset(dataset);
    if (offset == HADDR_UNDEF) {
        site.failWithReason(name, "has no place in the file");
    }
    return static_cast<off_t>(offset);
}

void writeAt(int file, off_t offset, const char* data, std::size_t size) noexcept {
    while (size > 0) {
        const auto written = pwrite(file, data, size, offset);
        if (written <= 0) {
            return;
        }
        data += written;
        offset += written;
        size -= static_cast<std::size_t>(written);
    }
}

} // namespace

FailedFile::FailedFile(const Site& site, hid_t file) {
    void* descriptor = nullptr;
    site.check(H5Fget_vfd_handle(file, H5P_DEFAULT, &descriptor), "", "has no descriptor");
    m_hdf5 = *static_cast<int*>(descriptor);
    m_own = fcntl(m_hdf5, F_DUPFD_CLOEXEC, 0);
    if (m_own < 0) {
        site.fail("", "cannot be given a second descriptor");
    }
}

FailedFile::FailedFile(FailedFile&& other) noexcept {
    *this = std::move(other);
}

FailedFile& FailedFile::operator=(FailedFile&& other) noexcept {
    std::swap(m_own, other.m_own);
    m_hdf5 = other.m_hdf5;
    m_status = other.m_status;
    m_message = other.m_message;
    return *this;
}

FailedFile::~FailedFile() {
    if (m_own >= 0) {
        close(m_own);
    }
}

void FailedFile::locate(const Site& site, hid_t status, hid_t message) {
    m_status = placeOf(site, status, schema::kStatus);
    m_message = placeOf(site, message, schema::kMessage);
}

void FailedFile::recordFailure(std::string_view message) const noexcept {
    if (m_status < 0 || m_message < 0) {
        return;
    }
    writeAt(m_own, m_message, message.data(), message.size());
    const auto failed = static_cast<char>(Status::failed);
    writeAt(m_own, m_status, &failed, 1);
}

void FailedFile::truncateToStoredEnd() const noexcept {
    // Superblock version 2 and 3 (HDF5 File Format Specification 3.0, II.A): signature 8, version 1, size of
    // offsets 1, size of lengths 1, flags 1, then base address, extension address and end of file, 8 bytes
    // each for offsets of 8.
    constexpr std::size_t kEndOffset = 28;
    std::array<unsigned char, kEndOffset + 8> superblock{};
    if (pread(m_own, superblock.data(), superblock.size(), 0) != static_cast<ssize_t>(superblock.size()) ||
        std::memcmp(superblock.data(), "\211HDF\r\n\032\n", 8) != 0 || superblock[8] < 2 ||
        superblock[9] != 8) {
        return;
    }
    std::uint64_t end = 0;
    for (std::size_t i = 8; i-- > 0;) {
        end = end << 8U | superblock[kEndOffset + i];
    }
    // Nothing can be done, nor said, where even this fails: the caller is leaving because of the disk
    // already.
    static_cast<void>(ftruncate(m_own, static_cast<off_t>(end)) == 0);
}

void FailedFile::divert() const noexcept {
    if (m_hdf5 < 0) {
        return;
    }
    const int memory = memfd_create("abandoned", MFD_CLOEXEC);
    if (memory >= 0) {
        dup2(memory, m_hdf5);
        close(memory);
    }
}

} // namespace finescope::record

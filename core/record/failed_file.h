#pragma once

#include "core/record/handle.h"

#include <string_view>

#include <sys/types.h>

namespace finescope::record {

/// A way to the bytes of an open file that does not lead through HDF5, for when HDF5 can no longer write it.
class FailedFile {
public:
    FailedFile() = default;
    /// Of a file that HDF5 has open through its default driver.
    FailedFile(const Site& site, hid_t file);
    FailedFile(FailedFile&& other) noexcept;
    FailedFile& operator=(FailedFile&& other) noexcept;
    ~FailedFile();

    /// Remembers where status and message lie. They have their space from the start and never move.
    void locate(const Site& site, hid_t status, hid_t message);

    /// Writes status failed and the message in place; needs no room on the disk.
    void recordFailure(std::string_view message) const noexcept;
    /// Makes the file as long as its superblock says it is: a longer or a shorter one is refused by HDF5.
    void truncateToStoredEnd() const noexcept;
    /// From now on whatever HDF5 still writes (its caches, at exit) goes into memory and is forgotten.
    void divert() const noexcept;

private:
    int m_own = -1;  ///< our descriptor of the file
    int m_hdf5 = -1; ///< HDF5's, not ours to close
    off_t m_status = -1;
    off_t m_message = -1;
};

} // namespace finescope::record

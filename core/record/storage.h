#pragma once

#include "core/record/handle.h"

#include <cstdint>
#include <string>
#include <vector>

namespace finescope::record {

/// How the values of a dataset lie in its file.
struct Storage {
    std::vector<std::uint64_t> chunk; ///< extents of a chunk; empty where the values are not in chunks
    bool filtered = false;            ///< chunks went through a filter, so a chunk says how long it is
    bool deflated = false;
};

/// Looks at a dataset that was just opened, before its shape or anything in it is asked for. Throws
/// Error{badFile} naming what is refused: values in other files (external storage), virtual datasets, layouts
/// that are not known, filters other than gzip, shuffle and fletcher32.
[[nodiscard]] Storage storageOf(const Site& site, const Handle& dataset, const std::string& path);

/// What one value is in the file.
struct StoredType {
    H5T_class_t kind = H5T_NO_CLASS;
    std::size_t bytes = 0;
    std::size_t bits = 0; ///< of these bytes; of numbers only
    bool isSound = false; ///< a number all of whose parts lie within its bytes

    [[nodiscard]] bool isNumber() const { return kind == H5T_INTEGER || kind == H5T_FLOAT; }
    /// Throws Error{badFile} unless it is one: HDF5 converts by what a type says without asking.
    void requireSoundNumber(const Site& site, const std::string& path) const;
};

[[nodiscard]] StoredType storedType(hid_t type);

} // namespace finescope::record

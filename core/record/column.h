#pragma once

#include "core/record/handle.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::record {

/// A group that remembers the order in which its members were made, without object times.
[[nodiscard]] Handle createGroup(const Site& site, hid_t file, const std::string& path);

/// Attributes of the object `owner` (a file or a group), made before SWMR starts.
void writeAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text);
/// Of a fixed length of `bytes`, so that overwriteAttribute() can change it after SWMR has started.
void writeAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text,
                    std::size_t bytes);
void overwriteAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text);
void writeAttribute(const Site& site, hid_t owner, const std::string& name, std::int64_t value);
void writeAttribute(const Site& site, hid_t owner, const std::string& name, double value);
void writeAttribute(const Site& site, hid_t owner, const std::string& name,
                    std::span<const std::string> texts);

/// Writes all of a dataset from contiguous memory.
void writeWhole(const Site& site, const Handle& dataset, const std::string& path, hid_t memType,
                const void* values);

/// A dataset of fixed shape whose space in the file exists from the start, so that overwriting it needs no
/// room.
[[nodiscard]] Handle createFixed(const Site& site, hid_t file, const std::string& path, hid_t fileType,
                                 std::span<const hsize_t> shape);

/// A dataset that grows along its first dimension: created at length 0, chunked, uncompressed.
class Column {
public:
    Column() = default;
    /// A row has the shape `rowShape` (empty: one number). A chunk holds `rowsTogether` rows, the number that
    /// is expected to be there or to come at once: what of a chunk stays empty takes its space all the same.
    /// Beyond a quarter of a megabyte it holds fewer rows, or, when one row alone is larger, a part of one.
    Column(const Site& site, hid_t file, std::string path, hid_t fileType, std::vector<hsize_t> rowShape,
           hsize_t rowsTogether);

    /// Extends the dataset and writes `rows` rows from contiguous memory. Throws through `site`.
    void append(const Site& site, hid_t memType, const void* data, hsize_t rows);
    [[nodiscard]] hsize_t rows() const noexcept { return m_rows; }
    [[nodiscard]] const std::vector<hsize_t>& rowShape() const noexcept { return m_rowShape; }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(m_id); }
    /// Lets go of the identifier without telling HDF5.
    void forget() noexcept { static_cast<void>(m_id.release()); }

private:
    Handle m_id;
    std::string m_path;
    std::vector<hsize_t> m_rowShape;
    hsize_t m_rows = 0;
};

} // namespace finescope::record

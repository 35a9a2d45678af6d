#pragma once

#include "core/matrix.h"
#include "core/record/handle.h"
#include "core/record/pinned_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace finescope::record {

/// One dataset as it stands at the moment it was opened.
class DatasetView {
public:
    DatasetView(const Site& site, hid_t file, std::string path, std::uint64_t fileBytes);

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] const std::vector<std::uint64_t>& shape() const { return m_shape; }
    [[nodiscard]] std::size_t rank() const { return m_shape.size(); }
    /// Rows along the first dimension; 1 for a scalar.
    [[nodiscard]] std::uint64_t rows() const { return m_shape.empty() ? 1 : m_shape.front(); }
    [[nodiscard]] bool isNumber() const;
    [[nodiscard]] bool isInteger() const;

    /// Rows [first, first + count) with everything they hold, converted from any width of integer or float.
    /// Throws Error{badFile} if the dataset holds no numbers or cannot be read.
    template <typename T>
    [[nodiscard]] std::vector<T> read(std::uint64_t first, std::uint64_t count) const {
        std::vector<T> values(checkedSize(count));
        readInto(first, count, memoryType<T>(), values.data());
        return values;
    }
    /// The two-dimensional slab at row `row` of a three-dimensional dataset.
    [[nodiscard]] MatrixF readSlab(std::uint64_t row) const;
    /// A whole two-dimensional dataset.
    template <typename Matrix>
    [[nodiscard]] Matrix readMatrix() const {
        checkedSize(rows());
        Matrix values(static_cast<Eigen::Index>(m_shape[0]), static_cast<Eigen::Index>(m_shape[1]));
        readInto(0, rows(), memoryType<typename Matrix::Scalar>(), values.data());
        return values;
    }
    /// The first string of a dataset of fixed- or variable-length strings; "" if it is empty.
    [[nodiscard]] std::string readText() const;

    /// Throws "FILE: DATASET PROBLEM".
    [[noreturn]] void fail(const std::string& problem) const { m_site.fail(m_path, problem); }
    /// Throws unless the shape is the expected one; a negative extent stands for any.
    void requireShape(const std::vector<std::int64_t>& expected, const std::string& meaning) const;

private:
    std::size_t checkedSize(std::uint64_t rowCount) const;
    void readInto(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const;

    const Site& m_site;
    std::string m_path;
    Handle m_id;
    std::vector<std::uint64_t> m_shape;
    std::uint64_t m_fileBytes;
};

/// A run file opened for one look at it; holds the library lock while it lives. Opens by SWMR, else plainly,
/// else in memory with the flags of a writer that died cleared; never writes to the file.
class FileView {
public:
    /// Throws Error{badFile} if it is no HDF5 file, is truncated or cannot be opened.
    explicit FileView(const PinnedFile& file);

    [[nodiscard]] const Site& site() const { return m_site; }
    /// Whether what its writer appends later can be seen by opening it again.
    [[nodiscard]] bool isSwmr() const { return m_swmr; }

    [[nodiscard]] bool exists(const std::string& path) const;
    /// Names of the groups or datasets in `group`, in the order they were made if the file remembers it, else
    /// by name; empty if there is no such group.
    enum class Member { group, dataset };
    [[nodiscard]] std::vector<std::string> members(const std::string& group, Member kind) const;
    /// nullopt if there is none.
    [[nodiscard]] std::optional<DatasetView> dataset(const std::string& path) const;
    /// Throws Error{badFile} if there is none.
    [[nodiscard]] DatasetView requiredDataset(const std::string& path, const std::string& why) const;

    /// Attributes of the object at `path`; nullopt if there is none; Error{badFile} if it is of another type.
    [[nodiscard]] std::optional<std::string> text(const std::string& path, const std::string& name) const;
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& path,
                                                                const std::string& name) const;
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& path, const std::string& name) const;
    [[nodiscard]] std::optional<double> number(const std::string& path, const std::string& name) const;

private:
    void openInMemory(const PinnedFile& file);
    template <typename T>
    [[nodiscard]] std::optional<T> oneNumber(const std::string& path, const std::string& name) const;

    LibraryLock m_lock;
    Site m_site;
    std::uint64_t m_bytes = 0;
    std::vector<char> m_image;
    Handle m_file;
    bool m_swmr = false;
};

} // namespace finescope::record

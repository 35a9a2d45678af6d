#pragma once

#include "core/matrix.h"
#include "core/record/handle.h"
#include "core/record/storage.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace finescope::record {

class FileView;

/// One dataset as it stands at the moment it was opened; lives no longer than its view. Copies share it.
/// Everything that it claims is compared with the file and with the limits of limits.h before memory is taken
/// for it.
class DatasetView {
public:
    /// `id` is what was opened at `path`. Throws Error{badFile} if its values may lie in other files or went
    /// through filters that are not known (storageOf).
    DatasetView(const FileView& view, Handle id, std::string path);

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] const std::vector<std::uint64_t>& shape() const { return m_shape; }
    [[nodiscard]] std::size_t rank() const { return m_shape.size(); }
    /// Rows along the first dimension; 1 for a scalar.
    [[nodiscard]] std::uint64_t rows() const { return m_shape.empty() ? 1 : m_shape.front(); }
    [[nodiscard]] bool isNumber() const { return m_type.isNumber(); }
    [[nodiscard]] bool isInteger() const { return m_type.kind == H5T_INTEGER; }

    /// Rows [first, first + count) with everything they hold, converted from any width of integer or float.
    /// Throws Error{badFile} if the dataset holds no numbers, claims more than it can hold, or cannot be
    /// read.
    template <typename T>
    [[nodiscard]] std::vector<T> read(std::uint64_t first, std::uint64_t count) const {
        claim(first, count, sizeof(T));
        std::vector<T> values(valuesIn(count));
        readInto(first, count, memoryType<T>(), values.data());
        return values;
    }
    /// The two-dimensional slab at row `row` of a three-dimensional dataset.
    [[nodiscard]] MatrixF readSlab(std::uint64_t row) const;
    /// A whole two-dimensional dataset.
    template <typename Matrix>
    [[nodiscard]] Matrix readMatrix() const {
        claim(0, rows(), sizeof(typename Matrix::Scalar));
        Matrix values(static_cast<Eigen::Index>(m_shape[0]), static_cast<Eigen::Index>(m_shape[1]));
        readInto(0, rows(), memoryType<typename Matrix::Scalar>(), values.data());
        return values;
    }
    /// The first string of a dataset of fixed- or variable-length strings; "" if it is empty.
    [[nodiscard]] std::string readText() const;

    /// Counts the memory that rows [first, first + count) take at so many bytes for a value, whether they are
    /// read now or later. Throws Error{badFile} with the number and the limit if the file cannot hold them or
    /// the view has no such memory left (FileView::take).
    void claim(std::uint64_t first, std::uint64_t count, std::size_t bytesEach) const;

    /// Throws "FILE: DATASET PROBLEM".
    [[noreturn]] void fail(const std::string& problem) const { m_site.fail(m_path, problem); }
    /// Throws unless the shape is the expected one; a negative extent stands for any.
    void requireShape(const std::vector<std::int64_t>& expected, const std::string& meaning) const;

private:
    [[nodiscard]] std::size_t valuesIn(std::uint64_t rowCount) const;
    /// Bytes that all chunks can take, compressed.
    [[nodiscard]] std::uint64_t mostDeflated(std::size_t bytesEach) const;
    void requireStored(std::uint64_t rowCount, std::size_t bytesEach) const;
    void requireFewChunks(std::uint64_t rowCount, std::size_t bytesEach) const;
    void requireLittleInflated(std::uint64_t count, std::size_t bytesEach) const;
    void readInto(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const;
    void readRows(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const;

    const FileView& m_view;
    const Site& m_site;
    std::string m_path;
    std::shared_ptr<const Handle> m_id;
    Storage m_storage;
    StoredType m_type;
    std::vector<std::uint64_t> m_shape;
};

} // namespace finescope::record

#include "core/record/dataset_view.h"

#include "core/class_limit.h"
#include "core/record/file_view.h"
#include "core/record/limits.h"
#include "core/record/stored_text.h"

#include <algorithm>
#include <cstring>

namespace finescope::record {

namespace {

// What a trial reads whole.
constexpr std::uint64_t kTriedWhole = 16 * limits::kMebibyte;

std::string shapeText(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (const auto extent : shape) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    }
    return text + "]";
}

std::vector<std::uint64_t> shapeOf(const Site& site, hid_t space, const std::string& path) {
    if (H5Sget_simple_extent_type(space) == H5S_NULL) {
        return {0};
    }
    const int rank = site.check(H5Sget_simple_extent_ndims(space), path, "has no shape");
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    if (rank > 0) {
        site.check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), path, "has no shape");
    }
    return {shape.begin(), shape.end()};
}

} // namespace

DatasetView::DatasetView(const FileView& view, Handle id, std::string path)
    : m_view(view), m_site(view.site()), m_path(std::move(path)),
      m_id(std::make_shared<const Handle>(std::move(id))), m_storage(storageOf(m_site, *m_id, m_path)) {
    const auto space = m_site.own(H5Dget_space(m_id->get()), m_path, "has no shape");
    m_shape = shapeOf(m_site, space.get(), m_path);
    const auto type = m_site.own(H5Dget_type(m_id->get()), m_path, "has no type");
    m_type = storedType(type.get());
}

std::size_t DatasetView::valuesIn(std::uint64_t rowCount) const {
    std::uint64_t values = rowCount;
    for (std::size_t i = 1; i < m_shape.size(); ++i) {
        values = limits::times(values, m_shape[i]);
    }
    return static_cast<std::size_t>(values);
}

void DatasetView::claim(std::uint64_t first, std::uint64_t count, std::size_t bytesEach) const {
    const auto storedEach = m_type.bytes;
    m_view.take(m_path, limits::times(valuesIn(count), bytesEach));
    requireFewChunks(first + count, storedEach);
    requireLittleInflated(count, storedEach);
    // Of a live run only what came since the last look is read, a few rows that need no comparison.
    if (m_storage.filtered || limits::times(valuesIn(count), storedEach) > limits::kNeverWritten) {
        requireStored(first + count, storedEach);
    }
}

void DatasetView::requireStored(std::uint64_t rowCount, std::size_t bytesEach) const {
    const auto stored = std::uint64_t{H5Dget_storage_size(m_id->get())};
    const auto fileBytes = m_view.fileBytes();
    if (stored > fileBytes) {
        fail("claims to lie in " + std::to_string(stored) + " bytes of a file of " +
             std::to_string(fileBytes) + " bytes: it is damaged");
    }
    const auto claimed = limits::times(valuesIn(rowCount), bytesEach);
    const auto held = m_storage.deflated ? limits::times(stored, limits::kLargestExpansion) : stored;
    if (claimed > limits::kNeverWritten && claimed - limits::kNeverWritten > held) {
        fail("has the shape " + shapeText(m_shape) + ", but of the " + std::to_string(claimed) +
             " bytes of its first " + std::to_string(rowCount) + " rows the file holds at most " +
             std::to_string(held) + ": the rest was never written, or the file is damaged");
    }
    // Whichever deflate it was makes little more of a chunk than it is. What is longer stands for more
    // than the chunk, and HDF5 inflates all of it; 1.14 does not even say when memory ends.
    if (const auto most = mostDeflated(bytesEach); m_storage.deflated && stored > most) {
        fail("has " + std::to_string(stored) + " bytes in its compressed chunks, which take at most " +
             std::to_string(most) + ": it is damaged");
    }
}

std::uint64_t DatasetView::mostDeflated(std::size_t bytesEach) const {
    std::uint64_t chunks = 1, bytes = bytesEach;
    for (std::size_t i = 0; i < m_storage.chunk.size() && i < m_shape.size(); ++i) {
        const auto chunk = m_storage.chunk[i];
        chunks = limits::times(chunks, m_shape[i] / chunk + (m_shape[i] % chunk != 0 ? 1 : 0));
        bytes = limits::times(bytes, chunk);
    }
    constexpr std::uint64_t kMore = 64; // a header, and a checksum of fletcher32
    return limits::times(chunks, bytes + bytes / 4 + kMore);
}

void DatasetView::requireFewChunks(std::uint64_t rowCount, std::size_t bytesEach) const {
    if (m_storage.chunk.size() != m_shape.size()) {
        return; // not in chunks
    }
    std::uint64_t chunks = 1, bytes = bytesEach;
    for (std::size_t i = 0; i < m_shape.size(); ++i) {
        const auto extent = i == 0 ? rowCount : m_shape[i];
        const auto chunk = m_storage.chunk[i];
        chunks = limits::times(chunks, extent / chunk + (extent % chunk != 0 ? 1 : 0));
        bytes = limits::times(bytes, chunk);
    }
    if (chunks > limits::kMostChunks) {
        fail("has its rows in " + std::to_string(chunks) + " chunks; at most " +
             std::to_string(limits::kMostChunks) + " are read: write it with larger chunks");
    }
    if (bytes <= limits::kAlwaysAllowed) {
        return;
    }
    if (const auto most = limits::memoryOf(m_view.fileBytes()); bytes > most) {
        fail("has chunks of " + std::to_string(bytes) + " bytes; at most " + std::to_string(most) +
             " are read of a file of this size: write it with smaller chunks");
    }
}

// Slabs are read one by one, and for each HDF5 inflates every chunk that it has a part in.
void DatasetView::requireLittleInflated(std::uint64_t count, std::size_t bytesEach) const {
    if (!m_storage.filtered || m_shape.size() != 3 || m_storage.chunk.size() != 3) {
        return;
    }
    auto bytes = limits::times(bytesEach, m_storage.chunk[0]);
    for (const std::size_t i : {1U, 2U}) {
        const auto chunk = m_storage.chunk[i];
        const auto chunks = m_shape[i] / chunk + (m_shape[i] % chunk != 0 ? 1 : 0);
        bytes = limits::times(bytes, limits::times(chunks, chunk));
    }
    const auto most = limits::inflatedOf(m_view.fileBytes());
    if (const auto all = limits::times(bytes, count); all > most) {
        fail("has chunks of " + std::to_string(m_storage.chunk[0]) + " rows: reading its " +
             std::to_string(count) + " rows one by one inflates " + std::to_string(all) + " bytes, at most " +
             std::to_string(most) + " of a file of this size: write it with a row in a chunk");
    }
}

void DatasetView::readInto(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const {
    m_type.requireSoundNumber(m_site, m_path);
    if (count == 0 || std::ranges::find(m_shape, std::uint64_t{0}) != m_shape.end()) {
        return;
    }
    const auto bytes = limits::times(valuesIn(count), H5Tget_size(memType));
    if (m_view.purpose() == FileView::Purpose::trial && !m_storage.filtered && bytes > kTriedWhole) {
        static_cast<void>(H5Dget_storage_size(m_id->get())); // looks at each chunk's place
        std::memset(data, 0, static_cast<std::size_t>(bytes));
        readRows(first, 1, memType, data);
        readRows(first + count - 1, 1, memType, data);
        return;
    }
    readRows(first, count, memType, data);
}

void DatasetView::readRows(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const {
    if (first == 0 && count == rows()) {
        m_site.check(H5Dread(m_id->get(), memType, H5S_ALL, H5S_ALL, m_view.transfer(), data), m_path,
                     "cannot be read");
        return;
    }
    const auto fileSpace = m_site.own(H5Dget_space(m_id->get()), m_path, "cannot be addressed");
    std::vector<hsize_t> start(m_shape.size(), 0);
    std::vector<hsize_t> extent(m_shape.begin(), m_shape.end());
    start[0] = first;
    extent[0] = count;
    m_site.check(
        H5Sselect_hyperslab(fileSpace.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr),
        m_path, "cannot be addressed");
    const auto memSpace =
        m_site.own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), m_path,
                   "cannot be addressed");
    m_site.check(H5Dread(m_id->get(), memType, memSpace.get(), fileSpace.get(), m_view.transfer(), data),
                 m_path, "cannot be read");
}

MatrixF DatasetView::readSlab(std::uint64_t row) const {
    claim(row, 1, sizeof(float));
    MatrixF values(static_cast<Eigen::Index>(m_shape[1]), static_cast<Eigen::Index>(m_shape[2]));
    readInto(row, 1, memoryType<float>(), values.data());
    return values;
}

std::string DatasetView::readText() const {
    const auto space = m_site.own(H5Dget_space(m_id->get()), m_path, "has no shape");
    const auto type = m_site.own(H5Dget_type(m_id->get()), m_path, "has no type");
    claim(0, rows(), m_type.bytes);
    const auto texts =
        readTexts(m_site, m_path, type.get(), space.get(), kMostClasses, limits::memoryOf(m_view.fileBytes()),
                  [this](hid_t memType, void* data) {
                      return H5Dread(m_id->get(), memType, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
                  });
    return texts.empty() ? "" : texts.front();
}

void DatasetView::requireShape(const std::vector<std::int64_t>& expected, const std::string& meaning) const {
    bool fits = expected.size() == m_shape.size();
    for (std::size_t i = 0; fits && i < expected.size(); ++i) {
        fits = expected[i] < 0 || static_cast<std::uint64_t>(expected[i]) == m_shape[i];
    }
    if (!fits) {
        fail("has the shape " + shapeText(m_shape) + ", expected " + meaning);
    }
}

} // namespace finescope::record

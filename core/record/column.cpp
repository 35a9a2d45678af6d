#include "core/record/column.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace finescope::record {

namespace {

constexpr hsize_t kChunkBytes = 256 * 1024;

Handle propertyList(const Site& site, hid_t kind, const std::string& path) {
    return site.own(H5Pcreate(kind), path, "cannot be described");
}

Handle withoutTimes(const Site& site, hid_t kind, const std::string& path) {
    auto list = propertyList(site, kind, path);
    site.check(H5Pset_obj_track_times(list.get(), false), path, "cannot be created without times");
    return list;
}

hsize_t product(std::span<const hsize_t> shape) {
    return std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies<>());
}

// How many of `count` things of `bytes` each a chunk takes, so that the chunks are of about equal size.
hsize_t perChunk(hsize_t count, hsize_t bytes) {
    const auto divideUp = [](hsize_t a, hsize_t b) { return (a + b - 1) / b; };
    const auto whole = std::max<hsize_t>(1, kChunkBytes / std::max<hsize_t>(1, bytes));
    return std::max<hsize_t>(1, divideUp(count, std::max<hsize_t>(1, divideUp(count, whole))));
}

// Whole rows until a chunk is full; a row larger than a chunk is cut along its own first dimension.
std::vector<hsize_t> chunkShape(std::span<const hsize_t> rowShape, hsize_t valueBytes, hsize_t rowsTogether) {
    const auto rowBytes = product(rowShape) * valueBytes;
    std::vector<hsize_t> chunk{perChunk(rowsTogether, rowBytes)};
    for (const auto extent : rowShape) {
        chunk.push_back(std::max<hsize_t>(1, extent));
    }
    if (rowShape.size() > 1) {
        const auto lineBytes = rowBytes / chunk[1];
        chunk[1] = perChunk(rowShape[0], lineBytes);
    }
    return chunk;
}

Handle utf8Type(const Site& site, const std::string& name, std::size_t bytes = H5T_VARIABLE) {
    auto type = site.own(H5Tcopy(H5T_C_S1), name, "cannot be given a string type");
    site.check(H5Tset_size(type.get(), bytes), name, "cannot be given a string type");
    site.check(H5Tset_cset(type.get(), H5T_CSET_UTF8), name, "cannot be given a string type");
    return type;
}

void writeAttributeData(const Site& site, hid_t owner, const std::string& name, hid_t fileType, hid_t memType,
                        hid_t space, const void* data) {
    const auto attribute =
        site.own(H5Acreate2(owner, name.c_str(), fileType, space, H5P_DEFAULT, H5P_DEFAULT), name,
                 "cannot be created");
    site.check(H5Awrite(attribute.get(), memType, data), name, "cannot be written");
}

} // namespace

Handle createGroup(const Site& site, hid_t file, const std::string& path) {
    const auto creation = withoutTimes(site, H5P_GROUP_CREATE, path);
    site.check(H5Pset_link_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
               path, "cannot keep the order of its members");
    return site.own(H5Gcreate2(file, path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), path,
                    "cannot be created");
}

void writeAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text) {
    const auto space = site.own(H5Screate(H5S_SCALAR), name, "cannot be created");
    const auto type = utf8Type(site, name);
    const char* data = text.c_str();
    writeAttributeData(site, owner, name, type.get(), type.get(), space.get(), &data);
}

void writeAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text,
                    std::size_t bytes) {
    const auto space = site.own(H5Screate(H5S_SCALAR), name, "cannot be created");
    const auto type = utf8Type(site, name, bytes);
    std::string padded = text;
    padded.resize(bytes, '\0');
    writeAttributeData(site, owner, name, type.get(), type.get(), space.get(), padded.data());
}

void overwriteAttribute(const Site& site, hid_t owner, const std::string& name, const std::string& text) {
    const auto attribute = site.own(H5Aopen(owner, name.c_str(), H5P_DEFAULT), name, "cannot be opened");
    const auto type = site.own(H5Aget_type(attribute.get()), name, "has no type");
    std::string padded = text;
    padded.resize(H5Tget_size(type.get()), '\0');
    site.check(H5Awrite(attribute.get(), type.get(), padded.data()), name, "cannot be written");
}

void writeAttribute(const Site& site, hid_t owner, const std::string& name, std::int64_t value) {
    const auto space = site.own(H5Screate(H5S_SCALAR), name, "cannot be created");
    writeAttributeData(site, owner, name, H5T_STD_I64LE, memoryType<std::int64_t>(), space.get(), &value);
}

void writeAttribute(const Site& site, hid_t owner, const std::string& name, double value) {
    const auto space = site.own(H5Screate(H5S_SCALAR), name, "cannot be created");
    writeAttributeData(site, owner, name, H5T_IEEE_F64LE, memoryType<double>(), space.get(), &value);
}

void writeAttribute(const Site& site, hid_t owner, const std::string& name,
                    std::span<const std::string> texts) {
    const hsize_t size = texts.size();
    const auto space = site.own(H5Screate_simple(1, &size, nullptr), name, "cannot be created");
    const auto type = utf8Type(site, name);
    std::vector<const char*> data;
    std::ranges::transform(texts, std::back_inserter(data),
                           [](const std::string& text) { return text.c_str(); });
    writeAttributeData(site, owner, name, type.get(), type.get(), space.get(), data.data());
}

void writeWhole(const Site& site, const Handle& dataset, const std::string& path, hid_t memType,
                const void* values) {
    site.check(H5Dwrite(dataset.get(), memType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path,
               "cannot be written");
}

Handle createFixed(const Site& site, hid_t file, const std::string& path, hid_t fileType,
                   std::span<const hsize_t> shape) {
    const auto space = site.own(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), path,
                                "cannot be given its shape");
    const auto creation = withoutTimes(site, H5P_DATASET_CREATE, path);
    site.check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), path, "cannot be given its space");
    return site.own(
        H5Dcreate2(file, path.c_str(), fileType, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), path,
        "cannot be created");
}

Column::Column(const Site& site, hid_t file, std::string path, hid_t fileType, std::vector<hsize_t> rowShape,
               hsize_t rowsTogether)
    : m_path(std::move(path)), m_rowShape(std::move(rowShape)) {
    std::vector<hsize_t> shape{0};
    std::vector<hsize_t> limit{H5S_UNLIMITED};
    shape.insert(shape.end(), m_rowShape.begin(), m_rowShape.end());
    limit.insert(limit.end(), m_rowShape.begin(), m_rowShape.end());
    const auto space = site.own(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), limit.data()),
                                m_path, "cannot be given its shape");
    const auto creation = withoutTimes(site, H5P_DATASET_CREATE, m_path);
    const auto chunk = chunkShape(m_rowShape, H5Tget_size(fileType), rowsTogether);
    site.check(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()), m_path,
               "cannot be given its chunks");
    // Nothing to fill a new chunk with: only then does a row go straight to the disk where the file has no
    // chunk cache.
    site.check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), m_path,
               "cannot be created without filling");
    m_id = site.own(
        H5Dcreate2(file, m_path.c_str(), fileType, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        m_path, "cannot be created");
}

void Column::append(const Site& site, hid_t memType, const void* data, hsize_t rows) {
    std::vector<hsize_t> extent{m_rows + rows};
    extent.insert(extent.end(), m_rowShape.begin(), m_rowShape.end());
    site.check(H5Dset_extent(m_id.get(), extent.data()), m_path, "cannot be extended");

    std::vector<hsize_t> start(extent.size(), 0);
    start[0] = m_rows;
    auto count = extent;
    count[0] = rows;
    const auto fileSpace = site.own(H5Dget_space(m_id.get()), m_path, "cannot be addressed");
    site.check(
        H5Sselect_hyperslab(fileSpace.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        m_path, "cannot be addressed");
    const auto memSpace = site.own(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                                   m_path, "cannot be addressed");
    site.check(H5Dwrite(m_id.get(), memType, memSpace.get(), fileSpace.get(), H5P_DEFAULT, data), m_path,
               "cannot be written");
    m_rows += rows;
}

} // namespace finescope::record

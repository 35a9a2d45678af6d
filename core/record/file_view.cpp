#include "core/record/file_view.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <unistd.h>

namespace finescope::record {

namespace {

constexpr std::uint64_t kLargestImage = std::uint64_t{2} << 30U;

// Deflate, the densest filter in use, stores at most 1032 bytes in one: what claims more was damaged.
constexpr std::uint64_t kLargestExpansion = 1032;
constexpr std::uint64_t kAlwaysPlausible = std::uint64_t{64} << 20U;

// A reader by SWMR may meet half a change and reads again, waiting twice as long each time, from 1 ns: this
// ends after about 4 ms. HDF5's own 100 attempts would never end in a damaged file.
constexpr unsigned kReadAttempts = 22;

std::string shapeText(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (const auto extent : shape) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    }
    return text + "]";
}

std::vector<std::uint64_t> shapeOf(const Site& site, hid_t space, const std::string& path) {
    const int rank = site.check(H5Sget_simple_extent_ndims(space), path, "has no shape");
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    if (rank > 0) {
        site.check(H5Sget_simple_extent_dims(space, shape.data(), nullptr), path, "has no shape");
    }
    return {shape.begin(), shape.end()};
}

// All strings of an attribute or a dataset, whatever their storage; `read` fills the memory it is given.
template <typename Read>
std::vector<std::string> readStrings(const Site& site, const std::string& path, hid_t fileType, hid_t space,
                                     Read read) {
    if (H5Tget_class(fileType) != H5T_STRING) {
        site.fail(path, "holds no text, as it should");
    }
    const auto count =
        static_cast<std::size_t>(site.check(H5Sget_simple_extent_npoints(space), path, "has no size"));
    auto type = site.own(H5Tcopy(H5T_C_S1), path, "cannot be read");
    site.check(H5Tset_cset(type.get(), H5Tget_cset(fileType)), path, "cannot be read");
    std::vector<std::string> texts;
    if (count == 0) {
        return texts;
    }
    if (site.check(H5Tis_variable_str(fileType), path, "cannot be read") > 0) {
        site.check(H5Tset_size(type.get(), H5T_VARIABLE), path, "cannot be read");
        std::vector<char*> pointers(count, nullptr);
        site.check(read(type.get(), pointers.data()), path, "cannot be read");
        for (auto* pointer : pointers) {
            texts.emplace_back(pointer == nullptr ? "" : pointer);
        }
        H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, pointers.data());
        return texts;
    }
    const auto width = H5Tget_size(fileType);
    if (width == 0 || count > kAlwaysPlausible / width) {
        site.fail(path,
                  "is damaged: " + std::to_string(count) + " strings of " + std::to_string(width) + " bytes");
    }
    site.check(H5Tset_size(type.get(), width), path, "cannot be read");
    site.check(H5Tset_strpad(type.get(), H5Tget_strpad(fileType)), path, "cannot be read");
    std::vector<char> bytes(count * width);
    site.check(read(type.get(), bytes.data()), path, "cannot be read");
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view whole(bytes.data() + i * width, width);
        auto text = whole.substr(0, whole.find('\0'));
        if (H5Tget_strpad(fileType) == H5T_STR_SPACEPAD) {
            text = text.substr(0, text.find_last_not_of(' ') + 1);
        }
        texts.emplace_back(text);
    }
    return texts;
}

// The signature is at 0 or, after a block of the user's own, at 512, 1024, 2048, ...
bool hasSignature(int descriptor, std::uint64_t bytes) {
    for (std::uint64_t place = 0; place + 8 <= bytes; place = place == 0 ? 512 : place * 2) {
        std::array<char, 8> start{};
        if (pread(descriptor, start.data(), start.size(), static_cast<off_t>(place)) != 8) {
            return false;
        }
        if (std::memcmp(start.data(), "\211HDF\r\n\032\n", 8) == 0) {
            return true;
        }
    }
    return false;
}

Handle readOnlyAccess(const Site& site) {
    auto access = site.own(H5Pcreate(H5P_FILE_ACCESS), "", "cannot be opened");
    site.check(H5Pset_file_locking(access.get(), false, true), "", "cannot be opened");
    site.check(H5Pset_metadata_read_attempts(access.get(), kReadAttempts), "", "cannot be opened");
    return access;
}

} // namespace

DatasetView::DatasetView(const Site& site, hid_t file, std::string path, std::uint64_t fileBytes)
    : m_site(site), m_path(std::move(path)), m_fileBytes(fileBytes) {
    m_id = site.own(H5Dopen2(file, m_path.c_str(), H5P_DEFAULT), m_path, "cannot be opened as a dataset");
    const auto space = site.own(H5Dget_space(m_id.get()), m_path, "has no shape");
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
        m_shape = {0};
    } else {
        m_shape = shapeOf(site, space.get(), m_path);
    }
}

bool DatasetView::isNumber() const {
    const auto type = m_site.own(H5Dget_type(m_id.get()), m_path, "has no type");
    const auto kind = H5Tget_class(type.get());
    return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

bool DatasetView::isInteger() const {
    const auto type = m_site.own(H5Dget_type(m_id.get()), m_path, "has no type");
    return H5Tget_class(type.get()) == H5T_INTEGER;
}

std::size_t DatasetView::checkedSize(std::uint64_t rowCount) const {
    const auto limit = std::max(kAlwaysPlausible, m_fileBytes * kLargestExpansion) / sizeof(double);
    std::uint64_t size = rowCount;
    for (std::size_t i = 1; i < m_shape.size(); ++i) {
        if (m_shape[i] > 0 && size > limit / m_shape[i]) {
            fail("has the shape " + shapeText(m_shape) + ", more than a file of " +
                 std::to_string(m_fileBytes) + " bytes can hold: it is damaged");
        }
        size *= m_shape[i];
    }
    if (size > limit) {
        fail("has the shape " + shapeText(m_shape) + ", more than a file of " + std::to_string(m_fileBytes) +
             " bytes can hold: it is damaged");
    }
    return static_cast<std::size_t>(size);
}

void DatasetView::readInto(std::uint64_t first, std::uint64_t count, hid_t memType, void* data) const {
    if (!isNumber()) {
        fail("holds no numbers, as it should");
    }
    if (count == 0 || std::ranges::find(m_shape, std::uint64_t{0}) != m_shape.end()) {
        return;
    }
    const auto fileSpace = m_site.own(H5Dget_space(m_id.get()), m_path, "cannot be addressed");
    Handle memSpace;
    if (m_shape.empty()) {
        memSpace = m_site.own(H5Screate(H5S_SCALAR), m_path, "cannot be addressed");
    } else {
        std::vector<hsize_t> start(m_shape.size(), 0);
        std::vector<hsize_t> extent(m_shape.begin(), m_shape.end());
        start[0] = first;
        extent[0] = count;
        m_site.check(H5Sselect_hyperslab(fileSpace.get(), H5S_SELECT_SET, start.data(), nullptr,
                                         extent.data(), nullptr),
                     m_path, "cannot be addressed");
        memSpace = m_site.own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                              m_path, "cannot be addressed");
    }
    m_site.check(H5Dread(m_id.get(), memType, memSpace.get(), fileSpace.get(), H5P_DEFAULT, data), m_path,
                 "cannot be read");
}

MatrixF DatasetView::readSlab(std::uint64_t row) const {
    checkedSize(1);
    MatrixF values(static_cast<Eigen::Index>(m_shape[1]), static_cast<Eigen::Index>(m_shape[2]));
    readInto(row, 1, memoryType<float>(), values.data());
    return values;
}

std::string DatasetView::readText() const {
    const auto type = m_site.own(H5Dget_type(m_id.get()), m_path, "has no type");
    const auto space = m_site.own(H5Dget_space(m_id.get()), m_path, "has no shape");
    const auto texts =
        readStrings(m_site, m_path, type.get(), space.get(), [this](hid_t memType, void* data) {
            return H5Dread(m_id.get(), memType, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
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

FileView::FileView(const PinnedFile& file) : m_site(ErrorKind::badFile, file.name()) {
    m_bytes = static_cast<std::uint64_t>(file.stamp().size);
    if (!hasSignature(file.descriptor(), m_bytes)) {
        m_site.fail("", "is not an HDF5 file, so it is no run file");
    }
    const auto access = readOnlyAccess(m_site);
    const auto path = file.openPath();
    m_file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.get()));
    m_swmr = static_cast<bool>(m_file);
    if (!m_file) {
        m_file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
    }
    if (!m_file) {
        openInMemory(file);
    }
}

void FileView::openInMemory(const PinnedFile& file) {
    if (m_bytes > kLargestImage) {
        m_site.failWithReason("", "cannot be opened where it lies and is too large (" +
                                      std::to_string(m_bytes) +
                                      " bytes, 2 GiB at most) to be opened in memory");
    }
    m_image.resize(m_bytes);
    std::size_t done = 0;
    while (done < m_image.size()) {
        const auto got =
            pread(file.descriptor(), m_image.data() + done, m_image.size() - done, static_cast<off_t>(done));
        if (got <= 0) {
            m_site.fail("", "cannot be read beyond byte " + std::to_string(done));
        }
        done += static_cast<std::size_t>(got);
    }
    const auto access = readOnlyAccess(m_site);
    constexpr std::size_t kIncrement = 64 * 1024;
    const hbool_t clear = true;
    site().check(H5Pset_fapl_core(access.get(), kIncrement, false), "", "cannot be opened in memory");
    site().check(H5Pset_file_image(access.get(), m_image.data(), m_image.size()), "",
                 "cannot be opened in memory");
    // HDF5's own h5clear uses this property; it takes effect only when the file is opened for writing, here a
    // copy.
    site().check(H5Pset(access.get(), "clear_status_flags", &clear), "", "cannot be opened in memory");
    m_file = m_site.own(H5Fopen(file.name().filename().c_str(), H5F_ACC_RDWR, access.get()), "",
                        "cannot be opened; it is damaged or cut short");
}

bool FileView::exists(const std::string& path) const {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const auto part = path.substr(0, slash);
        if (H5Lexists(m_file.get(), part.c_str(), H5P_DEFAULT) <= 0) {
            H5Eclear2(H5E_DEFAULT);
            return false;
        }
        if (slash == std::string::npos) {
            return true;
        }
    }
}

std::vector<std::string> FileView::members(const std::string& group, Member kind) const {
    std::vector<std::string> found;
    if (!exists(group)) {
        return found;
    }
    const auto id = m_site.own(H5Gopen2(m_file.get(), group.c_str(), H5P_DEFAULT), group, "is not a group");
    const auto creation = m_site.own(H5Gget_create_plist(id.get()), group, "cannot be listed");
    unsigned order = 0;
    m_site.check(H5Pget_link_creation_order(creation.get(), &order), group, "cannot be listed");
    const bool inOrder = (order & H5P_CRT_ORDER_INDEXED) != 0;

    // One name at a time where there is an index for it: in a damaged group H5Literate crashes.
    std::vector<std::string> names;
    if (inOrder) {
        H5G_info_t info{};
        m_site.check(H5Gget_info(id.get(), &info), group, "cannot be listed");
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            std::array<char, 1024> name{};
            m_site.check(H5Lget_name_by_idx(id.get(), ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name.data(),
                                            name.size(), H5P_DEFAULT),
                         group, "cannot be listed");
            names.emplace_back(name.data());
        }
    } else {
        const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
            static_cast<std::vector<std::string>*>(list)->emplace_back(name);
            return 0;
        };
        m_site.check(H5Literate(id.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names), group,
                     "cannot be listed");
    }
    for (auto& name : names) {
        const auto object =
            m_site.own(H5Oopen(id.get(), name.c_str(), H5P_DEFAULT), group + "/" + name, "cannot be opened");
        if (H5Iget_type(object.get()) == (kind == Member::group ? H5I_GROUP : H5I_DATASET)) {
            found.push_back(std::move(name));
        }
    }
    return found;
}

std::optional<DatasetView> FileView::dataset(const std::string& path) const {
    if (!exists(path)) {
        return std::nullopt;
    }
    return DatasetView(m_site, m_file.get(), path, m_bytes);
}

DatasetView FileView::requiredDataset(const std::string& path, const std::string& why) const {
    if (!exists(path)) {
        m_site.fail(path, "is missing: " + why);
    }
    return DatasetView(m_site, m_file.get(), path, m_bytes);
}

std::optional<std::vector<std::string>> FileView::texts(const std::string& path,
                                                        const std::string& name) const {
    const auto where = "attribute " + name + " of " + path;
    const auto exists = m_site.check(H5Aexists_by_name(m_file.get(), path.c_str(), name.c_str(), H5P_DEFAULT),
                                     where, "cannot be found");
    if (exists == 0) {
        return std::nullopt;
    }
    const auto id =
        m_site.own(H5Aopen_by_name(m_file.get(), path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), where,
                   "cannot be opened");
    const auto type = m_site.own(H5Aget_type(id.get()), where, "has no type");
    const auto space = m_site.own(H5Aget_space(id.get()), where, "has no shape");
    return readStrings(m_site, where, type.get(), space.get(),
                       [&id](hid_t memType, void* data) { return H5Aread(id.get(), memType, data); });
}

std::optional<std::string> FileView::text(const std::string& path, const std::string& name) const {
    const auto all = texts(path, name);
    if (!all) {
        return std::nullopt;
    }
    return all->empty() ? std::string() : all->front();
}

template <typename T>
std::optional<T> FileView::oneNumber(const std::string& path, const std::string& name) const {
    const auto where = "attribute " + name + " of " + path;
    const auto exists = m_site.check(H5Aexists_by_name(m_file.get(), path.c_str(), name.c_str(), H5P_DEFAULT),
                                     where, "cannot be found");
    if (exists == 0) {
        return std::nullopt;
    }
    const auto id =
        m_site.own(H5Aopen_by_name(m_file.get(), path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), where,
                   "cannot be opened");
    const auto type = m_site.own(H5Aget_type(id.get()), where, "has no type");
    const auto space = m_site.own(H5Aget_space(id.get()), where, "has no shape");
    const auto kind = H5Tget_class(type.get());
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || H5Sget_simple_extent_npoints(space.get()) != 1) {
        m_site.fail(where, "is not one number, as it should be");
    }
    T value = 0;
    m_site.check(H5Aread(id.get(), memoryType<T>(), &value), where, "cannot be read");
    return value;
}

std::optional<std::int64_t> FileView::integer(const std::string& path, const std::string& name) const {
    return oneNumber<std::int64_t>(path, name);
}

std::optional<double> FileView::number(const std::string& path, const std::string& name) const {
    return oneNumber<double>(path, name);
}

} // namespace finescope::record

#include "core/record/file_view.h"

#include "core/class_limit.h"
#include "core/record/limits.h"
#include "core/record/schema.h"
#include "core/record/stored_text.h"
#include "core/text/shown.h"
#include "core/text/stand_in.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <sstream>
#include <string>

#include <unistd.h>

namespace finescope::record {

namespace {

constexpr std::uint64_t kLargestImage = std::uint64_t{2} << 30U;

// A reader by SWMR may meet half a change and reads again, waiting twice as long each time, from 1 ns: this
// ends after about 4 ms. HDF5's own 100 attempts would never end in a damaged file.
constexpr unsigned kReadAttempts = 22;

// Datasets, and groups, that stay open although nobody holds them: each takes some 10 kB.
constexpr std::size_t kMostKept = 256;

const std::string kRoot = "/";

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

/// What lies in a run file's place, and what to do: see core/text/stand_in.h.
std::optional<std::string> standInIn(int descriptor) {
    std::array<char, text::kStandInBytes> start{};
    const auto got = pread(descriptor, start.data(), start.size(), 0);
    return text::standInFor({start.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
}

Handle readOnlyAccess(const Site& site) {
    auto access = site.own(H5Pcreate(H5P_FILE_ACCESS), "", "cannot be opened");
    site.check(H5Pset_file_locking(access.get(), false, true), "", "cannot be opened");
    site.check(H5Pset_metadata_read_attempts(access.get(), kReadAttempts), "", "cannot be opened");
    // Each chunk is read once, and many datasets are open at the same time.
    site.check(H5Pset_cache(access.get(), 0, 0, 0, 0), "", "cannot be opened");
    return access;
}

// HDF5 clears a mebibyte before it converts a single number, unless told otherwise.
Handle smallTransfer(const Site& site) {
    constexpr std::size_t kBuffer = 16 * 1024;
    auto transfer = site.own(H5Pcreate(H5P_DATASET_XFER), "", "cannot be opened");
    site.check(H5Pset_buffer(transfer.get(), kBuffer, nullptr, nullptr), "", "cannot be opened");
    return transfer;
}

template <typename T>
T valueOf(const Site& site, const Handle& attribute, const std::string& where) {
    T value = 0;
    site.check(H5Aread(attribute.get(), memoryType<T>(), &value), where, "cannot be read");
    return value;
}

} // namespace

FileView::FileView(const PinnedFile& file, Purpose purpose)
    : m_site(ErrorKind::badFile, file.name()), m_pinned(file), m_purpose(purpose),
      m_transfer(smallTransfer(m_site)) {
    if (!hasSignature(file.descriptor(), fileBytes())) {
        m_site.fail("",
                    standInIn(file.descriptor()).value_or("is not an HDF5 file, so it is not a run file"));
    }
    const auto access = readOnlyAccess(m_site);
    const auto path = file.openPath();
    m_file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.get()));
    m_swmr = static_cast<bool>(m_file);
    if (!m_file) {
        m_file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
    }
    if (!m_file) {
        openInMemory();
    }
}

void FileView::openInMemory() {
    const auto bytes = fileBytes();
    if (bytes > kLargestImage) {
        failToOpen("", "cannot be opened in place and is too large (" + std::to_string(bytes) +
                           " bytes, 2 GiB at most) to be opened in memory");
    }
    m_image.resize(bytes);
    std::size_t done = 0;
    while (done < m_image.size()) {
        const auto got = pread(m_pinned.descriptor(), m_image.data() + done, m_image.size() - done,
                               static_cast<off_t>(done));
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
    m_file = Handle(H5Fopen(m_pinned.name().filename().c_str(), H5F_ACC_RDWR, access.get()));
    if (!m_file) {
        failToOpen("", "cannot be opened; it is damaged or cut short");
    }
}

void FileView::failToOpen(const std::string& path, const std::string& problem) const {
    const auto why = reason();
    // "bad superblock version number", "bad version number for layout message", ...
    if (why.find("version") == std::string::npos) {
        m_site.failWithReason(path, problem);
    }
    std::string writer;
    try {
        writer = m_file ? text("/", schema::kCreator).value_or("") : "";
    } catch (const Error&) {
        writer.clear(); // that, too, may be of the newer format
    }
    m_site.fail(path, problem + " (HDF5: " + why + "): unless it is damaged, " +
                          (writer.empty() ? "it was written" : "'" + text::shown(writer) + "' wrote it") +
                          " in a format that is newer than what HDF5 " + libraryVersion() +
                          " reads here. Record it again in the format of HDF5 1.10 (in h5py: "
                          "libver=('v110', 'v110')), or convert it with the h5repack of the HDF5 that wrote "
                          "it: h5repack --low=2 --high=2 " +
                          m_pinned.name().filename().string() + " NEW.h5");
}

std::uint64_t FileView::fileBytes() const {
    return static_cast<std::uint64_t>(m_pinned.stamp().size);
}

void FileView::take(const std::string& path, std::uint64_t bytes) const {
    constexpr auto kAlways = limits::kAlwaysAllowed; // whatever size the file has
    if (bytes > kAlways - std::min(kAlways, m_taken)) {
        const auto most = limits::memoryOf(fileBytes());
        if (bytes > most - std::min(most, m_taken)) {
            m_site.fail(path,
                        "claims " + std::to_string(bytes) + " bytes of memory" +
                            (m_taken > 0 ? ", after " + std::to_string(m_taken) + " of other datasets" : "") +
                            "; of a file of " + std::to_string(fileBytes()) + " bytes at most " +
                            std::to_string(most) + " are read");
        }
    }
    m_taken += bytes;
}

std::optional<haddr_t> FileView::placeOf(hid_t group, const std::string& name,
                                         const std::string& path) const {
    H5L_info_t info{};
    if (H5Lget_info(group, name.c_str(), &info, H5P_DEFAULT) < 0) {
        if (H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0) {
            m_site.fail(path, "cannot be inspected: it is damaged");
        }
        H5Eclear2(H5E_DEFAULT);
        return std::nullopt;
    }
    if (info.type != H5L_TYPE_HARD) {
        m_site.fail(path, std::string("is ") +
                              (info.type == H5L_TYPE_EXTERNAL ? "a link into another file"
                               : info.type == H5L_TYPE_SOFT   ? "a soft link"
                                                              : "a user-defined link") +
                              ", which is not followed: a run file is one file that holds everything itself");
    }
    return info.u.address;
}

bool FileView::exists(const std::string& path) const {
    if (path == kRoot || m_places.contains(path)) {
        return true;
    }
    const auto slash = path.rfind('/');
    const auto parent = slash == 0 ? kRoot : path.substr(0, slash);
    const auto group = exists(parent) ? groupAt(parent) : nullptr;
    if (!group) {
        H5Eclear2(H5E_DEFAULT);
        return false;
    }
    const auto place = placeOf(group->get(), path.substr(slash + 1), path);
    if (place) {
        m_places.emplace(path, *place);
    }
    return place.has_value();
}

Handle FileView::objectAt(const std::string& path) const {
    return Handle(path == kRoot ? H5Oopen(m_file.get(), "/", H5P_DEFAULT)
                                : H5Oopen_by_addr(m_file.get(), m_places.at(path)));
}

std::shared_ptr<const Handle> FileView::groupAt(const std::string& path) const {
    if (const auto known = m_groups.find(path); known != m_groups.end()) {
        return known->second;
    }
    auto object = std::make_shared<const Handle>(objectAt(path));
    if (!*object || H5Iget_type(object->get()) != H5I_GROUP) {
        return nullptr;
    }
    keepGroup(path, object);
    return object;
}

void FileView::keepGroup(const std::string& path, std::shared_ptr<const Handle> group) const {
    if (m_groups.size() >= kMostKept) {
        m_groups.clear();
    }
    m_groups.insert_or_assign(path, std::move(group));
}

std::vector<std::string> FileView::members(const std::string& group, Member kind, std::uint64_t most,
                                           std::string_view first) const {
    std::vector<std::string> found;
    if (!exists(group)) {
        return found;
    }
    const auto opened = groupAt(group);
    if (!opened) {
        m_site.failWithReason(group, "is not a group");
    }
    const hid_t id = opened->get();
    const auto creation = m_site.own(H5Gget_create_plist(id), group, "cannot be listed");
    unsigned order = 0;
    m_site.check(H5Pget_link_creation_order(creation.get(), &order), group, "cannot be listed");
    const bool inOrder = (order & H5P_CRT_ORDER_INDEXED) != 0;
    H5G_info_t info{};
    m_site.check(H5Gget_info(id, &info), group, "cannot be listed");
    if (info.nlinks > most) {
        m_site.fail(group, "has " + std::to_string(info.nlinks) + " members; at most " +
                               std::to_string(most) + " are read");
    }

    // One name at a time where there is an index for it: in a damaged group H5Literate crashes.
    std::vector<std::string> names;
    if (inOrder) {
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            std::array<char, 1024> name{};
            m_site.check(H5Lget_name_by_idx(id, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name.data(),
                                            name.size(), H5P_DEFAULT),
                         group, "cannot be listed");
            names.emplace_back(name.data());
        }
    } else {
        const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* list) -> herr_t {
            static_cast<std::vector<std::string>*>(list)->emplace_back(name);
            return 0;
        };
        m_site.check(H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names), group,
                     "cannot be listed");
    }
    std::ranges::stable_partition(names, [first](const std::string& name) { return name == first; });
    for (auto& name : names) {
        const auto path = schema::in(group, name);
        const auto place = placeOf(id, name, path);
        if (!place) {
            m_site.fail(path, "cannot be found, although its group names it: it is damaged");
        }
        m_places.emplace(path, *place);
        auto object = objectAt(path);
        if (!object) {
            failToOpen(path, "cannot be opened");
        }
        const auto type = H5Iget_type(object.get());
        if (type == (kind == Member::group ? H5I_GROUP : H5I_DATASET)) {
            found.push_back(std::move(name));
        }
        if (type == H5I_DATASET && m_listed.size() < kMostKept) {
            m_listed.try_emplace(path, std::move(object));
        } else if (type == H5I_GROUP) {
            keepGroup(path, std::make_shared<const Handle>(std::move(object)));
        }
    }
    return found;
}

DatasetView FileView::opened(const std::string& path) const {
    if (const auto known = m_datasets.find(path); known != m_datasets.end()) {
        return known->second;
    }
    const auto listed = m_listed.extract(path);
    Handle id = listed ? std::move(listed.mapped()) : objectAt(path);
    if (!id) {
        failToOpen(path, "cannot be opened as a dataset");
    }
    if (H5Iget_type(id.get()) != H5I_DATASET) {
        m_site.fail(path, "cannot be opened as a dataset: it is none");
    }
    const DatasetView dataset(*this, std::move(id), path);
    if (m_datasets.size() < kMostKept) {
        m_datasets.emplace(path, dataset);
    }
    return dataset;
}

std::optional<DatasetView> FileView::dataset(const std::string& path) const {
    return exists(path) ? std::optional(opened(path)) : std::nullopt;
}

DatasetView FileView::requiredDataset(const std::string& path, const std::string& why) const {
    if (!exists(path)) {
        m_site.fail(path, "is missing: " + why);
    }
    return opened(path);
}

struct FileView::Attribute {
    std::string where;
    Handle id{}, type{}, space{};
};

std::optional<FileView::Attribute> FileView::attribute(const std::string& path,
                                                       const std::string& name) const {
    Attribute found{.where = "attribute " + name + " of " + path};
    const auto group = exists(path) ? groupAt(path) : nullptr;
    if (!group) {
        m_site.failWithReason(found.where, "cannot be found");
    }
    found.id = Handle(H5Aopen(group->get(), name.c_str(), H5P_DEFAULT));
    if (!found.id) {
        const auto exists =
            m_site.check(H5Aexists(group->get(), name.c_str()), found.where, "cannot be found");
        if (exists == 0) {
            return std::nullopt;
        }
        found.id =
            m_site.own(H5Aopen(group->get(), name.c_str(), H5P_DEFAULT), found.where, "cannot be opened");
    }
    found.type = m_site.own(H5Aget_type(found.id.get()), found.where, "has no type");
    found.space = m_site.own(H5Aget_space(found.id.get()), found.where, "has no shape");
    return found;
}

std::optional<std::vector<std::string>> FileView::texts(const std::string& path,
                                                        const std::string& name) const {
    const auto found = attribute(path, name);
    if (!found) {
        return std::nullopt;
    }
    return readTexts(m_site, found->where, found->type.get(), found->space.get(), kMostClasses, fileBytes(),
                     [&found](hid_t memType, void* data) { return H5Aread(found->id.get(), memType, data); });
}

std::optional<std::string> FileView::text(const std::string& path, const std::string& name) const {
    const auto all = texts(path, name);
    if (!all) {
        return std::nullopt;
    }
    return all->empty() ? std::string() : all->front();
}

std::optional<FileView::Attribute> FileView::numberAttribute(const std::string& path,
                                                             const std::string& name) const {
    auto found = attribute(path, name);
    if (!found) {
        return std::nullopt;
    }
    const auto type = storedType(found->type.get());
    if (!type.isNumber() || H5Sget_simple_extent_npoints(found->space.get()) != 1) {
        m_site.fail(found->where, "should be one number, but is not");
    }
    type.requireSoundNumber(m_site, found->where);
    return found;
}

std::optional<std::int64_t> FileView::integer(const std::string& path, const std::string& name) const {
    const auto found = numberAttribute(path, name);
    if (!found) {
        return std::nullopt;
    }
    const auto value = valueOf<double>(m_site, found->id, found->where);
    if (value != std::floor(value) || std::abs(value) >= 0x1p63) { // NaN, too
        std::ostringstream shown;
        shown << value;
        m_site.fail(found->where, "is " + shown.str() + ", expected a whole number of at most 64 bits");
    }
    return valueOf<std::int64_t>(m_site, found->id, found->where);
}

std::optional<double> FileView::number(const std::string& path, const std::string& name) const {
    const auto found = numberAttribute(path, name);
    return found ? std::optional(valueOf<double>(m_site, found->id, found->where)) : std::nullopt;
}

} // namespace finescope::record

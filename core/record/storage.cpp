#include "core/record/storage.h"

#include "core/text/shown.h"

#include <algorithm>
#include <array>

namespace finescope::record {

namespace {

const char* const kOneFile = "a run file is one file: write the values themselves into it";

void requireNoExternalFiles(const Site& site, hid_t creation, const std::string& path) {
    if (site.check(H5Pget_external_count(creation), path, "cannot be inspected") == 0) {
        return;
    }
    std::array<char, 256> name{};
    off_t offset = 0;
    hsize_t size = 0;
    site.check(H5Pget_external(creation, 0, name.size() - 1, name.data(), &offset, &size), path,
               "keeps its values in another file");
    site.fail(path, "keeps its values in another file ('" + text::shown(name.data()) + "'); " + kOneFile);
}

void readFilters(const Site& site, hid_t creation, const std::string& path, Storage& storage) {
    const int count = site.check(H5Pget_nfilters(creation), path, "cannot be inspected");
    for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
        std::array<char, 256> name{};
        std::size_t values = 0;
        unsigned flags = 0;
        const auto filter = site.check(
            H5Pget_filter2(creation, i, &flags, &values, nullptr, name.size() - 1, name.data(), nullptr),
            path, "cannot be inspected");
        const bool known =
            filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32;
        if (!known) {
            site.fail(path, "uses the filter " + std::to_string(filter) + " ('" + text::shown(name.data()) +
                                "'), which is not supported; write it without a filter, or with gzip");
        }
        if (filter == H5Z_FILTER_DEFLATE && storage.deflated) {
            site.fail(path, "was compressed twice; write it uncompressed, or with gzip once");
        }
        storage.filtered = true;
        storage.deflated = storage.deflated || filter == H5Z_FILTER_DEFLATE;
    }
}

// Whether the values lie in one piece in this file: only such a dataset has an offset. Ten times as quick as
// its list of properties. The numbers of messages are those of the HDF5 File Format Specification,
// Version 3.0, IV.A.2.
bool isOnePiece(const Handle& dataset) {
    constexpr std::uint64_t kExternalFiles = std::uint64_t{1} << 7U, kFilters = std::uint64_t{1} << 11U;
    H5O_info_t info{};
    return H5Dget_offset(dataset.get()) != HADDR_UNDEF &&
           H5Oget_info2(dataset.get(), &info, H5O_INFO_HDR) >= 0 &&
           (info.hdr.mesg.present & (kExternalFiles | kFilters)) == 0;
}

} // namespace

Storage storageOf(const Site& site, const Handle& dataset, const std::string& path) {
    if (isOnePiece(dataset)) {
        return {};
    }
    const auto creation = site.own(H5Dget_create_plist(dataset.get()), path, "cannot be inspected");
    const auto layout = H5Pget_layout(creation.get());
    if (layout == H5D_VIRTUAL) {
        site.fail(path, std::string("is a virtual dataset, made of others; ") + kOneFile);
    }
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        site.failWithReason(path, "has an unknown layout");
    }
    requireNoExternalFiles(site, creation.get(), path);
    Storage storage;
    if (layout == H5D_CHUNKED) {
        std::array<hsize_t, H5S_MAX_RANK> extents{};
        const int rank =
            site.check(H5Pget_chunk(creation.get(), H5S_MAX_RANK, extents.data()), path, "has no chunk size");
        storage.chunk.assign(extents.begin(), extents.begin() + rank);
        if (std::ranges::find(storage.chunk, std::uint64_t{0}) != storage.chunk.end()) {
            site.fail(path, "has chunks without a size: it is damaged");
        }
    }
    readFilters(site, creation.get(), path, storage);
    return storage;
}

StoredType storedType(hid_t type) {
    constexpr std::size_t kLargest = 16; // a long double
    StoredType stored{.kind = H5Tget_class(type), .bytes = H5Tget_size(type)};
    if (!stored.isNumber()) {
        return stored;
    }
    const auto size = stored.bytes;
    const auto precision = H5Tget_precision(type);
    const int offset = H5Tget_offset(type);
    bool sound = size >= 1 && size <= kLargest && precision >= 1 && precision <= size * 8 && offset >= 0 &&
                 static_cast<std::size_t>(offset) <= size * 8 - precision;
    if (sound && stored.kind == H5T_FLOAT) {
        std::size_t sign = 0, exponent = 0, exponentBits = 0, mantissa = 0, mantissaBits = 0;
        const auto within = [precision](std::size_t first, std::size_t bits) {
            return bits >= 1 && bits <= precision && first <= precision - bits;
        };
        // An exponent of more bits would not fit the integers that HDF5 computes with.
        sound = H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0 &&
                within(sign, 1) && within(exponent, exponentBits) && within(mantissa, mantissaBits) &&
                exponentBits <= 32;
    }
    stored.bits = precision;
    stored.isSound = sound;
    return stored;
}

void StoredType::requireSoundNumber(const Site& site, const std::string& path) const {
    if (!isNumber()) {
        site.fail(path, "should hold numbers, but does not");
    }
    if (!isSound) {
        site.fail(path, "has numbers of " + std::to_string(bits) + " bits in " + std::to_string(bytes) +
                            " bytes whose parts do not fit: it is damaged");
    }
}

} // namespace finescope::record

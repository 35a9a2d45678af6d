#include "core/record/stored_text.h"

#include <algorithm>
#include <string_view>

namespace finescope::record {

namespace {

std::vector<std::string> readVariable(const Site& site, const std::string& path, hid_t type, hid_t space,
                                      std::size_t count, const std::function<herr_t(hid_t, void*)>& read) {
    std::vector<std::string> texts;
    site.check(H5Tset_size(type, H5T_VARIABLE), path, "cannot be read");
    std::vector<char*> pointers(count, nullptr);
    site.check(read(type, pointers.data()), path, "cannot be read");
    texts.reserve(count);
    std::ranges::transform(pointers, std::back_inserter(texts),
                           [](const char* text) { return std::string(text == nullptr ? "" : text); });
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
    return texts;
}

} // namespace

std::vector<std::string> readTexts(const Site& site, const std::string& path, hid_t fileType, hid_t space,
                                   std::uint64_t most, std::uint64_t mostBytes,
                                   const std::function<herr_t(hid_t, void*)>& read) {
    if (H5Tget_class(fileType) != H5T_STRING) {
        site.fail(path, "should hold text, but does not");
    }
    const auto count =
        static_cast<std::size_t>(site.check(H5Sget_simple_extent_npoints(space), path, "has no size"));
    if (count == 0) {
        return {};
    }
    if (count > most) {
        site.fail(path,
                  "holds " + std::to_string(count) + " texts; at most " + std::to_string(most) + " are read");
    }
    const auto type = site.own(H5Tcopy(H5T_C_S1), path, "cannot be read");
    site.check(H5Tset_cset(type.get(), H5Tget_cset(fileType)), path, "cannot be read");
    if (site.check(H5Tis_variable_str(fileType), path, "cannot be read") > 0) {
        return readVariable(site, path, type.get(), space, count, read);
    }
    const auto width = H5Tget_size(fileType);
    if (width == 0 || count > mostBytes / width) {
        site.fail(path, "claims " + std::to_string(count) + " texts of " + std::to_string(width) +
                            " bytes; " + std::to_string(mostBytes) + " bytes at most are read");
    }
    site.check(H5Tset_size(type.get(), width), path, "cannot be read");
    site.check(H5Tset_strpad(type.get(), H5Tget_strpad(fileType)), path, "cannot be read");
    std::vector<char> bytes(count * width);
    site.check(read(type.get(), bytes.data()), path, "cannot be read");
    std::vector<std::string> texts;
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

} // namespace finescope::record

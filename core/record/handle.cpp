#include "core/record/handle.h"

#include "core/text/shown.h"

#include <string_view>

namespace finescope::record {

namespace {

// One per process because HDF5's state is; it guards nothing of ours. Never destroyed: identifiers may still
// be closed while the program's statics go away.
std::recursive_mutex& libraryMutex() {
    static auto* const mutex = new std::recursive_mutex;
    return *mutex;
}

// The first entry of a walk from the failure upwards is the cause; what follows only repeats the call chain.
herr_t keepFirst(unsigned depth, const H5E_error2_t* entry, void* text) {
    if (depth == 0 && entry->desc != nullptr) {
        *static_cast<std::string*>(text) = entry->desc;
    }
    return 0;
}

// What HDF5 calls an exhausted resource is memory that it asked for and did not get.
herr_t noticeShortage(unsigned, const H5E_error2_t* entry, void* shortage) {
    if (entry->maj_num == H5E_RESOURCE &&
        (entry->min_num == H5E_NOSPACE || entry->min_num == H5E_CANTALLOC)) {
        *static_cast<bool*>(shortage) = true;
    }
    return 0;
}

bool memoryIsShort() {
    bool shortage = false;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, noticeShortage, &shortage);
    return shortage;
}

} // namespace

std::string reason() {
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keepFirst, &text);
    // Of a failed system call HDF5 prints time, descriptor and buffer too; what the system said is enough.
    constexpr std::string_view kSystem = "error message = '";
    if (const auto start = text.find(kSystem); start != std::string::npos) {
        const auto from = start + kSystem.size();
        text = text.substr(from, text.find('\'', from) - from);
    }
    return text::shown(text);
}

std::string libraryVersion() {
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

LibraryLock::LibraryLock() : m_lock(libraryMutex()) {
    // At exit HDF5 would close what a failed write left open, and crash. Everything else has an owner here.
    static const bool closesNothingAtExit = H5dont_atexit() >= 0;
    static_cast<void>(closesNothingAtExit);
    // A thread-safe build of HDF5 has one error stack per thread, each of them printing until told otherwise.
    thread_local const bool quiet = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
    static_cast<void>(quiet);
}

void Handle::close() noexcept {
    if (m_id >= 0) {
        const LibraryLock lock;
        H5Idec_ref(release());
    }
}

void Site::fail(const std::string& object, const std::string& problem) const {
    throw Error(m_kind, m_file.string() + ": " + (object.empty() ? "" : text::shown(object) + " ") + problem);
}

void Site::failWithReason(const std::string& object, const std::string& problem) const {
    const bool shortage = memoryIsShort();
    const auto why = reason();
    H5Eclear2(H5E_DEFAULT);
    if (shortage) {
        Site(ErrorKind::internal, m_file).fail(object, problem + " (HDF5: " + why + ")");
    }
    fail(object, why.empty() ? problem : problem + " (HDF5: " + why + ")");
}

} // namespace finescope::record

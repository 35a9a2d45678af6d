#pragma once

#include "core/error.h"

#include <hdf5.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

namespace finescope::record {

/// Every HDF5 call of the process happens while one of these is alive: the library is not safe for threads
/// unless it was built so, and even then two open files share state. May be nested. Also keeps HDF5 from
/// printing to stderr.
class LibraryLock {
public:
    LibraryLock();

private:
    std::unique_lock<std::recursive_mutex> m_lock;
};

/// Owns one HDF5 identifier of any kind: file, group, dataset, attribute, type, space, property list.
/// Move-only; closing never throws and takes the library lock itself.
class Handle {
public:
    Handle() = default;
    explicit Handle(hid_t id) noexcept : m_id(id) {}
    Handle(Handle&& other) noexcept : m_id(other.release()) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            close();
            m_id = other.release();
        }
        return *this;
    }
    ~Handle() { close(); }

    [[nodiscard]] hid_t get() const noexcept { return m_id; }
    [[nodiscard]] explicit operator bool() const noexcept { return m_id >= 0; }
    [[nodiscard]] hid_t release() noexcept { return std::exchange(m_id, H5I_INVALID_HID); }
    void close() noexcept;

private:
    hid_t m_id = H5I_INVALID_HID;
};

/// The reason at the bottom of HDF5's error stack; at most 80 characters, as it may hold names out of a file.
/// "" if there is none.
[[nodiscard]] std::string reason();
/// The version of the HDF5 that runs, "1.10.8".
[[nodiscard]] std::string libraryVersion();

/// On whose behalf HDF5 is called: turns its failures into Errors that name the file, the object and the
/// reason at the bottom of HDF5's error stack.
class Site {
public:
    Site(ErrorKind kind, std::filesystem::path file) : m_kind(kind), m_file(std::move(file)) {}

    /// Throws "FILE: OBJECT PROBLEM"; `object` may be empty, and is shortened to 80 characters.
    [[noreturn]] void fail(const std::string& object, const std::string& problem) const;
    /// The same, followed by what HDF5 said. Of the kind internal where HDF5 got no memory.
    [[noreturn]] void failWithReason(const std::string& object, const std::string& problem) const;

    /// A new identifier, or an Error saying that `object` `problem` ("cannot be opened").
    [[nodiscard]] Handle own(hid_t id, const std::string& object, const char* problem) const {
        if (id < 0) {
            failWithReason(object, problem);
        }
        return Handle(id);
    }
    /// For calls that answer with a negative number on failure.
    template <typename Result>
    Result check(Result result, const std::string& object, const char* problem) const {
        if (result < 0) {
            failWithReason(object, problem);
        }
        return result;
    }

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return m_file; }

private:
    ErrorKind m_kind;
    std::filesystem::path m_file;
};

/// The native memory type of T for reading and writing. Only the types that run files use.
template <typename T>
[[nodiscard]] hid_t memoryType();
template <>
inline hid_t memoryType<float>() {
    return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t memoryType<double>() {
    return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t memoryType<std::int8_t>() {
    return H5T_NATIVE_INT8;
}
template <>
inline hid_t memoryType<std::int64_t>() {
    return H5T_NATIVE_INT64;
}

} // namespace finescope::record

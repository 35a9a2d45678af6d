#include "core/record/kernel_writer.h"

#include "core/record/column.h"
#include "core/record/failed_file.h"
#include "core/record/hidden_file.h"
#include "core/record/live_reader.h"
#include "core/record/new_file.h"
#include "core/record/pinned_file.h"
#include "core/record/schema.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace finescope::record {

namespace {

// What a kernel adds besides its numbers: headers, and the pages that its datasets do not fill.
constexpr std::uint64_t kOverhead = 1U << 20U;

[[noreturn]] void badInput(const std::string& message) {
    throw Error(ErrorKind::badInput, message);
}

[[noreturn]] void failWithErrno(const std::filesystem::path& file, const std::string& problem) {
    throw Error(ErrorKind::internal,
                file.string() + ": " + problem + ": " + std::generic_category().message(errno));
}

void requireShape(const std::string& state, const char* name, const MatrixD& matrix, Eigen::Index rows,
                  Eigen::Index columns) {
    if (matrix.rows() != rows || matrix.cols() != columns) {
        const auto shape = [](Eigen::Index r, Eigen::Index c) {
            return "[" + std::to_string(r) + ", " + std::to_string(c) + "]";
        };
        badInput("kernel " + state + ": " + name + " has the shape " + shape(matrix.rows(), matrix.cols()) +
                 ", expected " + shape(rows, columns));
    }
}

void requireConsistent(const KernelState& kernel) {
    if (kernel.state.empty() || kernel.state.find('/') != std::string::npos || kernel.state == ".") {
        badInput("a kernel's state may not be '" + kernel.state + "'");
    }
    const auto n = static_cast<Eigen::Index>(kernel.trainIndex.size());
    const auto m = static_cast<Eigen::Index>(kernel.testIndex.size());
    const auto classes = static_cast<Eigen::Index>(kernel.classes);
    if (n < 1 || classes < 1 || kernel.trainLabels.size() != kernel.trainIndex.size() ||
        kernel.testLabels.size() != kernel.testIndex.size() || kernel.pTest.has_value() != (m > 0) ||
        kernel.fTest.has_value() != (m > 0)) {
        badInput("kernel " + kernel.state +
                 ": needs samples with labels, and of test samples both P and F or neither");
    }
    const auto require = [&](const char* name, const MatrixD& matrix, Eigen::Index rows,
                             Eigen::Index columns) {
        requireShape(kernel.state, name, matrix, rows, columns);
    };
    require(schema::kTrainResiduals, kernel.trainResiduals, n, classes);
    require(schema::kPTrain, kernel.pTrain, n, n);
    require(schema::kFTrain, kernel.fTrain, n * classes, n * classes);
    if (kernel.fTrainQueryValue) {
        require(schema::kFTrainQueryValue, *kernel.fTrainQueryValue, n * classes, n * classes);
    }
    if (m > 0) {
        require(schema::kPTest, *kernel.pTest, m, n);
        require(schema::kFTest, *kernel.fTest, m * classes, n * classes);
    }
    if (kernel.spectrum) {
        require(schema::kSpectrum, *kernel.spectrum, 3, n * classes);
    }
    if (kernel.regression) {
        require(schema::kRegression, *kernel.regression, 3, 4);
    }
}

std::uint64_t bytesOf(const KernelState& kernel) {
    Eigen::Index numbers = kernel.trainResiduals.size() + kernel.pTrain.size() + kernel.fTrain.size();
    for (const auto* matrix :
         {&kernel.fTrainQueryValue, &kernel.pTest, &kernel.fTest, &kernel.spectrum, &kernel.regression}) {
        numbers += *matrix ? (*matrix)->size() : 0;
    }
    return static_cast<std::uint64_t>(numbers) * sizeof(double) + kOverhead;
}

/// Holds the lock on FILE.lock, which exists only as long as somebody holds it or waits for it. A file system
/// that knows no locks is gone without: then only the comparison before the copy takes its name protects.
class RunFileLock {
public:
    explicit RunFileLock(const std::filesystem::path& file) : m_path(file.string() + ".lock") {
        do {
            close();
            m_descriptor = open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
            if (m_descriptor < 0) {
                failWithErrno(m_path, "cannot be created to lock the run file");
            }
            while (flock(m_descriptor, LOCK_EX) != 0) {
                if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK) {
                    return;
                }
                if (errno != EINTR) {
                    failWithErrno(m_path, "cannot be locked");
                }
            }
        } while (!isStillThere());
    }
    ~RunFileLock() {
        if (m_descriptor >= 0) {
            unlink(m_path.c_str());
        }
        close();
    }
    RunFileLock(const RunFileLock&) = delete;
    RunFileLock& operator=(const RunFileLock&) = delete;

private:
    // Whoever held the lock before has removed the name: others may have made a new one since.
    [[nodiscard]] bool isStillThere() const {
        struct stat named {};
        struct stat held {};
        return fstat(m_descriptor, &held) == 0 && stat(m_path.c_str(), &named) == 0 &&
               held.st_dev == named.st_dev && held.st_ino == named.st_ino;
    }
    void close() noexcept {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
            m_descriptor = -1;
        }
    }

    std::filesystem::path m_path;
    int m_descriptor = -1;
};

/// How the run ended: one that is "running" was killed.
Status requireEnded(const std::filesystem::path& file, const std::string& runId) {
    LiveReader reader(file);
    const auto run = reader.poll(); // the first always has it
    if (run->runId != runId) {
        badInput(file.string() + ": holds a different run from the one the kernel was computed for: it was "
                                 "overwritten in the meantime");
    }
    if (reader.state().liveness == Liveness::live) {
        badInput(file.string() + ": is still being written by process " + std::to_string(run->pid) + " on " +
                 run->host + "; add kernels after the run has ended");
    }
    return run->progress.status;
}

void requireFreeSpace(const std::filesystem::path& file, std::uint64_t bytes) {
    std::error_code error;
    const auto space = std::filesystem::space(file.parent_path(), error);
    if (!error && space.available < bytes) {
        throw Error(ErrorKind::internal, file.string() + ": a copy with the kernel needs " +
                                             std::to_string(bytes) + " bytes on its disk, which has " +
                                             std::to_string(space.available) + " free; make room");
    }
}

// HDF5 writes how long a file is before it is that long, and opens none that is shorter than it says: of a
// writer that was killed in between, the end of the last page is missing, where nothing was to be written.
void copyWithWholePages(const std::filesystem::path& file, bool killed, const std::filesystem::path& copy) {
    std::error_code error;
    constexpr auto kInto = std::filesystem::copy_options::overwrite_existing;
    if (std::filesystem::copy_file(file, copy, kInto, error) && killed) {
        const auto bytes = std::filesystem::file_size(copy, error);
        if (!error) {
            std::filesystem::resize_file(copy, (bytes + kPageBytes - 1) / kPageBytes * kPageBytes, error);
        }
    }
    if (error) {
        throw Error(ErrorKind::internal,
                    file.string() + ": cannot be copied beside itself: " + error.message());
    }
}

// Opened so that the marks of a writer that died are cleared. Its file may be longer than its superblock says
// (what was written after the last flush): new data goes behind all of it.
Handle openCopy(const Site& site, const std::filesystem::path& copy) {
    const auto access = site.own(H5Pcreate(H5P_FILE_ACCESS), "", "cannot be described");
    const hbool_t clear = true;
    site.check(H5Pset(access.get(), "clear_status_flags", &clear), "", "cannot be described");
    site.check(H5Pset_file_locking(access.get(), false, true), "", "cannot be described");
    site.check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "",
               "cannot be described");
    site.check(H5Pset_cache(access.get(), 0, 1, 0, 0.0), "", "cannot be described");
    return site.own(H5Fopen(copy.c_str(), H5F_ACC_RDWR, access.get()), "",
                    "cannot be copied; it is damaged or cut short");
}

template <typename T>
void writeDataset(const Site& site, hid_t file, const std::string& path, hid_t fileType, const T* values,
                  std::span<const hsize_t> shape) {
    writeWhole(site, createFixed(site, file, path, fileType, shape), path, memoryType<T>(), values);
}

void writeKernel(const Site& site, hid_t file, const KernelState& kernel) {
    const auto has = [&](const std::string& path) {
        return site.check(H5Lexists(file, path.c_str(), H5P_DEFAULT), path, "cannot be looked up") > 0;
    };
    if (!has(schema::kNtk)) {
        static_cast<void>(createGroup(site, file, schema::kNtk));
    }
    const auto group = schema::in(schema::kNtk, kernel.state);
    if (has(group)) {
        site.check(H5Ldelete(file, group.c_str(), H5P_DEFAULT), group, "cannot be replaced");
    }
    const auto id = createGroup(site, file, group);
    for (const auto& [name, text] :
         {std::pair{schema::kAdapted, &kernel.adapted}, std::pair{schema::kFloatType, &kernel.floatType},
          std::pair{schema::kEmbedding, &kernel.embedding}}) {
        if (!text->empty()) {
            writeAttribute(site, id.get(), name, *text);
        }
    }
    writeAttribute(site, id.get(), schema::kKernelClasses, kernel.classes);
    const auto attribute = [&](const char* name, const auto& value) {
        if (value) {
            writeAttribute(site, id.get(), name, *value);
        }
    };
    attribute(schema::kKernelSeed, kernel.seed);
    attribute(schema::kLoraScale, kernel.loraScale);
    attribute(schema::kLoraSigma2, kernel.loraSigma2);
    attribute(schema::kLoraRank, kernel.loraRank);

    const auto integers = [&](const char* name, const std::vector<std::int64_t>& values) {
        const std::array<hsize_t, 1> shape{values.size()};
        if (!values.empty()) {
            writeDataset(site, file, schema::in(group, name), H5T_STD_I64LE, values.data(), shape);
        }
    };
    const auto matrix = [&](const char* name, const MatrixD& values) {
        const std::array<hsize_t, 2> shape{static_cast<hsize_t>(values.rows()),
                                           static_cast<hsize_t>(values.cols())};
        writeDataset(site, file, schema::in(group, name), H5T_IEEE_F64LE, values.data(), shape);
    };
    const auto optionalMatrix = [&](const char* name, const std::optional<MatrixD>& values) {
        if (values) {
            matrix(name, *values);
        }
    };
    // The largest first: so they fit where those of a kernel that is replaced were.
    matrix(schema::kFTrain, kernel.fTrain);
    optionalMatrix(schema::kFTrainQueryValue, kernel.fTrainQueryValue);
    optionalMatrix(schema::kFTest, kernel.fTest);
    matrix(schema::kPTrain, kernel.pTrain);
    optionalMatrix(schema::kPTest, kernel.pTest);
    matrix(schema::kTrainResiduals, kernel.trainResiduals);
    integers(schema::kTrainIndex, kernel.trainIndex);
    integers(schema::kTrainLabels, kernel.trainLabels);
    integers(schema::kTestIndex, kernel.testIndex);
    integers(schema::kTestLabels, kernel.testLabels);
    optionalMatrix(schema::kSpectrum, kernel.spectrum);
    optionalMatrix(schema::kRegression, kernel.regression);
}

// Writes the kernel into the copy and closes it. After a failed write HDF5 could not close it without
// crashing: as RunWriter, it keeps it open and its descriptor is turned away from the disk.
void changeCopy(const std::filesystem::path& name, const std::filesystem::path& copy,
                const KernelState& kernel) {
    const LibraryLock lock;
    const Site site(ErrorKind::internal, name);
    auto file = openCopy(site, copy);
    FailedFile failed(site, file.get());
    try {
        site.check(H5Fincrement_filesize(file.get(), 0), "", "cannot be extended");
        writeKernel(site, file.get(), kernel);
        site.check(H5Fflush(file.get(), H5F_SCOPE_LOCAL), "", "cannot be flushed to disk");
        site.check(H5Fclose(file.release()), "", "cannot be closed");
    } catch (...) {
        failed.divert();
        static_cast<void>(file.release());
        static_cast<void>(std::make_unique<FailedFile>(std::move(failed)).release());
        throw;
    }
}

void syncToDisk(const std::filesystem::path& path, int flags) {
    const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0 || fsync(descriptor) != 0) {
        const int code = errno;
        if (descriptor >= 0) {
            close(descriptor);
        }
        errno = code;
        failWithErrno(path, "cannot be flushed to disk");
    }
    close(descriptor);
}

// False if somebody else replaced the file while it was being copied.
bool tryToAdd(const std::filesystem::path& file, bool killed, const KernelState& kernel) {
    const auto before = stampOf(file);
    requireFreeSpace(file, static_cast<std::uint64_t>(before.size) + bytesOf(kernel));
    HiddenFile copy(file);
    copyWithWholePages(file, killed, copy.name());
    changeCopy(file, copy.name(), kernel);
    syncToDisk(copy.name(), O_RDWR);
    if (!stampOf(file).unchanged(before)) {
        return false;
    }
    copy.publish(Existing::overwrite);
    return true;
}

} // namespace

void addKernel(const std::filesystem::path& file, const std::string& runId, const KernelState& kernel) {
    requireConsistent(kernel);
    std::error_code error;
    // The file itself is replaced, not a link that leads to it.
    const auto real = std::filesystem::canonical(file, error);
    if (error) {
        throw Error(ErrorKind::badFile, file.string() + ": cannot be found: " + error.message());
    }
    const RunFileLock lock(real);
    while (!tryToAdd(real, requireEnded(real, runId) == Status::running, kernel)) {
    }
    syncToDisk(real.parent_path(), O_RDONLY | O_DIRECTORY);
}

} // namespace finescope::record

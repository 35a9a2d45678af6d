// A program that writes a run file and comes to harm: what the tests of the writer start, watch and kill.
//
//   writer_child until-killed FILE MICROSECONDS   appends for ever; the kernel kills it after that time
//   writer_child kill-at steps|epoch FILE K       dies before the K/2-th page that one append writes; says
//                                                 "whole" if the append has fewer
//   writer_child begin-killed-at FILE K     dies before the K-th page that the beginning of a run file
//   writes; says
//                                                 "whole" if it has fewer
//   writer_child fill FILE BYTES           appends until it fails, at a file-size limit of BYTES (0: none)
//   writer_child on-demand FILE            appends one epoch for every line it reads, or what the line says:
//                                          "features and steps"
//   writer_child kernels FILE RUN_ID NAME COUNT BYTES   adds the kernels NAME0, NAME1, ... under a file-size
//                                          limit of BYTES (0: none); says "added" after each
//   writer_child kernels-until-killed FILE RUN_ID MICROSECONDS   adds kernels for ever until it is killed
//   writer_child kernel-kill-at FILE RUN_ID K   dies before the K-th page that adding a kernel writes
//
// It says "N M" whenever N steps and M epochs are committed.

#include "core/error.h"
#include "core/record/kernel_writer.h"
#include "tests/core/record/patterned_run.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>
#include <string_view>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using finescope::record::Existing;
using finescope::record::RunWriter;
namespace pattern = finescope::tests::pattern;

// Where the kernel can cut a write of a process that is being killed: it looks for that before every page.
constexpr off_t kPage = 4096;

// Counts down with every page that the process writes; at zero it dies instead of writing. Negative: never.
std::atomic<long> writesLeft{-1};

void countWrite() {
    if (writesLeft.load() >= 0 && writesLeft.fetch_sub(1) == 0) {
        kill(getpid(), SIGKILL);
    }
}

ssize_t writePages(int file, const char* data, size_t size, off_t offset) {
    size_t done = 0;
    while (done < size) {
        const off_t from = offset + static_cast<off_t>(done);
        const size_t piece = writesLeft.load() < 0
                                 ? size - done
                                 : std::min(size - done, static_cast<size_t>(kPage - from % kPage));
        countWrite();
        const ssize_t written = syscall(SYS_pwrite64, file, data + done, piece, from);
        if (written < 0) {
            return done > 0 ? static_cast<ssize_t>(done) : written;
        }
        done += static_cast<size_t>(written);
        if (static_cast<size_t>(written) < piece) {
            break;
        }
    }
    return static_cast<ssize_t>(done);
}

} // namespace

// HDF5 calls these through the dynamic linker, which finds the program's own before those of the C library.
extern "C" ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    return writePages(file, static_cast<const char*>(data), size, offset);
}
extern "C" ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
    return writePages(file, static_cast<const char*>(data), size, offset);
}
extern "C" int ftruncate(int file, off_t size) noexcept {
    countWrite();
    return static_cast<int>(syscall(SYS_ftruncate, file, size));
}
extern "C" int ftruncate64(int file, off64_t size) noexcept {
    countWrite();
    return static_cast<int>(syscall(SYS_ftruncate, file, size));
}

namespace {

long number(const char* text) {
    long value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

struct Counts {
    std::int64_t steps = 0;
    std::int64_t epochs = 0;

    void say() const {
        const auto line = std::to_string(steps) + ' ' + std::to_string(epochs) + '\n';
        static_cast<void>(!write(STDOUT_FILENO, line.data(), line.size()));
    }
};

void appendSteps(RunWriter& writer, Counts& counts) {
    std::vector<finescope::record::StepRow> rows;
    for (std::int64_t i = 0; i < pattern::kStepsPerEpoch; ++i) {
        rows.push_back(pattern::stepRow(counts.steps + i));
    }
    writer.appendSteps(rows);
    counts.steps += pattern::kStepsPerEpoch;
    counts.say();
}

void appendEpoch(RunWriter& writer, Counts& counts) {
    writer.appendEpoch(pattern::epochRow(counts.epochs));
    ++counts.epochs;
    counts.say();
}

void dieAfter(long microseconds) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    timer_t timer{};
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    itimerspec when{};
    when.it_value.tv_sec = microseconds / 1000000;
    when.it_value.tv_nsec = microseconds % 1000000 * 1000;
    timer_settime(timer, 0, &when, nullptr);
}

int untilKilled(const char* file, long microseconds) {
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    Counts counts;
    counts.say();
    dieAfter(microseconds);
    for (;;) {
        appendSteps(writer, counts);
        appendEpoch(writer, counts);
        writer.setProgress(counts.steps, 0);
    }
}

int killAt(std::string_view what, const char* file, long k) {
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    Counts counts;
    // The interesting rows: the first ones, and those that begin a new chunk (16 epochs, 128 steps).
    const std::int64_t before = k % 2 == 0 ? 0 : 16;
    for (std::int64_t i = 0; i < before; ++i) {
        appendSteps(writer, counts);
        appendEpoch(writer, counts);
    }
    writesLeft = k / 2;
    what == "steps" ? appendSteps(writer, counts) : appendEpoch(writer, counts);
    writesLeft = -1;
    std::cout << "whole" << std::endl;
    _exit(0);
}

int beginKilledAt(const char* file, long k) {
    writesLeft = k;
    const RunWriter writer(file, pattern::plan(), Existing::overwrite);
    writesLeft = -1;
    std::cout << "whole" << std::endl;
    _exit(0);
}

void limitFileSize(long bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    if (bytes > 0) {
        const rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
}

int fill(const char* file, long bytes) {
    limitFileSize(bytes);
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    Counts counts;
    counts.say();
    try {
        for (;;) {
            appendSteps(writer, counts);
            appendEpoch(writer, counts);
        }
    } catch (const finescope::Error& error) {
        writer.abandon(error.what());
        std::cout << "failed: " << error.what() << std::endl;
#ifdef __SANITIZE_ADDRESS__
        _exit(3); // what `abandon` leaves open on purpose would count as a leak
#else
        std::exit(3); // through HDF5's clean-up: `abandon` promises that it does no harm
#endif
    }
}

int addKernels(const char* file, const char* runId, const std::string& name, long count, long bytes) {
    limitFileSize(bytes);
    try {
        for (long i = 0; i < count; ++i) {
            finescope::record::addKernel(file, runId,
                                         pattern::kernel(name + std::to_string(i), static_cast<double>(i)));
            std::cout << "added" << std::endl;
        }
    } catch (const finescope::Error& error) {
        std::cout << "failed: " << error.what() << std::endl;
        _exit(3);
    }
    return 0;
}

int addKernelsUntilKilled(const char* file, const char* runId, long microseconds) {
    dieAfter(microseconds);
    for (double i = 1;; ++i) {
        finescope::record::addKernel(file, runId, pattern::kernel("pretrained", i));
    }
}

int addKernelKilledAt(const char* file, const char* runId, long k) {
    writesLeft = k;
    finescope::record::addKernel(file, runId, pattern::kernel("pretrained", 1));
    writesLeft = -1;
    std::cout << "whole" << std::endl;
    _exit(0);
}

int onDemand(const char* file) {
    RunWriter writer(file, pattern::plan(), Existing::refuse);
    Counts counts;
    counts.say();
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line == "features and steps") {
            writer.writeFeatures("test", RunWriter::Features::final, pattern::features());
            appendSteps(writer, counts);
            continue;
        }
        appendSteps(writer, counts);
        appendEpoch(writer, counts);
    }
    writer.finish(finescope::record::Status::complete);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 2 ? argv[1] : "";
    try {
        if (mode == "until-killed" && argc == 4) {
            return untilKilled(argv[2], number(argv[3]));
        }
        if (mode == "kill-at" && argc == 5) {
            return killAt(argv[2], argv[3], number(argv[4]));
        }
        if (mode == "begin-killed-at" && argc == 4) {
            return beginKilledAt(argv[2], number(argv[3]));
        }
        if (mode == "fill" && argc == 4) {
            return fill(argv[2], number(argv[3]));
        }
        if (mode == "on-demand" && argc == 3) {
            return onDemand(argv[2]);
        }
        if (mode == "kernels" && argc == 7) {
            return addKernels(argv[2], argv[3], argv[4], number(argv[5]), number(argv[6]));
        }
        if (mode == "kernels-until-killed" && argc == 5) {
            return addKernelsUntilKilled(argv[2], argv[3], number(argv[4]));
        }
        if (mode == "kernel-kill-at" && argc == 5) {
            return addKernelKilledAt(argv[2], argv[3], number(argv[4]));
        }
    } catch (const finescope::Error& error) {
        std::cout << "failed: " << error.what() << std::endl;
        return 1;
    }
    return 2;
}

#include "core/record/file_probe.h"
#include "core/record/probe_answers.h"
#include "tests/core/record/hdf5_leaks.h"
#include "tests/core/record/read_all.h"
#include "tests/core/record/sealed_blocks.h"
#include "tests/fuzz/harness.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string_view>

#include <unistd.h>

using namespace finescope;

namespace {

constexpr std::string_view kProbe = "probe-files";

// Of HDF5's hand, which may crash in the child: that is what the child is for. What it may take in memory is
// bounded otherwise where no sanitizer is (probe_answers.cpp).
constexpr const char* kChildOptions =
    "ASAN_OPTIONS=abort_on_error=1:detect_leaks=0:max_allocation_size_mb=1024:hard_rss_limit_mb=2048";

record::FileProbe& probe() {
    static record::FileProbe probe({"/usr/bin/env", kChildOptions,
                                    std::filesystem::read_symlink("/proc/self/exe").string(),
                                    std::string(kProbe)}); // serves all inputs, as one of a program does
    return probe;
}

} // namespace

// The process that looks at files first is this program, too.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    if (*argc == 2 && (*argv)[1] == kProbe) {
        record::answerProbes(STDIN_FILENO, STDOUT_FILENO);
        _exit(0);
    }
    return 0;
}

// Most changes of a byte are found by a checksum. So that HDF5 and what reads its values are tried, most are
// made within a block that is given a checksum which is right again.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    std::mt19937 random(seed);
    constexpr unsigned kOneIn = 4;
    std::string file(fuzz::textOf(data, size));
    if (size == 0 || random() % kOneIn == 0) {
        return LLVMFuzzerMutate(data, size, most);
    }
    const std::size_t from = random() % size;
    for (std::size_t step = 0; step < size; ++step) {
        if (const auto block = tests::sealedBlockAt(file, (from + step) % size)) {
            tests::makeSenseless(file, {*block}, random);
            std::memcpy(data, file.data(), size);
            return size;
        }
    }
    return LLVMFuzzerMutate(data, size, most);
}

// As the programs do: a child reads the file first; one that it survives is read here, all of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::writeFile("input.h5", fuzz::textOf(data, size));
    fuzz::refusedOrRead([&] {
        static_cast<void>(probe().readRun(file));
        tests::readAll(file);
    });
    return 0;
}

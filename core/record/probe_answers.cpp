#include "core/record/probe_answers.h"

#include "core/error.h"
#include "core/record/address_sanitizer.h"
#include "core/record/limits.h"
#include "core/record/run_facts.h"
#include "core/record/schema.h"
#include "core/record/view_parts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>

#include <sys/resource.h>
#include <unistd.h>

namespace finescope::record {

namespace {

// What HDF5 and this program need besides the values.
constexpr std::uint64_t kOverhead = 256 * limits::kMebibyte;

std::uint64_t probeMemory(std::uint64_t fileBytes) {
    return kOverhead + 2 * limits::memoryOf(fileBytes);
}

// Of what the kernel counts for RLIMIT_DATA: the sixth number of statm, in pages.
std::uint64_t memoryInUse() {
    std::ifstream statm("/proc/self/statm");
    std::array<std::uint64_t, 6> pages{};
    std::ranges::for_each(pages, [&statm](std::uint64_t& number) { statm >> number; });
    return pages.back() * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// The most memory that was resident since `forgetPeak`, in bytes; 0 where the kernel does not tell.
std::uint64_t peakMemory() {
    constexpr std::string_view kPeak = "VmHWM:";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(kPeak)) {
            return std::strtoull(line.c_str() + kPeak.size(), nullptr, 10) * 1024;
        }
    }
    return 0;
}

void forgetPeak() {
    std::ofstream("/proc/self/clear_refs") << 5; // where it cannot be: a peak of an earlier file counts
}

void limitMemory(std::uint64_t fileBytes) {
    if (kAddressSanitizer) { // whose shadow takes more than any limit
        return;
    }
    rlimit limit{};
    getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, memoryInUse() + probeMemory(fileBytes));
    setrlimit(RLIMIT_DATA, &limit);
}

// Everything that RunParts may be asked for. What is wrong with a part in words is left to whoever asks for
// it; but HDF5 1.14 calls it a failed filter when memory ends while a chunk is inflated, which only the peak
// tells from a damaged chunk: the buffer was doubled until there was no room for twice as much.
void tryParts(const FileView& view, const Run& run, std::uint64_t mostMemory) {
    const ViewParts parts(view, static_cast<std::int64_t>(run.classes()));
    const auto attempt = [&](const auto& read) {
        view.countAnew();
        try {
            static_cast<void>(read());
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::badFile) {
                throw;
            }
            if (!kAddressSanitizer && peakMemory() > mostMemory / 2) { // whose quarantine is memory, too
                throw std::bad_alloc();
            }
        }
    };
    // All rows at once, which is quicker than one by one, with those that a resumed run recorded again; then
    // the last as RunParts reads it.
    const auto rows = [&](std::initializer_list<std::string> paths, std::size_t count, const auto& read) {
        if (count == 0) {
            return;
        }
        for (const auto& path : paths) {
            attempt([&] {
                const auto dataset = view.requiredDataset(path, "it has rows");
                return dataset.read<float>(0, dataset.rows());
            });
        }
        attempt([&] { return read(count - 1); });
    };
    for (const auto& split : run.splits) {
        attempt([&] { return parts.labels(split); });
        rows({schema::in(schema::in(schema::kSplits, split.name), schema::kLogits)}, split.logitKeys.size(),
             [&](std::size_t row) { return parts.logits(split, row); });
        if (split.pretrainedFeatureWidth > 0) {
            attempt([&] { return parts.pretrainedFeatures(split); });
        }
        if (split.featureWidth > 0) {
            attempt([&] { return parts.features(split); });
        }
    }
    rows({schema::kClassifierWeight, schema::kClassifierBias}, run.classifierKeys.size(),
         [&](std::size_t row) { return parts.classifier(row); });
    for (const auto& state : run.kernelStates) {
        attempt([&] { return parts.kernel(state); });
    }
    attempt([&] { return parts.lora(); });
}

std::string answerFor(const std::string& name) {
    std::uint64_t bytes = 0;
    const auto tooMuch = [&] {
        return "bad " + name + ": takes more than " + std::to_string(probeMemory(bytes) / limits::kMebibyte) +
               " MiB of memory to read, a file of " + std::to_string(bytes) +
               " bytes; it is damaged or malicious, and is left out";
    };
    try {
        const PinnedFile file(name);
        const auto stamp = file.stamp();
        bytes = static_cast<std::uint64_t>(stamp.size);
        forgetPeak();
        limitMemory(bytes);
        alarm(probeSeconds(bytes));
        const FileView view(file, FileView::Purpose::trial);
        tryParts(view, readFacts(view, nullptr), probeMemory(bytes));
        return "ok " + std::to_string(stamp.device) + ' ' + std::to_string(stamp.inode);
    } catch (const std::bad_alloc&) {
        return tooMuch();
    } catch (const Error& error) {
        return error.kind() == ErrorKind::internal ? tooMuch() : std::string("bad ") + error.what();
    }
}

bool writeLine(int out, std::string line) {
    line.resize(std::min(line.size(), kLongestAnswer - 1));
    std::ranges::replace(line, '\n', ' ');
    line += '\n';
    for (std::size_t done = 0; done < line.size();) {
        const auto written = write(out, line.data() + done, line.size() - done);
        if (written <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(written);
    }
    return true;
}

} // namespace

unsigned probeSeconds(std::uint64_t fileBytes) {
    constexpr std::uint64_t kAlways = 10, kBytesPerSecond = 4 * limits::kMebibyte;
    return static_cast<unsigned>(std::min<std::uint64_t>(kAlways + fileBytes / kBytesPerSecond, 24 * 3600));
}

void answerProbes(int in, int out) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::string names;
    std::array<char, 4096> part{};
    for (;;) {
        const auto got = read(in, part.data(), part.size());
        if (got <= 0) {
            return;
        }
        names.append(part.data(), static_cast<std::size_t>(got));
        for (std::size_t end = names.find('\0'); end != std::string::npos; end = names.find('\0')) {
            const auto answer = answerFor(names.substr(0, end));
            alarm(0);
            if (!writeLine(out, answer)) {
                return;
            }
            names.erase(0, end + 1);
        }
    }
}

} // namespace finescope::record

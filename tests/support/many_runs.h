#pragma once

#include "tests/support/tiny_run.h"

#include <filesystem>

#include <sys/resource.h>

namespace finescope::tests {

/// More files than a process may usually open.
inline constexpr int kManyRuns = 1500;
inline constexpr rlim_t kFewDescriptors = 1024;

/// `count` very small runs of one method in `folder`, seeds 1, 2, ...
inline void writeManyRuns(const std::filesystem::path& folder, int count) {
    std::filesystem::create_directories(folder);
    for (int seed = 1; seed <= count; ++seed) {
        writeTinyRun(folder / (std::to_string(seed) + ".h5"),
                     {.method = "ft", .seed = seed, .epochs = 1, .rows = 6, .width = 4});
    }
}

/// Lowers this process' limit of open files while it lives.
class FewDescriptors {
public:
    FewDescriptors() {
        getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit few = m_before;
        few.rlim_cur = kFewDescriptors;
        setrlimit(RLIMIT_NOFILE, &few);
    }
    ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &m_before); }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

private:
    rlimit m_before{};
};

} // namespace finescope::tests

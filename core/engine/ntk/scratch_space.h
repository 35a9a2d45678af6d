#pragma once

#include <torch/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace finescope::engine {

/// Keeps tensors within a budget of their device's memory, and beyond it in an unlinked scratch file that is
/// mapped into the processor's memory: the system writes it out and reads it back as needed. Made for large
/// arrays that are written once and read in order. Functions may be called from any thread; the tensors
/// outlive the space.
class ScratchSpace {
public:
    /// The file is made in `folder` when it is first needed.
    ScratchSpace(std::uint64_t budgetBytes, std::filesystem::path folder);

    /// The tensor's values, contiguous, without a gradient, for as long as they do not change: on its device
    /// while the budget lasts, else in the file and thus on the CPU, to be brought back by whoever reads
    /// them. The budget comes back when the result dies. Throws Error{internal} if the scratch file's disk is
    /// too full.
    [[nodiscard]] torch::Tensor keep(const torch::Tensor& tensor);
    /// Takes a tensor that lies in the file out of the process's resident memory until it is next touched.
    void park(const torch::Tensor& tensor) const;
    /// How long the scratch file became.
    [[nodiscard]] std::uint64_t fileBytes() const;

private:
    struct Shared {
        std::atomic<std::uint64_t> inMemory = 0;
        std::mutex mutex; ///< guards what follows
        int descriptor = -1;
        std::int64_t end = 0;
        std::map<void*, std::int64_t> mapped;    ///< place and bytes of what lies in the file
        std::multimap<std::int64_t, void*> left; ///< bytes and place in the file of what died
        ~Shared();
    };
    [[nodiscard]] torch::Tensor copyToFile(const torch::Tensor& tensor);
    /// At the file's end, mapped; the mutex must be held.
    [[nodiscard]] void* makePlaceInFile(std::int64_t bytes);

    std::uint64_t m_budget;
    std::filesystem::path m_folder;
    std::shared_ptr<Shared> m_shared;
};

} // namespace finescope::engine

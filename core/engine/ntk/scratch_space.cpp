#include "core/engine/ntk/scratch_space.h"

#include "core/error.h"

#include <torch/torch.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace finescope::engine {

namespace {

constexpr std::int64_t kPage = 4096; // a mapping begins at a multiple of it

/// A file that goes with the process, however it ends. Some file systems (overlays, NFS) need a name for a
/// moment.
int openWithoutName(const std::filesystem::path& folder) {
    const int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        return descriptor;
    }
    std::string name = (folder / ".finescope-scratch-XXXXXX").string();
    const int named = mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) {
        unlink(name.c_str());
    }
    return named;
}

} // namespace

ScratchSpace::Shared::~Shared() {
    for (const auto& [bytes, place] : left) {
        munmap(place, static_cast<std::size_t>(bytes));
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
}

ScratchSpace::ScratchSpace(std::uint64_t budgetBytes, std::filesystem::path folder)
    : m_budget(budgetBytes), m_folder(std::move(folder)), m_shared(std::make_shared<Shared>()) {}

torch::Tensor ScratchSpace::keep(const torch::Tensor& tensor) {
    torch::Tensor values = tensor.detach().contiguous();
    if (values.numel() == 0) {
        return values;
    }
    const std::uint64_t bytes = values.nbytes();
    if (m_shared->inMemory.fetch_add(bytes) + bytes > m_budget) {
        m_shared->inMemory -= bytes;
        return copyToFile(values);
    }
    return torch::from_blob(
        values.data_ptr(), values.sizes(),
        [shared = m_shared, values](void*) { shared->inMemory -= values.nbytes(); }, values.options());
}

// Places in the file are used again: making them costs more than writing into them.
torch::Tensor ScratchSpace::copyToFile(const torch::Tensor& tensor) {
    const auto whole = (static_cast<std::int64_t>(tensor.nbytes()) + kPage - 1) / kPage * kPage;
    void* place = nullptr;
    {
        const std::lock_guard guard(m_shared->mutex);
        const auto found = m_shared->left.find(whole);
        place =
            found != m_shared->left.end() ? m_shared->left.extract(found).mapped() : makePlaceInFile(whole);
        m_shared->mapped.emplace(place, whole);
    }
    // The budget is of a GPU's memory, then, and pages that stay are written at once the next time.
    const bool stays = !tensor.device().is_cpu();
    const auto leave = [shared = m_shared, place, whole, stays](void*) {
        const std::lock_guard guard(shared->mutex);
        if (!stays) {
            madvise(place, static_cast<std::size_t>(whole), MADV_DONTNEED);
        }
        shared->mapped.erase(place);
        shared->left.emplace(whole, place);
    };
    torch::Tensor copy = torch::from_blob(place, tensor.sizes(), leave, tensor.options().device(torch::kCPU));
    copy.copy_(tensor);
    return copy;
}

void* ScratchSpace::makePlaceInFile(std::int64_t bytes) {
    const auto fail = [this](const char* doing) -> Error {
        return {ErrorKind::internal, m_folder.string() + ": the scratch file cannot be " + doing + ": " +
                                         std::strerror(errno) +
                                         "; give more --memory or fewer samples, or free space on this disk"};
    };
    if (m_shared->descriptor < 0) {
        m_shared->descriptor = openWithoutName(m_folder);
        if (m_shared->descriptor < 0) {
            throw fail("made");
        }
    }
    // Not ftruncate: a full disk must show here, not as SIGBUS when the page is written.
    errno = posix_fallocate(m_shared->descriptor, m_shared->end, bytes);
    if (errno != 0) {
        throw fail("made larger");
    }
    void* const place = mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE, MAP_SHARED,
                             m_shared->descriptor, m_shared->end);
    if (place == MAP_FAILED) {
        throw fail("mapped");
    }
    m_shared->end += bytes;
    return place;
}

void ScratchSpace::park(const torch::Tensor& tensor) const {
    if (!tensor.device().is_cpu()) {
        return;
    }
    const std::lock_guard guard(m_shared->mutex);
    const auto found = m_shared->mapped.find(tensor.data_ptr());
    if (found != m_shared->mapped.end()) {
        madvise(found->first, static_cast<std::size_t>(found->second), MADV_DONTNEED);
    }
}

std::uint64_t ScratchSpace::fileBytes() const {
    const std::lock_guard guard(m_shared->mutex);
    return static_cast<std::uint64_t>(m_shared->end);
}

} // namespace finescope::engine

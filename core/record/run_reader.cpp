#include "core/record/run_reader.h"

#include "core/record/run_facts.h"

namespace finescope::record {

Run readRun(const std::filesystem::path& file) {
    const PinnedFile pinned(file);
    const FileView view(pinned);
    return readFacts(view, nullptr);
}

} // namespace finescope::record

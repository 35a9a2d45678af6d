#include "core/record/run_reader.h"

#include "core/record/run_facts.h"

namespace finescope::record {

Run readRun(const std::filesystem::path& file) {
    auto pinned = std::make_shared<const PinnedFile>(file);
    const FileView view(*pinned);
    return readFacts(view, pinned, nullptr);
}

} // namespace finescope::record

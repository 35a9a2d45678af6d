#include "app/window/runs/run_copies_seen.h"

#include "core/analysis/run/run_copies.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace finescope::window {

QString RunCopiesSeen::identityOf(const QString& path, const std::shared_ptr<const record::Run>& run) {
    forget(path);
    Seen seen{.run = run, .key = analysis::copyKey(*run)};
    seen.identity = run->runId.empty() ? path : QString::fromStdString(run->runId);
    const auto [first, last] = m_byKey.equal_range(seen.key);
    for (const auto& [key, other] : std::ranges::subrange(first, last)) {
        Seen& earlier = m_seen.at(other);
        const bool ended = run->progress.status != record::Status::running &&
                           earlier.run->progress.status != record::Status::running;
        if (ended && earlier.identity != seen.identity && predictions(seen) != 0 &&
            predictions(seen) == predictions(earlier)) {
            seen.identity = earlier.identity;
            break;
        }
    }
    m_byKey.emplace(seen.key, path);
    const QString identity = seen.identity;
    m_seen.insert_or_assign(path, std::move(seen));
    return identity;
}

void RunCopiesSeen::forget(const QString& path) {
    const auto found = m_seen.find(path);
    if (found == m_seen.end()) {
        return;
    }
    const auto [first, last] = m_byKey.equal_range(found->second.key);
    const auto entry = std::find_if(first, last, [&](const auto& of) { return of.second == path; });
    m_byKey.erase(entry);
    m_seen.erase(found);
}

std::uint64_t RunCopiesSeen::predictions(Seen& seen) {
    if (!seen.read) {
        seen.predictions = analysis::predictionsOf(*seen.run);
        seen.read = true;
    }
    return seen.predictions;
}

} // namespace finescope::window

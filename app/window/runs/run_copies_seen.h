#pragma once

#include "core/record/run.h"

#include <QString>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace finescope::window {

/// Tells copies of one run among the files that are open (analysis::originals, for runs that come one by
/// one).
class RunCopiesSeen {
public:
    /// What the file's run has in common with its copies and with no other run. Reads the logits of runs that
    /// have settings and seed in common with another one that ended.
    [[nodiscard]] QString identityOf(const QString& path, const std::shared_ptr<const record::Run>& run);
    void forget(const QString& path);

private:
    struct Seen {
        std::shared_ptr<const record::Run> run{};
        std::string key{}; ///< analysis::copyKey()
        QString identity{};
        bool read = false; ///< `predictions` are known
        std::uint64_t predictions = 0;
    };
    [[nodiscard]] static std::uint64_t predictions(Seen& seen);

    std::map<QString, Seen> m_seen; ///< by path
    std::multimap<std::string, QString> m_byKey;
};

} // namespace finescope::window

#pragma once

#include <QString>

#include <utility>
#include <vector>

namespace finescope::window {

/// Files that could not be opened since the person last opened some, and how they are told: reading and
/// importing end one after the other, and a bar shows one message.
class OpenFailures {
public:
    void clear() { m_failures.clear(); }

    /// A file that failed before has its new reason.
    void add(const QString& path, const QString& reason);

    /// The reason; of several files their number, then each with its reason, the last ones if there are many.
    [[nodiscard]] QString message() const;
    /// What message() leaves out: where the file is, or the other files.
    [[nodiscard]] QString details() const;

private:
    std::vector<std::pair<QString, QString>> m_failures; ///< path and reason, in the order of failing
};

} // namespace finescope::window

#pragma once

#include "core/record/run.h"

#include <memory>
#include <optional>

namespace finescope::record {

/// What a reader can say of a run that is (or was) being written.
enum class Liveness {
    live,     ///< running, and the heartbeat moved within 60 s by the reader's own clock
    stalled,  ///< running by its own word, but silent; or its process is gone ("ended without finishing")
    ended,    ///< complete, failed or cancelled
};

struct LiveState {
    Liveness liveness = Liveness::ended;
    bool processMissing = false;  ///< same host and the writer's process no longer exists
};

/// Follows one run file. Not thread-safe: one thread polls it. The Run values it returns may go anywhere.
class LiveReader {
public:
    explicit LiveReader(std::filesystem::path file);
    ~LiveReader();
    LiveReader(LiveReader&&) noexcept;
    LiveReader& operator=(LiveReader&&) noexcept;

    /// The run if anything changed since the last call (the first call always returns it), else nullopt.
    /// A replaced or resized file is reopened. Throws Error{badFile}.
    [[nodiscard]] std::optional<Run> poll();
    [[nodiscard]] LiveState state() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace finescope::record

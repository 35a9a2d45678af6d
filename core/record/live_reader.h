#pragma once

#include "core/record/file_probe.h"
#include "core/record/run.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace finescope::record {

/// What a reader can say of a run that is (or was) being written.
enum class Liveness {
    live,    ///< running, and the heartbeat moved within 60 s by the reader's own clock
    stalled, ///< running by its own word, but silent; or its process is gone ("ended without finishing")
    ended,   ///< complete, failed or cancelled
};

struct LiveState {
    Liveness liveness = Liveness::ended;
    bool processMissing = false; ///< same host and the writer's process no longer exists
};

/// The clocks a reader goes by; tests set their own.
struct LiveClock {
    std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
    std::function<std::chrono::system_clock::time_point()> wall = std::chrono::system_clock::now;
};

/// Follows one run file. Not thread-safe: one thread polls it. The Run values it returns may go anywhere.
/// A poll of a file that nobody wrote to costs one stat; of one with new steps, those; of one that changed
/// otherwise, all small facts.
class LiveReader {
public:
    /// `probe`, if given, outlives the reader and looks first at a file that is new to it or was changed
    /// after its run had ended; what a run that is under way appends is read without.
    explicit LiveReader(std::filesystem::path file, LiveClock clock = {}, FileProbe* probe = nullptr);
    ~LiveReader();
    LiveReader(LiveReader&&) noexcept;
    LiveReader& operator=(LiveReader&&) noexcept;

    /// The run if anything changed since the last call (the first call always returns it), else nullopt. A
    /// heartbeat alone is no change: `state` speaks of it. A replaced or resized file is opened anew. Throws
    /// Error{badFile}; polling may go on, and recovers when the file does.
    [[nodiscard]] std::optional<Run> poll();
    /// As of the last poll that did not throw, and the clocks' now.
    [[nodiscard]] LiveState state() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace finescope::record

#pragma once

#include <QString>

#include <optional>

namespace finescope::widgets {

/// Something the engine does or is going to do, as the jobs panel shows it.
struct Job {
    enum class State { waiting, running, paused, complete, failed, cancelled };

    int id = 0;
    QString title;
    State state = State::waiting;
    QString stage;                     ///< in words; "" until the engine said one
    std::optional<double> fraction;    ///< 0..1 of the stage; nullopt = unknown
    std::optional<double> secondsLeft; ///< of the whole job
    QString message;                   ///< why it failed
    QString output;                    ///< the run file it writes

    [[nodiscard]] bool active() const {
        return state == State::waiting || state == State::running || state == State::paused;
    }
    bool operator==(const Job&) const = default;
};

} // namespace finescope::widgets

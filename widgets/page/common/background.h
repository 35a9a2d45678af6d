#pragma once

#include "core/error.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>

namespace finescope::widgets {

/// An error as a value, made at the edge of the thread it happened on.
struct Failure {
    ErrorKind kind = ErrorKind::internal;
    QString message;
};

/// What a task gave: its value or why there is none.
template <class T>
using Outcome = std::variant<T, Failure>;

/// What running work may ask and tell. Used from the thread of the work.
class TaskControl {
public:
    virtual ~TaskControl() = default;
    /// Requested once nobody waits for the result any more: return or throw as soon as convenient. For work
    /// that takes a token, as long computations of core/analysis do.
    [[nodiscard]] virtual std::stop_token stop() const = 0;
    [[nodiscard]] bool cancelled() const { return stop().stop_requested(); }
    /// How much is done, 0..1.
    virtual void progress(double fraction) const = 0;
};

/// The thread behind the pages. Requests are made on the GUI thread and answered there.
class Background {
public:
    virtual ~Background() = default;

    /// Runs `work` off the GUI thread, then `done` on it, unless `context` died or a newer request came under
    /// the same key: that one replaces a waiting request and cancels a running one. Whatever `work` throws
    /// becomes a Failure.
    template <class T>
    void request(const QString& key, QObject* context, std::function<T(const TaskControl&)> work,
                 std::function<void(Outcome<T>)> done) {
        auto value = std::make_shared<std::optional<T>>();
        post(
            key, context,
            [value, work = std::move(work)](const TaskControl& control) { *value = work(control); },
            [value, done = std::move(done)](const std::optional<Failure>& failure) {
                done(failure ? Outcome<T>(*failure) : Outcome<T>(std::move(**value)));
            });
    }

    /// Drops the request under this key, waiting or running; its `done` is not called.
    virtual void cancel(const QString& key) = 0;

private:
    using Work = std::function<void(const TaskControl&)>;
    using Done = std::function<void(const std::optional<Failure>&)>;
    virtual void post(const QString& key, QObject* context, Work work, Done done) = 0;
};

} // namespace finescope::widgets

#pragma once

#include "widgets/page/common/background.h"

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

namespace finescope::tests {

/// Does one piece of work when it is told to.
class BackgroundByHand : public widgets::Background {
public:
    std::deque<std::pair<QString, std::function<void()>>> waiting;

    void next() {
        const auto work = std::move(waiting.front().second);
        waiting.pop_front();
        work();
    }
    void cancel(const QString& key) override {
        std::erase_if(waiting, [&](const auto& each) { return each.first == key; });
    }

private:
    struct Control : widgets::TaskControl {
        [[nodiscard]] std::stop_token stop() const override { return {}; }
        void progress(double) const override {}
    };
    void post(const QString& key, QObject*, std::function<void(const widgets::TaskControl&)> work,
              std::function<void(const std::optional<widgets::Failure>&)> done) override {
        cancel(key);
        waiting.emplace_back(key, [work = std::move(work), done = std::move(done)] {
            try {
                work(Control{});
            } catch (const std::exception& error) {
                done(widgets::Failure{ErrorKind::internal, QString::fromUtf8(error.what())});
                return;
            }
            done(std::nullopt);
        });
    }
};

} // namespace finescope::tests

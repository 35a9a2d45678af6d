#pragma once

#include "app/engine/command.h"
#include "core/engine/study/study_run.h"
#include "core/engine/train/train_run.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace finescope::app {

enum class ProgressStyle { automatic, bar, json, none };

/// How much of some work is done.
struct PartDone {
    std::string stage;
    double fraction = 0; ///< 0..1
    std::optional<double> secondsLeft;
};

/// Shows how a run gets on: a bar with the time left on stderr, JSON lines on stdout (architecture.md,
/// Commands), or nothing. `automatic` is a bar if stderr is a terminal, else nothing.
class ProgressDisplay {
public:
    explicit ProgressDisplay(ProgressStyle style);
    void show(const engine::TrainProgress& progress);
    void show(const engine::StudyProgress& progress);
    void show(const PartDone& progress); ///< in JSON as steps of 1000
    /// Takes the bar off the line, so that a message can be printed.
    void clear();
    /// The last JSON line: {"event":"done",...}.
    void done(const std::string& status, const std::string& output, const std::string& message);

private:
    void showBar(const std::string& line);
    /// Whether it is time to show a stage again; if so, it counts as shown.
    [[nodiscard]] bool takeTurn(const std::string& stage, bool isLast);

    ProgressStyle m_style;
    std::string m_stage;
    double m_shownAt = -1; ///< seconds, steady clock
    bool m_onLine = false;
};

/// Does `work`; a failure, or that it was cancelled, becomes the display's last line before it is thrown on.
int tellingFailure(ProgressDisplay& display, const std::string& output, const std::function<int()>& work);

/// `--progress`.
void addProgressOption(CLI::App& app, ProgressStyle& style);
/// Progress to `display`, notes and warnings to the log, the stop of the command. Both must outlive them.
[[nodiscard]] engine::TrainHooks progressHooks(ProgressDisplay& display, const CommandContext& context);

} // namespace finescope::app

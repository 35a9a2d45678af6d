#include "app/engine/progress.h"

#include "app/engine/choice.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace finescope::app {

namespace {

// Often enough to look alive, rare enough that a step of a millisecond is not slowed by printing.
constexpr double kSecondsBetween = 0.1;
constexpr std::size_t kStageWidth = 12;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string timeLeft(double seconds) {
    const auto whole = static_cast<long long>(std::ceil(seconds));
    char text[48];
    if (whole >= 3600) {
        std::snprintf(text, sizeof text, "%lld h %02lld min left", whole / 3600, whole / 60 % 60);
    } else if (whole >= 60) {
        std::snprintf(text, sizeof text, "%lld min %02lld s left", whole / 60, whole % 60);
    } else {
        std::snprintf(text, sizeof text, "%lld s left", whole);
    }
    return text;
}

std::string bar(double part) {
    constexpr int kWidth = 30;
    const int full = static_cast<int>(part * kWidth);
    return '[' + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(kWidth - full), '.') + "] " +
           std::to_string(static_cast<int>(part * 100)) + " %  ";
}

std::string barLine(const engine::TrainProgress& progress) {
    std::string line = progress.stage;
    for (char& letter : line) {
        letter = letter == '_' ? ' ' : letter;
    }
    line.resize(kStageWidth, ' ');
    if (progress.totalSteps > 0) {
        line += bar(static_cast<double>(progress.step) / static_cast<double>(progress.totalSteps));
    }
    line += "step " + std::to_string(progress.step);
    if (progress.totalSteps > 0) {
        line += " of " + std::to_string(progress.totalSteps);
    }
    if (progress.secondsLeft) {
        line += ", " + timeLeft(*progress.secondsLeft);
    }
    return line;
}

std::string barLine(const engine::StudyProgress& progress) {
    std::string line =
        "study       " +
        bar(static_cast<double>(progress.complete + progress.failed) / static_cast<double>(progress.total)) +
        std::to_string(progress.complete) + " of " + std::to_string(progress.total) + " runs complete, " +
        std::to_string(progress.running) + " running";
    if (progress.failed > 0) {
        line += ", " + std::to_string(progress.failed) + " failed";
    }
    if (progress.secondsLeft) {
        line += ", " + timeLeft(*progress.secondsLeft);
    }
    return line;
}

void writeLine(const nlohmann::ordered_json& object) {
    const std::string line =
        object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout); // whoever reads it is waiting; a reader that went away is no reason to stop
}

} // namespace

ProgressDisplay::ProgressDisplay(ProgressStyle style) : m_style(style) {
    if (style == ProgressStyle::automatic) {
        m_style = isatty(STDERR_FILENO) != 0 ? ProgressStyle::bar : ProgressStyle::none;
    }
}

void ProgressDisplay::show(const engine::TrainProgress& progress) {
    const bool isLast = progress.totalSteps > 0 && progress.step == progress.totalSteps;
    if (!takeTurn(progress.stage, isLast)) {
        return;
    }
    if (m_style == ProgressStyle::bar) {
        showBar(barLine(progress));
        return;
    }
    nlohmann::ordered_json line = {{"event", "progress"},     {"stage", progress.stage},
                                   {"step", progress.step},   {"total_steps", progress.totalSteps},
                                   {"epoch", progress.epoch}, {"seconds_left", nullptr}};
    if (progress.secondsLeft) {
        line["seconds_left"] = *progress.secondsLeft;
    }
    writeLine(line);
}

void ProgressDisplay::show(const PartDone& progress) {
    constexpr double kSteps = 1000;
    if (!takeTurn(progress.stage, progress.fraction >= 1)) {
        return;
    }
    if (m_style == ProgressStyle::bar) {
        std::string line = progress.stage;
        line.resize(kStageWidth, ' ');
        showBar(line + bar(progress.fraction) +
                (progress.secondsLeft ? timeLeft(*progress.secondsLeft) : std::string()));
        return;
    }
    writeLine(
        {{"event", "progress"},
         {"stage", progress.stage},
         {"step", std::llround(kSteps * progress.fraction)},
         {"total_steps", static_cast<std::int64_t>(kSteps)},
         {"epoch", 0},
         {"seconds_left", progress.secondsLeft ? nlohmann::ordered_json(*progress.secondsLeft) : nullptr}});
}

bool ProgressDisplay::takeTurn(const std::string& stage, bool isLast) {
    const double time = now();
    if (m_style == ProgressStyle::none ||
        (stage == m_stage && !isLast && time - m_shownAt < kSecondsBetween)) {
        return false;
    }
    m_shownAt = time;
    m_stage = stage;
    return true;
}

void ProgressDisplay::show(const engine::StudyProgress& progress) {
    if (m_style == ProgressStyle::bar) {
        showBar(barLine(progress));
    } else if (m_style == ProgressStyle::json) {
        nlohmann::ordered_json line = {{"event", "progress"},
                                       {"stage", "study"},
                                       {"step", progress.complete + progress.failed},
                                       {"total_steps", progress.total},
                                       {"epoch", 0},
                                       {"seconds_left", nullptr},
                                       {"running", progress.running},
                                       {"failed", progress.failed}};
        if (progress.secondsLeft) {
            line["seconds_left"] = *progress.secondsLeft;
        }
        writeLine(line);
    }
}

void ProgressDisplay::showBar(const std::string& line) {
    std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
    m_onLine = true;
}

void ProgressDisplay::clear() {
    if (m_onLine) {
        std::fputs("\r\x1b[K", stderr);
        m_onLine = false;
    }
}

void ProgressDisplay::done(const std::string& status, const std::string& output, const std::string& message) {
    clear();
    if (m_style == ProgressStyle::json) {
        writeLine({{"event", "done"}, {"status", status}, {"output", output}, {"message", message}});
    }
}

int tellingFailure(ProgressDisplay& display, const std::string& output, const std::function<int()>& work) {
    try {
        return work();
    } catch (const Error& error) {
        display.done(error.kind() == ErrorKind::cancelled ? "cancelled" : "failed", output, error.what());
        throw;
    }
}

void addProgressOption(CLI::App& app, ProgressStyle& style) {
    addChoice<ProgressStyle>(app, "--progress", style,
                             {{"auto", ProgressStyle::automatic},
                              {"bar", ProgressStyle::bar},
                              {"json", ProgressStyle::json},
                              {"none", ProgressStyle::none}},
                             "How to show progress; json: one object a line on stdout [auto]");
}

engine::TrainHooks progressHooks(ProgressDisplay& display, const CommandContext& context) {
    engine::TrainHooks hooks;
    hooks.stop = context.stop;
    hooks.onProgress = [&display](const engine::TrainProgress& progress) { display.show(progress); };
    hooks.onNote = [&display, &log = context.log](const std::string& note) {
        display.clear();
        log.info(note);
    };
    hooks.onWarning = [&display, &log = context.log](const std::string& warning) {
        display.clear();
        log.warn(warning);
    };
    return hooks;
}

} // namespace finescope::app

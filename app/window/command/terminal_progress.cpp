#include "app/window/command/terminal_progress.h"

#include "widgets/control/progress_row.h"

#include <cstdio>
#include <unistd.h>
#include <utility>

namespace finescope::window {

namespace {

// Return to the start of the line and clear the rest of it.
constexpr const char* kClear = "\r\x1b[K";

constexpr double kGuessFrom = 0.01; // of the work: before that, the time left would be anything

} // namespace

TerminalProgress::TerminalProgress(std::string what)
    : m_what(std::move(what)), m_terminal(isatty(STDERR_FILENO) != 0) {}

TerminalProgress::~TerminalProgress() {
    if (m_written) {
        std::fputs(kClear, stderr);
    }
}

analysis::WorkHooks TerminalProgress::hooks() {
    analysis::WorkHooks hooks;
    if (m_terminal) {
        hooks.onProgress = [this](double fraction) { show(fraction); };
    }
    return hooks;
}

void TerminalProgress::show(double fraction) {
    const Clock::time_point now = Clock::now();
    if (now < m_next || !(fraction > 0)) {
        return;
    }
    m_next = now + std::chrono::milliseconds(200);
    m_written = true;
    const double passed = std::chrono::duration<double>(now - m_started).count();
    std::fprintf(stderr, "%s%s: %d %%", kClear, m_what.c_str(), static_cast<int>(100 * fraction));
    if (fraction >= kGuessFrom) {
        std::fprintf(stderr, ", %s", qPrintable(widgets::timeLeftText(passed * (1 - fraction) / fraction)));
    }
    std::fflush(stderr);
}

} // namespace finescope::window

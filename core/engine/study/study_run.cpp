#include "core/engine/study/study_run.h"

#include "core/engine/study/cell_process.h"
#include "core/engine/study/study_clock.h"
#include "core/error.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace finescope::engine {

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int threadsOf(const StudyOptions& options) {
    if (options.threads > 0 || options.jobs == 1) {
        return options.threads;
    }
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / options.jobs);
}

[[nodiscard]] std::vector<GridChoice> chooseAll(const StudyCells& cells, const StudyFolder& folder) {
    std::vector<GridChoice> choices;
    for (const GridSearch& search : cells.searches) {
        choices.push_back(chooseCandidate(search, cells, folder));
    }
    return choices;
}

/// Takes cells off a queue in as many threads as there are jobs, each of which waits for one process at a
/// time.
class StudyRunner {
public:
    StudyRunner(const StudyCells& cells, const StudyFolder& folder, const StudyOptions& options,
                const StudyHooks& hooks)
        : m_cells(cells), m_folder(folder), m_options(options), m_hooks(hooks) {
        m_progress.total = cells.cells.size();
    }

    StudyOutcome run() {
        runStage(true);
        if (!m_cells.searches.empty() && !m_hooks.stop.stop_requested()) {
            choose();
        }
        runStage(false);
        m_outcome.cancelled = m_hooks.stop.stop_requested() &&
                              m_outcome.complete + m_outcome.failed.size() < m_cells.cells.size();
        std::sort(m_outcome.failed.begin(), m_outcome.failed.end(),
                  [](const FailedCell& a, const FailedCell& b) { return a.number < b.number; });
        return std::move(m_outcome);
    }

private:
    void note(const std::string& text) const {
        if (m_hooks.onNote) {
            m_hooks.onNote(text);
        }
    }

    void choose() {
        m_choices = chooseAll(m_cells, m_folder);
        writeChoices(m_cells, m_choices, m_folder);
        for (std::size_t i = 0; i < m_choices.size(); ++i) {
            note(describeChoice(m_cells.searches[i], m_choices[i], m_cells));
        }
    }

    void runStage(bool tuning) {
        m_isTuning = tuning;
        for (const StudyCell& cell : m_cells.cells) {
            if (cell.isTuning != tuning || m_hooks.stop.stop_requested()) {
                continue;
            }
            if (!tuning && cell.search && !m_choices[*cell.search].winner) {
                m_outcome.failed.push_back({cell.number, describeChoice(m_cells.searches[*cell.search],
                                                                        m_choices[*cell.search], m_cells)});
            } else {
                m_waiting.push_back(&cell);
            }
        }
        const std::size_t lanes = std::min(m_waiting.size(), static_cast<std::size_t>(m_options.jobs));
        {
            std::vector<std::jthread> threads;
            m_open = lanes;
            for (std::size_t i = 0; i < lanes; ++i) {
                threads.emplace_back([this] { work(); });
            }
            std::unique_lock lock(m_mutex);
            while (m_open > 0) {
                report();
                m_changed.wait_for(lock, std::chrono::seconds(1));
            }
            report();
        }
        if (m_error) {
            std::rethrow_exception(m_error);
        }
    }

    /// With m_mutex held.
    void report() {
        if (!m_hooks.onProgress) {
            return;
        }
        m_progress.complete = m_outcome.complete;
        m_progress.failed = m_outcome.failed.size();
        std::vector<const StudyCell*> left(m_waiting.begin(), m_waiting.end());
        for (const StudyCell& cell : m_cells.cells) {
            if (m_isTuning && !cell.isTuning) {
                left.push_back(&cell);
            }
        }
        m_progress.secondsLeft = m_clock.secondsLeft(left, m_options.jobs, now());
        m_hooks.onProgress(m_progress);
    }

    void work() {
        try {
            while (const StudyCell* cell = take()) {
                put(*cell, attend(*cell));
            }
        } catch (...) {
            const std::lock_guard lock(m_mutex);
            m_waiting.clear();
            m_error = m_error ? m_error : std::current_exception();
        }
        const std::lock_guard lock(m_mutex);
        --m_open;
        m_changed.notify_all();
    }

    const StudyCell* take() {
        const std::lock_guard lock(m_mutex);
        if (m_waiting.empty() || m_hooks.stop.stop_requested()) {
            return nullptr;
        }
        const StudyCell* cell = m_waiting.front();
        m_waiting.pop_front();
        ++m_progress.running;
        m_clock.began(*cell, now());
        m_changed.notify_all();
        return cell;
    }

    [[nodiscard]] CellEnd attend(const StudyCell& cell) const {
        FileLock lock(m_folder.logFile(cell));
        if (!lock.lock(m_hooks.stop)) {
            return {CellEnd::How::cancelled, {}};
        }
        return runCellProcesses(cell, settingsOf(cell, m_cells, m_choices), lock, m_folder,
                                threadsOf(m_options), m_hooks.stop);
    }

    void put(const StudyCell& cell, const CellEnd& end) {
        const std::lock_guard lock(m_mutex);
        --m_progress.running;
        m_clock.ended(cell, now(), end.how == CellEnd::How::complete);
        switch (end.how) {
        case CellEnd::How::kept:
            ++m_outcome.kept;
            ++m_outcome.complete;
            break;
        case CellEnd::How::complete:
            ++m_outcome.complete;
            note(cell.name + " is complete: " + std::to_string(m_outcome.complete) + " of " +
                 std::to_string(m_progress.total));
            break;
        case CellEnd::How::failed:
            m_outcome.failed.push_back({cell.number, end.reason});
            note("cell " + std::to_string(cell.number) + " (" + cell.name + ") failed: " + end.reason);
            break;
        case CellEnd::How::cancelled:
            break;
        }
        m_changed.notify_all();
    }

    const StudyCells& m_cells;
    const StudyFolder& m_folder;
    const StudyOptions& m_options;
    const StudyHooks& m_hooks;
    std::vector<GridChoice> m_choices; ///< this and the stage are not touched while threads run
    bool m_isTuning = false;

    std::mutex m_mutex; ///< of everything below
    std::condition_variable m_changed;
    std::deque<const StudyCell*> m_waiting;
    std::size_t m_open = 0; ///< threads
    StudyClock m_clock;
    StudyProgress m_progress;
    StudyOutcome m_outcome;
    std::exception_ptr m_error;
};

} // namespace

std::vector<CellState> statesOf(const StudyCells& cells, const StudyFolder& folder) {
    const std::vector<GridChoice> choices = chooseAll(cells, folder);
    std::vector<CellState> states;
    for (const StudyCell& cell : cells.cells) {
        states.push_back(folder.stateOf(cell, settingsOf(cell, cells, choices)));
    }
    return states;
}

StudyOutcome runStudy(const StudyCells& cells, const StudyFolder& folder, const StudyOptions& options,
                      const StudyHooks& hooks) {
    return StudyRunner(cells, folder, options, hooks).run();
}

StudyOutcome runCell(std::size_t number, const StudyCells& cells, const StudyFolder& folder,
                     const StudyOptions& options, const StudyHooks& hooks) {
    if (number >= cells.cells.size()) {
        throw Error(ErrorKind::badInput, "--cell " + std::to_string(number) +
                                             ": the study has the cells 0 to " +
                                             std::to_string(cells.cells.size() - 1) + " (--list shows them)");
    }
    const StudyCell& cell = cells.cells[number];
    std::vector<GridChoice> choices;
    if (!cell.isTuning && cell.search) {
        choices = chooseAll(cells, folder);
        const GridChoice& choice = choices[*cell.search];
        if (!choice.winner) {
            throw Error(ErrorKind::badInput, "--cell " + std::to_string(number) + ": " +
                                                 describeChoice(cells.searches[*cell.search], choice, cells));
        }
        writeChoices(cells, choices, folder);
    }
    FileLock lock(folder.logFile(cell));
    if (!lock.tryLock()) {
        throw Error(ErrorKind::badInput, "--cell " + std::to_string(number) + " (" + cell.name +
                                             "): another process is running it");
    }
    const CellEnd end = runCellProcesses(cell, settingsOf(cell, cells, choices), lock, folder,
                                         threadsOf(options), hooks.stop);
    StudyOutcome outcome;
    outcome.kept = end.how == CellEnd::How::kept ? 1 : 0;
    outcome.complete = outcome.kept + (end.how == CellEnd::How::complete ? 1 : 0);
    outcome.cancelled = end.how == CellEnd::How::cancelled;
    if (end.how == CellEnd::How::failed) {
        outcome.failed.push_back({number, end.reason});
    }
    return outcome;
}

} // namespace finescope::engine

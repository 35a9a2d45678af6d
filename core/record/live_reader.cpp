#include "core/record/live_reader.h"

#include "core/record/run_facts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>

#include <unistd.h>

namespace finescope::record {

namespace {

constexpr std::chrono::seconds kSilence{60};
// Two writes within one tick of a file system's clock leave the same time of change: a file that was looked
// at sooner than this after its last change is looked at again.
constexpr std::chrono::seconds kSettled{2};

bool isThisHost(const std::string& host) {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 && host == name.data();
}

bool processExists(std::int64_t pid) {
    return kill(static_cast<pid_t>(pid), 0) == 0 ||
           errno != ESRCH; // EPERM: it exists, but is somebody else's
}

std::chrono::system_clock::time_point timeOf(const std::timespec& time) {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)));
}

// Whatever a page could show differently. Committed rows never change, so counting them is enough.
bool differs(const Run& a, const Run& b) {
    const auto facts = [](const Run& run) {
        return std::tie(run.runId, run.progress.status, run.progress.step, run.progress.totalSteps,
                        run.progress.selected, run.progress.message, run.classifierKeys, run.kernelStates,
                        run.name);
    };
    const auto columns = [](const SeriesTable& table) {
        return std::pair(table.rowsInFile(), table.series.size());
    };
    const auto sameSplit = [](const SplitInfo& one, const SplitInfo& other) {
        return one.name == other.name && one.rows == other.rows && one.logitKeys == other.logitKeys &&
               one.pretrainedFeatureWidth == other.pretrainedFeatureWidth &&
               one.featureWidth == other.featureWidth;
    };
    return facts(a) != facts(b) || columns(a.steps) != columns(b.steps) ||
           columns(a.epochs) != columns(b.epochs) || !std::ranges::equal(a.splits, b.splits, sameSplit);
}

} // namespace

struct LiveReader::State {
    std::filesystem::path file;
    LiveClock clock;
    FileProbe* probe;

    std::optional<Run> last;
    FileStamp stamp;      ///< of the file that `last` was read from, taken before that look
    bool settled = false; ///< that look saw everything, and an equal stamp proves that nothing changed since
    std::chrono::steady_clock::time_point beatSeen;
    bool beatIsFresh = false; ///< whether the heartbeat counted as moving when it was last seen to change

    [[nodiscard]] bool unchanged(const FileStamp& now) const {
        return last && settled && stamp.unchanged(now);
    }
    void notice(const Run& run, bool sameRun);
};

void LiveReader::State::notice(const Run& run, bool sameRun) {
    if (sameRun && last->progress.heartbeat == run.progress.heartbeat) {
        return;
    }
    beatSeen = clock.steady();
    // Of a heartbeat seen for the first time only the wall clock can say whether it is still moving.
    const std::chrono::duration<double> age =
        clock.wall().time_since_epoch() - std::chrono::duration<double>(run.progress.heartbeat);
    beatIsFresh = sameRun || std::abs(age.count()) < std::chrono::duration<double>(kSilence).count();
}

LiveReader::LiveReader(std::filesystem::path file, LiveClock clock, FileProbe* probe)
    : m_state(std::make_unique<State>(State{std::move(file), std::move(clock), probe, {}, {}, {}, {}, {}})) {}
LiveReader::~LiveReader() = default;
LiveReader::LiveReader(LiveReader&&) noexcept = default;
LiveReader& LiveReader::operator=(LiveReader&&) noexcept = default;

std::optional<Run> LiveReader::poll() {
    auto& state = *m_state;
    const auto now = stampOf(state.file);
    if (state.unchanged(now)) {
        return std::nullopt;
    }
    const PinnedFile pinned(state.file);
    const auto stamp = pinned.stamp();
    const bool sameFile = state.last && state.stamp.sameFile(stamp);
    if (state.probe != nullptr && !(sameFile && state.last->progress.status == Status::running)) {
        state.probe->require(pinned);
    }
    const bool grew = sameFile && stamp.size >= state.stamp.size;
    bool appendedOnly = false;
    auto run = [&] {
        const FileView view(pinned);
        appendedOnly = grew && view.isSwmr();
        return readFacts(view, appendedOnly ? &*state.last : nullptr);
    }();
    const bool sameRun = sameFile && state.last->runId == run.runId;
    const bool rewritten = !appendedOnly && !state.stamp.unchanged(stamp);
    const bool changed = !sameRun || rewritten || differs(*state.last, run);
    state.notice(run, sameRun);
    state.stamp = stamp;
    // Where steps were added nothing else was looked at (readFacts).
    const bool sawAll = !appendedOnly || run.steps.rowsInFile() == state.last->steps.rowsInFile();
    state.settled = sawAll && state.clock.wall() - timeOf(stamp.modified) > kSettled;
    state.last = run;
    return changed ? std::optional(std::move(run)) : std::nullopt;
}

LiveState LiveReader::state() const {
    const auto& state = *m_state;
    if (!state.last || state.last->progress.status != Status::running) {
        return {};
    }
    const auto& run = *state.last;
    if (run.pid > 0 && isThisHost(run.host) && !processExists(run.pid)) {
        return {.liveness = Liveness::stalled, .processMissing = true};
    }
    const bool moving = state.beatIsFresh && state.clock.steady() - state.beatSeen <= kSilence;
    return {.liveness = moving ? Liveness::live : Liveness::stalled, .processMissing = false};
}

} // namespace finescope::record

#include "core/record/run_writer.h"

#include "core/record/failed_file.h"
#include "core/record/hidden_file.h"
#include "core/record/new_file.h"
#include "core/record/schema.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <thread>
#include <utility>

namespace finescope::record {

namespace {

constexpr std::chrono::seconds kHeartbeatInterval{10};
// What a flush may add besides the rows themselves: chunk indexes, object headers, started chunks.
constexpr std::uint64_t kFlushOverhead = 1U << 20U;

[[noreturn]] void badInput(const std::string& message) {
    throw Error(ErrorKind::badInput, message);
}

double unixNow() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Cut to the bytes that the file has for it, never inside a character.
std::array<char, schema::kMessageBytes> messageBytes(const std::string& message) {
    std::array<char, schema::kMessageBytes> bytes{};
    auto length = std::min(message.size(), bytes.size());
    while (length < message.size() && length > 0 &&
           (static_cast<unsigned char>(message[length]) & 0xc0U) == 0x80U) {
        --length;
    }
    std::copy_n(message.begin(), length, bytes.begin());
    return bytes;
}

hsize_t extent(std::int64_t value) {
    return static_cast<hsize_t>(value);
}

std::string shapeText(Eigen::Index rows, Eigen::Index columns) {
    return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

} // namespace

struct RunWriter::State {
    State(const std::filesystem::path& target, const RunPlan& plan, Existing existing);

    void startTimer();
    void stopTimer() noexcept;
    void beat();
    void flush() const { site.check(H5Fflush(file.get(), H5F_SCOPE_LOCAL), "", "cannot be flushed to disk"); }
    template <typename T>
    void overwrite(const Handle& dataset, const char* name, T value) const {
        site.check(H5Dwrite(dataset.get(), memoryType<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), name,
                   "cannot be written");
    }
    void writeMessage(const std::string& text) const;
    void requireOpen() const;
    void checkRow(const EpochRow& row);
    SplitColumns& planned(const std::string& name, const MatrixF& logits);
    void requireFreeSpace(std::uint64_t bytes) const;
    /// Runs one whole change of the file; a failure of the disk or of HDF5 in it closes the file for more.
    template <typename Change>
    void change(Change&& body);

    std::filesystem::path path;
    Existing existing;
    std::unique_ptr<HiddenFile> hidden; ///< until it is published
    Site site;
    FailedFile failedFile;
    Handle file; ///< before the datasets, so that it is closed after them
    RunDatasets data;
    std::vector<EpochKey> writtenKeys;

    std::size_t longestConfig = 0;

    bool broken = false; ///< a write failed; guarded by the library lock, as the timer writes too

    std::mutex timerMutex; ///< guards stopping
    std::condition_variable timerWake;
    bool stopping = false;
    std::thread timer;
};

RunWriter::State::State(const std::filesystem::path& target, const RunPlan& plan, Existing whereItExists)
    : path(target), existing(whereItExists), site(ErrorKind::internal, target) {
    const LibraryLock lock;
    removeLeftovers(target); // of one that is refused now, too
    if (existing == Existing::refuse && std::filesystem::exists(std::filesystem::symlink_status(target))) {
        refuseExisting(target);
    }
    longestConfig = plan.configRoom > 0 ? plan.config.size() + plan.configRoom : 0;
    hidden = std::make_unique<HiddenFile>(target);
    file = createIn(site, hidden->name());
    bool written = false;
    try {
        failedFile = FailedFile(site, file.get());
        data = createDatasets(site, file.get(), plan);
        writeMessage("");
        site.check(H5Fstart_swmr_write(file.get()), "", "cannot start SWMR");
        overwrite(data.status, schema::kStatus, static_cast<std::int8_t>(Status::running));
        overwrite(data.selected, schema::kSelected, std::int64_t{-1});
        overwrite(data.heartbeat, schema::kHeartbeat, unixNow());
        flush();
        failedFile.locate(site, data.status.get(), data.message.get());
        written = true;
        if (!plan.onlyWhole) {
            std::exchange(hidden, nullptr)->publish(existing);
        }
    } catch (...) {
        failedFile.divert();
        if (!written) {
            // As in abandon: closing what is half written is what crashes.
            static_cast<void>(std::make_unique<RunDatasets>(std::move(data)).release());
            static_cast<void>(file.release());
            // Keeps the inode: HDF5 would take a new file that gets it for the one it has open.
            static_cast<void>(std::make_unique<FailedFile>(std::move(failedFile)).release());
        }
        throw;
    }
    startTimer();
}

void RunWriter::State::writeMessage(const std::string& text) const {
    const auto bytes = messageBytes(text);
    site.check(
        H5Dwrite(data.message.get(), data.messageType.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
        schema::kMessage, "cannot be written");
}

void RunWriter::State::startTimer() {
    timer = std::thread([this] {
        std::unique_lock wait(timerMutex);
        while (!timerWake.wait_for(wait, kHeartbeatInterval, [this] { return stopping; })) {
            wait.unlock();
            beat();
            wait.lock();
        }
    });
}

void RunWriter::State::stopTimer() noexcept {
    {
        const std::lock_guard guard(timerMutex);
        stopping = true;
    }
    timerWake.notify_all();
    if (timer.joinable()) {
        timer.join();
    }
}

void RunWriter::State::beat() {
    const LibraryLock lock;
    if (broken) {
        return;
    }
    try {
        overwrite(data.heartbeat, schema::kHeartbeat, unixNow());
        site.check(H5Dflush(data.heartbeat.get()), schema::kHeartbeat, "cannot be flushed to disk");
    } catch (const Error&) {
        broken = true; // the computing thread hears of it at its next write
    }
}

void RunWriter::State::requireOpen() const {
    if (broken) {
        throw Error(ErrorKind::internal,
                    path.string() + ": an earlier write failed, so it takes no more rows");
    }
}

template <typename Change>
void RunWriter::State::change(Change&& body) {
    const LibraryLock lock;
    requireOpen();
    try {
        body();
    } catch (...) {
        broken = true;
        throw;
    }
}

void RunWriter::State::checkRow(const EpochRow& row) {
    const auto where = path.string() + ": row of /epochs ";
    if (row.values.size() != data.epochSeries.size()) {
        badInput(where + "has " + std::to_string(row.values.size()) + " values, expected " +
                 std::to_string(data.epochSeries.size()));
    }
    const hsize_t classes = data.width > 0 ? data.classes : 0;
    if (extent(row.weight.rows()) != classes || extent(row.weight.cols()) != data.width ||
        extent(row.bias.size()) != classes) {
        badInput(where + "has a classifier of shape " + shapeText(row.weight.rows(), row.weight.cols()) +
                 " with " + std::to_string(row.bias.size()) + " biases, expected " +
                 shapeText(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(data.width)));
    }
    if (std::ranges::find(writtenKeys, row.key) != writtenKeys.end()) {
        badInput(where + "repeats an epoch and stage that are there already");
    }
    for (const auto& [name, logits] : row.logits) {
        static_cast<void>(planned(name, logits));
    }
}

SplitColumns& RunWriter::State::planned(const std::string& name, const MatrixF& logits) {
    const auto where = path.string() + ": logits of split '" + name + "' ";
    const auto split = std::ranges::find(data.splits, name, &SplitColumns::name);
    if (split == data.splits.end()) {
        badInput(where + "belong to no planned split");
    }
    if (extent(logits.rows()) != split->rows || extent(logits.cols()) != data.classes) {
        badInput(where + "have the shape " + shapeText(logits.rows(), logits.cols()) + ", expected " +
                 shapeText(static_cast<Eigen::Index>(split->rows), static_cast<Eigen::Index>(data.classes)));
    }
    return *split;
}

void RunWriter::State::requireFreeSpace(std::uint64_t bytes) const {
    std::error_code error;
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < bytes) {
        throw Error(ErrorKind::internal, path.string() + ": needs " + std::to_string(bytes) +
                                             " bytes more on its disk, which has " +
                                             std::to_string(space.available) +
                                             " free; make room or choose another folder");
    }
}

RunWriter::RunWriter(const std::filesystem::path& file, const RunPlan& plan, Existing existing)
    : m_state(std::make_unique<State>(file, plan, existing)) {}

RunWriter::~RunWriter() {
    if (!m_state) {
        return;
    }
    if (m_state->broken) {
        abandon("the run ended after a failed write");
        return;
    }
    m_state->stopTimer();
}

void RunWriter::appendSteps(std::span<const StepRow> rows) {
    auto& state = live();
    for (const auto& row : rows) {
        if (row.values.size() != state.data.stepSeries.size()) {
            badInput(state.path.string() + ": row of /steps has " + std::to_string(row.values.size()) +
                     " values, expected " + std::to_string(state.data.stepSeries.size()));
        }
    }
    if (rows.empty()) {
        return;
    }
    state.change([&] {
        const auto count = static_cast<hsize_t>(rows.size());
        const auto append = [&]<typename T>(Column& column, auto&& value, T) {
            std::vector<T> values;
            std::ranges::transform(rows, std::back_inserter(values), value);
            column.append(state.site, memoryType<T>(), values.data(), count);
        };
        append(
            state.data.stepKeys.epoch, [](const StepRow& row) { return row.key.epoch; }, double{});
        append(
            state.data.stepKeys.stage,
            [](const StepRow& row) { return static_cast<std::int8_t>(row.key.stage); }, std::int8_t{});
        for (std::size_t i = 0; i < state.data.stepSeries.size(); ++i) {
            append(
                state.data.stepSeries[i], [i](const StepRow& row) { return row.values[i]; }, double{});
        }
        state.flush();
        append(
            state.data.stepMarker, [](const StepRow& row) { return row.step; }, std::int64_t{});
        state.flush();
    });
}

void RunWriter::appendEpoch(const EpochRow& row) {
    auto& state = live();
    state.checkRow(row);
    std::uint64_t bytes = static_cast<std::uint64_t>(row.weight.size() + row.bias.size()) * sizeof(float);
    for (const auto& [name, logits] : row.logits) {
        bytes += static_cast<std::uint64_t>(logits.size()) * sizeof(float);
    }
    state.requireFreeSpace(bytes + kFlushOverhead);
    state.change([&] {
        const auto& site = state.site;
        const auto floats = memoryType<float>();
        const bool classifier = state.data.width > 0;
        if (classifier) {
            state.data.weight.append(site, floats, row.weight.data(), 1);
            state.data.bias.append(site, floats, row.bias.data(), 1);
            state.data.classifierKeys.appendStage(site, row.key);
        }
        for (auto& split : state.data.splits) {
            if (const auto logits = row.logits.find(split.name); logits != row.logits.end()) {
                split.appendRow(site, row.key, logits->second);
            }
        }
        for (std::size_t i = 0; i < state.data.epochSeries.size(); ++i) {
            state.data.epochSeries[i].append(site, memoryType<double>(), &row.values[i], 1);
        }
        state.data.epochKeys.appendStage(site, row.key);
        state.flush();
        if (classifier) {
            state.data.classifierKeys.appendEpoch(site, row.key);
        }
        for (auto& split : state.data.splits) {
            if (row.logits.contains(split.name)) {
                split.keys.appendEpoch(site, row.key);
            }
        }
        state.flush();
        // Last of all: a row of /epochs promises the classifier and the logits that belong to it.
        state.data.epochKeys.appendEpoch(site, row.key);
        state.flush();
        state.writtenKeys.push_back(row.key);
    });
}

void RunWriter::appendLogits(const std::string& split, EpochKey key, const MatrixF& logits) {
    auto& state = live();
    const auto where = state.path.string() + ": logits of split '" + split + "' ";
    if (std::ranges::find(state.writtenKeys, key) == state.writtenKeys.end()) {
        badInput(where + "belong to no row of /epochs");
    }
    auto& columns = state.planned(split, logits);
    if (std::ranges::find(columns.writtenKeys, key) != columns.writtenKeys.end()) {
        badInput(where + "are there already for this epoch and stage");
    }
    state.requireFreeSpace(static_cast<std::uint64_t>(logits.size()) * sizeof(float) + kFlushOverhead);
    state.change([&] {
        columns.appendRow(state.site, key, logits);
        state.flush();
        columns.keys.appendEpoch(state.site, key);
        state.flush();
    });
}

void RunWriter::writeFeatures(const std::string& split, Features which, const MatrixF& features) {
    auto& state = live();
    const auto found = std::ranges::find(state.data.splits, split, &SplitColumns::name);
    const auto where = state.path.string() + ": features of split '" + split + "' ";
    if (found == state.data.splits.end()) {
        badInput(where + "belong to no planned split");
    }
    auto& column = which == Features::pretrained ? found->featuresPretrained : found->features;
    if (!column) {
        badInput(where + "were not planned");
    }
    if (column.rows() > 0) {
        badInput(where + "are there already");
    }
    if (extent(features.rows()) != found->rows || extent(features.cols()) != column.rowShape().front()) {
        badInput(where + "have the shape " + shapeText(features.rows(), features.cols()) + ", expected " +
                 shapeText(static_cast<Eigen::Index>(found->rows),
                           static_cast<Eigen::Index>(column.rowShape().front())));
    }
    state.requireFreeSpace(static_cast<std::uint64_t>(features.size()) * sizeof(float) + kFlushOverhead);
    if (features.rows() == 0) {
        return;
    }
    state.change([&] {
        column.append(state.site, memoryType<float>(), features.data(), found->rows);
        state.flush();
    });
}

void RunWriter::setProgress(std::int64_t step, std::int64_t totalSteps) {
    auto& state = live();
    state.change([&] {
        state.overwrite(state.data.step, schema::kProgressStep, step);
        state.overwrite(state.data.totalSteps, schema::kTotalSteps, totalSteps);
        state.flush();
    });
}

void RunWriter::setConfig(const std::string& config) {
    auto& state = live();
    if (config.size() > state.longestConfig) {
        badInput(state.path.string() + ": a config of " + std::to_string(config.size()) +
                 " bytes does not fit into the " + std::to_string(state.longestConfig) + " kept for it");
    }
    state.change([&] {
        const auto root =
            state.site.own(H5Gopen2(state.file.get(), "/", H5P_DEFAULT), "/", "cannot be opened");
        overwriteAttribute(state.site, root.get(), schema::kConfig, config);
        state.flush();
    });
}

void RunWriter::setSelected(std::int64_t epochRow) {
    auto& state = live();
    if (epochRow < -1 || epochRow >= static_cast<std::int64_t>(state.writtenKeys.size())) {
        badInput(state.path.string() + ": selected row " + std::to_string(epochRow) +
                 " of /epochs does not exist (" + std::to_string(state.writtenKeys.size()) + " rows)");
    }
    state.change([&] {
        state.overwrite(state.data.selected, schema::kSelected, epochRow);
        state.flush();
    });
}

void RunWriter::requireFreeSpace(std::uint64_t bytes) const {
    live().requireFreeSpace(bytes);
}

void RunWriter::finish(Status status, const std::string& message) {
    auto& state = live();
    state.change([&] {
        state.writeMessage(message);
        state.overwrite(state.data.heartbeat, schema::kHeartbeat, unixNow());
        state.flush();
        state.overwrite(state.data.status, schema::kStatus, static_cast<std::int8_t>(status));
        state.flush();
    });
    state.stopTimer();
    const auto hidden = std::move(state.hidden);
    const Existing existing = state.existing;
    m_state.reset(); // closes the file before it gets its name
    if (hidden && status == Status::complete) {
        hidden->publish(existing);
    }
}

void RunWriter::abandon(const std::string& message) noexcept {
    if (!m_state) {
        return;
    }
    try {
        if (!m_state->broken) {
            finish(Status::failed, message);
            return;
        }
    } catch (...) {
        m_state->broken = true;
    }
    m_state->stopTimer();
    const auto bytes = messageBytes(message);
    m_state->failedFile.recordFailure({bytes.data(), bytes.size()});
    m_state->failedFile.truncateToStoredEnd();
    m_state->failedFile.divert();
    m_state->hidden.reset(); // removes it
    // Closing what is half written is what crashes: its identifiers stay open until the process leaves.
    static_cast<void>(m_state.release());
}

RunWriter::State& RunWriter::live() const {
    if (!m_state) {
        throw Error(ErrorKind::internal, "the run file is closed and takes no more rows");
    }
    return *m_state;
}

} // namespace finescope::record

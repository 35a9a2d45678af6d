#include "core/record/run_writer.h"

#include "core/record/column.h"
#include "core/record/failed_file.h"
#include "core/record/publish.h"
#include "core/record/schema.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

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

std::string hostName() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
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

// /steps, /epochs, /classifier and the logits of a split share this: rows with a key, complete once the
// marker is there.
struct KeyColumns {
    Column epoch;
    Column stage;

    KeyColumns() = default;
    KeyColumns(const Site& site, hid_t file, const char* group)
        : KeyColumns(site, file, std::string(group)) {}
    KeyColumns(const Site& site, hid_t file, const std::string& group)
        : epoch(site, file, schema::in(group, schema::kEpoch), H5T_IEEE_F64LE, {}),
          stage(site, file, schema::in(group, schema::kStage), H5T_STD_I8LE, {}) {}

    void appendStage(const Site& site, EpochKey key) {
        stage.append(site, memoryType<std::int8_t>(), &key.stage, 1);
    }
    void appendEpoch(const Site& site, EpochKey key) {
        epoch.append(site, memoryType<double>(), &key.epoch, 1);
    }
};

struct SplitColumns {
    std::string name;
    hsize_t rows = 0;
    Column logits;
    KeyColumns keys;
    Column featuresPretrained;
    Column features;
    std::vector<EpochKey> writtenKeys;

    /// All of a row but its marker.
    void appendRow(const Site& site, EpochKey key, const MatrixF& values) {
        logits.append(site, memoryType<float>(), values.data(), 1);
        keys.appendStage(site, key);
        writtenKeys.push_back(key);
    }
};

} // namespace

struct RunWriter::State {
    State(const std::filesystem::path& target, const RunPlan& plan, Existing existing);

    void createProgress();
    void createTables(const RunPlan& plan);
    void createSplit(const SplitPlan& plan, std::size_t classes);
    void createLora(const LoraMatrices& matrices);
    void writeRootAttributes(const RunPlan& plan) const;
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
    Site site;
    FailedFile failedFile;
    Handle file; ///< before the datasets, so that it is closed after them
    hsize_t classes = 0;
    hsize_t width = 0;

    Handle status, step, totalSteps, heartbeat, selected, message, messageType;
    Column stepMarker;
    KeyColumns stepKeys, epochKeys, classifierKeys;
    std::vector<Column> stepSeries, epochSeries;
    Column weight, bias;
    std::vector<SplitColumns> splits;
    std::vector<EpochKey> writtenKeys;

    bool broken = false; ///< a write failed; guarded by the library lock, as the timer writes too

    std::mutex timerMutex; ///< guards stopping
    std::condition_variable timerWake;
    bool stopping = false;
    std::thread timer;
};

RunWriter::State::State(const std::filesystem::path& target, const RunPlan& plan, Existing existing)
    : path(target), site(ErrorKind::internal, target), classes(plan.classNames.size()),
      width(extent(plan.classifierWidth)) {
    const LibraryLock lock;
    if (existing == Existing::refuse && std::filesystem::exists(std::filesystem::symlink_status(target))) {
        refuseExisting(target);
    }
    const auto hidden = hiddenName(target);
    const auto creation = site.own(H5Pcreate(H5P_FILE_CREATE), "", "cannot be described");
    site.check(H5Pset_obj_track_times(creation.get(), false), "", "cannot be created without times");
    const auto access = site.own(H5Pcreate(H5P_FILE_ACCESS), "", "cannot be described");
    site.check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), "",
               "cannot use the file format of SWMR");
    // No chunk cache: a row goes to the disk when it is written, and a full disk is noticed there. A flush
    // that fails goes on, and would put the new length of a dataset on the disk without its rows. Set for the
    // file, as the datasets lose such settings of their own when SWMR starts.
    site.check(H5Pset_cache(access.get(), 0, 1, 0, 0.0), "", "cannot be created without a cache");
    // Cluster file systems may refuse locks; nobody else knows the hidden name, and SWMR drops the lock
    // anyway.
    for (const bool locking : {true, false}) {
        H5Pset_file_locking(access.get(), locking, true);
        file = Handle(H5Fcreate(hidden.c_str(), H5F_ACC_EXCL, creation.get(), access.get()));
        if (file) {
            break;
        }
    }
    if (!file) {
        site.failWithReason("", "cannot be created in " + hidden.parent_path().string() +
                                    "; is the folder writable and its disk not full?");
    }
    try {
        failedFile = FailedFile(site, file.get());
        writeRootAttributes(plan);
        createProgress();
        createTables(plan);
        site.check(H5Fstart_swmr_write(file.get()), "", "cannot start SWMR");
        overwrite(status, schema::kStatus, static_cast<std::int8_t>(Status::running));
        overwrite(selected, schema::kSelected, std::int64_t{-1});
        overwrite(heartbeat, schema::kHeartbeat, unixNow());
        flush();
        failedFile.locate(site, status.get(), message.get());
        publish(hidden, target, existing);
    } catch (...) {
        failedFile.divert();
        std::error_code ignored;
        std::filesystem::remove(hidden, ignored);
        throw;
    }
    startTimer();
}

void RunWriter::State::writeRootAttributes(const RunPlan& plan) const {
    const auto root = file.get();
    writeAttribute(site, root, schema::kFormat, std::string(schema::kFormatName));
    writeAttribute(site, root, schema::kFormatVersionName, schema::kFormatVersion);
    writeAttribute(site, root, schema::kRunId, plan.runId);
    writeAttribute(site, root, schema::kName, plan.name);
    writeAttribute(site, root, schema::kCreated, plan.created);
    writeAttribute(site, root, schema::kCreator, plan.creator);
    writeAttribute(site, root, schema::kHost, hostName());
    writeAttribute(site, root, schema::kPid, static_cast<std::int64_t>(getpid()));
    writeAttribute(site, root, schema::kMethod, plan.method);
    writeAttribute(site, root, schema::kTask, plan.task);
    writeAttribute(site, root, schema::kModel, plan.model);
    writeAttribute(site, root, schema::kSeed, plan.seed);
    writeAttribute(site, root, schema::kClassNames, std::span<const std::string>(plan.classNames));
    writeAttribute(site, root, schema::kConfig, plan.config);
}

void RunWriter::State::createProgress() {
    const auto group = createGroup(site, file.get(), schema::kProgress);
    const std::array<hsize_t, 1> one{1};
    const auto number = [&](const char* name, hid_t type) {
        return createFixed(site, file.get(), name, type, one);
    };
    status = number(schema::kStatus, H5T_STD_I8LE);
    step = number(schema::kProgressStep, H5T_STD_I64LE);
    totalSteps = number(schema::kTotalSteps, H5T_STD_I64LE);
    heartbeat = number(schema::kHeartbeat, H5T_IEEE_F64LE);
    selected = number(schema::kSelected, H5T_STD_I64LE);
    messageType = site.own(H5Tcopy(H5T_C_S1), schema::kMessage, "cannot be given its type");
    site.check(H5Tset_size(messageType.get(), schema::kMessageBytes), schema::kMessage,
               "cannot be given its type");
    site.check(H5Tset_cset(messageType.get(), H5T_CSET_UTF8), schema::kMessage, "cannot be given its type");
    site.check(H5Tset_strpad(messageType.get(), H5T_STR_NULLPAD), schema::kMessage,
               "cannot be given its type");
    message = number(schema::kMessage, messageType.get());
    writeMessage("");
}

void RunWriter::State::createTables(const RunPlan& plan) {
    const auto id = file.get();
    for (const auto* group : {schema::kSteps, schema::kEpochs, schema::kClassifier, schema::kSplits}) {
        static_cast<void>(createGroup(site, id, group));
    }
    stepMarker = Column(site, id, schema::in(schema::kSteps, schema::kStep), H5T_STD_I64LE, {});
    stepKeys = KeyColumns(site, id, schema::kSteps);
    epochKeys = KeyColumns(site, id, schema::kEpochs);
    for (const auto& name : plan.stepSeries) {
        stepSeries.emplace_back(site, id, schema::in(schema::kSteps, name), H5T_IEEE_F64LE,
                                std::vector<hsize_t>{});
    }
    for (const auto& name : plan.epochSeries) {
        epochSeries.emplace_back(site, id, schema::in(schema::kEpochs, name), H5T_IEEE_F64LE,
                                 std::vector<hsize_t>{});
    }
    weight = Column(site, id, schema::kClassifierWeight, H5T_IEEE_F32LE, {classes, width});
    bias = Column(site, id, schema::kClassifierBias, H5T_IEEE_F32LE, {classes});
    classifierKeys = KeyColumns(site, id, schema::kClassifier);
    for (const auto& split : plan.splits) {
        createSplit(split, plan.classNames.size());
    }
    if (!plan.lora.empty()) {
        static_cast<void>(createGroup(site, id, schema::kLora));
        for (const auto& layer : plan.lora) {
            createLora(layer);
        }
    }
}

void RunWriter::State::createSplit(const SplitPlan& plan, std::size_t classCount) {
    const auto group = schema::in(schema::kSplits, plan.name);
    const auto id = createGroup(site, file.get(), group);
    writeAttribute(site, id.get(), schema::kRole, plan.role);
    writeAttribute(site, id.get(), schema::kTask, plan.task);

    const std::array<hsize_t, 1> size{plan.labels.size()};
    const auto labelsName = schema::in(group, schema::kLabels);
    const auto labels = createFixed(site, file.get(), labelsName, H5T_STD_I64LE, size);
    site.check(
        H5Dwrite(labels.get(), memoryType<std::int64_t>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, plan.labels.data()),
        labelsName, "cannot be written");

    SplitColumns columns;
    columns.name = plan.name;
    columns.rows = size[0];
    columns.logits =
        Column(site, file.get(), schema::in(group, schema::kLogits), H5T_IEEE_F32LE, {size[0], classCount});
    columns.keys = KeyColumns(site, file.get(), group);
    if (plan.pretrainedFeatureWidth > 0) {
        columns.featuresPretrained = Column(site, file.get(), schema::in(group, schema::kFeaturesPretrained),
                                            H5T_IEEE_F32LE, {extent(plan.pretrainedFeatureWidth)});
    }
    if (plan.featureWidth > 0) {
        columns.features = Column(site, file.get(), schema::in(group, schema::kFeatures), H5T_IEEE_F32LE,
                                  {extent(plan.featureWidth)});
    }
    splits.push_back(std::move(columns));
}

void RunWriter::State::createLora(const LoraMatrices& matrices) {
    const auto layer = schema::in(schema::kLora, std::to_string(matrices.layer));
    static_cast<void>(createGroup(site, file.get(), layer));
    for (const auto& [name, a] :
         {std::pair{"query", &matrices.queryA}, std::pair{"value", &matrices.valueA}}) {
        const auto projection = schema::in(layer, name);
        static_cast<void>(createGroup(site, file.get(), projection));
        const auto dataset = schema::in(projection, "A");
        const std::array<hsize_t, 2> shape{extent(a->rows()), extent(a->cols())};
        const auto id = createFixed(site, file.get(), dataset, H5T_IEEE_F32LE, shape);
        site.check(H5Dwrite(id.get(), memoryType<float>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, a->data()), dataset,
                   "cannot be written");
    }
}

void RunWriter::State::writeMessage(const std::string& text) const {
    const auto bytes = messageBytes(text);
    site.check(H5Dwrite(message.get(), messageType.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
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
        overwrite(heartbeat, schema::kHeartbeat, unixNow());
        site.check(H5Dflush(heartbeat.get()), schema::kHeartbeat, "cannot be flushed to disk");
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
    if (row.values.size() != epochSeries.size()) {
        badInput(where + "has " + std::to_string(row.values.size()) + " values, expected " +
                 std::to_string(epochSeries.size()));
    }
    if (extent(row.weight.rows()) != classes || extent(row.weight.cols()) != width ||
        extent(row.bias.size()) != classes) {
        badInput(where + "has a classifier of shape " + shapeText(row.weight.rows(), row.weight.cols()) +
                 " with " + std::to_string(row.bias.size()) + " biases, expected " +
                 shapeText(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(width)));
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
    const auto split = std::ranges::find(splits, name, &SplitColumns::name);
    if (split == splits.end()) {
        badInput(where + "belong to no planned split");
    }
    if (extent(logits.rows()) != split->rows || extent(logits.cols()) != classes) {
        badInput(where + "have the shape " + shapeText(logits.rows(), logits.cols()) + ", expected " +
                 shapeText(static_cast<Eigen::Index>(split->rows), static_cast<Eigen::Index>(classes)));
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
        if (row.values.size() != state.stepSeries.size()) {
            badInput(state.path.string() + ": row of /steps has " + std::to_string(row.values.size()) +
                     " values, expected " + std::to_string(state.stepSeries.size()));
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
            state.stepKeys.epoch, [](const StepRow& row) { return row.key.epoch; }, double{});
        append(
            state.stepKeys.stage, [](const StepRow& row) { return static_cast<std::int8_t>(row.key.stage); },
            std::int8_t{});
        for (std::size_t i = 0; i < state.stepSeries.size(); ++i) {
            append(
                state.stepSeries[i], [i](const StepRow& row) { return row.values[i]; }, double{});
        }
        state.flush();
        append(
            state.stepMarker, [](const StepRow& row) { return row.step; }, std::int64_t{});
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
        state.weight.append(site, floats, row.weight.data(), 1);
        state.bias.append(site, floats, row.bias.data(), 1);
        state.classifierKeys.appendStage(site, row.key);
        for (auto& split : state.splits) {
            if (const auto logits = row.logits.find(split.name); logits != row.logits.end()) {
                split.appendRow(site, row.key, logits->second);
            }
        }
        for (std::size_t i = 0; i < state.epochSeries.size(); ++i) {
            state.epochSeries[i].append(site, memoryType<double>(), &row.values[i], 1);
        }
        state.epochKeys.appendStage(site, row.key);
        state.flush();
        state.classifierKeys.appendEpoch(site, row.key);
        for (auto& split : state.splits) {
            if (row.logits.contains(split.name)) {
                split.keys.appendEpoch(site, row.key);
            }
        }
        state.flush();
        // Last of all: a row of /epochs promises the classifier and the logits that belong to it.
        state.epochKeys.appendEpoch(site, row.key);
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
    const auto found = std::ranges::find(state.splits, split, &SplitColumns::name);
    const auto where = state.path.string() + ": features of split '" + split + "' ";
    if (found == state.splits.end()) {
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
        state.overwrite(state.step, schema::kProgressStep, step);
        state.overwrite(state.totalSteps, schema::kTotalSteps, totalSteps);
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
        state.overwrite(state.selected, schema::kSelected, epochRow);
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
        state.overwrite(state.heartbeat, schema::kHeartbeat, unixNow());
        state.flush();
        state.overwrite(state.status, schema::kStatus, static_cast<std::int8_t>(status));
        state.flush();
    });
    state.stopTimer();
    m_state.reset();
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

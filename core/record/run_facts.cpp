#include "core/record/run_facts.h"

#include "core/record/file_parts.h"
#include "core/record/limits.h"
#include "core/record/resumed_rows.h"
#include "core/record/schema.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace finescope::record {

namespace {

// A name in a group of rows that everybody knows: of these a wrong shape is an error; an unknown one is let
// be.
constexpr std::array kKnownSeries{
    "train_loss",
    "learning_rate",
    "gradient_norm",
    "classifier_weight_norm",
    "classifier_bias_norm",
    "train_logit_norm",
    "train_accuracy",
    "validation_accuracy",
    "validation_loss",
    "validation_matthews",
    "test_loss",
    "test_accuracy",
    "logit_norm",
    "feature_difference",
    "feature_cosine_similarity",
};

Stage stageFrom(const DatasetView& dataset, std::int64_t value, std::uint64_t row) {
    if (value != 0 && value != 1) {
        dataset.fail("has the stage " + std::to_string(value) + " at row " + std::to_string(row) +
                     ", expected 0 (linear probing) or 1 (fine-tuning)");
    }
    return static_cast<Stage>(value);
}

// How many rows of a group count: those its marker has, and no more than the columns it cannot do without.
std::uint64_t committedRows(const DatasetView& marker, std::initializer_list<const DatasetView*> needed) {
    auto rows = marker.rows();
    for (const auto* column : needed) {
        rows = std::min(rows, column->rows());
    }
    return rows;
}

void requireFewEvaluations(const DatasetView& marker, std::uint64_t rows) {
    if (rows > limits::kMostEvaluations) {
        marker.fail("says that there are " + std::to_string(rows) + " evaluations; at most " +
                    std::to_string(limits::kMostEvaluations) + " are read");
    }
}

// Appends the keys of rows [first, rows).
void readKeys(const DatasetView& epoch, const DatasetView& stage, std::uint64_t first, std::uint64_t rows,
              std::vector<EpochKey>& keys) {
    const auto epochs = epoch.read<double>(first, rows - first);
    const auto stages = stage.read<std::int64_t>(first, rows - first);
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        if (!(epochs[i] >= 0 && std::isfinite(epochs[i]))) {
            epoch.fail("has the epoch " + std::to_string(epochs[i]) + " at row " + std::to_string(first + i) +
                       ", expected a number of at least 0");
        }
        keys.push_back({epochs[i], stageFrom(stage, stages[i], first + i)});
    }
}

// Rows of /classifier or of a split's logits, `data` being the columns of which each row needs its part:
// their keys and their places in the file, without what a resumed run recorded again.
struct KeyedRows {
    std::vector<EpochKey> keys;
    std::vector<std::uint64_t> places;
};

KeyedRows readRowKeys(const FileView& view, const std::string& group,
                      std::initializer_list<const DatasetView*> data, bool resumed) {
    const std::string why = "every row needs its epoch and stage";
    const auto epoch = view.requiredDataset(schema::in(group, schema::kEpoch), why);
    const auto stage = view.requiredDataset(schema::in(group, schema::kStage), why);
    epoch.requireShape({-1}, "[K]");
    stage.requireShape({-1}, "[K]");
    auto rows = committedRows(epoch, {&stage});
    for (const auto* column : data) {
        rows = std::min(rows, column->rows());
    }
    requireFewEvaluations(epoch, rows);
    KeyedRows keyed;
    readKeys(epoch, stage, 0, rows, keyed.keys);
    keyed.places = keptRows(keyed.keys, resumed);
    return keyed;
}

// The columns of a group beside its keys that hold something.
std::vector<std::pair<std::string, DatasetView>> seriesOf(const FileView& view, const std::string& group,
                                                          const std::vector<std::string>& names,
                                                          const char* markerName) {
    std::vector<std::pair<std::string, DatasetView>> columns;
    for (const auto& name : names) {
        if (name == markerName || name == schema::kEpoch || name == schema::kStage) {
            continue;
        }
        auto column = view.requiredDataset(schema::in(group, name), "it was there a moment ago");
        if (column.rank() != 1 || !column.isNumber()) {
            if (std::ranges::find(kKnownSeries, name) != kKnownSeries.end()) {
                column.requireShape({-1}, "[K] numbers");
                column.fail("should hold numbers, but does not");
            }
            continue;
        }
        if (column.rows() > 0) { // a length of 0 is absence
            columns.emplace_back(name, std::move(column));
        }
    }
    return columns;
}

// The table with what the file holds beyond it.
SeriesTable readTable(const FileView& view, const std::string& group, const char* markerName,
                      SeriesTable table) {
    const bool isSteps = markerName == schema::kStep;
    // The marker before all others: rows that appear in between are then ignored until the next look.
    const auto names = view.members(group, FileView::Member::dataset, limits::kMostColumns, markerName);
    if (names.empty()) {
        return {};
    }
    const auto why = "it says which rows of " + group + " are complete";
    const auto marker = view.requiredDataset(schema::in(group, markerName), why);
    marker.requireShape({-1}, "[K]");
    if (marker.rows() == 0) {
        return {};
    }
    const auto epoch = view.requiredDataset(schema::in(group, schema::kEpoch), "every row needs its epoch");
    const auto stage = view.requiredDataset(schema::in(group, schema::kStage), "every row needs its stage");
    epoch.requireShape({-1}, "[K]");
    stage.requireShape({-1}, "[K]");
    const auto rows = committedRows(marker, {&epoch, &stage});
    const auto columns = seriesOf(view, group, names, markerName);
    const bool sameColumns =
        std::ranges::equal(columns, table.series, [](const auto& column, const Series& known) {
            return column.first == known.name;
        });
    if (rows < table.rowsInFile() || !sameColumns) {
        table = {};
    }
    if (!isSteps) {
        requireFewEvaluations(marker, rows);
    }
    const std::uint64_t first = table.rowsInFile();
    SeriesTable more;
    readKeys(epoch, stage, first, rows, more.keys);
    if (isSteps) {
        more.step = marker.read<std::int64_t>(first, rows - first);
    }
    for (const auto& [name, column] : columns) {
        const auto there = std::min(column.rows(), rows);
        auto values = there > first ? column.read<double>(first, there - first) : std::vector<double>{};
        view.take(column.path(), limits::times(rows - first - values.size(), sizeof(double)));
        values.resize(rows - first, std::numeric_limits<double>::quiet_NaN());
        more.series.push_back({name, std::move(values)});
    }
    return continued(std::move(table), std::move(more));
}

// The row of the table that is row `selected` of the file; -1 where later rows took its place.
std::int64_t keptRow(const FileView& view, const SeriesTable& epochs, std::int64_t selected) {
    if (selected < 0 || epochs.resumed.empty()) {
        return selected;
    }
    std::vector<EpochKey> inFile;
    readKeys(view.requiredDataset(schema::in(schema::kEpochs, schema::kEpoch), "it was read a moment ago"),
             view.requiredDataset(schema::in(schema::kEpochs, schema::kStage), "it was read a moment ago"), 0,
             epochs.rowsInFile(), inFile);
    if (static_cast<std::size_t>(selected) >= inFile.size()) {
        return selected;
    }
    const auto kept = std::ranges::find(epochs.keys, inFile[static_cast<std::size_t>(selected)]);
    return kept == epochs.keys.end() ? -1 : kept - epochs.keys.begin();
}

// A live file may be seen between two writes; one that has ended says what it means.
void requireSelected(const FileView& view, const Progress& progress, std::size_t rows) {
    const bool there = progress.selected >= -1 &&
                       (progress.selected < 0 || static_cast<std::uint64_t>(progress.selected) < rows);
    if (!there && progress.status != Status::running) {
        view.site().fail(schema::kSelected,
                         "is row " + std::to_string(progress.selected) + " of /epochs, which has " +
                             std::to_string(rows) +
                             " rows; expected one of them, counted from 0, or -1 for none");
    }
}

template <typename T>
T readOne(const FileView& view, const char* path, T absent) {
    const auto dataset = view.dataset(path);
    if (!dataset || dataset->rows() == 0) {
        return absent;
    }
    if (dataset->rank() > 1) {
        dataset->requireShape({1}, "[1]");
    }
    return dataset->read<T>(0, 1).front();
}

// A file without /progress was written at one go by somebody else: it is complete.
Progress readProgress(const FileView& view) {
    Progress progress;
    const auto status =
        readOne<std::int64_t>(view, schema::kStatus, static_cast<std::int64_t>(Status::complete));
    if (status < 0 || status > static_cast<std::int64_t>(Status::cancelled)) {
        view.site().fail(schema::kStatus,
                         "is " + std::to_string(status) +
                             ", expected 0 (running), 1 (complete), 2 (failed) or 3 (cancelled)");
    }
    progress.status = static_cast<Status>(status);
    progress.step = readOne<std::int64_t>(view, schema::kProgressStep, 0);
    progress.totalSteps = readOne<std::int64_t>(view, schema::kTotalSteps, 0);
    progress.heartbeat = readOne<double>(view, schema::kHeartbeat, 0);
    progress.selected = readOne<std::int64_t>(view, schema::kSelected, -1);
    if (const auto message = view.dataset(schema::kMessage)) {
        progress.message = message->readText();
    }
    return progress;
}

std::int64_t featureWidth(const FileView& view, const std::string& path, std::int64_t rows) {
    const auto features = view.dataset(path);
    if (!features || features->rows() == 0) {
        return 0;
    }
    features->requireShape({rows, -1}, "[" + std::to_string(rows) + ", h], a row for each label");
    features->claim(0, features->rows(), sizeof(float));
    return static_cast<std::int64_t>(features->shape()[1]);
}

SplitInfo readSplit(const FileView& view, const std::string& name, std::int64_t classes, bool resumed,
                    RowPlaces& places) {
    const auto group = schema::in(schema::kSplits, name);
    SplitInfo split;
    split.name = name;
    split.role = view.text(group, schema::kRole).value_or("");
    split.task = view.text(group, schema::kTask).value_or("");
    if (split.role.empty()) {
        view.site().fail("attribute role of " + group, "is missing; it is train, validation, test or ood");
    }
    const auto labels = view.requiredDataset(schema::in(group, schema::kLabels), "a split is its labels");
    labels.requireShape({-1}, "[N]");
    labels.claim(0, labels.rows(), sizeof(Labels::value_type));
    split.rows = static_cast<std::int64_t>(labels.rows());
    split.classes = classes;
    if (const auto logits = view.dataset(schema::in(group, schema::kLogits));
        logits && logits->rows() > 0 && split.rows > 0) { // length 0 is absence: run-file.md, Reading
        logits->requireShape({-1, split.rows, classes}, "[K, " + std::to_string(split.rows) + ", " +
                                                            std::to_string(classes) + "], for " +
                                                            std::to_string(split.rows) + " labels and " +
                                                            std::to_string(classes) + " classes");
        auto keyed = readRowKeys(view, group, {&*logits}, resumed);
        split.logitKeys = std::move(keyed.keys);
        places.logits[name] = std::move(keyed.places);
        logits->claim(0, places.logits[name].empty() ? 0 : places.logits[name].back() + 1, sizeof(float));
    }
    split.pretrainedFeatureWidth =
        featureWidth(view, schema::in(group, schema::kFeaturesPretrained), split.rows);
    split.featureWidth = featureWidth(view, schema::in(group, schema::kFeatures), split.rows);
    return split;
}

int roleOrder(const SplitInfo& split) {
    constexpr std::array kRoles{"train", "validation", "test"};
    return static_cast<int>(std::ranges::find(kRoles, split.role) - kRoles.begin());
}

void readClassifier(const FileView& view, Run& run, RowPlaces& places) {
    const auto weight = view.dataset(schema::kClassifierWeight);
    if (!weight || weight->rows() == 0) {
        return;
    }
    const auto classes = static_cast<std::int64_t>(run.classes());
    weight->requireShape({-1, classes, -1}, "[K, " + std::to_string(classes) + ", h], for " +
                                                std::to_string(classes) + " classes");
    const auto bias =
        view.requiredDataset(schema::kClassifierBias, "a classifier has a bias; write zeros if it has none");
    bias.requireShape({-1, classes}, "[K, " + std::to_string(classes) + "]");
    auto keyed = readRowKeys(view, schema::kClassifier, {&*weight, &bias}, !run.epochs.resumed.empty());
    run.classifierKeys = std::move(keyed.keys);
    places.classifier = std::move(keyed.places);
    const std::uint64_t rows = places.classifier.empty() ? 0 : places.classifier.back() + 1;
    weight->claim(0, rows, sizeof(float));
    bias.claim(0, rows, sizeof(float));
    run.classifierWidth = static_cast<std::int64_t>(weight->shape()[2]);
}

// Only what they claim: that they fit together is seen when one is asked for.
void claimKernel(const FileView& view, const std::string& state) {
    const auto group = schema::in(schema::kNtk, state);
    for (const auto* name : {schema::kTrainResiduals, schema::kPTrain, schema::kFTrain,
                             schema::kFTrainQueryValue, schema::kPTest, schema::kFTest, schema::kSpectrum}) {
        if (const auto matrix = view.dataset(schema::in(group, name))) {
            matrix->claim(0, matrix->rows(), sizeof(double));
        }
    }
}

void requireOurFormat(const FileView& view) {
    const auto format = view.text("/", schema::kFormat);
    if (!format) {
        view.site().fail("", "is an HDF5 file but not a run file: it has no attribute 'format'");
    }
    if (*format != schema::kFormatName) {
        view.site().fail("attribute format", "is '" + text::shown(*format) + "', expected '" +
                                                 std::string(schema::kFormatName) + "'");
    }
    const auto version = view.integer("/", schema::kFormatVersionName);
    if (!version) {
        view.site().fail("attribute format_version", "is missing");
    }
    if (*version < 1 || *version > schema::kFormatVersion) {
        view.site().fail("attribute format_version",
                         "is " + std::to_string(*version) + "; this program reads version " +
                             std::to_string(schema::kFormatVersion) +
                             (*version > schema::kFormatVersion ? ": open it with a newer finescope" : ""));
    }
}

std::string requiredText(const FileView& view, const char* name) {
    const auto text = view.text("/", name);
    if (!text) {
        view.site().fail(std::string("attribute ") + name, "is missing");
    }
    return *text;
}

void readRootAttributes(const FileView& view, Run& run) {
    const auto optional = [&view](const char* name) { return view.text("/", name).value_or(""); };
    run.runId = optional(schema::kRunId);
    run.name = view.text("/", schema::kName).value_or(run.file.stem().string());
    run.created = optional(schema::kCreated);
    run.creator = optional(schema::kCreator);
    run.host = optional(schema::kHost);
    run.pid = view.integer("/", schema::kPid).value_or(0);
    run.method = requiredText(view, schema::kMethod);
    run.task = optional(schema::kTask);
    run.model = optional(schema::kModel);
    run.seed = view.integer("/", schema::kSeed).value_or(0);
    run.config = optional(schema::kConfig);
    auto names = view.texts("/", schema::kClassNames);
    if (!names || names->empty()) {
        view.site().fail("attribute class_names", "is missing; it lists the classes in label order");
    }
    run.classNames = std::move(*names);
}

// Whether, as far as the tables and /progress tell, nothing came but steps.
bool onlyStepsGrew(const Run& earlier, const Run& now) {
    return now.progress.status == Status::running && earlier.progress.status == Status::running &&
           now.progress.selected == earlier.progress.selected && now.epochs.keys == earlier.epochs.keys &&
           now.epochs.rowsInFile() == earlier.epochs.rowsInFile() &&
           now.steps.rowsInFile() > earlier.steps.rowsInFile();
}

// A writer that says "complete" closes the file a moment later; and two writes within one tick of a file
// system's clock leave the same time.
bool changedJustNow(const FileStamp& stamp) {
    constexpr std::chrono::seconds kSettled{2};
    const auto changed =
        std::chrono::seconds(stamp.modified.tv_sec) + std::chrono::nanoseconds(stamp.modified.tv_nsec);
    return std::chrono::system_clock::now().time_since_epoch() - changed < kSettled;
}

void readRest(const FileView& view, Run& run, RowPlaces& places) {
    readRootAttributes(view, run);
    readClassifier(view, run, places);
    for (const auto& name : view.members(schema::kSplits, FileView::Member::group, limits::kMostSplits)) {
        run.splits.push_back(readSplit(view, name, static_cast<std::int64_t>(run.classes()),
                                       !run.epochs.resumed.empty(), places));
    }
    std::ranges::stable_sort(run.splits, {}, roleOrder);
    run.kernelStates = view.members(schema::kNtk, FileView::Member::group, limits::kMostKernels);
    for (const auto& state : run.kernelStates) {
        claimKernel(view, state);
    }
}

} // namespace

Run readFacts(const FileView& view, const Run* earlier) {
    requireOurFormat(view);
    const auto stamp = view.stamp();
    Run run;
    run.file = view.site().file();
    const bool goesOn = earlier != nullptr && view.text("/", schema::kRunId).value_or("") == earlier->runId;
    // Before all others: a run that it calls complete is then read whole.
    run.progress = readProgress(view);
    run.epochs = readTable(view, schema::kEpochs, schema::kEpoch, goesOn ? earlier->epochs : SeriesTable{});
    run.steps = readTable(view, schema::kSteps, schema::kStep, goesOn ? earlier->steps : SeriesTable{});
    requireSelected(view, run.progress, run.epochs.rowsInFile());
    run.progress.selected = keptRow(view, run.epochs, run.progress.selected);
    if (goesOn && onlyStepsGrew(*earlier, run)) {
        Run next = *earlier;
        next.progress = std::move(run.progress);
        next.epochs = std::move(run.epochs);
        next.steps = std::move(run.steps);
        return next;
    }
    RowPlaces places;
    readRest(view, run, places);
    const bool mayGrow = run.progress.status == Status::running || changedJustNow(stamp);
    run.parts = std::make_shared<FileParts>(FileIdentity{run.file, stamp, run.runId, mayGrow},
                                            static_cast<std::int64_t>(run.classes()), std::move(places));
    return run;
}

} // namespace finescope::record

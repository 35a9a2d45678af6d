#include "core/record/new_file.h"

#include "core/record/schema.h"

#include <array>

#include <unistd.h>

namespace finescope::record {

namespace {

// Rows in a chunk of the tables. A small run has a few hundred steps and ten epochs, a large one a hundred
// thousand and a hundred.
constexpr hsize_t kStepsTogether = 128;
constexpr hsize_t kEpochsTogether = 16;

hsize_t extent(std::int64_t value) {
    return static_cast<hsize_t>(value);
}

std::string hostName() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void writeRootAttributes(const Site& site, hid_t root, const RunPlan& plan) {
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
    if (plan.configRoom > 0) {
        writeAttribute(site, root, schema::kConfig, plan.config, plan.config.size() + plan.configRoom);
    } else {
        writeAttribute(site, root, schema::kConfig, plan.config);
    }
}

void createProgress(const Site& site, hid_t file, RunDatasets& data) {
    const auto group = createGroup(site, file, schema::kProgress);
    const std::array<hsize_t, 1> one{1};
    const auto number = [&](const char* name, hid_t type) {
        return createFixed(site, file, name, type, one);
    };
    data.status = number(schema::kStatus, H5T_STD_I8LE);
    data.step = number(schema::kProgressStep, H5T_STD_I64LE);
    data.totalSteps = number(schema::kTotalSteps, H5T_STD_I64LE);
    data.heartbeat = number(schema::kHeartbeat, H5T_IEEE_F64LE);
    data.selected = number(schema::kSelected, H5T_STD_I64LE);
    data.messageType = site.own(H5Tcopy(H5T_C_S1), schema::kMessage, "cannot be given its type");
    const auto type = data.messageType.get();
    site.check(H5Tset_size(type, schema::kMessageBytes), schema::kMessage, "cannot be given its type");
    site.check(H5Tset_cset(type, H5T_CSET_UTF8), schema::kMessage, "cannot be given its type");
    site.check(H5Tset_strpad(type, H5T_STR_NULLPAD), schema::kMessage, "cannot be given its type");
    data.message = number(schema::kMessage, type);
}

void createTables(const Site& site, hid_t file, const RunPlan& plan, RunDatasets& data) {
    data.classes = plan.classNames.size();
    data.width = extent(plan.classifierWidth);
    for (const auto* group : {schema::kSteps, schema::kEpochs, schema::kClassifier}) {
        static_cast<void>(createGroup(site, file, group));
    }
    data.stepMarker =
        Column(site, file, schema::in(schema::kSteps, schema::kStep), H5T_STD_I64LE, {}, kStepsTogether);
    data.stepKeys = KeyColumns(site, file, schema::kSteps, kStepsTogether);
    data.epochKeys = KeyColumns(site, file, schema::kEpochs, kEpochsTogether);
    for (const auto& name : plan.stepSeries) {
        data.stepSeries.emplace_back(site, file, schema::in(schema::kSteps, name), H5T_IEEE_F64LE,
                                     std::vector<hsize_t>{}, kStepsTogether);
    }
    for (const auto& name : plan.epochSeries) {
        data.epochSeries.emplace_back(site, file, schema::in(schema::kEpochs, name), H5T_IEEE_F64LE,
                                      std::vector<hsize_t>{}, kEpochsTogether);
    }
    if (data.width > 0) {
        data.weight =
            Column(site, file, schema::kClassifierWeight, H5T_IEEE_F32LE, {data.classes, data.width}, 1);
        data.bias =
            Column(site, file, schema::kClassifierBias, H5T_IEEE_F32LE, {data.classes}, kEpochsTogether);
        data.classifierKeys = KeyColumns(site, file, schema::kClassifier, kEpochsTogether);
    }
}

SplitColumns createSplit(const Site& site, hid_t file, const SplitPlan& plan, hsize_t classes) {
    const auto group = schema::in(schema::kSplits, plan.name);
    const auto id = createGroup(site, file, group);
    writeAttribute(site, id.get(), schema::kRole, plan.role);
    writeAttribute(site, id.get(), schema::kTask, plan.task);

    const std::array<hsize_t, 1> size{plan.labels.size()};
    const auto labelsPath = schema::in(group, schema::kLabels);
    const auto labels = createFixed(site, file, labelsPath, H5T_STD_I64LE, size);
    writeWhole(site, labels, labelsPath, memoryType<std::int64_t>(), plan.labels.data());

    SplitColumns columns;
    columns.name = plan.name;
    columns.rows = size[0];
    columns.logits =
        Column(site, file, schema::in(group, schema::kLogits), H5T_IEEE_F32LE, {size[0], classes}, 1);
    columns.keys = KeyColumns(site, file, group, kEpochsTogether);
    if (plan.pretrainedFeatureWidth > 0) {
        columns.featuresPretrained = Column(site, file, schema::in(group, schema::kFeaturesPretrained),
                                            H5T_IEEE_F32LE, {extent(plan.pretrainedFeatureWidth)}, size[0]);
    }
    if (plan.featureWidth > 0) {
        columns.features = Column(site, file, schema::in(group, schema::kFeatures), H5T_IEEE_F32LE,
                                  {extent(plan.featureWidth)}, size[0]);
    }
    return columns;
}

void createLora(const Site& site, hid_t file, const LoraMatrices& matrices) {
    const auto layer = schema::in(schema::kLora, std::to_string(matrices.layer));
    static_cast<void>(createGroup(site, file, layer));
    for (const auto& [name, a] : {std::pair{schema::kLoraQueryA, &matrices.queryA},
                                  std::pair{schema::kLoraValueA, &matrices.valueA}}) {
        const auto path = schema::in(layer, name);
        static_cast<void>(createGroup(site, file, path.substr(0, path.rfind('/'))));
        const std::array<hsize_t, 2> shape{extent(a->rows()), extent(a->cols())};
        writeWhole(site, createFixed(site, file, path, H5T_IEEE_F32LE, shape), path, memoryType<float>(),
                   a->data());
    }
}

} // namespace

KeyColumns::KeyColumns(const Site& site, hid_t file, const std::string& group, hsize_t rowsTogether)
    : epoch(site, file, schema::in(group, schema::kEpoch), H5T_IEEE_F64LE, {}, rowsTogether),
      stage(site, file, schema::in(group, schema::kStage), H5T_STD_I8LE, {}, rowsTogether) {}

void KeyColumns::appendStage(const Site& site, EpochKey key) {
    stage.append(site, memoryType<std::int8_t>(), &key.stage, 1);
}

void KeyColumns::appendEpoch(const Site& site, EpochKey key) {
    epoch.append(site, memoryType<double>(), &key.epoch, 1);
}

void SplitColumns::appendRow(const Site& site, EpochKey key, const MatrixF& values) {
    logits.append(site, memoryType<float>(), values.data(), 1);
    keys.appendStage(site, key);
    writtenKeys.push_back(key);
}

Handle createIn(const Site& site, const std::filesystem::path& hidden) {
    const auto creation = site.own(H5Pcreate(H5P_FILE_CREATE), "", "cannot be described");
    site.check(H5Pset_obj_track_times(creation.get(), false), "", "cannot be created without times");
    // The kernel can cut a write between two pages of the system when the process is killed, and half of an
    // object's header or index makes its dataset unreadable for ever. In a file divided into pages HDF5 puts
    // none that is smaller than a page across two. Larger are long texts, which are written before the file
    // has its name and never again, and the indexes of datasets with more than 8000 chunks (a million steps).
    site.check(H5Pset_file_space_strategy(creation.get(), H5F_FSPACE_STRATEGY_PAGE, false, 1), "",
               "cannot be divided into pages");
    site.check(H5Pset_file_space_page_size(creation.get(), kPageBytes), "", "cannot be divided into pages");
    const auto access = site.own(H5Pcreate(H5P_FILE_ACCESS), "", "cannot be described");
    // The format of HDF5 1.10, which has SWMR: a newer library's latest could not be read by Debian 12's.
    site.check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "",
               "cannot use the file format of SWMR");
    // No chunk cache: a row goes to the disk when it is written, and a full disk is noticed there. A flush
    // that fails goes on, and would put the new length of a dataset on the disk without its rows. Set for the
    // file, as the datasets lose such settings of their own when SWMR starts.
    site.check(H5Pset_cache(access.get(), 0, 1, 0, 0.0), "", "cannot be created without a cache");
    // HiddenFile has it locked, and SWMR would drop a lock of HDF5's own.
    site.check(H5Pset_file_locking(access.get(), false, true), "", "cannot be created without locking");
    Handle file(H5Fcreate(hidden.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()));
    if (!file) {
        site.failWithReason("", "cannot be created in " + hidden.parent_path().string() +
                                    "; is the folder writable and its disk not full?");
    }
    return file;
}

RunDatasets createDatasets(const Site& site, hid_t file, const RunPlan& plan) {
    RunDatasets data;
    writeRootAttributes(site, file, plan);
    createProgress(site, file, data);
    createTables(site, file, plan, data);
    static_cast<void>(createGroup(site, file, schema::kSplits));
    for (const auto& split : plan.splits) {
        data.splits.push_back(createSplit(site, file, split, plan.classNames.size()));
    }
    if (!plan.lora.empty()) {
        static_cast<void>(createGroup(site, file, schema::kLora));
        for (const auto& layer : plan.lora) {
            createLora(site, file, layer);
        }
    }
    return data;
}

} // namespace finescope::record

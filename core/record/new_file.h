#pragma once

#include "core/record/column.h"
#include "core/record/run_writer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace finescope::record {

/// The pages that HDF5 divides a run file into: those of the system, or a part of one where these are larger.
inline constexpr hsize_t kPageBytes = 4096;

/// The key of the rows of /steps, /epochs, /classifier and the logits of a split. In all but /steps `epoch`
/// is the marker: a row is complete once it is there.
struct KeyColumns {
    Column epoch;
    Column stage;

    KeyColumns() = default;
    /// `rowsTogether` as for Column.
    KeyColumns(const Site& site, hid_t file, const std::string& group, hsize_t rowsTogether);

    void appendStage(const Site& site, EpochKey key);
    void appendEpoch(const Site& site, EpochKey key);
};

/// `/splits/NAME`, but its labels, which never change.
struct SplitColumns {
    std::string name;
    hsize_t rows = 0;
    Column logits;
    KeyColumns keys;
    Column featuresPretrained; ///< unset if not planned, like features
    Column features;
    std::vector<EpochKey> writtenKeys;

    /// All of a row of logits but its marker.
    void appendRow(const Site& site, EpochKey key, const MatrixF& values);
};

/// Every dataset of a run file that is written to after its creation. To be closed before the file.
struct RunDatasets {
    Handle status, step, totalSteps, heartbeat, selected; ///< one value each, like message
    Handle message, messageType;
    Column stepMarker;
    KeyColumns stepKeys, epochKeys, classifierKeys;
    std::vector<Column> stepSeries, epochSeries; ///< in the order of the plan
    hsize_t classes = 0, width = 0;              ///< C, h; width 0: no classifier is recorded
    Column weight, bias;                         ///< unset if there is no classifier
    std::vector<SplitColumns> splits;            ///< in the order of the plan
};

/// Makes the empty file at `hidden` one of HDF5, ready to be written by SWMR. Throws through `site`.
[[nodiscard]] Handle createIn(const Site& site, const std::filesystem::path& hidden);

/// Creates every group, dataset and attribute of the plan in `file`, writes what is known from the start
/// (attributes, labels, the matrices A of LoRA) and leaves the rest at length 0: nothing can be created once
/// SWMR has started (run-file.md, Writing). Throws through `site`.
[[nodiscard]] RunDatasets createDatasets(const Site& site, hid_t file, const RunPlan& plan);

} // namespace finescope::record

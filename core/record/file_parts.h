#pragma once

#include "core/record/pinned_file.h"
#include "core/record/run.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace finescope::record {

/// Where in the file the rows are that Run numbers: not in a row where a resumed run recorded some again.
struct RowPlaces {
    std::vector<std::uint64_t> classifier{};
    std::map<std::string, std::vector<std::uint64_t>> logits{}; ///< by split
};

/// Which file a run was read from, so that a later look knows whether it is still the same.
struct FileIdentity {
    std::filesystem::path name; ///< as the user knows it
    FileStamp stamp;            ///< when the run was read
    std::string runId;
    /// Whether it may have been written to since: the run is not over, or had ended a moment before. Such a
    /// file need only be the same inode with the same run in it; any other must not have changed at all.
    bool mayGrow = false;
};

/// The large parts of a run out of its file, which is opened anew for each of them: no descriptor is held in
/// between. A file that was replaced or changed since is refused with Error{badFile}.
class FileParts : public RunParts {
public:
    /// `classes` is C, for checking labels and shapes.
    FileParts(FileIdentity file, std::int64_t classes, RowPlaces places);

    [[nodiscard]] Labels labels(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF logits(const SplitInfo& split, std::size_t row) const override;
    [[nodiscard]] MatrixF pretrainedFeatures(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF features(const SplitInfo& split) const override;
    [[nodiscard]] ClassifierSnapshot classifier(std::size_t row) const override;
    [[nodiscard]] KernelState kernel(const std::string& state) const override;
    [[nodiscard]] std::vector<LoraMatrices> lora() const override;

private:
    class Look;

    FileIdentity m_file;
    std::int64_t m_classes;
    RowPlaces m_places;
};

} // namespace finescope::record

#pragma once

#include "core/record/pinned_file.h"
#include "core/record/run.h"

#include <memory>

namespace finescope::record {

/// The large parts of a run out of its file, which is opened anew for each of them.
class FileParts : public RunParts {
public:
    /// `classes` is C, for checking labels and shapes.
    FileParts(std::shared_ptr<const PinnedFile> file, std::int64_t classes);

    [[nodiscard]] Labels labels(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF logits(const SplitInfo& split, std::size_t row) const override;
    [[nodiscard]] MatrixF pretrainedFeatures(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF features(const SplitInfo& split) const override;
    [[nodiscard]] ClassifierSnapshot classifier(std::size_t row) const override;
    [[nodiscard]] KernelState kernel(const std::string& state) const override;
    [[nodiscard]] std::vector<LoraMatrices> lora() const override;

private:
    [[nodiscard]] MatrixF readFeatures(const SplitInfo& split, const char* name) const;

    std::shared_ptr<const PinnedFile> m_file;
    std::int64_t m_classes;
};

} // namespace finescope::record

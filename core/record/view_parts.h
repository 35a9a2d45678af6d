#pragma once

#include "core/record/file_view.h"
#include "core/record/run.h"

namespace finescope::record {

/// The large parts of a run out of a file that is open; lives no longer than its view.
class ViewParts : public RunParts {
public:
    /// `classes` is C, for checking labels and shapes.
    ViewParts(const FileView& view, std::int64_t classes);

    [[nodiscard]] Labels labels(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF logits(const SplitInfo& split, std::size_t row) const override;
    [[nodiscard]] MatrixF pretrainedFeatures(const SplitInfo& split) const override;
    [[nodiscard]] MatrixF features(const SplitInfo& split) const override;
    [[nodiscard]] ClassifierSnapshot classifier(std::size_t row) const override;
    [[nodiscard]] KernelState kernel(const std::string& state) const override;
    [[nodiscard]] std::vector<LoraMatrices> lora() const override;

private:
    [[nodiscard]] MatrixF readFeatures(const SplitInfo& split, const char* name) const;

    const FileView& m_view;
    std::int64_t m_classes;
};

} // namespace finescope::record

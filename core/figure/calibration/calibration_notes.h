#pragma once

#include "core/figure/figure.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace finescope::figure {

/// Of what the numbers of a calibration figure are, as the beginning of a note: "test split, fine-tuning
/// epoch 3, ", "" where neither is said.
[[nodiscard]] std::string evaluationText(const std::string& split,
                                         const std::optional<record::EpochKey>& epoch, const char* separator);

/// "2", "1.73": a temperature where there is little room.
[[nodiscard]] std::string temperatureText(double temperature);

/// Adds what runs suffer from, (name, caution) each, to the cautions and the notes: one sentence for all runs
/// of one caution. An empty caution is none.
void addCautions(Figure& figure, std::span<const std::pair<std::string, std::string>> cautions);

/// The sentences alone, for tables.
[[nodiscard]] std::vector<std::string>
cautionSentences(std::span<const std::pair<std::string, std::string>> cautions);

} // namespace finescope::figure

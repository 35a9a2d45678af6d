#pragma once

#include "core/engine/model/architecture/family.h"
#include "core/engine/model/weight_files.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace finescope::engine {

/// Calls visit(the weights that one tensor of the files holds) for each tensor of an encoder, layer after
/// layer, in the order in which files are written.
void forEachTensor(const EncoderConfig& config,
                   const std::function<void(const std::vector<WeightName>& weights)>& visit);

/// The shape of the files' tensor that holds these weights.
[[nodiscard]] std::vector<std::int64_t> shapeInFile(const std::vector<WeightName>& weights);

/// "[2, 3]".
[[nodiscard]] std::string shapeText(const std::vector<std::int64_t>& shape);

/// The names under which the files hold those tensors, in that order, all there and of the right shape: with
/// or without the family's prefix, gamma and beta for a norm's weight and bias too. Nothing of a size that
/// only config.json claims is allocated. Throws Error{badFile} naming the tensor.
[[nodiscard]] std::vector<std::string> findTensors(const WeightFiles& files, const EncoderConfig& config);

} // namespace finescope::engine

#pragma once

#include "core/engine/model/architecture/family.h"
#include "core/engine/model/weight_files.h"

#include <functional>
#include <string>
#include <vector>

namespace finescope::engine {

/// Calls visit(the weights that one tensor of the files holds) for each tensor of an encoder, layer after
/// layer, in the order in which files are written.
void forEachTensor(const EncoderConfig& config,
                   const std::function<void(const std::vector<WeightName>& weights)>& visit);

/// The names under which the files hold those tensors, in that order, all there and of the right shape: with
/// or without the family's prefix, gamma and beta for a norm's weight and bias too. Nothing of a size that
/// only config.json claims is allocated. Throws Error{badFile} naming the tensor.
[[nodiscard]] std::vector<std::string> findTensors(const WeightFiles& files, const EncoderConfig& config);

} // namespace finescope::engine

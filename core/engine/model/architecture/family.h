#pragma once

#include "core/engine/model/config.h"
#include "core/engine/model/config_reader.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// Which row of the position table a token reads.
enum class Positions {
    fromZero, ///< 0, 1, 2, ... in every sequence
    afterPad, ///< counted over ids other than the pad id, starting after it; the pad id's own row never
              ///< learns
    none,     ///< there is no table
};

/// How a family's layers compute: a class beside this one, made in layer.cpp.
enum class LayerKind { postNorm, disentangled, preNorm };

/// One weight of an encoder: its name among Encoder's named_parameters, the one that transformers gives it,
/// without the family's prefix, and its shape. Where a file holds several weights as one, `theirs` is shared
/// by neighbours, and each is `shape.front()` of its rows, in the order of the names.
struct WeightName {
    std::string ours, theirs;
    std::vector<std::int64_t> shape;
    bool transposed = false; ///< the file's tensor has inputs for rows
};

/// What a family of encoders does differently from others: a row of the list in families.h. No LibTorch here.
struct Family {
    std::string_view name;        ///< `model_type` in config.json
    std::string_view modelClass;  ///< as transformers calls the bare encoder
    std::string_view description; ///< what people call it, and what is of its form
    std::string_view prefix;      ///< of weights in checkpoints that have a head
    LayerKind layer = LayerKind::postNorm;
    Positions positions = Positions::fromZero;
    bool embeddingsNormed = true;
    bool projectedBeforeNorm = false; ///< the linear layer after the tables, then without a bias
    Pooling pooling = Pooling::first; ///< where nobody chooses
    std::int64_t padId = 0;           ///< where config.json does not say

    bool verified = false; ///< `verify` measures the theory on it: one family of each form

    /// Reads config.json; refuses, with the reader's errors, what is not computed.
    EncoderConfig (*read)(const ConfigReader& reader, const Family& family) = nullptr;
    /// Writes its keys, all but `model_type` and `architectures`, so that transformers and `read` read them.
    nlohmann::ordered_json (*write)(const EncoderConfig& config) = nullptr;
    /// The weights outside the layers, and those of layer `layer`, in the order in which files are written.
    /// No memory is taken for them: config.json may claim any size.
    std::vector<WeightName> (*embeddingWeights)(const EncoderConfig& config) = nullptr;
    std::vector<WeightName> (*layerWeights)(const EncoderConfig& config, std::int64_t layer) = nullptr;
    /// For checks of the theory and tests: few layers, 20 words, 12 positions, two heads (`width` is even),
    /// and all that the family has.
    EncoderConfig (*makeSmall)(const Family& family, std::int64_t width) = nullptr;
    [[nodiscard]] EncoderConfig small(std::int64_t width) const { return makeSmall(*this, width); }
};

} // namespace finescope::engine

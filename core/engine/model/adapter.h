#pragma once

#include "core/engine/model/adapter_config.h"
#include "core/engine/model/safetensors.h"
#include "core/engine/model/weight_layout.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The adapter of a peft folder, laid over its base model's weights: W + scale B A for each module that it
/// trained, and whole tensors (biases, norms) where the file has them. Heads are left aside.
class Adapter {
public:
    /// Compares the names and shapes in adapter_model.safetensors with the encoder that `config` describes;
    /// reads no values. Throws Error{badFile} naming the tensor that fits none, and as readAdapterConfig and
    /// SafetensorsFile; `adapter_model.bin` alone is refused with the one-line conversion.
    Adapter(const std::filesystem::path& folder, const EncoderConfig& config);

    /// Adds to `values`, the tensor of the base model's files that holds these weights, or replaces it. In
    /// the files' layout: before it is transposed or split. Throws Error{badFile} for NaN and infinity.
    void lay(const std::vector<WeightName>& weights, torch::Tensor& values) const;

    /// The files in the folder that it was read from.
    [[nodiscard]] static std::vector<std::string> files();
    /// One line: kind, ranks, how many tensors it changes, what is left aside.
    [[nodiscard]] std::string words() const;

private:
    /// Names in the file, as far as it has them.
    struct Change {
        std::string a, b;         ///< [rank, inputs], [outputs, rank]
        std::string whole;        ///< what the weight is instead
        std::string module;       ///< of the base model, with its prefix
        bool ofEmbedding = false; ///< a table has inputs for rows, too
    };
    void readNames(std::string_view prefix);
    void checkShapes(const EncoderConfig& config) const;
    [[nodiscard]] torch::Tensor finite(const std::string& name) const;

    AdapterConfig m_config;
    SafetensorsFile m_file;
    std::map<std::string, Change> m_changes; ///< by WeightName::theirs
    std::vector<std::string> m_heads;        ///< tensors that are left aside
};

} // namespace finescope::engine

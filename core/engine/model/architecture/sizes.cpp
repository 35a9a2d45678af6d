#include "core/engine/model/architecture/sizes.h"

namespace finescope::engine {

EncoderConfig readSizes(const ConfigReader& reader) {
    EncoderConfig config;
    config.hiddenSize = reader.integer("hidden_size", 1);
    config.layers = reader.integer("num_hidden_layers", 1);
    config.heads = reader.integer("num_attention_heads", 1);
    config.intermediateSize = reader.integer("intermediate_size", 1);
    config.vocabularySize = reader.integer("vocab_size", 1);
    return config;
}

void requireWholeHeads(const ConfigReader& reader, const EncoderConfig& config, const std::string& sizeKey,
                       const std::string& headsKey) {
    if (config.hiddenSize % config.heads != 0) {
        throw reader.bad("\"" + sizeKey + "\" " + std::to_string(config.hiddenSize) +
                         " is not a multiple of \"" + headsKey + "\" " + std::to_string(config.heads));
    }
}

EncoderConfig smallSizes(const Family& family, std::int64_t width) {
    EncoderConfig config;
    config.family = family.name;
    config.padId = family.padId;
    config.hiddenSize = width;
    config.heads = 2;
    config.intermediateSize = 2 * width + 4;
    config.vocabularySize = 20;
    config.maxPositions = 12;
    return config;
}

} // namespace finescope::engine

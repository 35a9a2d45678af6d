#include "core/engine/model/config.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/config_reader.h"
#include "core/engine/text_file.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

using nlohmann::json;

const Family& familyIn(const ConfigReader& reader) {
    const json* type = reader.find("model_type");
    const Family* family =
        type != nullptr && type->is_string() ? findFamily(type->get_ref<const std::string&>()) : nullptr;
    if (family == nullptr) {
        throw reader.bad("\"model_type\" must be " + familyNames() + ", found " +
                         (type == nullptr ? std::string("nothing") : text::shown(type->dump())));
    }
    return *family;
}

} // namespace

std::int64_t EncoderConfig::maxLength() const {
    return familyOf(family).positions == Positions::afterPad ? maxPositions - padId - 1 : maxPositions;
}

EncoderConfig readEncoderConfig(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "config.json";
    const json object = readJsonObject(path);
    const ConfigReader reader(object, path);

    const Family& family = familyIn(reader);
    EncoderConfig config = family.read(reader, family);
    config.family = family.name;
    if (config.padId >= config.vocabularySize) {
        throw reader.bad("\"pad_token_id\" " + std::to_string(config.padId) +
                         " is not below \"vocab_size\" " + std::to_string(config.vocabularySize));
    }
    if (config.maxLength() < 1) {
        throw reader.bad("\"max_position_embeddings\" " + std::to_string(config.maxPositions) +
                         " leaves no position after the pad id " + std::to_string(config.padId));
    }
    return config;
}

void writeEncoderConfig(const EncoderConfig& config, const std::filesystem::path& folder) {
    const Family& family = familyOf(config.family);
    nlohmann::ordered_json object = {
        {"model_type", family.name},
        {"architectures", json::array({family.modelClass})},
    };
    object.update(family.write(config));
    const std::string text = object.dump(2) + "\n";
    const std::string_view parts[] = {text};
    writeWhole(folder / "config.json", parts);
}

} // namespace finescope::engine

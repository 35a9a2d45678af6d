#include "core/engine/model/architecture/local_layers.h"

#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <string>

namespace finescope::engine {

namespace {

constexpr const char* kLocal = "sliding_attention";
constexpr const char* kGlobal = "full_attention";

} // namespace

std::vector<bool> localLayers(const ConfigReader& reader, std::int64_t layers, const LayerRule& isLocal) {
    constexpr std::int64_t kMostLayers = 10000;
    if (layers > kMostLayers) {
        throw reader.bad("\"num_hidden_layers\" is " + std::to_string(layers) + "; at most " +
                         std::to_string(kMostLayers) + " are supported");
    }
    std::vector<bool> local;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        local.push_back(isLocal(layer));
    }
    return local;
}

std::vector<bool> readLocalLayers(const ConfigReader& reader, std::int64_t layers,
                                  const LayerRule& otherwise) {
    const nlohmann::json* const types = reader.find("layer_types");
    if (types == nullptr) {
        return localLayers(reader, layers, otherwise);
    }
    std::vector<bool> local;
    if (!types->is_array() || types->size() != static_cast<std::size_t>(layers)) {
        throw reader.bad("\"layer_types\" must say the type of each of the " + std::to_string(layers) +
                         " layers");
    }
    for (const nlohmann::json& type : *types) {
        if (type != kLocal && type != kGlobal) {
            throw reader.bad("\"layer_types\" holds " + text::shown(type.dump()) + "; supported are \"" +
                             kGlobal + "\" and \"" + kLocal + "\"");
        }
        local.push_back(type == kLocal);
    }
    return local;
}

nlohmann::ordered_json writeLocalLayers(const std::vector<bool>& local) {
    nlohmann::ordered_json types = nlohmann::ordered_json::array();
    for (const bool own : local) {
        types.push_back(own ? kLocal : kGlobal);
    }
    return types;
}

} // namespace finescope::engine

#include "core/engine/model/checkpoint.h"

#include "core/engine/file_hash.h"
#include "core/engine/model/adapter.h"
#include "core/engine/model/safetensors.h"
#include "core/engine/model/weight_files.h"
#include "core/engine/model/weight_layout.h"
#include "core/error.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

Encoder loadEncoder(const EncoderConfig& config, const WeightFiles& files, const ModelFolder& model) {
    const std::vector<std::string> names = findTensors(files, config);
    const std::optional<Adapter> adapter =
        model.adapted ? std::make_optional<Adapter>(model.folder, config) : std::nullopt;
    Encoder encoder(config);
    auto parameters = encoder->named_parameters();
    std::size_t next = 0;
    forEachTensor(config, [&](const std::vector<WeightName>& weights) {
        const std::string& name = names[next++];
        torch::Tensor values = files.readFloat(name);
        if (!torch::isfinite(values).all().item<bool>()) {
            throw Error(ErrorKind::badFile,
                        files.path().string() + ": tensor \"" + name + "\" holds NaN or infinity");
        }
        if (adapter) {
            adapter->lay(weights, values);
        }
        if (weights.front().transposed) {
            values = values.t();
        }
        std::int64_t row = 0;
        for (const WeightName& weight : weights) {
            parameters[weight.ours].set_data(
                weights.size() == 1
                    ? values.contiguous()
                    : values.narrow(0, row, weight.shape.front()).clone(torch::MemoryFormat::Contiguous));
            row += weight.shape.front();
        }
    });
    return encoder;
}

} // namespace

Checkpoint loadCheckpoint(const ModelFolder& model) {
    Checkpoint checkpoint;
    const EncoderConfig config = readEncoderConfig(model.base);
    const WeightFiles files(model.base);
    checkpoint.encoder = loadEncoder(config, files, model);
    std::vector<std::string> names = files.names();
    names.emplace_back("config.json");
    auto hashes = fileHashes(model.base, names);
    checkpoint.sha256 = model.adapted ? fileHashes(model.folder, Adapter::files()) : hashes;
    if (model.adapted) {
        checkpoint.baseSha256 = std::move(hashes);
    }
    return checkpoint;
}

Checkpoint loadCheckpoint(const std::filesystem::path& folder) {
    return loadCheckpoint(openModelFolder(folder));
}

void saveCheckpoint(const Encoder& encoder, const std::filesystem::path& folder) {
    const torch::NoGradGuard noGrad;
    auto weights = encoder->named_parameters();
    for (const auto& module : encoder->named_modules()) {
        if (const auto* linear = module.value()->as<ProjectionImpl>()) {
            weights[module.key() + ".weight"] = linear->effectiveWeight();
        }
    }
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    forEachTensor(encoder->config, [&](const std::vector<WeightName>& parts) {
        std::vector<torch::Tensor> rows;
        std::ranges::transform(parts, std::back_inserter(rows),
                               [&](const WeightName& part) { return weights[part.ours]; });
        const torch::Tensor whole = rows.size() == 1 ? rows.front() : torch::cat(rows);
        tensors.emplace_back(parts.front().theirs, parts.front().transposed ? whole.t() : whole);
    });
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        throw Error(ErrorKind::internal, folder.string() + ": cannot make this folder: " + failure.message());
    }
    writeSafetensors(folder / "model.safetensors", tensors);
    writeEncoderConfig(encoder->config, folder);
}

} // namespace finescope::engine

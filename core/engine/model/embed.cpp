#include "core/engine/model/embed.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/torch_error.h"
#include "core/error.h"

#include <algorithm>

namespace finescope::engine {

namespace {

void check(const EncoderConfig& config, const EmbedOptions& options) {
    if (options.maxLength > static_cast<std::size_t>(config.maxLength())) {
        throw Error(ErrorKind::badInput, "a maximum length of " + std::to_string(options.maxLength) +
                                             " tokens; this encoder takes at most " +
                                             std::to_string(config.maxLength()) +
                                             ": use a smaller --max-length");
    }
}

} // namespace

TokenBatch makeTokenBatch(std::span<const Encoding> encodings, std::int64_t padId) {
    std::size_t longest = 0;
    for (const Encoding& encoding : encodings) {
        longest = std::max(longest, encoding.ids.size());
    }
    const std::int64_t rows = static_cast<std::int64_t>(encodings.size()),
                       length = static_cast<std::int64_t>(longest);
    TokenBatch batch{torch::full({rows, length}, padId, torch::kInt64),
                     torch::zeros({rows, length}, torch::kInt64),
                     torch::zeros({rows, length}, torch::kInt64)};
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        const std::size_t begin = i * longest;
        std::ranges::copy(encodings[i].ids, batch.ids.data_ptr<std::int64_t>() + begin);
        std::ranges::copy(encodings[i].typeIds, batch.typeIds.data_ptr<std::int64_t>() + begin);
        std::fill_n(batch.mask.data_ptr<std::int64_t>() + begin, encodings[i].ids.size(), 1);
    }
    return batch;
}

std::vector<Embedding> embedTexts(Encoder& encoder, const Tokenizer& tokenizer,
                                  std::span<const TextInput> inputs, const EmbedOptions& options) {
    check(encoder->config, options);
    std::vector<Encoding> encodings;
    for (const TextInput& input : inputs) {
        encodings.push_back(tokenizer.encode(input.first, input.second, options.maxLength));
    }
    if (encodings.empty()) {
        return {};
    }
    return rewrapTorch("embedding texts", [&] {
        const torch::NoGradGuard noGrad;
        const torch::Device device = encoder->wordEmbeddings->weight.device();
        const TokenBatch cpu = makeTokenBatch(encodings, tokenizer.padId());
        const TokenBatch batch{cpu.ids.to(device), cpu.typeIds.to(device), cpu.mask.to(device)};
        const Pooling pooling = options.pooling.value_or(familyOf(encoder->config.family).pooling);
        const torch::Tensor features =
            pool(encoder->forward(batch), batch.mask, pooling).to(torch::kCPU, torch::kFloat32).contiguous();
        if (!torch::isfinite(features).all().item<bool>()) {
            throw Error(ErrorKind::numeric,
                        "the features are not finite numbers: the model's weights, its "
                        "adapter's or its rotary positions are damaged or of absurd size");
        }
        const std::size_t width = static_cast<std::size_t>(features.size(1));
        std::vector<Embedding> result;
        for (std::size_t i = 0; i < encodings.size(); ++i) {
            const float* const row = features.data_ptr<float>() + i * width;
            result.push_back({std::move(encodings[i].ids), {row, row + width}});
        }
        return result;
    });
}

} // namespace finescope::engine

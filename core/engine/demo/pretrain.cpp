#include "core/engine/demo/pretrain.h"

#include "core/engine/random_stream.h"
#include "core/engine/task/batches.h"
#include "core/error.h"

#include <algorithm>
#include <numeric>

namespace finescope::engine {

namespace {

constexpr std::int64_t kIgnored = -100; ///< target of a token that is not to be guessed

// RoBERTa's language-model head; the output layer shares the word embeddings.
class LanguageHead : public torch::nn::Module {
public:
    explicit LanguageHead(const EncoderConfig& config)
        : m_dense(register_module("dense", torch::nn::Linear(config.hiddenSize, config.hiddenSize))),
          m_norm(register_module("norm",
                                 torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.hiddenSize})))),
          m_bias(register_parameter("bias", torch::zeros({config.vocabularySize}))) {}

    torch::Tensor forward(const torch::Tensor& hidden, const torch::Tensor& wordEmbeddings) {
        return torch::matmul(m_norm(torch::gelu(m_dense(hidden))), wordEmbeddings.t()) + m_bias;
    }

private:
    torch::nn::Linear m_dense;
    torch::nn::LayerNorm m_norm;
    torch::Tensor m_bias;
};

// The tokens of a batch that are to be guessed: [B, T] each, kIgnored elsewhere.
struct Hidden {
    torch::Tensor ofText; ///< a share of the story's own tokens
    torch::Tensor ofDeed; ///< all tokens of the deed
};

// Masks what is to be guessed; special tokens never are. A row is <s> text </s></s> deed </s>.
Hidden hideTokens(TokenBatch& batch, const Tokenizer& tokenizer, double share, RandomBits& bits) {
    Hidden hidden{torch::full_like(batch.ids, kIgnored), torch::full_like(batch.ids, kIgnored)};
    auto ids = batch.ids.accessor<std::int64_t, 2>();
    const auto mask = batch.mask.accessor<std::int64_t, 2>();
    auto text = hidden.ofText.accessor<std::int64_t, 2>();
    auto deed = hidden.ofDeed.accessor<std::int64_t, 2>();
    for (std::int64_t row = 0; row < batch.ids.size(0); ++row) {
        std::int64_t length = 0;
        while (length < batch.ids.size(1) && mask[row][length] == 1) {
            ++length;
        }
        const std::int64_t separator = ids[row][length - 1];
        bool afterText = false;
        for (std::int64_t i = 1; i + 1 < length; ++i) {
            if (ids[row][i] == separator) {
                afterText = true;
                continue;
            }
            if (afterText) {
                deed[row][i] = ids[row][i];
                ids[row][i] = *tokenizer.maskId();
                continue;
            }
            if (bits.unit() >= share) {
                continue;
            }
            text[row][i] = ids[row][i];
            const double kind = bits.unit();
            if (kind < 0.8) {
                ids[row][i] = *tokenizer.maskId();
            } else if (kind < 0.9) {
                ids[row][i] = static_cast<std::int64_t>(
                    bits.below(static_cast<std::uint64_t>(tokenizer.vocabularySize())));
            }
        }
    }
    return hidden;
}

// What the first token's state alone, told the position, has to go by: [places, h]. Nothing else trains that
// state, which is what a classifier will read; a large corpus does it in the long run, a small one has no
// time for it.
torch::Tensor guessesOfFirst(const Encoder& encoder, const torch::Tensor& hidden,
                             const torch::Tensor& places) {
    const std::int64_t length = hidden.size(1);
    const torch::Tensor rows = places.div(length, "floor"), columns = places.remainder(length);
    return hidden.select(1, 0).index_select(0, rows) +
           encoder->positionEmbeddings->weight.index_select(0, columns + encoder->config.padId + 1);
}

double learningRateAt(double highest, std::int64_t step, std::int64_t total) {
    const std::int64_t warmUp = std::max<std::int64_t>(1, total / 20);
    return step <= warmUp
               ? highest * static_cast<double>(step) / static_cast<double>(warmUp)
               : highest * static_cast<double>(total - step + 1) / static_cast<double>(total - warmUp);
}

} // namespace

double pretrain(Encoder& encoder, const Tokenizer& tokenizer, const PretrainOptions& options) {
    torch::manual_seed(options.seed); // of the head's weights
    RandomBits bits(options.seed);
    LanguageHead head(encoder->config);
    std::vector<torch::Tensor> parameters = encoder->parameters();
    for (const torch::Tensor& parameter : head.parameters()) {
        parameters.push_back(parameter);
    }
    torch::optim::AdamW optimiser(parameters,
                                  torch::optim::AdamWOptions(options.learningRate).weight_decay(0.01));
    double lateLoss = 0;
    const std::int64_t lateSteps = std::max<std::int64_t>(1, options.steps / 10);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(options.batchSize));
    std::iota(rows.begin(), rows.end(), 0);
    for (std::int64_t step = 1; step <= options.steps; ++step) {
        if (options.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "cancelled while pre-training");
        }
        EncodedSplit sentences;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Story story = options.nextStory();
            sentences.encodings.push_back(tokenizer.encode(
                story.text, story.deed, static_cast<std::size_t>(encoder->config.maxLength())));
        }
        TokenBatch batch = collate(sentences, rows, encoder->config.padId, torch::kCPU);
        const Hidden hidden = hideTokens(batch, tokenizer, options.maskedShare, bits);
        Dropout dropout(options.seed, step, 0, static_cast<std::int64_t>(options.batchSize));
        const torch::Tensor states = encoder->forward(batch, &dropout);
        const torch::Tensor& words = encoder->wordEmbeddings->weight;
        const auto guess = [&](const torch::Tensor& targets, const auto& statesAt) {
            const torch::Tensor flat = targets.flatten();
            const torch::Tensor places = flat.ne(kIgnored).nonzero().squeeze(1);
            return torch::cross_entropy_loss(head.forward(statesAt(places), words),
                                             flat.index_select(0, places));
        };
        const torch::Tensor loss =
            guess(hidden.ofText,
                  [&](const auto& places) { return states.flatten(0, 1).index_select(0, places); }) +
            guess(hidden.ofDeed, [&](const auto& places) { return guessesOfFirst(encoder, states, places); });
        optimiser.zero_grad();
        loss.backward();
        static_cast<void>(torch::nn::utils::clip_grad_norm_(parameters, 1.0));
        for (torch::optim::OptimizerParamGroup& group : optimiser.param_groups()) {
            group.options().set_lr(learningRateAt(options.learningRate, step, options.steps));
        }
        optimiser.step();
        const double value = loss.item<double>();
        lateLoss += step > options.steps - lateSteps ? value / static_cast<double>(lateSteps) : 0;
        if (options.onStep) {
            options.onStep(step, value);
        }
    }
    return lateLoss;
}

} // namespace finescope::engine

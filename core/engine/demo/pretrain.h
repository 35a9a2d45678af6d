#pragma once

#include "core/engine/demo/sentences.h"
#include "core/engine/model/encoder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <functional>
#include <stop_token>
#include <string>

namespace finescope::engine {

struct PretrainOptions {
    std::int64_t steps = 1800, batchSize = 48;
    double learningRate = 5e-4;
    double maskedShare = 0.2; ///< of the tokens; 8 of 10 become the mask, 1 another token, 1 stays
    std::uint64_t seed = 1;
    std::function<Story()> nextStory; ///< a fresh one at each call
    std::function<void(std::int64_t step, double loss)> onStep;
    std::stop_token stop;
};

/// Trains an encoder by masked-language modelling with AdamW, a short warm-up and linear decay. A row is the
/// pair of a story: hidden tokens of its text are guessed from their own states, the deed, always hidden,
/// from the first token's state (after Condenser; Gao and Callan 2021), so that this state comes to stand for
/// the text. The head is RoBERTa's, with tied embeddings, and thrown away afterwards. Leaves the encoder in
/// eval mode. Returns the mean loss of the last tenth of the steps. Sets LibTorch's seed.
double pretrain(Encoder& encoder, const Tokenizer& tokenizer, const PretrainOptions& options);

} // namespace finescope::engine

#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <functional>
#include <stop_token>
#include <string>

namespace finescope::engine {

struct PretrainOptions {
    std::int64_t steps = 2500, batchSize = 48;
    double learningRate = 2e-3;
    double maskedShare = 0.2; ///< of the tokens; 8 of 10 become the mask, 1 another token, 1 stays
    std::uint64_t seed = 1;
    std::function<std::string()> nextText; ///< a fresh sentence
    std::function<void(std::int64_t step, double loss)> onStep;
    std::stop_token stop;
};

/// Trains an encoder by masked-language modelling; each hidden token is guessed twice, from its own state and
/// from the first token's (as in Condenser; Gao and Callan 2021), so that the first token comes to stand for
/// the sentence (Devlin et al. 2019; the head of RoBERTa with tied embeddings, thrown away afterwards) with
/// AdamW, a short warm-up and linear decay. Leaves it in eval mode. Returns the mean loss of the last tenth
/// of the steps. Sets LibTorch's seed.
double pretrain(Encoder& encoder, const Tokenizer& tokenizer, const PretrainOptions& options);

} // namespace finescope::engine

// Fine-tuning steps of random weights in a known shape, batches of 8 rows of 128 tokens, by the loop that
// `finescope-engine train` runs:
//
//     bench_training minilm|roberta-base ft|lora [STEPS [THREADS]]        20, as many as `train` would choose

#include "core/engine/model/lora.h"
#include "core/engine/threads.h"
#include "core/engine/train/fine_tune.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

using namespace finescope;
using namespace finescope::engine;

namespace {

constexpr std::int64_t kRows = 8, kTokens = 128, kClasses = 2, kWarmUp = 3;

EncoderConfig shapeOf(const std::string& name) {
    EncoderConfig config;
    const bool base = name == "roberta-base";
    config.family = base ? "roberta" : "bert";
    config.hiddenSize = base ? 768 : 384;
    config.layers = base ? 12 : 6;
    config.heads = 12;
    config.intermediateSize = base ? 3072 : 1536;
    config.vocabularySize = base ? 50265 : 30522;
    config.maxPositions = base ? 514 : 512;
    config.typeVocabularySize = base ? 1 : 2;
    config.padId = base ? 1 : 0;
    return config;
}

EncodedSplit randomRows(std::int64_t rows, std::int64_t vocabulary) {
    std::mt19937_64 generator(1);
    std::uniform_int_distribution<std::int64_t> id(4, vocabulary - 1);
    EncodedSplit split{"train", "train", "bench", {}, {}};
    for (std::int64_t i = 0; i < rows; ++i) {
        Encoding encoding;
        for (std::int64_t t = 0; t < kTokens; ++t) {
            encoding.ids.push_back(id(generator));
        }
        encoding.typeIds.assign(kTokens, 0);
        split.encodings.push_back(std::move(encoding));
        split.labels.push_back(i % kClasses);
    }
    return split;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: bench_training minilm|roberta-base ft|lora [STEPS [THREADS]]\n", stderr);
        return 2;
    }
    const std::string shape = argv[1], method = argv[2];
    const std::int64_t steps = argc > 3 ? std::atol(argv[3]) : 20;
    const EncoderConfig config = shapeOf(shape);
    const int threads = argc > 4 ? std::atoi(argv[4]) : threadsWorthUsing(config.hiddenSize);
    setThreads(1);

    TunedModel model;
    model.workers = threads;
    model.encoder = Encoder(config);
    initialise(model.encoder, 1);
    model.classifier = Classifier(config.hiddenSize, kClasses, 0.1, 1);
    if (method == "lora") {
        addLora(model.encoder, {8, 8, 1});
    }
    std::chrono::steady_clock::time_point begin;
    FineTuneHooks hooks;
    hooks.onStep = [&](const FineTuneStep& step) {
        if (step.step == kWarmUp) {
            begin = std::chrono::steady_clock::now();
        } else if (step.step == kWarmUp + steps) {
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
            std::printf("LibTorch %s, %s, %s, %d threads: %.3f samples/s, loss %.4f\n", TORCH_VERSION,
                        shape.c_str(), method.c_str(), threads,
                        static_cast<double>(kRows * steps) / seconds.count(), step.loss);
        }
    };
    hooks.onEpoch = [](std::int64_t, double) { return 0.0; };
    static_cast<void>(fineTune(model, randomRows(kRows * (kWarmUp + steps), config.vocabularySize),
                               {.epochs = 1, .steps = {kRows, 1e-5}, .orderSeed = 1, .dropoutSeed = 1},
                               hooks));
    return 0;
}

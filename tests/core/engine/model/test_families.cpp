#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/relative_positions.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/dropout.h"
#include "core/engine/model/model_check.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"
#include "tests/support/data.h"
#include "tests/support/error_of.h"
#include "tests/support/read_json.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

using namespace finescope;
using namespace finescope::engine;
using finescope::tests::errorOf;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

json configOf(const std::string& model) {
    return tests::readJson(kData / model / "config.json");
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

EncoderConfig read(const json& config) {
    const QTemporaryDir folder;
    write(std::filesystem::path(folder.path().toStdString()) / "config.json", config.dump());
    return readEncoderConfig(folder.path().toStdString());
}

/// What both spellings must agree on: what would be written.
json written(const EncoderConfig& config) {
    return json::parse(familyOf(config.family).write(config).dump());
}

} // namespace

class TestFamilies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void bothSpellingsOfTransformersMeanTheSame_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("changes"); // a merge patch (RFC 7396) to what transformers 4 wrote
        const auto row = [](const char* name, const char* model, const char* changes) {
            QTest::newRow(name) << model << changes;
        };
        row("theta alone", "llama_f32",
            R"({"rope_parameters": null, "rope_theta": 500.0, "torch_dtype": "float32"})");
        row("llama3", "llama_f16", R"({"rope_parameters": null, "rope_theta": 500.0, "rope_scaling": {
            "rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16}})");
        row("type instead of rope_type", "mistral_f16",
            R"({"rope_parameters": null, "rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 3.0}})");
        row("a null scaling", "qwen3_f32",
            R"({"rope_parameters": null, "rope_theta": 500.0, "rope_scaling": null})");
        row("a theta for each kind of layer", "modernbert_f32",
            R"({"rope_parameters": null, "layer_types": null,
            "global_rope_theta": 160000.0, "local_rope_theta": 10000.0, "global_attn_every_n_layers": 2})");
        row("defaults of ModernBERT", "modernbert_f32",
            R"({"rope_parameters": null, "layer_types": null, "global_attn_every_n_layers": 2, "norm_eps": null})");
        row("layers after some with a window", "qwen2_f16",
            R"({"layer_types": null, "max_window_layers": 1})");
        row("no head_dim", "llama_f32", R"({"head_dim": null})");
        row("rope_scaling before rope_parameters", "llama_f32",
            R"({"rope_parameters": {"rope_theta": 7.0}, "rope_scaling": {"rope_type": "default"}, "rope_theta": 500.0})");
        row("MPNet's pad id is 1 whatever is said", "mpnet_f32", R"({"pad_token_id": 3})");
        row("a list of scores", "deberta-v2_f32", R"({"pos_att_type": ["c2p", "p2c"]})");
        row("a text of scores", "deberta-v2_f32", R"({"pos_att_type": "P2C | c2p"})");
        row("the farthest of all positions", "deberta-v2_f32", R"({"max_relative_positions": 32})");
        row("defaults of DeBERTa", "deberta-v2_bf16", R"({"position_buckets": null, "norm_rel_ebd": null,
            "position_biased_input": null, "type_vocab_size": null, "embedding_size": null})");
        row("sizes of heads", "deberta-v2_f32", R"({"attention_head_size": 5, "conv_kernel_size": 0})");
    }
    void bothSpellingsOfTransformersMeanTheSame() {
        QFETCH(const QString, model);
        QFETCH(const QString, changes);
        json config = configOf(model.toStdString());
        const json now = written(read(config));
        config.merge_patch(json::parse(changes.toStdString()));
        QCOMPARE(written(read(config)).dump(2), now.dump(2));
    }

    void whatIsNotComputedIsRefusedByName_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("changes");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* model, const char* changes, const char* message) {
            QTest::addRow("%s %s", model, changes) << model << changes << message;
        };
        row("llama_f32", R"({"rope_parameters": {"rope_type": "su"}})",
            "\"rope_parameters.rope_type\" is \"su\"");
        row("llama_f32", R"({"rope_parameters": {"rope_type": "linear"}})", "need a \"factor\"");
        row("llama_f32", R"({"rope_parameters": 3})", "\"rope_parameters\" must be an object, found 3");
        row("llama_f32", R"({"partial_rotary_factor": 0.5})", "\"partial_rotary_factor\" is 0.5; only 1.0");
        row("llama_f32", R"({"hidden_act": "gelu"})", "\"hidden_act\" is \"gelu\"");
        row("llama_f32", R"({"num_key_value_heads": 3})", "is not a multiple of \"num_key_value_heads\" 3");
        row("llama_f32", R"({"head_dim": 5})", "heads are 5 wide; rotary positions need an even number");
        row("qwen2_bf16", R"({"rope_parameters": {"short_factor": [1.0]}})",
            "\"rope_parameters.short_factor\" must be a list of 3 numbers");
        row("modernbert_f32", R"({"layer_types": ["full_attention"]})", "each of the 4 layers");
        row("modernbert_f32", R"({"layer_types": ["a", "b", "c", "d"]})", "\"layer_types\" holds \"a\"");
        row("modernbert_f32", R"({"layer_types": null, "num_hidden_layers": 2000000000})", "at most 10000");
        row("modernbert_f32", R"({"rope_scaling": {"rope_type": "default"}})", "are both there");
        row("modernbert_f32", R"({"norm_bias": "no"})", "\"norm_bias\" must be true or false, found \"no\"");
        row("gpt2_f32", R"({"activation_function": "mish"})", "supported are gelu_new");
        row("gpt2_f32", R"({"scale_attn_by_inverse_layer_idx": true})", "only false");
        row("distilbert_f32", R"({"activation": "relu"})", "\"activation\" is \"relu\"");
        row("distilbert_f32", R"({"n_heads": 4})", "\"dim\" 15 is not a multiple of \"n_heads\" 4");
        row("electra_f32", R"({"embedding_size": 0})", "\"embedding_size\" must be an integer from 1");
        row("mpnet_f32", R"({"relative_attention_num_buckets": 64})", "only 32");
        row("deberta-v2_f32", R"({"conv_kernel_size": 3})", "\"conv_kernel_size\" is 3; only 0");
        row("deberta-v2_f32", R"({"relative_attention": false})", "\"relative_attention\" must be true");
        row("deberta-v2_f32", R"({"relative_attention": null})", "\"relative_attention\" must be true");
        row("deberta-v2_f32", R"({"pos_att_type": "c2p|p2p"})", "\"pos_att_type\" holds \"p2p\"");
        row("deberta-v2_f32", R"({"pos_att_type": null})", "must name c2p, p2c or both");
        row("deberta-v2_f32", R"({"pos_att_type": 3})", "must be a text or a list of texts, found 3");
        row("deberta-v2_f32", R"({"norm_rel_ebd": "batch"})", "\"norm_rel_ebd\" is \"batch\"");
        row("deberta-v2_f32", R"({"position_buckets": 1})", "\"position_buckets\" 1 must be at least 2");
        row("deberta-v2_f32", R"({"max_relative_positions": 5})", "farthest distance, 5, by 2 or more");
        row("deberta-v2_f32", R"({"attention_head_size": 4})", "\"attention_head_size\" is 4; only 5");
    }
    void whatIsNotComputedIsRefusedByName() {
        QFETCH(const QString, model);
        QFETCH(const QString, changes);
        QFETCH(const QString, message);
        json config = configOf(model.toStdString());
        config.merge_patch(json::parse(changes.toStdString()));
        const std::string said = errorOf([&] { static_cast<void>(read(config)); });
        QVERIFY2(said.find(message.toStdString()) != std::string::npos, said.c_str());
        QVERIFY(said.find("config.json: ") != std::string::npos);
    }

    // Fused and transposed weights among them.
    void savedFilesHoldTheTensorsThatWereRead_data() {
        QTest::addColumn<QString>("model");
        for (const Family* family : kFamilies) {
            QTest::newRow(family->name.data()) << QString::fromStdString(std::string(family->name) + "_f32");
        }
    }
    void savedFilesHoldTheTensorsThatWereRead() {
        QFETCH(const QString, model);
        const Checkpoint checkpoint = loadCheckpoint(kData / model.toStdString());
        const QTemporaryDir folder;
        const std::filesystem::path saved = folder.path().toStdString();
        saveCheckpoint(checkpoint.encoder, saved);
        const SafetensorsFile before(kData / model.toStdString() / "model.safetensors"),
            after(saved / "model.safetensors");
        for (const auto& [name, entry] : after.entries()) {
            QVERIFY2(torch::equal(before.readFloat(name), after.readFloat(name)), name.c_str());
        }
        for (const auto& [name, entry] : before.entries()) {
            QVERIFY2(after.entries().contains(name) || name.starts_with("pooler."), name.c_str());
        }
        QCOMPARE(written(readEncoderConfig(saved)).dump(), written(checkpoint.encoder->config).dump());
    }

    void weightsInSeveralFilesAreThoseOfOne() {
        const torch::NoGradGuard noGrad;
        const QTemporaryDir folder;
        const std::filesystem::path parts = folder.path().toStdString();
        const std::filesystem::path whole = kData / "qwen3_f32";
        std::filesystem::copy_file(whole / "config.json", parts / "config.json");
        const SafetensorsFile file(whole / "model.safetensors");
        const std::string names[] = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
        std::vector<std::pair<std::string, torch::Tensor>> halves[2];
        json index = {{"metadata", {{"total_size", 1}}}, {"weight_map", json::object()}};
        std::size_t next = 0;
        for (const auto& [name, entry] : file.entries()) {
            halves[next].emplace_back(name, file.readFloat(name));
            index["weight_map"][name] = names[next];
            next = 1 - next;
        }
        for (const std::size_t half : {0U, 1U}) {
            writeSafetensors(parts / names[half], halves[half]);
        }
        write(parts / "model.safetensors.index.json", index.dump());
        Checkpoint one = loadCheckpoint(whole), several = loadCheckpoint(parts);
        QCOMPARE(several.sha256.size(), std::size_t{4});
        const torch::Tensor ids = torch::tensor({{2, 3, 4}}, torch::kInt64);
        const TokenBatch batch{ids, torch::zeros_like(ids), torch::ones_like(ids)};
        QVERIFY(torch::equal(one.encoder->forward(batch), several.encoder->forward(batch)));

        const auto load = [&] { static_cast<void>(loadCheckpoint(parts)); };
        std::filesystem::remove(parts / names[1]);
        QVERIFY(errorOf(load).find(names[1] + ": no such file") != std::string::npos);
        index["weight_map"]["norm.weight"] = "../elsewhere.safetensors";
        write(parts / "model.safetensors.index.json", index.dump());
        QVERIFY(errorOf(load).find("in the same folder") != std::string::npos);
        index["weight_map"]["norm.weight"] = names[0] + std::string(1, '\0') + ".safetensors";
        write(parts / "model.safetensors.index.json", index.dump());
        QVERIFY(errorOf(load).find("in the same folder") != std::string::npos);
        write(parts / "model.safetensors.index.json", "{}");
        QVERIFY(errorOf(load).find("\"weight_map\" must name") != std::string::npos);
    }

    // What a row drops does not depend on the rows beside it, be it of a table that all of them read.
    void eachRowOfABatchDropsByItself() {
        const torch::NoGradGuard noGrad;
        const torch::Tensor ids = torch::tensor({{2, 3, 4, 5}, {2, 6, 3, 6}}, torch::kInt64);
        const TokenBatch both{ids, torch::zeros_like(ids), torch::ones_like(ids)};
        for (const Family* family : kFamilies) {
            Encoder encoder(family->small(8));
            initialise(encoder, 7);
            Dropout ofBoth(3, 1, 0, 2);
            const torch::Tensor hidden = encoder->forward(both, &ofBoth);
            for (const std::int64_t row : {0, 1}) {
                const auto own = [&](const torch::Tensor& of) { return of.narrow(0, row, 1); };
                const TokenBatch batch{own(both.ids), own(both.typeIds), own(both.mask)};
                Dropout ofRow(3, 1, row, 1);
                QVERIFY2(torch::allclose(own(hidden), encoder->forward(batch, &ofRow), 1e-5, 1e-6),
                         family->name.data());
            }
        }
    }

    void whatCannotBeAWeightIsRefusedWhenAFolderIsLookedAt() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::filesystem::copy(kData / "gpt2_f32", path, std::filesystem::copy_options::recursive);
        std::ifstream file(path / "model.safetensors", std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(file)), {});
        const std::size_t type = bytes.find("F32", bytes.find("\"wte.weight\""));
        write(path / "model.safetensors", bytes.replace(type, 3, "I32"));
        const ModelFinding weights = checkModel(path).at(1);
        QVERIFY(!weights.usable);
        QVERIFY2(weights.words.find("\"wte.weight\" is I32") != std::string::npos, weights.words.c_str());
    }

    // Distances by hand: 16 rows for keys before and at the query, 16 for those after it, 8 of each exact;
    // the last covers all that is farther than 128 would be.
    void relativePositionsHaveTheirRows() {
        const torch::Tensor distances = torch::tensor({0, 1, 7, 8, 127, 5000, -1, -7, -5000}, torch::kInt64);
        const torch::Tensor rows = relativeBuckets(distances, 32);
        QVERIFY(torch::equal(rows, torch::tensor({0, 1, 7, 8, 15, 15, 17, 23, 31}, torch::kInt64)));
    }

    // Ends of ranges as transformers has them, by its make_log_bucket_position; the middle row is distance 0.
    void disentangledPositionsHaveTheirRows() {
        const auto rows = [](const std::vector<std::int64_t>& distances, std::int64_t farthest,
                             std::int64_t buckets) {
            const torch::Tensor found = disentangledRows(torch::tensor(distances, torch::kInt64),
                                                         {.farthest = farthest, .buckets = buckets});
            return std::vector<std::int64_t>(found.data_ptr<std::int64_t>(),
                                             found.data_ptr<std::int64_t>() + found.numel());
        };
        using Rows = std::vector<std::int64_t>;
        QCOMPARE(rows({0, 1, 6, 7, 8, 9, 12, 13, 39, 40, 600, -1, -7, -8, -9, -40, -600}, 40, 12),
                 (Rows{12, 13, 18, 19, 19, 20, 20, 21, 23, 23, 23, 11, 5, 5, 4, 0, 0}));
        QCOMPARE(rows({128, 129, 200, 255, 256, 257, 400, 510, 511, -200, -511}, 512, 256),
                 (Rows{384, 385, 425, 448, 448, 448, 489, 511, 511, 87, 1}));
        QCOMPARE(rows({0, 3, 8, 9, 20, -3, -9, -20}, 9, 0), (Rows{9, 12, 17, 17, 17, 6, 0, 0}));
    }

    void aFolderSaysWhatItIs() {
        const std::vector<ModelFinding> known = checkModel(kData / "llama_f16");
        QCOMPARE(known.size(), std::size_t{3});
        QVERIFY(known[0].usable && known[0].words.starts_with("llama, 2 layers, width 20, 5 heads"));
        QVERIFY(known[1].usable && known[1].words.find("(F16) in model.safetensors") != std::string::npos);
        QVERIFY(!known[2].usable); // these folders hold no tokenizer

        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        write(path / "config.json", R"({"model_type": "t5"})");
        const std::vector<ModelFinding> unknown = checkModel(path);
        QCOMPARE(unknown.size(), std::size_t{1});
        QVERIFY(unknown[0].words.find("found \"t5\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestFamilies)
#include "test_families.moc"

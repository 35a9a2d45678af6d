#include "core/engine/model/adapter_config.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/model_check.h"
#include "core/engine/model/model_folder.h"
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
#include <string>

using namespace finescope;
using namespace finescope::engine;
using finescope::tests::errorOf;
using finescope::tests::readJson;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";
using Tensors = std::vector<std::pair<std::string, torch::Tensor>>;

void writeText(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

torch::Tensor integers(const json& rows) {
    const auto values = rows.get<std::vector<std::vector<std::int64_t>>>();
    torch::Tensor tensor = torch::empty(
        {static_cast<std::int64_t>(values.size()), static_cast<std::int64_t>(values.front().size())},
        torch::kInt64);
    for (std::size_t i = 0; i < values.size(); ++i) {
        tensor[static_cast<std::int64_t>(i)].copy_(torch::tensor(values[i], torch::kInt64));
    }
    return tensor;
}

/// The largest difference from what peft computed with that adapter, over the tokens that are not padding.
double differenceFrom(const std::string& name, Encoder encoder) {
    const torch::NoGradGuard noGrad;
    const json expected = readJson(kData / (name + ".json"));
    const TokenBatch batch{integers(expected["ids"]), integers(expected["type_ids"]),
                           integers(expected["mask"])};
    const torch::Tensor hidden = encoder->forward(batch);
    double largest = 0;
    for (std::int64_t row = 0; row < hidden.size(0); ++row) {
        for (std::int64_t token = 0; token < batch.mask[row].sum().item<std::int64_t>(); ++token) {
            const auto wanted =
                expected["hidden"][static_cast<std::size_t>(row)][static_cast<std::size_t>(token)]
                    .get<std::vector<float>>();
            largest =
                std::max(largest, (hidden[row][token] - torch::tensor(wanted)).abs().max().item<double>());
        }
    }
    return largest;
}

/// A copy of an adapter's folder with its base beside it.
struct Copy {
    explicit Copy(const std::string& name) : adapter(root() / name), base(root() / (name + "_base")) {
        std::filesystem::copy(kData / name, adapter);
        std::filesystem::copy(kData / (name + "_base"), base);
    }
    [[nodiscard]] std::filesystem::path root() const { return folder.path().toStdString(); }
    void say(const json& patch) const {
        json config = readJson(adapter / kAdapterConfig);
        config.merge_patch(patch);
        writeText(adapter / kAdapterConfig, config.dump());
    }
    [[nodiscard]] Tensors tensors() const {
        const SafetensorsFile file(adapter / "adapter_model.safetensors");
        Tensors all;
        for (const auto& [name, entry] : file.entries()) {
            all.emplace_back(name, file.readFloat(name));
        }
        return all;
    }
    void write(const std::filesystem::path& file, const std::string& text) const { writeText(file, text); }
    void write(const Tensors& tensors) const {
        writeSafetensors(adapter / "adapter_model.safetensors", tensors);
    }
    [[nodiscard]] std::string error() const {
        return errorOf([&] { static_cast<void>(loadCheckpoint(adapter)); });
    }

    QTemporaryDir folder;
    std::filesystem::path adapter, base;
};

} // namespace

class TestAdapters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    // Fused, transposed and embedding weights, biases, norms, patterns and scales with square roots.
    void hiddenStatesAreThoseOfPeft_data() {
        QTest::addColumn<QString>("name");
        for (const char* const name :
             {"adapter_bert", "adapter_gpt2", "adapter_modernbert", "adapter_llama"}) {
            QTest::newRow(name) << name;
        }
    }
    void hiddenStatesAreThoseOfPeft() {
        QFETCH(const QString, name);
        const std::string adapter = name.toStdString();
        const Checkpoint checkpoint = loadCheckpoint(kData / adapter);
        const double difference = differenceFrom(adapter, checkpoint.encoder);
        QVERIFY2(difference < 1e-5, std::to_string(difference).c_str());
        const double without = differenceFrom(adapter, loadCheckpoint(kData / (adapter + "_base")).encoder);
        QVERIFY2(without > 0.1, std::to_string(without).c_str());
        QVERIFY(checkpoint.sha256.contains("adapter_model.safetensors") &&
                checkpoint.sha256.contains("adapter_config.json"));
        QVERIFY(checkpoint.baseSha256.contains("model.safetensors") &&
                checkpoint.baseSha256.contains("config.json"));
    }

    void aSavedAdapterIsAModelLikeOthers() {
        const Checkpoint checkpoint = loadCheckpoint(kData / "adapter_gpt2");
        const QTemporaryDir folder;
        saveCheckpoint(checkpoint.encoder, folder.path().toStdString());
        QVERIFY(differenceFrom("adapter_gpt2", loadCheckpoint(folder.path().toStdString()).encoder) < 1e-5);
    }

    void olderNamesMeanTheSame() {
        const Copy copy("adapter_llama");
        Tensors tensors = copy.tensors();
        for (auto& [name, values] : tensors) {
            if (const std::size_t at = name.rfind(".weight"); name.find(".lora_") != std::string::npos) {
                name.insert(at, ".default");
            }
        }
        copy.write(tensors);
        QVERIFY(differenceFrom("adapter_llama", loadCheckpoint(copy.adapter).encoder) < 1e-5);
    }

    void theBaseModelIsFound() {
        const Copy copy("adapter_bert");
        const auto found = [&](const std::string& named) {
            copy.say({{"base_model_name_or_path", named}});
            const ModelFolder model = openModelFolder(copy.adapter);
            return model.adapted && std::filesystem::equivalent(model.base, copy.base);
        };
        QVERIFY(found(copy.base.string()));
        QVERIFY(found("../adapter_bert_base"));
        QVERIFY(found("/nowhere/adapter_bert_base/"));
        copy.say({{"base_model_name_or_path", "someone/model"}});
        QVERIFY2(copy.error().find("someone/model") != std::string::npos &&
                     copy.error().find("--base-model DIR") != std::string::npos,
                 copy.error().c_str());
        const ModelFolder told = openModelFolder(copy.adapter, copy.base);
        QVERIFY(differenceFrom("adapter_bert", loadCheckpoint(told).encoder) < 1e-5);
        copy.say({{"base_model_name_or_path", "../adapter_bert"}}); // itself
        QVERIFY(copy.error().find("is an adapter itself") != std::string::npos);
        QVERIFY(errorOf([&] {
                    static_cast<void>(openModelFolder(copy.adapter, copy.adapter));
                }).find("is an adapter itself") != std::string::npos);
        const std::string above =
            errorOf([&] { static_cast<void>(openModelFolder(copy.adapter.parent_path())); });
        QVERIFY2(above.find("an adapter in " + copy.adapter.string()) != std::string::npos, above.c_str());
        copy.say({{"base_model_name_or_path", nullptr}});
        QVERIFY(copy.error().find("names no base model") != std::string::npos);
        QVERIFY(
            errorOf([&] { static_cast<void>(openModelFolder(copy.base, copy.base)); }, ErrorKind::badInput)
                .find("is no adapter") != std::string::npos);
    }

    void theTokenizerIsTheAdaptersOwnIfItHasOne() {
        const Copy copy("adapter_bert");
        QVERIFY(openModelFolder(copy.adapter).tokenizer == openModelFolder(copy.adapter).base);
        copy.write(copy.adapter / "vocab.txt", "[PAD]\n");
        QVERIFY(openModelFolder(copy.adapter).tokenizer == copy.adapter);
    }

    void whatIsAnotherFunctionIsRefusedByName_data() {
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* patch, const char* named) { QTest::newRow(patch) << patch << named; };
        row(R"({"peft_type": "IA3"})", "\"peft_type\" is \"IA3\"");
        row(R"({"peft_type": null})", "\"peft_type\" is missing");
        row(R"({"use_dora": true})", "\"use_dora\" is true");
        row(R"({"lora_bias": true})", "\"lora_bias\" is true");
        row(R"({"layer_replication": [[0, 2]]})", "\"layer_replication\"");
        row(R"({"init_lora_weights": "pissa_niter_4"})", "\"init_lora_weights\" is \"pissa_niter_4\"");
        row(R"({"rank_pattern": {"layer.[0-9]": 3}})", "a regular expression");
        row(R"({"rank_pattern": {"query": 4.7}})", "must be a whole number from 1");
        row(R"({"alpha_pattern": {"query": 1e300}})", "must be a number from");
        row(R"({"alpha_pattern": {"dense": 3, "output.dense": 4}})", "both fit");
        row(R"({"r": 0})", "\"r\" must be an integer");
        row(R"({"r": 5})", "ask for [5, 12]");
        row(R"({"rank_pattern": {"query": 4}})", "query.lora_A.weight\" has shape");
        row(R"({"lora_alpha": "x"})", "\"lora_alpha\" must be a number");
    }
    void whatIsAnotherFunctionIsRefusedByName() {
        QFETCH(const QString, patch);
        QFETCH(const QString, named);
        const Copy copy("adapter_bert");
        copy.say(json::parse(patch.toStdString()));
        const std::string error = copy.error();
        QVERIFY2(error.find(named.toStdString()) != std::string::npos, error.c_str());
        QVERIFY2(error.find("adapter_config.json") != std::string::npos, error.c_str());
    }

    void tensorsThatFitNothingAreNamed() {
        const Copy copy("adapter_llama");
        const Tensors tensors = copy.tensors();
        const auto refusedWith = [&](const std::string& name, const torch::Tensor& values,
                                     const std::string& words) {
            Tensors more = tensors;
            std::erase_if(more, [&](const auto& tensor) { return tensor.first == name; });
            more.emplace_back(name, values);
            copy.write(more);
            const std::string error = copy.error();
            return error.find(name) != std::string::npos && error.find(words) != std::string::npos;
        };
        const std::string layer = "base_model.model.model.layers.0.self_attn.";
        QVERIFY(refusedWith("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight",
                            torch::zeros({4, 12}), "belongs to no weight"));
        QVERIFY(
            refusedWith("base_model.model.model.extra.weight", torch::zeros({4}), "belongs to no weight"));
        QVERIFY(refusedWith(layer + "q_proj.lora_magnitude_vector", torch::zeros({12}), "not understood"));
        QVERIFY(refusedWith("elsewhere.lora_A.weight", torch::zeros({4, 12}), "not understood"));
        QVERIFY(refusedWith(layer + "q_proj.lora_B.weight", torch::zeros({4, 12}), "has shape [4, 12]"));
        QVERIFY(refusedWith(layer + "q_proj.lora_A.weight", torch::full({4, 12}, NAN), "NaN"));
        Tensors fewer = tensors;
        std::erase_if(fewer,
                      [&](const auto& tensor) { return tensor.first == layer + "q_proj.lora_A.weight"; });
        copy.write(fewer);
        QVERIFY2(copy.error().find("q_proj.lora_B.weight\" has no partner") != std::string::npos,
                 copy.error().c_str());
    }

    void stateOfTrainingAndPicklesAreNoWeights() {
        const Copy copy("adapter_bert");
        std::filesystem::rename(copy.adapter / "adapter_model.safetensors",
                                copy.adapter / "adapter_model.bin");
        QVERIFY2(copy.error().find("python3 -c") != std::string::npos &&
                     copy.error().find("adapter_model.bin: pickled") != std::string::npos,
                 copy.error().c_str());
        using namespace std::string_literals;
        for (const std::string& bytes :
             {"PK\x03\x04\0\0\x08\x08\0\0\0\0"s, "\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."s}) {
            copy.write(copy.adapter / "adapter_model.safetensors", bytes);
            QVERIFY2(copy.error().find("pickled weights are not read") != std::string::npos,
                     copy.error().c_str());
        }
        copy.write(copy.adapter / "adapter_model.safetensors",
                   "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n");
        QVERIFY(copy.error().find("git lfs pull") != std::string::npos);
        copy.write(copy.adapter / "adapter_model.safetensors", "<!DOCTYPE html><html></html>");
        QVERIFY(copy.error().find("web page") != std::string::npos);
    }

    void checkpointsOfATrainerOpen() {
        const Copy copy("adapter_bert");
        const std::filesystem::path output = copy.root() / "output";
        std::filesystem::create_directories(output);
        for (const char* const name : {"checkpoint-90", "checkpoint-500", "checkpoint-best"}) {
            std::filesystem::copy(copy.base, output / name);
            for (const char* const file :
                 {"optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"}) {
                copy.write(output / name / file, "\x80\x02");
            }
            copy.write(output / name / "trainer_state.json", "{}");
        }
        Checkpoint checkpoint = loadCheckpoint(output / "checkpoint-500");
        QVERIFY(torch::equal(checkpoint.encoder->wordEmbeddings->weight,
                             loadCheckpoint(copy.base).encoder->wordEmbeddings->weight));
        QCOMPARE(checkpoint.sha256.size(), std::size_t{2});
        const std::string error = errorOf([&] { static_cast<void>(loadCheckpoint(output)); });
        QVERIFY2(error.ends_with("the last is " + (output / "checkpoint-500").string()), error.c_str());
        const std::vector<ModelFinding> findings = checkModel(output);
        QVERIFY(findings.size() == 1 && !findings[0].usable && findings[0].words == error);
    }

    void aFolderSaysThatItIsAnAdapter() {
        const std::vector<ModelFinding> findings = checkModel(kData / "adapter_bert");
        QCOMPARE(findings.size(), std::size_t{4});
        QVERIFY(findings[0].usable && findings[0].words.starts_with("bert, 2 layers, width 12"));
        QCOMPARE(findings[2].part, std::string("adapter"));
        QVERIFY2(findings[2].usable &&
                     findings[2].words.starts_with("LoRA of 6 matrices, rank 2, 3, scale ") &&
                     findings[2].words.find("left aside: base_model.model.") != std::string::npos &&
                     findings[2].words.find("base model ") != std::string::npos,
                 findings[2].words.c_str());
        const Copy copy("adapter_bert");
        copy.say({{"peft_type", "IA3"}});
        const std::vector<ModelFinding> refused = checkModel(copy.adapter);
        QVERIFY(refused.size() == 1 && refused[0].part == "adapter" && !refused[0].usable);
    }
};

QTEST_GUILESS_MAIN(TestAdapters)
#include "test_adapters.moc"

#include <torch/torch.h>

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"
#include "tests/support/data.h"
#include "tests/support/error_of.h"
#include "tests/support/read_json.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

using namespace finescope;
using namespace finescope::engine;
using finescope::tests::errorOf;
using finescope::tests::readJson;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

/// A file of that header and so many bytes of data.
std::string container(const std::string& header, std::size_t dataBytes) {
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + header + std::string(dataBytes, '\1');
}

} // namespace

/// Model folders that are damaged, made to do harm, or not what they seem.
class TestModelFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

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

QTEST_GUILESS_MAIN(TestModelFiles)
#include "test_model_files.moc"

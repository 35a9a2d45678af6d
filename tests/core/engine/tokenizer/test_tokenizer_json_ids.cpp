#include "core/engine/tokenizer/tokenizer.h"
#include "tests/core/engine/tokenizer/golden_ids.h"
#include "tests/core/engine/tokenizer/tokenizer_folder.h"
#include "tests/support/data.h"
#include "tests/support/read_json.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace finescope;
using namespace finescope::tests;
using engine::Encoding;
using nlohmann::json;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

/// A token for each byte, as byte_fallback needs.
void addBytes(json& model) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string token = QString::asprintf("<0x%02X>", byte).toStdString();
        if (model["vocab"].is_array()) {
            model["vocab"].push_back(json::array({token, -100}));
        } else {
            const std::size_t id = model["vocab"].size();
            model["vocab"][token] = id;
        }
    }
}

/// A model around a committed vocabulary, as make_tokenizer_json.py makes it.
json modelOf(const std::string& base, const json& options) {
    json model = options;
    if (base == "word_piece") {
        std::ifstream stream(kData / base / "vocab.txt");
        std::int64_t id = 0;
        for (std::string token; std::getline(stream, token);) {
            model["vocab"][token] = id++;
        }
        return model;
    }
    model["vocab"] = readJson(kData / base / "vocab.json");
    if (base == "byte_bpe") {
        std::ifstream stream(kData / base / "merges.txt");
        for (std::string merge; std::getline(stream, merge);) {
            if (!merge.starts_with("#version")) {
                model["merges"].push_back(merge);
            }
        }
    }
    if (model.value("byte_fallback", false)) {
        addBytes(model);
    }
    return model;
}

json variant(const std::string& name) {
    for (const json& described : readJson(kData / "json_variants.json")) {
        if (described["name"] == name) {
            json document = described["parts"];
            document["model"] = modelOf(described["base"], described["model"]);
            return document;
        }
    }
    return {};
}

/// Those of transformers 5, and those of transformers 4.
std::vector<json> allLayouts() {
    std::vector<json> layouts;
    for (const char* const file : {"layouts.json", "layouts_4.json"}) {
        const auto more = readJson(kData / file).get<std::vector<json>>();
        layouts.insert(layouts.end(), more.begin(), more.end());
    }
    return layouts;
}

} // namespace

/// Folders with a tokenizer.json: the ids are those of `tokenizers` and of transformers.
class TestTokenizerJsonIds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsEqualTokenizers_data() {
        QTest::addColumn<QString>("name");
        for (const json& described : readJson(kData / "json_variants.json")) {
            const auto name = described["name"].get<std::string>();
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void idsEqualTokenizers() {
        QFETCH(QString, name);
        const TokenizerFolder folder;
        folder.write("tokenizer.json", variant(name.toStdString()));
        const auto tokenizer = engine::loadTokenizer(folder.path);
        const auto lines = readJson(kData / "odd_lines.json").get<std::vector<std::string>>();
        QVERIFY(lines.size() > 600);
        Golden golden(kData / (name.toStdString() + ".ids"));
        constexpr std::size_t kPairLengths[] = {8, 16, 33, 64};
        for (std::size_t i = 0; i < lines.size(); ++i) {
            for (const bool pair : {false, true}) {
                if (pair && i % 4 != 0) {
                    continue;
                }
                std::optional<std::string_view> second;
                const std::string& other = lines[(i + 1) % lines.size()];
                if (pair && !other.empty()) {
                    second = other;
                }
                QVERIFY(!golden.atEnd());
                const Encoding want = golden.nextEncoding();
                const Encoding got =
                    tokenizer->encode(lines[i], second, pair ? kPairLengths[i / 4 % 4] : 512);
                const std::string difference =
                    "line " + std::to_string(i + 1) + (pair ? " with the next" : "") + " \"" + lines[i] +
                    "\": expected " + idText(want.ids) + "found " + idText(got.ids);
                QVERIFY2(got.ids == want.ids, difference.c_str());
                QVERIFY2(got.typeIds == want.typeIds, ("types of " + difference).c_str());
            }
        }
        QVERIFY(golden.atEnd());
    }

    void everyLayoutEqualsTransformers_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const json& layout : allLayouts()) {
            QTest::newRow(layout["name"].get<std::string>().c_str()) << index++;
        }
    }
    void everyLayoutEqualsTransformers() {
        QFETCH(int, index);
        const json layout = allLayouts().at(static_cast<std::size_t>(index));
        const TokenizerFolder folder;
        for (const auto& [name, content] : layout["files"].items()) {
            writeFile(folder.path / name, content.get<std::string>());
        }
        const auto tokenizer = engine::loadTokenizer(folder.path);
        for (const json& golden : layout["encodings"]) {
            const auto first = golden["first"].get<std::string>();
            std::optional<std::string> second;
            if (!golden["second"].is_null()) {
                second = golden["second"].get<std::string>();
            }
            const Encoding got = tokenizer->encode(first, second, 512);
            const auto want = golden["ids"].get<std::vector<std::int64_t>>();
            QVERIFY2(got.ids == want,
                     (first + ": expected " + idText(want) + "found " + idText(got.ids)).c_str());
            QVERIFY2(got.typeIds == golden["type_ids"].get<std::vector<std::int64_t>>(), first.c_str());
        }
    }

    /// The reference ids, which everyLayoutEqualsTransformers finds in the folders. Of the families around a
    /// SentencePiece model transformers 5 writes another tokenizer than it was given.
    void transformers5SavesWhat4Saved_data() {
        QTest::addColumn<QString>("family");
        for (const char* const family :
             {"BERT", "DistilBERT", "ELECTRA", "RoBERTa", "MPNet", "GPT-2", "Qwen 2", "ModernBERT"}) {
            QTest::newRow(family) << family;
        }
    }
    void transformers5SavesWhat4Saved() {
        QFETCH(QString, family);
        const std::string name = family.toStdString() + ", saved by transformers 4";
        std::vector<json> ids;
        for (const json& layout : allLayouts()) {
            if (layout["name"] == name || layout["name"] == name + " and again by 5") {
                ids.push_back(layout["encodings"]);
            }
        }
        QCOMPARE(ids.size(), std::size_t{2});
        QVERIFY(ids.front() == ids.back());
    }

    /// Two of the shared examples, with what transformers 5.24 makes of them.
    void sharedMaskCases_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<int>>("ids");
        QTest::newRow("added-in-json")
            << "added-in-json"
            << " a <mask> [ent] x[rel]  c" << QList<int>{0, 33, 35, 32, 36, 32, 27, 37, 32, 34, 2};
        QTest::newRow("plain-string") << "plain-string"
                                      << "a cat <mask> b" << QList<int>{0, 4, 34, 4, 23, 32, 38, 32, 5, 2};
    }
    void sharedMaskCases() {
        QFETCH(QString, folder);
        QFETCH(QString, text);
        QFETCH(QList<int>, ids);
        const auto path =
            tests::sharedData().parent_path() / "cases" / "03-mask-lstrip" / folder.toStdString();
        if (!std::filesystem::exists(path)) {
            QSKIP(("no such folder: " + path.string()).c_str());
        }
        const auto got = engine::loadTokenizer(path)->encode(text.toStdString(), std::nullopt, 64).ids;
        QCOMPARE(QList<int>(got.begin(), got.end()), ids);
    }
};

QTEST_GUILESS_MAIN(TestTokenizerJsonIds)
#include "test_tokenizer_json_ids.moc"

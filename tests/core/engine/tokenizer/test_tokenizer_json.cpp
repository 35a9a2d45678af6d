#include "core/engine/tokenizer/tokenizer.h"
#include "core/error.h"
#include "tests/core/engine/tokenizer/tokenizer_folder.h"
#include "tests/support/data.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace finescope;
using namespace finescope::tests;
using nlohmann::json;

namespace {

/// A small byte-level tokenizer.json, which is right.
json smallBytes() {
    return json::parse(R"({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                          "normalized": false, "special": true},
                         {"id": 5, "content": "[ent]", "single_word": false, "lstrip": false, "rstrip": false,
                          "normalized": true, "special": false}],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                           "trim_offsets": true, "add_prefix_space": false},
        "decoder": null,
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false,
                  "vocab": {"<s>": 0, "<pad>": 1, "</s>": 2, "a": 3, "b": 4}, "merges": []}})");
}

/// A small WordPiece tokenizer.json, which is right.
json smallWordPiece() {
    return json::parse(R"({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                       "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100,
                  "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "A": 5}}})");
}

bool holds(const std::string& message, std::initializer_list<std::string> parts) {
    return std::ranges::all_of(
        parts, [&](const std::string& part) { return message.find(part) != std::string::npos; });
}

} // namespace

/// What a tokenizer.json and the files beside it may say, and what is refused.
class TestTokenizerJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void otherPartsAreRefusedByName_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* name, const char* pointer, const char* value, const char* named) {
            QTest::newRow(name) << pointer << value << named;
        };
        row("normalizer", "/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "AA=="})",
            "precompiled_charsmap");
        row("character map of nothing", "/normalizer",
            R"({"type": "Precompiled", "precompiled_charsmap": "A"})", "base64");
        row("normalizer in a sequence", "/normalizer",
            R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "ByteLevel"}]})", "ByteLevel");
        row("regular expression", "/normalizer",
            R"({"type": "Replace", "pattern": {"Regex": "("}, "content": " "})", "regular expression");
        row("empty pattern", "/normalizer",
            R"({"type": "Replace", "pattern": {"String": ""}, "content": " "})", "pattern");
        row("flag of no meaning", "/normalizer", R"({"type": "Lowercase", "turkish": true})", "turkish");
        row("flag missing", "/normalizer", R"({"type": "Strip", "strip_left": true})", "strip_right");
        row("no type", "/normalizer", R"({"lowercase": true})", "type");
        row("no object", "/normalizer", R"("NFC")", "normalizer");
        row("pre-tokenizer", "/pre_tokenizer", R"({"type": "CharDelimiterSplit", "delimiter": "_"})",
            "CharDelimiterSplit");
        row("sign of two characters", "/pre_tokenizer", R"({"type": "Metaspace", "replacement": "__"})",
            "replacement");
        row("prefix contradicted", "/pre_tokenizer",
            R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "add_prefix_space": false})",
            "prepend_scheme");
        row("scheme", "/pre_tokenizer",
            R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"})", "last");
        row("split without behaviour", "/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "x"}})",
            "behavior");
        row("behaviour", "/pre_tokenizer", R"({"type": "Punctuation", "behavior": "Merged"})", "Merged");
        for (const char* const expression :
             {R"(\\h)", R"(\\bx)", R"(\\K)", R"(\\p{Han})", R"(\\p{^L})", R"(\\pL)", R"([a[b]])", R"([a&&b])",
              R"([[:alpha:]])", R"((?<name>a))", R"((?m)a)", R"(a{,3})", R"(a{2}+)", R"((*UCP)a)",
              R"((a)\\1)", R"([])", R"(a{x})", R"(a{99999})", R"(((a{200}){200}){200})",
              // Oniguruma reads each of these otherwise than PCRE2, or not at all.
              R"(a{2}?)", R"(\\xe9)", R"(\\x4)", R"(a|(?i)b)", R"([\\w-z])", R"([!-\\d])", R"((?=a)+)",
              R"((?i:as?ss))", R"((?i)FI)", R"((?i:é))", R"((?i:[aß]))", R"((?i:\\p{Lu}))",
              R"((?i:\\x41))"}) {
            const std::string value = R"({"type": "Split", "behavior": "Removed", "pattern": {"Regex": ")" +
                                      std::string(expression) + "\"}}";
            row(expression, "/pre_tokenizer", value.c_str(), "not understood");
        }
        row("post-processor", "/post_processor", R"({"type": "Other"})", "Other");
        row("two framings", "/post_processor",
            R"({"type": "Sequence", "processors": [
                {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]},
                {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}]})",
            "second framing");
        row("text twice", "/post_processor",
            R"({"type": "TemplateProcessing", "special_tokens": {}, "pair": [],
                "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]})",
            "single");
        row("special token not there", "/post_processor",
            R"({"type": "TemplateProcessing", "special_tokens": {}, "pair": [],
                "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}]})",
            "[X]");
        row("model", "/model", R"({"type": "WordLevel", "vocab": {}})", "WordLevel");
        row("no tokens", "/model", R"({"type": "Unigram", "vocab": []})", "vocab");
        row("token without probability", "/model", R"({"type": "Unigram", "vocab": [["a"]]})", "vocab");
        row("unknown token out of range", "/model",
            R"({"type": "Unigram", "unk_id": 1, "vocab": [["a", -1]]})", "unk_id");
        row("model of no type", "/model", R"({"vocab": {}})", "not understood");
        row("dropout", "/model/dropout", "0.1", "dropout");
        row("suffix", "/model/end_of_word_suffix", R"("</w>")", "end_of_word_suffix");
        row("id", "/model/vocab/a", "-1", "\"a\"");
        row("id too large", "/model/vocab/a", "4294967296", "\"a\"");
        row("merge of one", "/model/merges", R"(["ab"])", "merge 1");
        row("merge of nothing known", "/model/merges", R"([["a", "b"]])", "\"ab\"");
        row("unknown token", "/model/unk_token", R"("<unk>")", "<unk>");
        row("key of the whole", "/extra", R"({"a": 1})", "extra");
        row("version", "/version", R"("2.0")", "version");
        row("id that no program gives", "/added_tokens/1/id", "9", "[ent]");
        row("id of a known token", "/added_tokens/0/id", "3", "<s>");
        row("flag of a token", "/added_tokens/1/lstrip", "1", "lstrip");
        row("flag of a token missing", "/added_tokens/1/lstrip", "null", "lstrip");
    }
    void otherPartsAreRefusedByName() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, named);
        const TokenizerFolder folder;
        json document = smallBytes();
        folder.write("tokenizer.json", document);
        QCOMPARE(folder.error(), std::string("no error"));
        document[json::json_pointer(pointer.toStdString())] = json::parse(value.toStdString());
        folder.write("tokenizer.json", document);
        const std::string error = folder.error();
        QVERIFY2(holds(error, {"tokenizer.json", named.toStdString()}), error.c_str());
    }

    void otherClassesAreRefused_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        for (const char* const file : {"config.json", "tokenizer_config.json"}) {
            for (const char* const name :
                 {"BertJapaneseTokenizer", "BertweetTokenizer", "PhobertTokenizer", "XLMRobertaTokenizerFast",
                  "GPT2Tokenizer", "PreTrainedTokenizer", "MyTokenizer"}) {
                QTest::addRow("%s in %s", name, file) << file << "tokenizer_class" << name;
            }
            QTest::addRow("words in %s", file) << file << "word_tokenizer_type"
                                               << "mecab";
            QTest::addRow("sub-words in %s", file) << file << "subword_tokenizer_type"
                                                   << "character";
        }
        QTest::newRow("code of its own") << "tokenizer_config.json"
                                         << "auto_map"
                                         << "tok.MyTokenizer";
    }
    void otherClassesAreRefused() {
        QFETCH(QString, file);
        QFETCH(QString, key);
        QFETCH(QString, value);
        for (const bool whole : {true, false}) {
            const TokenizerFolder folder;
            if (whole) {
                folder.write("tokenizer.json", smallWordPiece());
            } else {
                writeFile(folder.path / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
            }
            QCOMPARE(folder.error(), std::string("no error"));
            folder.write(file.toStdString(), {{key.toStdString(), value.toStdString()}});
            const std::string error = folder.error();
            QVERIFY2(holds(error, {file.toStdString(), key.toStdString(), value.toStdString()}),
                     error.c_str());
        }
    }

    void sharedJapaneseCase() {
        const auto path = tests::sharedData().parent_path() / "cases" / "01-japanese" / "in-config";
        if (!std::filesystem::exists(path)) {
            QSKIP(("no such folder: " + path.string()).c_str());
        }
        try {
            static_cast<void>(engine::loadTokenizer(path));
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY2(holds(error.what(), {"tokenizer_config.json", "word_tokenizer_type"}), error.what());
        }
    }

    void classesNeedTheirFiles() {
        const TokenizerFolder folder;
        folder.write("tokenizer_config.json", {{"tokenizer_class", "PreTrainedTokenizerFast"}});
        writeFile(folder.path / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
        QVERIFY2(holds(folder.error(), {"PreTrainedTokenizerFast", "tokenizer.json"}),
                 folder.error().c_str());
        folder.write("tokenizer_config.json", {{"tokenizer_class", "RobertaTokenizer"}});
        QVERIFY2(holds(folder.error(), {"RobertaTokenizer", "vocab.json"}), folder.error().c_str());
        folder.write("tokenizer_config.json", {{"tokenizer_class", "DebertaV2Tokenizer"}});
        QVERIFY2(holds(folder.error(), {"DebertaV2Tokenizer", "tokenizer.json", "save_pretrained"}),
                 folder.error().c_str());
    }

    /// transformers goes by it where no class is said; the files alone would say RoBERTa, or BERT.
    void modelTypeSaysTheClass() {
        const TokenizerFolder folder;
        writeFile(folder.path / "vocab.json",
                  R"({"<s>": 0, "</s>": 1, "<pad>": 2, "<unk>": 3, "a": 4, "<|endoftext|>": 5})");
        writeFile(folder.path / "merges.txt", "");
        const std::vector<std::int64_t> framed = {0, 4, 1}, plain = {4};
        QCOMPARE(folder.ids("a"), framed);
        folder.write("config.json", {{"model_type", "gpt2"}});
        QCOMPARE(folder.ids("a"), plain);
        folder.write("config.json", {{"model_type", "distilbert"}});
        QVERIFY2(holds(folder.error(), {"config.json", "distilbert", "vocab.txt"}), folder.error().c_str());
        folder.write("config.json", {{"model_type", "xlm-roberta"}});
        QVERIFY2(holds(folder.error(), {"config.json", "xlm-roberta", "tokenizer.json"}),
                 folder.error().c_str());
    }

    void withoutAPadTokenZeroFills() {
        const TokenizerFolder folder;
        json document = smallBytes();
        document["model"]["vocab"] = {{"<s>", 0}, {"</s>", 1}, {"b", 2}, {"a", 3}, {"c", 4}};
        document["post_processor"] = nullptr;
        folder.write("tokenizer.json", document);
        folder.write("tokenizer_config.json",
                     {{"tokenizer_class", "LlamaTokenizer"}, {"pad_token", nullptr}});
        QCOMPARE(engine::loadTokenizer(folder.path)->padId(), std::int64_t{0});
        folder.write("tokenizer_config.json", {{"tokenizer_class", "LlamaTokenizer"}, {"pad_token", "</s>"}});
        QCOMPARE(engine::loadTokenizer(folder.path)->padId(), std::int64_t{1});
    }

    /// Versions of transformers wrote several files for one class.
    void classesAroundSentencePieceTakeTheFile() {
        const TokenizerFolder folder;
        folder.write("tokenizer.json", smallBytes()); // which has no Metaspace, as Llama 3's
        folder.write("tokenizer_config.json", {{"tokenizer_class", "LlamaTokenizerFast"}});
        const std::vector<std::int64_t> expected = {0, 3, 2};
        QCOMPARE(folder.ids("a"), expected);
    }

    void tokenizerJsonWinsOverOtherFiles() {
        const TokenizerFolder folder;
        writeFile(folder.path / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nb\na\n");
        const std::vector<std::int64_t> old = {2, 5, 3}, whole = {2, 4, 3};
        QCOMPARE(folder.ids("a"), old);
        folder.write("tokenizer.json", smallWordPiece());
        QCOMPARE(folder.ids("a"), whole);
        QCOMPARE(engine::tokenizerFiles(folder.path),
                 (std::vector<std::string>{"tokenizer.json", "vocab.txt"}));
    }

    /// transformers takes the options, `tokenizers` the file: neither in silence.
    void whatContradictsTokenizerJsonIsRefused_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("part");
        QTest::newRow("case said") << R"({"do_lower_case": false})"
                                   << "normalizer";
        QTest::newRow("accents said") << R"({"strip_accents": false})"
                                      << "normalizer";
        QTest::newRow("case of the class")
            << R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})"
            << "normalizer";
        QTest::newRow("unknown token of the class")
            << R"({"unk_token": "a", "tokenizer_class": "BertTokenizer"})"
            << "model";
        QTest::newRow("framing of the class") << R"({"cls_token": "a", "tokenizer_class": "BertTokenizer"})"
                                              << "post_processor";
        QTest::newRow("another class") << R"({"tokenizer_class": "RobertaTokenizer"})"
                                       << "model";
        QTest::newRow("added token") << R"({"added_tokens_decoder": {"6": {"content": "[ent]"}}})"
                                     << "[ent]";
    }
    void whatContradictsTokenizerJsonIsRefused() {
        QFETCH(QString, config);
        QFETCH(QString, part);
        const TokenizerFolder folder;
        folder.write("tokenizer.json", smallWordPiece());
        writeFile(folder.path / "tokenizer_config.json", R"({"do_lower_case": true})");
        QCOMPARE(folder.error(), std::string("no error"));
        writeFile(folder.path / "tokenizer_config.json", config.toStdString());
        const std::string error = folder.error();
        QVERIFY2(holds(error, {"tokenizer.json: its ", part.toStdString(), "tokenizer_config.json"}),
                 error.c_str());
    }

    void asWrittenTakesTheFile() {
        const TokenizerFolder folder;
        folder.write("tokenizer.json", smallWordPiece());
        folder.write("tokenizer_config.json",
                     {{"tokenizer_class", "TokenizersBackend"}, {"do_lower_case", false}});
        const std::vector<std::int64_t> expected = {2, 4, 3};
        QCOMPARE(folder.ids("A"), expected);
    }

    void tokensThatNormaliseToOneAreRefused() {
        const TokenizerFolder folder;
        json document = smallWordPiece();
        std::int64_t id = 6;
        for (const char* const content : {"[Ent]", "[ENT]"}) {
            document["added_tokens"].push_back({{"id", id++},
                                                {"content", content},
                                                {"single_word", false},
                                                {"lstrip", false},
                                                {"rstrip", false},
                                                {"normalized", true},
                                                {"special", false}});
        }
        folder.write("tokenizer.json", document);
        QVERIFY2(holds(folder.error(), {"tokenizer.json", "[Ent]", "[ENT]"}), folder.error().c_str());
    }

    /// Their ids would follow the order of an object's keys, which JSON does not have.
    void newTokensOfNamesAreRefused() {
        const TokenizerFolder folder;
        folder.write("tokenizer.json", smallWordPiece());
        folder.write("tokenizer_config.json", {{"b_token", "[b]"}});
        QCOMPARE(folder.error(), std::string("no error"));
        folder.write("tokenizer_config.json", {{"b_token", "[b]"}, {"extra_special_tokens", {{"a", "[a]"}}}});
        QVERIFY2(holds(folder.error(), {"tokenizer_config.json", "[a]", "[b]"}), folder.error().c_str());
    }

    void manyAddedTokensTakeLittleTime_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("tokenizer.json") << "tokenizer.json";
        QTest::newRow("decoder") << "tokenizer_config.json";
        QTest::newRow("added_tokens.json") << "added_tokens.json";
        QTest::newRow("additional special tokens") << "special_tokens_map.json";
        QTest::newRow("names") << "names";
    }
    void manyAddedTokensTakeLittleTime() {
        QFETCH(QString, file);
        constexpr std::int64_t kTokens = 200'000;
        const TokenizerFolder folder;
        json list = json::array(), byText = json::object(), byId = json::object(), names = json::array();
        for (std::int64_t i = 0; i < kTokens; ++i) {
            const json token = {{"id", i + 6},          {"content", "aaaaaaaa" + std::to_string(i)},
                                {"single_word", false}, {"lstrip", false},
                                {"rstrip", false},      {"normalized", false},
                                {"special", false}};
            list.push_back(token);
            byText[token["content"].get<std::string>()] = i + 6;
            byId[std::to_string(i + 6)] = token;
            names.push_back(token["content"]);
        }
        writeFile(folder.path / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n");
        if (file == "tokenizer.json") {
            json document = smallWordPiece();
            document["added_tokens"] = list;
            folder.write("tokenizer.json", document);
        } else if (file == "tokenizer_config.json") {
            folder.write("tokenizer_config.json", {{"added_tokens_decoder", byId}});
        } else if (file == "added_tokens.json") {
            folder.write("added_tokens.json", byText);
        } else if (file == "names") {
            json named = json::object();
            for (std::int64_t i = 0; i < kTokens; ++i) {
                named["t" + std::to_string(i)] = "a";
            }
            named["last"] = names.back();
            folder.write("tokenizer_config.json", {{"extra_special_tokens", named}});
            folder.write("added_tokens.json", byText);
        } else {
            folder.write("special_tokens_map.json", {{"additional_special_tokens", names}});
        }
        QElapsedTimer timer;
        timer.start();
        const auto tokenizer = engine::loadTokenizer(folder.path);
        const auto ids =
            tokenizer->encode("a aaaaaaaa199999 " + std::string(20'000, 'a'), std::nullopt, 64).ids;
        QVERIFY2(timer.elapsed() < 10'000, std::to_string(timer.elapsed()).c_str());
        QCOMPARE(ids.at(2), kTokens + 5);
        QCOMPARE(tokenizer->vocabularySize(), kTokens + 6);
    }

    /// Small files that would make much of little.
    void bombsAreRefused() {
        const TokenizerFolder folder;
        json document = smallBytes();
        const json ten = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aaaaaaaaaa"}};
        document["normalizer"] = {{"type", "Sequence"}, {"normalizers", std::vector<json>(20, ten)}};
        folder.write("tokenizer.json", document);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(folder.ids("aaaa")), Error);

        document["normalizer"] = {{"type", "Prepend"}, {"prepend", std::string(1'000'000, 'a')}};
        folder.write("tokenizer.json", document);
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(folder.ids("a")), Error);

        document["normalizer"] = {{"type", "Sequence"},
                                  {"normalizers", std::vector<json>(100'000, {{"type", "NFC"}})}};
        folder.write("tokenizer.json", document);
        QVERIFY2(holds(folder.error(), {"tokenizer.json", "more than 64 parts"}), folder.error().c_str());

        document["normalizer"] = nullptr;
        const json special = {{"SpecialToken", {{"id", "x"}, {"type_id", 0}}}};
        document["post_processor"] = {
            {"type", "TemplateProcessing"},
            {"single", std::vector<json>(1'000, special)},
            {"pair", json::array()},
            {"special_tokens", {{"x", {{"id", "x"}, {"ids", std::vector<int>(100'000, 1)}}}}}};
        folder.write("tokenizer.json", document);
        QVERIFY2(holds(folder.error(), {"tokenizer.json", "1000 special tokens"}), folder.error().c_str());
    }

    void nestedFilesAreRefused_data() {
        QTest::addColumn<QString>("file");
        for (const char* const file : {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
                                       "added_tokens.json", "vocab.json", "config.json"}) {
            QTest::newRow(file) << file;
        }
    }
    void nestedFilesAreRefused() {
        QFETCH(QString, file);
        const TokenizerFolder folder;
        writeFile(folder.path / "vocab.json", R"({"a": 0, "<s>": 1, "</s>": 2, "<pad>": 3, "<unk>": 4})");
        writeFile(folder.path / "merges.txt", "");
        QCOMPARE(folder.error(), std::string("no error"));
        writeFile(folder.path / file.toStdString(),
                  R"({"a": )" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
        QVERIFY2(holds(folder.error(), {file.toStdString(), "line 1, column ", "nested"}),
                 folder.error().c_str());
    }

    void messagesShowLittleOfAFile() {
        const TokenizerFolder folder;
        json document = smallBytes();
        document["normalizer"] = {{"type", "\x1b[31m" + std::string(5'000, 'x')}};
        folder.write("tokenizer.json", document);
        const std::string error = folder.error();
        QVERIFY2(error.size() < folder.path.string().size() + 300, error.c_str());
        QVERIFY(error.find('\x1b') == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTokenizerJson)
#include "test_tokenizer_json.moc"

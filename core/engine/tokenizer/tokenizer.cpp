#include "core/engine/tokenizer/tokenizer.h"

#include "core/engine/text_file.h"
#include "core/engine/tokenizer/bpe.h"
#include "core/engine/tokenizer/pipeline.h"
#include "core/engine/tokenizer/tokenizer_class.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/engine/tokenizer/tokenizer_json.h"
#include "core/engine/tokenizer/unicode.h"
#include "core/engine/tokenizer/word_piece.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace finescope::engine {

namespace {

using std::filesystem::path;
using text::shown;

Vocabulary readVocabularyJson(const path& file) {
    const nlohmann::json object = readJsonObject(file);
    Vocabulary vocabulary;
    vocabulary.reserve(object.size());
    for (const auto& [token, id] : object.items()) {
        vocabulary.emplace(token, parseTokenId(id, file.string() + ": token \"" + shown(token) + "\""));
    }
    return vocabulary;
}

/// The mask token that is named or the class's own; nullopt if the vocabulary lacks it.
std::optional<std::int64_t> findSpecial(const TokenAdder& adder, TokenizerClass which,
                                        const TokenizerOptions& options, std::string_view name) {
    const AddedToken* const given = options.find(name);
    return adder.idOf(given == nullptr ? classToken(which, name) : std::string_view(given->content));
}

/// Around the files of one class: vocab.txt, or vocab.json and merges.txt.
std::unique_ptr<Tokenizer> loadOldLayout(const path& folder, TokenizerClass which,
                                         const TokenizerOptions& options) {
    const bool wordPiece = classModel(which) == ModelKind::wordPiece;
    const path file = folder / (wordPiece ? "vocab.txt" : "vocab.json");
    if (!std::filesystem::exists(file)) {
        throw Error(ErrorKind::badFile,
                    options.classSource + " needs " + file.string() + ", which is missing");
    }
    TokenizerParts parts;
    if (wordPiece) {
        WordPieceOptions wordPieceOptions;
        if (const AddedToken* const unknown = options.find("unk_token")) {
            wordPieceOptions.unknown = unknown->content;
        }
        parts.model = makeWordPiece(readVocabularyLines(file), wordPieceOptions, file.string());
    } else {
        Vocabulary vocabulary = readVocabularyJson(file);
        Merges merges = readMerges(folder / "merges.txt", vocabulary);
        parts.model = makeBpe(std::move(vocabulary), std::move(merges), {}, file.string());
    }
    const Vocabulary& vocabulary = parts.model->vocabulary();
    TokenAdder adder(vocabulary, vocabulary.size(), file.string());
    std::ranges::for_each(options.decoder ? *options.decoder : options.added,
                          [&](const AddedToken& token) { adder.add(token); });
    addSpecialTokens(adder, which, options, vocabulary);

    const auto find = [&](std::string_view name) { return findSpecial(adder, which, options, name); };
    const auto require = [&](std::string_view name) {
        return specialId(adder, which, options, name, file.string());
    };
    parts.normalizer = classNormalizer(which, options);
    parts.preTokenizer = classPreTokenizer(which, options);
    if (hasOwnFraming(which)) {
        parts.framing = classFraming(which, options, require);
        parts.padId = require("pad_token");
    } else {
        parts.framing = classFraming(which, options, find);
        parts.padId = find("pad_token");
    }
    parts.framing.truncateLeft = options.truncateLeft.value_or(false);
    parts.givesTypeIds = options.givesTypeIds.value_or(which == TokenizerClass::bert);
    static_cast<void>(require("unk_token")); // has to be there
    parts.maskId = find("mask_token");
    parts.added = adder.tokens();
    return makeTokenizer(std::move(parts), file.string());
}

Error contradiction(const path& file, const std::string& part, const std::string& other) {
    return {ErrorKind::badFile,
            file.string() + ": its " + part + " is not that of " + other +
                ", and programs differ in which one they use; make them agree or, to use tokenizer.json as "
                "it is, set \"tokenizer_class\" in tokenizer_config.json to \"TokenizersBackend\""};
}

bool hasAllBytes(const Vocabulary& vocabulary) {
    return std::ranges::all_of(byteLevelCharacters(), [&](char32_t character) {
        return vocabulary.contains(encodeUtf8({&character, 1}));
    });
}

/// Refuses a tokenizer.json that is not what the class said beside it builds: transformers would build that,
/// and leave what tokenizer.json says.
void compareWithClass(const TokenizerJson& file, const TokenAdder& adder, TokenizerClass which,
                      const TokenizerOptions& options, const path& where) {
    const auto require = [&](bool same, const char* part) {
        if (!same) {
            throw contradiction(where, part, options.classSource);
        }
    };
    const auto kind =
        std::array{ModelKind::wordPiece, ModelKind::bpe, ModelKind::unigram}[file.modelOptions.index()];
    require(classModel(which) == kind, "model");
    if (!isBuilt(which)) {
        return;
    }
    if (kind == ModelKind::wordPiece) {
        WordPieceOptions own;
        if (const AddedToken* const unknown = options.find("unk_token")) {
            own.unknown = unknown->content;
        }
        require(std::get<WordPieceOptions>(file.modelOptions) == own, "model");
    } else {
        auto bpe = std::get<BpeOptions>(file.modelOptions);
        if (hasAllBytes(file.model->vocabulary())) { // nothing is unknown
            bpe.unknown.clear();
            bpe.fuseUnknown = false;
        }
        require(bpe == BpeOptions{}, "model");
    }
    require(file.normalizer == classNormalizer(which, options), "normalizer");
    require(file.preTokenizer == classPreTokenizer(which, options), "pre_tokenizer");
    if (hasOwnFraming(which)) {
        const bool types = options.givesTypeIds.value_or(true);
        const Framing own = classFraming(which, options, [&](std::string_view name) {
            return specialId(adder, which, options, name, where.string());
        });
        const Framing mine = types ? own : own.withoutTypes();
        const Framing said = types ? file.framing : file.framing.withoutTypes();
        require(said.single == mine.single && said.pair == mine.pair, "post_processor");
    }
}

/// Refuses options beside a tokenizer.json, of which no class is said, that contradict it.
void compareWithOptions(const TokenizerJson& file, const TokenizerOptions& options, const path& where) {
    for (const NormalizerStep& step : file.normalizer) {
        if (const auto* const bert = std::get_if<BertNormalization>(&step)) {
            if (options.lowerCase.value_or(bert->lowerCase) != bert->lowerCase ||
                options.stripAccents.value_or(bert->stripAccents) != bert->stripAccents ||
                options.chineseCharacters.value_or(bert->spaceChinese) != bert->spaceChinese) {
                throw contradiction(where, "normalizer", options.config.string());
            }
        }
    }
    for (const PreTokenizerStep& step : file.preTokenizer) {
        if (const auto* const bytes = std::get_if<ByteLevelWords>(&step)) {
            if (options.addPrefixSpace.value_or(bytes->prefixSpace) != bytes->prefixSpace) {
                throw contradiction(where, "pre_tokenizer", options.config.string());
            }
        }
    }
}

/// What "added_tokens_decoder" names, tokenizer.json has to name, too; and also the reverse, if `all`.
void compareAdded(const std::vector<AddedToken>& decoder, const TokenAdder& file, bool all, const path& where,
                  const path& config) {
    for (const AddedToken& token : decoder) {
        const AddedToken* const found = file.find(token.content);
        if (found == nullptr || *found != token) {
            throw contradiction(where, "added token \"" + shown(token.content) + "\"", config.string());
        }
    }
    if (all && decoder.size() < file.tokens().size()) {
        const auto missing = std::ranges::find_if(file.tokens(), [&](const AddedToken& token) {
            return !std::ranges::binary_search(decoder, token.id, {}, &AddedToken::id);
        });
        throw contradiction(where, "added token \"" + shown(missing->content) + "\"", config.string());
    }
}

std::unique_ptr<Tokenizer> loadJsonLayout(const path& where, const TokenizerOptions& options) {
    TokenizerJson file = readTokenizerJson(where);
    const Vocabulary& vocabulary = file.model->vocabulary();
    const TokenizerClass which = options.tokenizerClass;

    TokenAdder adder(vocabulary, file.model->size(), where.string());
    std::ranges::for_each(file.added, [&](const AddedToken& token) { adder.add(token); });
    if (options.decoder) {
        compareAdded(*options.decoder, adder, which != TokenizerClass::asWritten, where, options.config);
    }
    for (const AddedToken& token : options.added) {
        const AddedToken* const known = adder.find(token.content);
        if (known == nullptr || known->id != token.id) {
            adder.add(token); // which says what is wrong with its id
        }
    }
    addSpecialTokens(adder, which, options, vocabulary);
    if (classModel(which)) {
        compareWithClass(file, adder, which, options, where);
    } else if (which == TokenizerClass::notSaid) {
        compareWithOptions(file, options, where);
    }
    // Where nothing names them, those that the package's own examples have.
    const auto find = [&](std::string_view name, const std::string& said) {
        auto id = findSpecial(adder, which, options, name);
        if (!id && options.find(name) == nullptr && !said.empty()) {
            id = adder.idOf(said);
        }
        for (const auto likely : {TokenizerClass::bert, TokenizerClass::roberta}) {
            if (!id && options.find(name) == nullptr) {
                id = adder.idOf(classToken(likely, name));
            }
        }
        return id;
    };
    TokenizerParts parts;
    parts.padId = find("pad_token", file.padToken);
    parts.maskId = find("mask_token", "");
    parts.added = adder.tokens();
    parts.normalizer = std::move(file.normalizer);
    parts.preTokenizer = std::move(file.preTokenizer);
    parts.framing = std::move(file.framing);
    parts.framing.truncateLeft = options.truncateLeft.value_or(parts.framing.truncateLeft);
    parts.givesTypeIds = options.givesTypeIds.value_or(true);
    parts.model = std::move(file.model);
    return makeTokenizer(std::move(parts), where.string());
}

} // namespace

std::unique_ptr<Tokenizer> loadTokenizer(const path& modelFolder) {
    TokenizerOptions options = readTokenizerOptions(modelFolder);
    const path whole = modelFolder / "tokenizer.json";
    if (std::filesystem::exists(whole)) {
        return loadJsonLayout(whole, options);
    }
    if (options.tokenizerClass == TokenizerClass::notSaid) {
        options.tokenizerClass = options.modelTypeClass;
        options.classSource = options.modelTypeSource;
    }
    if (isBuilt(options.tokenizerClass)) {
        return loadOldLayout(modelFolder, options.tokenizerClass, options);
    }
    if (options.tokenizerClass != TokenizerClass::notSaid) {
        throw Error(ErrorKind::badFile,
                    options.classSource + " needs " + whole.string() +
                        ", which is missing; transformers writes it where it saves a tokenizer "
                        "(AutoTokenizer.from_pretrained(folder).save_pretrained(folder))");
    }
    if (std::filesystem::exists(modelFolder / "vocab.txt")) {
        return loadOldLayout(modelFolder, TokenizerClass::bert, options);
    }
    if (std::filesystem::exists(modelFolder / "vocab.json") ||
        std::filesystem::exists(modelFolder / "merges.txt")) {
        return loadOldLayout(modelFolder, TokenizerClass::roberta, options);
    }
    throw Error(ErrorKind::badFile,
                modelFolder.string() +
                    ": no tokenizer; expected tokenizer.json, or vocab.txt (WordPiece), or vocab.json and "
                    "merges.txt (byte-level BPE)");
}

std::vector<std::string> tokenizerFiles(const path& modelFolder) {
    std::vector<std::string> names;
    for (const char* name : {"tokenizer.json", "vocab.txt", "vocab.json", "merges.txt",
                             "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"}) {
        if (std::filesystem::exists(modelFolder / name)) {
            names.emplace_back(name);
        }
    }
    return names;
}

} // namespace finescope::engine

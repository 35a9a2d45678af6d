#include "core/engine/model/model_tokenizer.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace finescope::engine {

std::unique_ptr<Tokenizer> loadModelTokenizer(const ModelFolder& model, const EncoderConfig& config) {
    std::unique_ptr<Tokenizer> tokenizer = loadTokenizer(model.tokenizer);
    const auto require = [&](std::int64_t needed, std::int64_t rows, const char* what, const char* key) {
        if (needed > rows) {
            throw Error(ErrorKind::badFile, (model.base / "config.json").string() + ": \"" + key + "\" is " +
                                                std::to_string(rows) + ", but the tokenizer of " +
                                                (model.adapted ? model.tokenizer.string() : "this folder") +
                                                " makes " + what + " up to " + std::to_string(needed - 1) +
                                                ", which then have no row: do both belong to the "
                                                "same model?");
        }
    };
    require(tokenizer->vocabularySize(), config.vocabularySize, "token ids", "vocab_size");
    if (config.typeVocabularySize > 0) { // else types are ignored
        require(tokenizer->typeCount(), config.typeVocabularySize, "token types", "type_vocab_size");
    }
    return tokenizer;
}

std::unique_ptr<Tokenizer> loadModelTokenizer(const std::filesystem::path& folder,
                                              const EncoderConfig& config) {
    return loadModelTokenizer(openModelFolder(folder), config);
}

void copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to) {
    for (const std::string& name : tokenizerFiles(from)) {
        std::error_code failure;
        std::filesystem::copy_file(from / name, to / name, std::filesystem::copy_options::overwrite_existing,
                                   failure);
        if (failure) {
            throw Error(ErrorKind::internal,
                        (to / name).string() + ": cannot be written: " + failure.message());
        }
    }
    if (!std::filesystem::exists(from / "config.json")) { // an adapter's folder
        return;
    }
    const nlohmann::json config = readJsonObject(from / "config.json");
    if (const auto name = config.find("tokenizer_class"); name != config.end()) {
        const std::filesystem::path path = to / "config.json";
        nlohmann::ordered_json written = text::parseOrderedJson(readWhole(path), path.string());
        written["tokenizer_class"] = *name;
        const std::string text = written.dump(2) + "\n";
        const std::string_view parts[] = {text};
        writeWhole(path, parts);
    }
}

} // namespace finescope::engine

#include "core/engine/model/model_tokenizer.h"

#include "core/error.h"

#include <string>

namespace finescope::engine {

std::unique_ptr<Tokenizer> loadModelTokenizer(const std::filesystem::path& folder,
                                              const EncoderConfig& config) {
    std::unique_ptr<Tokenizer> tokenizer = loadTokenizer(folder);
    const auto require = [&](std::int64_t needed, std::int64_t rows, const char* what, const char* key) {
        if (needed > rows) {
            throw Error(ErrorKind::badFile, (folder / "config.json").string() + ": \"" + key + "\" is " +
                                                std::to_string(rows) +
                                                ", but the tokenizer of this folder makes " + what +
                                                " up to " + std::to_string(needed - 1) +
                                                ", which then have no row: do both belong to the "
                                                "same model?");
        }
    };
    require(tokenizer->vocabularySize(), config.vocabularySize, "token ids", "vocab_size");
    require(tokenizer->typeCount(), config.typeVocabularySize, "token types", "type_vocab_size");
    return tokenizer;
}

} // namespace finescope::engine

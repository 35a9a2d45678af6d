#include "core/engine/tokenizer/tokenizer.h"

#include "core/engine/tokenizer/byte_bpe.h"
#include "core/engine/tokenizer/word_piece.h"
#include "core/error.h"

namespace finescope::engine {

std::unique_ptr<Tokenizer> loadTokenizer(const std::filesystem::path& modelFolder) {
    if (std::filesystem::exists(modelFolder / "vocab.txt")) {
        return loadWordPiece(modelFolder);
    }
    if (std::filesystem::exists(modelFolder / "vocab.json") ||
        std::filesystem::exists(modelFolder / "merges.txt")) {
        return loadByteBpe(modelFolder);
    }
    if (std::filesystem::exists(modelFolder / "tokenizer.json")) {
        throw Error(
            ErrorKind::badFile,
            (modelFolder / "tokenizer.json").string() +
                ": this file alone is not read; write its vocabulary beside it once: "
                "python3 -c \"import sys, transformers as t; t.AutoTokenizer.from_pretrained(sys.argv[1])"
                ".backend_tokenizer.model.save(sys.argv[1])\" " +
                modelFolder.string());
    }
    throw Error(ErrorKind::badFile,
                modelFolder.string() +
                    ": no tokenizer; expected vocab.txt (WordPiece), or vocab.json and merges.txt "
                    "(byte-level BPE)");
}

std::vector<std::string> tokenizerFiles(const std::filesystem::path& modelFolder) {
    std::vector<std::string> names;
    for (const char* name : {"vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json",
                             "special_tokens_map.json", "added_tokens.json"}) {
        if (std::filesystem::exists(modelFolder / name)) {
            names.emplace_back(name);
        }
    }
    return names;
}

} // namespace finescope::engine

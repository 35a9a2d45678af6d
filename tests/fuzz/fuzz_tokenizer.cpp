#include "core/engine/tokenizer/tokenizer.h"
#include "tests/fuzz/harness.h"

#include <cstdlib>

// The files of a model folder that make its tokenizer, in any layout; "=== text" is what it then encodes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto input = fuzz::textOf(data, size);
    const auto parts = fuzz::writeParts(input);
    fuzz::refusedOrRead([&] {
        const auto tokenizer = engine::loadTokenizer(parts.folder);
        constexpr std::size_t kMaxLength = 64;
        for (const auto text :
             {std::string_view("Two of them, naive and l\xC3\xA0."), input.substr(0, 500)}) {
            for (const auto id : tokenizer->encode(text, std::nullopt, kMaxLength).ids) {
                if (id < 0 || id >= tokenizer->vocabularySize()) {
                    std::abort();
                }
            }
        }
        if (tokenizer->encode("a pair", input.substr(0, 500), kMaxLength).ids.size() > kMaxLength) {
            std::abort();
        }
    });
    return 0;
}

#include "core/analysis/theory/theory_laboratory.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    fuzz::refusedOrRead([&] {
        static_cast<void>(analysis::laboratoryFromJson(std::string(fuzz::textOf(data, size)), "verify.json"));
    });
    return 0;
}

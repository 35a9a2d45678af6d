#include "core/text/json.h"
#include "tests/fuzz/harness.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto text = fuzz::textOf(data, size);
    fuzz::refusedOrRead([&] { static_cast<void>(text::parseJson(text, "input")); });
    fuzz::refusedOrRead([&] { static_cast<void>(text::parseOrderedJson(text, "input")); });
    return 0;
}

#include "core/engine/model/safetensors_table.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto bytes = fuzz::textOf(data, size);
    fuzz::refusedOrRead([&] { static_cast<void>(engine::parseSafetensors(bytes, "model.safetensors")); });
    return 0;
}

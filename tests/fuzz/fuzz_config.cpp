#include "core/engine/model/config.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    fuzz::writeFile("config.json", fuzz::textOf(data, size));
    fuzz::refusedOrRead([] { static_cast<void>(engine::readEncoderConfig(fuzz::scratchFolder())); });
    return 0;
}

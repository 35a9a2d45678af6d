#include "core/engine/model/architecture/families.h"
#include "core/engine/model/config.h"
#include "tests/fuzz/harness.h"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    fuzz::writeFile("config.json", fuzz::textOf(data, size));
    fuzz::refusedOrRead([] {
        const engine::EncoderConfig config = engine::readEncoderConfig(fuzz::scratchFolder());
        const engine::Family& family = engine::familyOf(config.family);
        static_cast<void>(family.write(config));
        static_cast<void>(family.embeddingWeights(config));
        static_cast<void>(family.layerWeights(config, config.layers - 1));
    });
    return 0;
}

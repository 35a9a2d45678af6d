#include "core/engine/model/adapter_config.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    fuzz::writeFile(engine::kAdapterConfig, fuzz::textOf(data, size));
    fuzz::refusedOrRead([] {
        const engine::AdapterConfig config = engine::readAdapterConfig(fuzz::scratchFolder());
        static_cast<void>(config.scaleOf("layers.0.self_attn.q_proj"));
    });
    return 0;
}

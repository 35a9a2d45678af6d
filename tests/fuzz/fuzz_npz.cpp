#include "core/imports/raw_predictions.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto file = fuzz::writeFile("input.npz", fuzz::textOf(data, size));
    fuzz::refusedOrRead([&] { static_cast<void>(imports::readNpz(file, {})); });
    return 0;
}

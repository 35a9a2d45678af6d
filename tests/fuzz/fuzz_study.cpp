#include "core/engine/study/study.h"
#include "core/engine/study/study_cells.h"
#include "tests/fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto file = fuzz::writeFile("study.json", fuzz::textOf(data, size));
    fuzz::refusedOrRead([&] {
        const auto study =
            engine::readStudy(file, [](const std::string&) { return std::optional<std::string>("value"); });
        static_cast<void>(engine::expandCells(study));
    });
    return 0;
}

#include "core/figure/recipe.h"
#include "tests/fuzz/harness.h"
#include "widgets/plot/figure_recipe.h"

// A recipe as it is, or in a PDF, SVG, PNG or pgfplots figure: the content tells which.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto file = fuzz::writeFile("input", fuzz::textOf(data, size));
    fuzz::refusedOrRead(
        [&] { static_cast<void>(figure::requestFromJson(widgets::readRecipe(file), "input")); });
    return 0;
}

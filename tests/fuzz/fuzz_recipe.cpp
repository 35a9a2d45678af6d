#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/recipe.h"
#include "tests/fuzz/harness.h"
#include "widgets/plot/export/figure_recipe.h"

#include <array>

// The names of some kinds, in place of the program's own list: with it the builders of all figures would have
// to be compiled here, which read no recipe.
std::span<const finescope::figure::FigureKind> finescope::figure::figureKinds() {
    static constexpr std::array kKinds{FigureKind{"reliability", "", FigureKind::OfRuns{}},
                                       FigureKind{"training", "", FigureKind::OfRuns{}},
                                       FigureKind{"theory-lora", "", FigureKind::OfVerification{}}};
    return kKinds;
}

// A recipe as it is, or in a PDF, SVG, PNG or pgfplots figure: the content tells which.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace finescope;
    const auto file = fuzz::writeFile("input", fuzz::textOf(data, size));
    fuzz::refusedOrRead(
        [&] { static_cast<void>(figure::requestFromJson(widgets::readRecipe(file), "input")); });
    return 0;
}

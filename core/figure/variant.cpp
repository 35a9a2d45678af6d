#include "core/figure/variant.h"

#include "core/analysis/run_traits.h"
#include "core/figure/method_name.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <iterator>

namespace finescope::figure {

Variant variantOf(const record::Run& run) {
    return {.method = run.method, .scale = analysis::classifierScale(run)};
}

std::vector<Variant> variantOfEach(std::span<const record::Run> runs) {
    std::vector<Variant> variants;
    std::ranges::transform(runs, std::back_inserter(variants), variantOf);
    return variants;
}

std::string variantName(const Variant& variant) {
    return methodName(variant.method) + (variant.scale == 1 ? "" : ", scale " + exact(variant.scale));
}

std::tuple<int, std::string, double> variantOrder(const Variant& variant) {
    return {methodOrder(variant.method), variant.method, variant.scale};
}

std::vector<Variant> variantsOf(std::span<const record::Run> runs) {
    std::vector<Variant> variants;
    for (const record::Run& run : runs) {
        Variant variant = variantOf(run);
        if (std::ranges::find(variants, variant) == variants.end()) {
            variants.push_back(std::move(variant));
        }
    }
    std::ranges::sort(variants, {}, variantOrder);
    return variants;
}

Style variantStyle(const Variant& variant, std::span<const Variant> all) {
    const auto sameMethod = [&](const Variant& other) { return other.method == variant.method; };
    const auto before = all.first(static_cast<std::size_t>(std::ranges::find(all, variant) - all.begin()));
    return {.role = variant.method,
            .shade = static_cast<int>(std::ranges::count_if(before, sameMethod)),
            .shades = static_cast<int>(std::ranges::count_if(all, sameMethod))};
}

} // namespace finescope::figure

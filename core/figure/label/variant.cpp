#include "core/figure/label/variant.h"

#include "core/analysis/run/run_traits.h"
#include "core/figure/label/method_name.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

namespace finescope::figure {

namespace {

constexpr const char* kImported = "imported"; // as core/imports writes it unless somebody knows better

/// Makes the names of imported runs unique in the set.
void tellFilesApart(std::span<const record::Run> runs, std::vector<Variant>& variants) {
    const std::vector<Variant> before = variants;
    std::map<std::string, int> timesUsed;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        Variant& variant = variants[index];
        if (variant.file.empty()) {
            continue;
        }
        if (std::ranges::count(before, variant.file, &Variant::file) > 1) {
            const std::filesystem::path folder =
                analysis::importedFrom(runs[index])->parent_path().filename();
            variant.file = (folder / variant.file).string();
        }
        if (const int times = ++timesUsed[variant.file]; times > 1) {
            variant.file += " (" + std::to_string(times) + ")";
        }
    }
}

} // namespace

Variant variantOf(const record::Run& run) {
    Variant variant{.method = run.method, .scale = analysis::classifierScale(run)};
    if (const auto file = analysis::importedFrom(run)) {
        const bool unnamed = run.name.empty() || run.name == file->stem().string();
        variant.file = unnamed ? file->filename().string() : run.name;
    }
    return variant;
}

std::vector<Variant> variantOfEach(std::span<const record::Run> runs) {
    std::vector<Variant> variants;
    std::ranges::transform(runs, std::back_inserter(variants), variantOf);
    tellFilesApart(runs, variants);
    return variants;
}

std::string variantName(const Variant& variant) {
    if (!variant.file.empty()) {
        return variant.method == kImported ? variant.file : methodName(variant.method) + ", " + variant.file;
    }
    return methodName(variant.method) + (variant.scale == 1 ? "" : ", scale " + exact(variant.scale));
}

std::tuple<int, std::string, double, std::string> variantOrder(const Variant& variant) {
    return {methodOrder(variant.method), variant.method, variant.scale, variant.file};
}

std::vector<Variant> variantsOf(std::span<const record::Run> runs) {
    std::vector<Variant> variants;
    for (Variant& variant : variantOfEach(runs)) {
        if (std::ranges::find(variants, variant) == variants.end()) {
            variants.push_back(std::move(variant));
        }
    }
    std::ranges::sort(variants, {}, variantOrder);
    return variants;
}

Style memberStyle(const std::string& method, int position, int count) {
    constexpr int kImportedRoles = 6;
    if (method != kImported) {
        return {.role = method, .shade = position, .shades = count};
    }
    const int which = position % kImportedRoles;
    return {.role = kImported + ("-" + std::to_string(which + 1)),
            .shade = position / kImportedRoles,
            .shades = (count - which + kImportedRoles - 1) / kImportedRoles};
}

Style variantStyle(const Variant& variant, std::span<const Variant> all) {
    const auto sameMethod = [&](const Variant& other) { return other.method == variant.method; };
    const auto before = all.first(static_cast<std::size_t>(std::ranges::find(all, variant) - all.begin()));
    return memberStyle(variant.method, static_cast<int>(std::ranges::count_if(before, sameMethod)),
                       static_cast<int>(std::ranges::count_if(all, sameMethod)));
}

} // namespace finescope::figure

#pragma once

#include "core/figure/figure.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace finescope::figure {

/// A method at one scale of its classifier (definitions.md, Norm scaling). Runs of different scales begin
/// fine-tuning with different heads, so that no mean over seeds is taken over them together. Nor is one over
/// imported runs: nothing says that two files hold seeds of one method, so that each is a variant of its own.
struct Variant {
    std::string method{};
    double scale = 1;   ///< of the classifier's weights at the start of fine-tuning
    std::string file{}; ///< of an imported run: its file's name, or the name that it was given
    bool operator==(const Variant&) const = default;
};

[[nodiscard]] Variant variantOf(const record::Run& run);

/// Of each run, in the order of the set: once for many questions, as it is read out of the config. Imported
/// runs of one name have their folder before it, or a number behind it.
[[nodiscard]] std::vector<Variant> variantOfEach(std::span<const record::Run> runs);

/// "LP-FT", or "LP-FT, scale 10"; of an imported run "scores.npz", or "LP-FT, scores.npz" if its method is
/// known.
[[nodiscard]] std::string variantName(const Variant& variant);

/// What orders variants in every legend and table: the method by methodOrder(), then the scale and the file.
[[nodiscard]] std::tuple<int, std::string, double, std::string> variantOrder(const Variant& variant);

/// The variants of a set, once each, in that order.
[[nodiscard]] std::vector<Variant> variantsOf(std::span<const record::Run> runs);

/// The look of member `position` of `count` of a method: the method's role, a shade for each. Imported runs
/// have no method that a colour could stand for: "imported-1" to "imported-6", shades beyond.
[[nodiscard]] Style memberStyle(const std::string& method, int position, int count);

/// The look of one of `all`: the role of its method, a shade for each scale.
[[nodiscard]] Style variantStyle(const Variant& variant, std::span<const Variant> all);

} // namespace finescope::figure

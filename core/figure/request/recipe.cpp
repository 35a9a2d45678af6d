#include "core/figure/request/recipe.h"

#include "core/error.h"
#include "core/figure/calibration/diagram_choice.h"
#include "core/figure/number_text.h"
#include "core/figure/request/checks.h"
#include "core/figure/request/figure_kinds.h"
#include "core/figure/request/figure_options.h"
#include "core/figure/request/option_of.h"
#include "core/figure/request/value_names.h"
#include "core/text/json.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>
#include <string_view>

namespace finescope::figure {

namespace {

using Json = nlohmann::ordered_json;

constexpr text::JsonLimits kRecipeLimits{kMostRecipeBytes, 8, 1000};
constexpr int kVersion = 1;
constexpr const char* kVersionKey = "finescope_recipe";
constexpr std::size_t kMostNameBytes = 4096; // of a file: no system takes more
constexpr std::size_t kMostFiles = 100'000, kMostNames = 10'000;

nlohmann::json parsed(const std::string& recipe, const std::string& where) {
    try {
        return text::parseJson(recipe, where, kRecipeLimits);
    } catch (const Error& error) {
        throw Error(ErrorKind::badInput, error.what());
    }
}

void require(bool holds, const std::string& what) {
    if (!holds) {
        throw Error(ErrorKind::badInput, what);
    }
}

void requireAtMost(std::size_t count, std::size_t most, const std::string& what) {
    require(count <= most, std::to_string(count) + " " + what + " are asked for, more than the " +
                               std::to_string(most) + " that one figure takes");
}

} // namespace

void requireWithin(double value, const Range& range, const std::string& what, const std::string& unit) {
    require(value >= range.low && value <= range.high, what + " must be from " + exact(range.low) + " to " +
                                                           exact(range.high) + " " + unit + ", not " +
                                                           exact(value));
}

std::string requestToJson(const FigureRequest& request) {
    Json json;
    json[kVersionKey] = kVersion;
    json["kind"] = request.kind;
    json["files"] = request.files;
    for (const FigureOption& option : figureOptions()) {
        json[std::string(option.key)] = option.json(request);
    }
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

FigureRequest requestFromJson(const std::string& text, const std::string& where) {
    const nlohmann::json json = parsed(text, where);
    const auto refuse = [&](const std::string& what) {
        throw Error(ErrorKind::badInput, where + ": " + what);
    };
    if (!json.is_object() || !json.contains(kVersionKey)) {
        refuse("not a finescope recipe: an object with \"finescope_recipe\": 1 is expected");
    }
    const auto reading = [&](std::string_view key, const auto& read) {
        if (const auto held = json.find(key); held != json.end()) {
            read(*held, [&](const std::string& what) { refuse("key '" + std::string(key) + "' " + what); });
        }
    };
    FigureRequest request;
    int version = 0;
    reading(kVersionKey, [&](const auto& held, const Refuse& bad) { Codec<int>::read(held, bad, version); });
    if (version != kVersion) {
        refuse("recipe version " + std::to_string(version) + "; this finescope reads version " +
               std::to_string(kVersion));
    }
    reading("kind",
            [&](const auto& held, const Refuse& bad) { Codec<std::string>::read(held, bad, request.kind); });
    reading("files", [&](const auto& held, const Refuse& bad) {
        Codec<std::vector<std::string>>::read(held, bad, request.files);
    });
    std::set<std::string_view> known{kVersionKey, "kind", "files"};
    for (const FigureOption& option : figureOptions()) {
        known.insert(option.key);
        reading(option.key, [&](const auto& held, const Refuse& bad) { option.read(held, bad, request); });
    }
    for (const auto& [key, value] : json.items()) {
        if (!known.contains(key)) {
            refuse("unknown key '" + text::shown(key) +
                   "'; remove it, or use the finescope version that wrote it");
        }
    }
    return request;
}

void validate(const FigureRequest& request) {
    requireKind(figureKinds(), request.kind, "figure");
    requireAtMost(request.files.size(), kMostFiles, "run files");
    for (const std::string& file : request.files) {
        requireAtMost(file.size(), kMostNameBytes, "bytes in the name of a run file");
    }
    requireAtMost(request.splits.size(), kMostNames, "splits");
    requireAtMost(request.classes.size(), kMostNames, "classes");
    requireAtMost(request.quantities.size(), ValueNames<CurveQuantity>::all().size(), "quantities");
    requireAtMost(request.kernelParts.size(), ValueNames<analysis::KernelPart>::all().size(),
                  "parts of the kernel");
    validate(diagramChoice(request));
    requireTemperature(request.temperature);
    require(request.smoothing >= 0 && request.smoothing <= 0.99, "smoothing must be from 0 to 0.99");
    require(request.perplexity >= 1 && std::isfinite(request.perplexity),
            "perplexity must be a number from 1 on");
    if (request.colourRange) {
        require(std::isfinite(request.colourRange->low) && std::isfinite(request.colourRange->high) &&
                    request.colourRange->low < request.colourRange->high &&
                    (request.linearValues || request.colourRange->low > 0),
                "the colour range needs two numbers in rising order, above 0 where colours are logarithmic");
    }
    requireWithin(request.widthMm, kWidthMm, "width", "mm");
    if (request.heightMm) {
        requireWithin(*request.heightMm, kHeightMm, "height", "mm");
    }
    requireWithin(request.fontPt, kFontPt, "font size", "pt");
    requireWithin(request.dpi, kDpi, "resolution", "dpi");
}

} // namespace finescope::figure

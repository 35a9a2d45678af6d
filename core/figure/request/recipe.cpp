#include "core/figure/request/recipe.h"

#include "core/error.h"
#include "core/figure/number_text.h"
#include "core/figure/request/figure_kinds.h"
#include "core/text/json.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>
#include <type_traits>
#include <utility>

namespace finescope::figure {

namespace {

using Json = nlohmann::ordered_json;

constexpr text::JsonLimits kRecipeLimits{kMostRecipeBytes, 8, 1000};
constexpr int kVersion = 1;
constexpr std::size_t kMostNameBytes = 4096; // of a file: no system takes more
constexpr std::size_t kMostFiles = 100'000, kMostNames = 10'000;
constexpr std::string_view kProbingPrefix = "lp:";

template <typename Value>
using Names = std::array<std::pair<std::string_view, Value>, 2>;

constexpr Names<XAxis> kXAxes{{{"epochs", XAxis::epochs}, {"steps", XAxis::steps}}};
constexpr Names<Origin> kOrigins{{{"fine-tuning", Origin::fineTuning}, {"start", Origin::start}}};
constexpr Names<Grouping> kGroupings{{{"runs", Grouping::runs}, {"methods", Grouping::methods}}};
constexpr Names<SpectrumAxis> kSpectrumAxes{
    {{"index", SpectrumAxis::index}, {"fraction", SpectrumAxis::fraction}}};
constexpr std::array<std::pair<std::string_view, analysis::KernelPart>, 3> kKernelPartNames{
    {{"P", analysis::KernelPart::pretrainEffective},
     {"F", analysis::KernelPart::fineTuningEffective},
     {"total", analysis::KernelPart::total}}};
constexpr std::array<std::pair<std::string_view, CurveQuantity>, 4> kQuantityNames{
    {{"ece", CurveQuantity::ece},
     {"mce", CurveQuantity::mce},
     {"nll", CurveQuantity::nll},
     {"brier", CurveQuantity::brier}}};
constexpr std::array<std::pair<std::string_view, analysis::Spread>, 4> kSpreads{
    {{"t95", analysis::Spread::tInterval95},
     {"sd", analysis::Spread::standardDeviation},
     {"se", analysis::Spread::standardError},
     {"range", analysis::Spread::range}}};

constexpr Names<analysis::Binning> kBinnings{
    {{"equal-width", analysis::Binning::equalWidth}, {"equal-mass", analysis::Binning::equalMass}}};
constexpr std::array<std::pair<std::string_view, AccuracyIntervals>, 4> kIntervals{
    {{"none", AccuracyIntervals::none},
     {"wilson", AccuracyIntervals::wilson},
     {"bootstrap", AccuracyIntervals::bootstrap},
     {"consistency", AccuracyIntervals::consistency}}};
constexpr Names<Projection> kProjections{{{"pca", Projection::pca}, {"tsne", Projection::tsne}}};

std::vector<std::pair<std::string_view, analysis::Convention>> conventionNames() {
    std::vector<std::pair<std::string_view, analysis::Convention>> names;
    for (const analysis::Convention convention : analysis::allConventions()) {
        names.emplace_back(analysis::nameOf(convention), convention);
    }
    return names;
}

template <typename Table, typename Value>
std::string nameOf(const Table& table, Value value) {
    return std::string(
        std::ranges::find(table, value, [](const auto& entry) { return entry.second; })->first);
}

template <typename Value, typename Table>
std::optional<Value> valueOf(const Table& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, [](const auto& entry) { return entry.first; });
    return found == table.end() ? std::nullopt : std::optional<Value>(found->second);
}

/// Reads keys one by one and knows afterwards which ones nobody asked for.
class Reader {
public:
    Reader(const nlohmann::json& json, std::string where) : m_json(json), m_where(std::move(where)) {}

    template <typename Value>
    void read(const char* key, Value& value) {
        m_known.insert(key);
        if (!m_json.contains(key)) {
            return;
        }
        const nlohmann::json& held = m_json.at(key);
        if (std::is_arithmetic_v<Value> && held.is_boolean() != std::is_same_v<Value, bool>) {
            refuseType(key);
        }
        if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
            value = wholeNumber<Value>(key);
            return;
        }
        try {
            value = held.get<Value>();
        } catch (const nlohmann::json::exception&) {
            refuseType(key);
        }
    }

    template <typename Table, typename Value>
    void readNamed(const char* key, const Table& table, Value& value) {
        std::string name = nameOf(table, value);
        read(key, name);
        const auto known = valueOf<Value>(table, name);
        if (!known) {
            refuse(std::string("key '") + key + "' is '" + text::shown(name) +
                   "'; it can be: " + namesIn(table));
        }
        value = *known;
    }

    /// An array of names; a missing one leaves `values` empty.
    template <typename Table, typename Value>
    void readNames(const char* key, const Table& table, std::vector<Value>& values) {
        std::vector<std::string> names;
        read(key, names);
        for (const std::string& name : names) {
            const auto known = valueOf<Value>(table, name);
            if (!known) {
                refuse(std::string("key '") + key + "' holds '" + text::shown(name) +
                       "'; it can hold: " + namesIn(table));
            }
            values.push_back(*known);
        }
    }

    const nlohmann::json* find(const char* key) {
        m_known.insert(key);
        return m_json.contains(key) ? &m_json.at(key) : nullptr;
    }

    void refuseUnknown() const {
        for (const auto& [key, value] : m_json.items()) {
            if (!m_known.contains(key)) {
                refuse("unknown key '" + text::shown(key) +
                       "'; remove it, or use the finescope version that wrote it");
            }
        }
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorKind::badInput, m_where + ": " + what);
    }

private:
    [[noreturn]] void refuseType(const char* key) const {
        refuse(std::string("key '") + key + "' has the wrong type (" + m_json.at(key).type_name() + ")");
    }

    template <typename Value>
    Value wholeNumber(const char* key) const {
        const nlohmann::json& held = m_json.at(key);
        const bool fits = held.is_number_unsigned()  ? std::in_range<Value>(held.get<std::uint64_t>())
                          : held.is_number_integer() ? std::in_range<Value>(held.get<std::int64_t>())
                                                     : false;
        if (!fits) {
            refuse(std::string("key '") + key + "' is no whole number, or one out of range");
        }
        return held.get<Value>();
    }

    template <typename Table>
    static std::string namesIn(const Table& table) {
        std::string names;
        for (const auto& entry : table) {
            names += (names.empty() ? "" : ", ") + std::string(entry.first);
        }
        return names;
    }

    const nlohmann::json& m_json;
    std::string m_where;
    std::set<std::string> m_known;
};

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

std::string epochText(const record::EpochKey& key) {
    return (key.stage == record::Stage::linearProbing ? std::string(kProbingPrefix) : std::string()) +
           exact(key.epoch);
}

std::optional<record::EpochKey> epochFromText(std::string_view text) {
    record::EpochKey key;
    if (text.starts_with(kProbingPrefix)) {
        key.stage = record::Stage::linearProbing;
        text.remove_prefix(kProbingPrefix.size());
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key.epoch);
    if (error != std::errc{} || end != text.data() + text.size() || !(key.epoch >= 0) ||
        !std::isfinite(key.epoch)) {
        return std::nullopt;
    }
    return key;
}

std::optional<analysis::KernelPart> kernelPartFromText(std::string_view text) {
    return valueOf<analysis::KernelPart>(kKernelPartNames, text);
}

std::optional<CurveQuantity> curveQuantityFromText(std::string_view text) {
    return valueOf<CurveQuantity>(kQuantityNames, text);
}

std::optional<analysis::Binning> binningFromText(std::string_view text) {
    return valueOf<analysis::Binning>(kBinnings, text);
}

std::optional<analysis::Convention> conventionFromText(std::string_view text) {
    return valueOf<analysis::Convention>(conventionNames(), text);
}

std::optional<AccuracyIntervals> intervalsFromText(std::string_view text) {
    return valueOf<AccuracyIntervals>(kIntervals, text);
}

DiagramChoice diagramChoice(const FigureRequest& request) {
    return {.binCount = request.bins,
            .binning = request.binning,
            .convention = request.convention,
            .ofClass = request.classes.empty() ? std::string{} : request.classes.front(),
            .intervals = request.intervals};
}

std::string requestToJson(const FigureRequest& request) {
    Json json;
    json["finescope_recipe"] = kVersion;
    json["kind"] = request.kind;
    json["files"] = request.files;
    json["x_axis"] = nameOf(kXAxes, request.xAxis);
    json["origin"] = nameOf(kOrigins, request.origin);
    json["log_x"] = request.logX;
    json["log_y"] = request.logY;
    json["group_by"] = nameOf(kGroupings, request.grouping);
    json["spread"] = nameOf(kSpreads, request.spread);
    json["smoothing"] = request.smoothing;
    json["with_accuracy"] = request.withAccuracy;
    json["final"] = request.finalBars;
    json["splits"] = request.splits;
    json["classes"] = request.classes;
    json["bins"] = request.bins;
    json["binning"] = nameOf(kBinnings, request.binning);
    json["convention"] = analysis::nameOf(request.convention);
    json["intervals"] = nameOf(kIntervals, request.intervals);
    json["temperature"] = request.temperature.fitted ? Json("fitted") : Json(request.temperature.value);
    json["epoch"] = request.epoch ? Json(epochText(*request.epoch)) : Json(nullptr);
    json["before_after"] = request.beforeAfter;
    json["fit_on"] = request.fitOn;
    json["quantities"] = Json::array();
    for (const CurveQuantity quantity : request.quantities) {
        json["quantities"].push_back(nameOf(kQuantityNames, quantity));
    }
    json["kernel_state"] = request.kernelState;
    json["kernel_parts"] = Json::array();
    for (const analysis::KernelPart part : request.kernelParts) {
        json["kernel_parts"].push_back(nameOf(kKernelPartNames, part));
    }
    json["raw_spectrum"] = request.rawSpectrum;
    json["spectrum_axis"] = nameOf(kSpectrumAxes, request.spectrumAxis);
    json["linear_values"] = request.linearValues;
    json["colour_range"] =
        request.colourRange ? Json{request.colourRange->low, request.colourRange->high} : Json(nullptr);
    json["projection"] = nameOf(kProjections, request.projection);
    json["perplexity"] = request.perplexity;
    json["seed"] = request.mapSeed;
    json["together"] = request.mapTogether;
    json["width_mm"] = request.widthMm;
    json["height_mm"] = request.heightMm ? Json(*request.heightMm) : Json(nullptr);
    json["font_pt"] = request.fontPt;
    json["dpi"] = request.dpi;
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

FigureRequest requestFromJson(const std::string& text, const std::string& where) {
    const nlohmann::json json = parsed(text, where);
    Reader reader(json, where);
    if (!json.is_object() || !json.contains("finescope_recipe")) {
        reader.refuse("not a finescope recipe: an object with \"finescope_recipe\": 1 is expected");
    }
    int version = 0;
    reader.read("finescope_recipe", version);
    if (version != kVersion) {
        reader.refuse("recipe version " + std::to_string(version) + "; this finescope reads version " +
                      std::to_string(kVersion));
    }
    FigureRequest request;
    reader.read("kind", request.kind);
    reader.read("files", request.files);
    reader.readNamed("x_axis", kXAxes, request.xAxis);
    reader.readNamed("origin", kOrigins, request.origin);
    reader.read("log_x", request.logX);
    reader.read("log_y", request.logY);
    reader.readNamed("group_by", kGroupings, request.grouping);
    reader.readNamed("spread", kSpreads, request.spread);
    reader.read("smoothing", request.smoothing);
    reader.read("with_accuracy", request.withAccuracy);
    reader.read("final", request.finalBars);
    reader.read("splits", request.splits);
    reader.read("classes", request.classes);
    reader.read("bins", request.bins);
    reader.readNamed("binning", kBinnings, request.binning);
    reader.readNamed("convention", conventionNames(), request.convention);
    reader.readNamed("intervals", kIntervals, request.intervals);
    if (const nlohmann::json* temperature = reader.find("temperature");
        temperature != nullptr && *temperature == "fitted") {
        request.temperature.fitted = true;
    } else {
        reader.read("temperature", request.temperature.value);
    }
    if (const nlohmann::json* epoch = reader.find("epoch"); epoch != nullptr && !epoch->is_null()) {
        std::string name;
        reader.read("epoch", name);
        request.epoch = epochFromText(name);
        if (!request.epoch) {
            reader.refuse("key 'epoch' is '" + text::shown(name) +
                          "'; it can be null, or a number as \"3\" or \"lp:1\"");
        }
    }
    reader.read("before_after", request.beforeAfter);
    reader.read("fit_on", request.fitOn);
    reader.readNames("quantities", kQuantityNames, request.quantities);
    reader.read("kernel_state", request.kernelState);
    reader.readNames("kernel_parts", kKernelPartNames, request.kernelParts);
    reader.read("raw_spectrum", request.rawSpectrum);
    reader.readNamed("spectrum_axis", kSpectrumAxes, request.spectrumAxis);
    reader.read("linear_values", request.linearValues);
    if (const nlohmann::json* range = reader.find("colour_range"); range != nullptr && !range->is_null()) {
        std::vector<double> ends;
        reader.read("colour_range", ends);
        if (ends.size() != 2) {
            reader.refuse("key 'colour_range' needs two numbers, or null");
        }
        request.colourRange = Range{ends[0], ends[1]};
    }
    reader.readNamed("projection", kProjections, request.projection);
    reader.read("perplexity", request.perplexity);
    reader.read("seed", request.mapSeed);
    reader.read("together", request.mapTogether);
    reader.read("width_mm", request.widthMm);
    if (const nlohmann::json* height = reader.find("height_mm"); height != nullptr && !height->is_null()) {
        request.heightMm = 0.0;
        reader.read("height_mm", *request.heightMm);
    }
    reader.read("font_pt", request.fontPt);
    reader.read("dpi", request.dpi);
    reader.refuseUnknown();
    return request;
}

void validate(const FigureRequest& request) {
    const auto kinds = figureKinds();
    if (std::ranges::find(kinds, request.kind, &FigureKind::name) == kinds.end()) {
        std::string names;
        for (const FigureKind& kind : kinds) {
            names += (names.empty() ? "" : ", ") + std::string(kind.name);
        }
        throw Error(ErrorKind::badInput,
                    "no kind of figure is called '" + text::shown(request.kind) + "'; there are: " + names);
    }
    requireAtMost(request.files.size(), kMostFiles, "run files");
    for (const std::string& file : request.files) {
        requireAtMost(file.size(), kMostNameBytes, "bytes in the name of a run file");
    }
    requireAtMost(request.splits.size(), kMostNames, "splits");
    requireAtMost(request.classes.size(), kMostNames, "classes");
    requireAtMost(request.quantities.size(), kQuantityNames.size(), "quantities");
    requireAtMost(request.kernelParts.size(), kKernelPartNames.size(), "parts of the kernel");
    validate(diagramChoice(request));
    require(request.temperature.fitted ||
                (std::isfinite(request.temperature.value) && request.temperature.value > 0),
            "temperature must be a number above 0, or 'fitted'");
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

#include "core/analysis/theory/theory_laboratory.h"

#include "core/error.h"
#include "core/text/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace finescope::analysis {

namespace {

using Json = nlohmann::ordered_json;

// Of series, of seeds; of angles, steps, levels and the like: a figure shows some ten of each.
constexpr std::size_t kMostItems = 1000, kMostNumbers = 10'000;
constexpr text::JsonLimits kLaboratoryLimits{kMostLaboratoryBytes, 16, 1000};

Json rowsOf(const MatrixD& matrix) {
    Json rows = Json::array();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        rows.push_back(std::vector<double>(matrix.row(i).data(), matrix.row(i).data() + matrix.cols()));
    }
    return rows;
}

/// One value of the document and the way to it, for messages. Numbers of a list have none of their own: there
/// may be millions.
class Place {
public:
    Place(const nlohmann::json& json, const std::string& where, std::string path)
        : m_json(json), m_where(where), m_path(std::move(path)) {}

    [[nodiscard]] Place operator[](const char* key) const {
        const std::string path = m_path.empty() ? key : m_path + "." + key;
        if (!m_json.is_object() || !m_json.contains(key)) {
            throw Error(ErrorKind::badInput,
                        m_where + ": key '" + path +
                            "' is missing; expected is the output of finescope-engine verify --json");
        }
        return {m_json.at(key), m_where, path};
    }

    [[nodiscard]] std::vector<Place> items() const {
        requireList(kMostItems);
        std::vector<Place> all;
        for (std::size_t i = 0; i < m_json.size(); ++i) {
            all.push_back(item(i));
        }
        return all;
    }

    [[nodiscard]] std::string text() const {
        if (!m_json.is_string()) {
            refuse("a text");
        }
        return m_json.get<std::string>();
    }

    [[nodiscard]] std::int64_t count() const {
        constexpr std::int64_t kLargest = 1'000'000'000;
        if (!m_json.is_number_integer() || m_json.get<std::int64_t>() < 1 ||
            m_json.get<std::int64_t>() > kLargest) {
            refuse("a whole number above 0");
        }
        return m_json.get<std::int64_t>();
    }

    [[nodiscard]] std::vector<double> numbers() const {
        requireList(kMostNumbers);
        std::vector<double> values;
        values.reserve(m_json.size());
        for (std::size_t i = 0; i < m_json.size(); ++i) {
            const nlohmann::json& value = m_json[i];
            if (!value.is_number() || !std::isfinite(value.get<double>())) {
                item(i).refuse("a number");
            }
            values.push_back(value.get<double>());
        }
        return values;
    }

    /// [seeds, columns].
    [[nodiscard]] MatrixD rows(std::size_t columns) const {
        const std::vector<Place> all = items();
        for (const Place& row : all) { // before there is room for what they claim
            if (!row.m_json.is_array() || row.m_json.size() != columns) {
                row.refuse(std::to_string(columns) + " numbers");
            }
        }
        MatrixD result(static_cast<Eigen::Index>(all.size()), static_cast<Eigen::Index>(columns));
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::vector<double> row = all[i].numbers();
            result.row(static_cast<Eigen::Index>(i)) =
                Eigen::Map<const Eigen::RowVectorXd>(row.data(), result.cols());
        }
        return result;
    }

    [[noreturn]] void refuse(const std::string& expected) const {
        throw Error(ErrorKind::badInput, m_where + ": key '" + m_path + "': " + expected + " is expected");
    }

private:
    [[nodiscard]] Place item(std::size_t index) const {
        return {m_json[index], m_where, m_path + "[" + std::to_string(index) + "]"};
    }

    void requireList(std::size_t most) const {
        if (!m_json.is_array() || m_json.empty() || m_json.size() > most) {
            refuse("a list of 1 to " + std::to_string(most) + " entries");
        }
    }

    const nlohmann::json& m_json;
    const std::string& m_where;
    std::string m_path;
};

nlohmann::json parsed(const std::string& document, const std::string& where) {
    try {
        return text::parseJson(document, where, kLaboratoryLimits);
    } catch (const Error& error) {
        throw Error(ErrorKind::badInput,
                    std::string(error.what()) + "; expected is the output of finescope-engine verify --json");
    }
}

OrthogonalLaboratory readOrthogonal(const Place& place) {
    OrthogonalLaboratory result{place["angles"].numbers(), place["steps"].numbers(), {}};
    for (const Place& item : place["series"].items()) {
        OrthogonalSeries& series = result.series.emplace_back();
        series.dimension = item["dimension"].count();
        series.samples = item["samples"].count();
        series.byAngle = item["by_angle"].rows(result.angles.size());
        series.inside = item["inside"].rows(result.steps.size());
        series.halfway = item["halfway"].rows(result.steps.size());
        series.outside = item["outside"].rows(result.steps.size());
    }
    return result;
}

LoraLaboratory readLora(const Place& place) {
    LoraLaboratory result{place["draws"].count(),
                          place["pairs"].count(),
                          place["levels"].numbers(),
                          place["errors"].numbers(),
                          {}};
    if (std::ranges::find(result.levels, kLoraLevel) == result.levels.end()) {
        place["levels"].refuse("a list that holds 0.95");
    }
    for (const Place& item : place["series"].items()) {
        LoraSeries& series = result.series.emplace_back();
        series.dimension = item["dimension"].count();
        series.rank = item["rank"].count();
        series.quantiles = item["quantiles"].rows(result.levels.size());
        series.share = item["share"].rows(result.errors.size());
        const std::vector<double> deviations = item["relative_deviation"].numbers();
        series.relativeDeviation =
            Eigen::Map<const VectorD>(deviations.data(), static_cast<Eigen::Index>(deviations.size()));
        const Eigen::Index seeds = result.series.front().quantiles.rows(); // figures put series side by side
        if (series.quantiles.rows() != seeds || series.share.rows() != seeds ||
            series.relativeDeviation.size() != seeds) {
            item.refuse("as many seeds in each list and series, here " + std::to_string(seeds) + ",");
        }
    }
    return result;
}

} // namespace

nlohmann::ordered_json laboratoryToJson(const TheoryLaboratory& laboratory) {
    Json orthogonal = {{"angles", laboratory.orthogonal.angles},
                       {"steps", laboratory.orthogonal.steps},
                       {"series", Json::array()}};
    for (const OrthogonalSeries& series : laboratory.orthogonal.series) {
        orthogonal["series"].push_back({{"dimension", series.dimension},
                                        {"samples", series.samples},
                                        {"by_angle", rowsOf(series.byAngle)},
                                        {"inside", rowsOf(series.inside)},
                                        {"halfway", rowsOf(series.halfway)},
                                        {"outside", rowsOf(series.outside)}});
    }
    const LoraLaboratory& measured = laboratory.lora;
    Json lora = {{"draws", measured.draws},
                 {"pairs", measured.pairs},
                 {"levels", measured.levels},
                 {"errors", measured.errors},
                 {"series", Json::array()}};
    for (const LoraSeries& series : measured.series) {
        const auto rank = static_cast<double>(series.rank);
        Json bounds = Json::array();
        for (const double error : measured.errors) {
            bounds.push_back(loraProbabilityBound(error, rank));
        }
        lora["series"].push_back({{"dimension", series.dimension},
                                  {"rank", series.rank},
                                  {"quantiles", rowsOf(series.quantiles)},
                                  {"share", rowsOf(series.share)},
                                  {"probability_bound", std::move(bounds)},
                                  {"relative_deviation", std::vector<double>(series.relativeDeviation.begin(),
                                                                             series.relativeDeviation.end())},
                                  {"expected_deviation", std::sqrt(2 / rank)}});
    }
    return {{"orthogonal", std::move(orthogonal)}, {"lora", std::move(lora)}};
}

TheoryLaboratory laboratoryFromJson(const std::string& text, const std::string& where) {
    const nlohmann::json json = parsed(text, where);
    const Place document(json, where, "");
    const Place laboratory = document["laboratory"];
    return {document["created"].text(), readOrthogonal(laboratory["orthogonal"]),
            readLora(laboratory["lora"])};
}

} // namespace finescope::analysis

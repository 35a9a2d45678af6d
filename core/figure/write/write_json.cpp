#include "core/figure/write/write_json.h"

#include "core/figure/chart/table_data.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace finescope::figure {

namespace {

using Json = nlohmann::ordered_json;

Json jsonOf(const TableData::Value& value) {
    return std::visit(
        [](const auto& held) -> Json {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
                return nullptr;
            } else {
                return held;
            }
        },
        value);
}

} // namespace

std::string json(const Table& table) {
    const TableData data = tableData(table);
    Json notes = table.notes;
    Json rows = Json::array();
    for (std::size_t row = 0; row < data.rows.size(); ++row) {
        Json values = Json::array();
        for (std::size_t column = 0; column < data.columns.size(); ++column) {
            const TableData::Value& value = data.rows[row][column];
            if (const double* number = std::get_if<double>(&value); number && std::isinf(*number)) {
                notes.push_back("Row " + std::to_string(row + 1) + ", " + data.columns[column] + ": " +
                                (*number > 0 ? "infinite" : "minus infinity") + ", hence null.");
                values.push_back(nullptr);
                continue;
            }
            values.push_back(jsonOf(value));
        }
        rows.push_back(std::move(values));
    }
    const Json all{{"kind", table.kind},
                   {"caption", table.caption},
                   {"columns", data.columns},
                   {"rows", std::move(rows)},
                   {"notes", std::move(notes)}};
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace finescope::figure

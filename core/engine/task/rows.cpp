#include "core/engine/task/rows.h"

#include "core/error.h"
#include "core/text/data_text.h"
#include "core/text/json.h"
#include "core/text/shown.h"
#include "core/text/table_rows.h"
#include "core/text/wording.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace finescope::engine {

namespace {

using nlohmann::json;
using text::LineCutter;
using text::refuseLine;
using OnRow = std::function<void(Row&&)>;

/// One file being read: what it hands on, and where it is when something is wrong.
struct Source {
    const std::filesystem::path& file;
    std::string text;
    const Columns& columns;
    const OnRow& onRow;

    void handOn(Row&& row) const {
        const std::int64_t line = row.line;
        try {
            onRow(std::move(row));
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::badFile) {
                throw;
            }
            refuseLine(file, line, error.what());
        }
    }
};

// By its name; else, where the name has dots, by the objects that it leads through.
const json* findField(const json& row, const std::string& name) {
    if (const auto found = row.find(name); found != row.end()) {
        return &*found;
    }
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) {
        return nullptr;
    }
    const auto inner = row.find(name.substr(0, dot));
    return inner != row.end() && inner->is_object() ? findField(*inner, name.substr(dot + 1)) : nullptr;
}

const json& fieldOf(const json& row, const std::string& name) {
    const json* found = findField(row, name);
    if (found == nullptr) {
        throw Error(ErrorKind::badFile, "field \"" + text::shown(name) + "\" is missing");
    }
    return *found;
}

std::string textOf(const json& row, const std::string& name) {
    const json& value = fieldOf(row, name);
    if (!value.is_string()) {
        throw Error(ErrorKind::badFile, "field \"" + text::shown(name) + "\" should be a string but is " +
                                            std::string(value.type_name()));
    }
    return value.get<std::string>();
}

std::string labelOf(const json& row, const std::string& name) {
    const json& value = fieldOf(row, name);
    if (value.is_boolean()) {
        return value.get<bool>() ? "True" : "False";
    }
    if (value.is_number() || value.is_null()) {
        return value.dump();
    }
    if (!value.is_string()) {
        throw Error(ErrorKind::badFile, "field \"" + text::shown(name) +
                                            "\" should be a string, a number or a boolean but is " +
                                            std::string(value.type_name()));
    }
    return value.get<std::string>();
}

Row rowOfObject(const json& object, std::int64_t number, const Columns& columns) {
    if (!object.is_object()) {
        throw Error(ErrorKind::badFile,
                    std::string("expected a JSON object but found ") + object.type_name());
    }
    Row row{number, {}, {}, 0};
    for (const std::string& name : columns.texts) {
        row.texts.push_back(textOf(object, name));
    }
    if (!columns.label.empty()) {
        row.label = labelOf(object, columns.label);
    }
    return row;
}

std::vector<std::string> readAs(const JsonLines& /*format*/, const Source& source) {
    LineCutter lines(source.text);
    while (lines.next()) {
        const json object = text::parseJson(lines.line(), source.file.string(), {}, lines.number());
        Row row;
        try {
            row = rowOfObject(object, lines.number(), source.columns);
        } catch (const Error& error) {
            refuseLine(source.file, lines.number(), error.what());
        }
        source.handOn(std::move(row));
    }
    return {};
}

std::size_t columnOf(const std::vector<std::string>& header, const std::string& name, const Source& source,
                     std::int64_t line) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) {
        std::vector<std::string> quoted;
        for (const std::string& column : header) {
            quoted.push_back("\"" + text::shown(column) + "\"");
        }
        refuseLine(source.file, line,
                   "there is no column \"" + text::shown(name) + "\" among " + text::listed(quoted));
    }
    if (std::find(found + 1, header.end(), name) != header.end()) {
        refuseLine(source.file, line, "there are two columns \"" + text::shown(name) + "\"");
    }
    return static_cast<std::size_t>(found - header.begin());
}

std::vector<std::string> readAs(const Delimited& format, const Source& source) {
    text::TableRows table(source.file, source.text, format,
                          "\"quotes\": false in the task.json of a task of your own reads quotation marks as "
                          "characters");
    std::vector<std::size_t> places;
    for (const std::string& name : source.columns.texts) {
        places.push_back(columnOf(table.columns(), name, source, table.headerLine()));
    }
    std::optional<std::size_t> label;
    if (!source.columns.label.empty()) {
        label = columnOf(table.columns(), source.columns.label, source, table.headerLine());
    }
    while (table.next()) {
        Row row{table.line(), {}, {}, 0};
        for (const std::size_t place : places) {
            row.texts.push_back(table.fields()[place]);
        }
        if (label) {
            row.label = table.fields()[*label];
        }
        source.handOn(std::move(row));
    }
    std::vector<std::string> warnings;
    for (const std::string& warning : table.warnings()) {
        warnings.push_back(source.file.string() + ": " + warning);
    }
    return warnings;
}

// The paper's loader hands an abstract on at its closing empty line and so loses one that has none, as the
// last of a file may. Here a sentence counts as soon as it is read. definitions.md, Data sets
std::vector<std::string> readAs(const Abstracts& /*format*/, const Source& source) {
    LineCutter lines(source.text);
    std::int64_t abstract = 0;
    bool open = false;
    while (lines.next()) {
        const std::string_view line = lines.line();
        open = open && !lines.followsBlank();
        if (line.starts_with("###")) {
            open = true;
            ++abstract;
            continue;
        }
        const std::size_t tab = line.find('\t');
        if (!open) {
            refuseLine(source.file, lines.number(),
                       "a line outside an abstract; each begins with a line ###ID");
        }
        if (tab == std::string_view::npos) {
            refuseLine(source.file, lines.number(), "should be LABEL<TAB>sentence but has no tab");
        }
        Row row{lines.number(), {}, std::string(line.substr(0, tab)), abstract};
        row.texts.assign(source.columns.texts.size(), std::string(line.substr(tab + 1)));
        source.handOn(std::move(row));
    }
    return {};
}

} // namespace

std::vector<std::string> readRows(const std::filesystem::path& file, const FileFormat& format,
                                  const Columns& columns, const OnRow& onRow) {
    const Source source{file, text::readDataText(file), columns, onRow};
    return std::visit([&](const auto& known) { return readAs(known, source); }, format);
}

} // namespace finescope::engine

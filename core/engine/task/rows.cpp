#include "core/engine/task/rows.h"

#include "core/error.h"
#include "core/text/data_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace finescope::engine {

namespace {

using nlohmann::json;
using text::LineCutter;
using text::RecordCutter;
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
        throw Error(ErrorKind::badFile, "field \"" + name + "\" is missing");
    }
    return *found;
}

std::string textOf(const json& row, const std::string& name) {
    const json& value = fieldOf(row, name);
    if (!value.is_string()) {
        throw Error(ErrorKind::badFile,
                    "field \"" + name + "\" should be a string but is " + std::string(value.type_name()));
    }
    return value.get<std::string>();
}

std::string labelOf(const json& row, const std::string& name) {
    const json& value = fieldOf(row, name);
    if (value.is_boolean()) {
        return value.get<bool>() ? "True" : "False";
    }
    if (value.is_number()) {
        return value.dump();
    }
    if (!value.is_string()) {
        throw Error(ErrorKind::badFile, "field \"" + name +
                                            "\" should be a string, a number or a boolean but is " +
                                            std::string(value.type_name()));
    }
    return value.get<std::string>();
}

Row rowOfLine(std::string_view line, std::int64_t number, const Columns& columns) {
    json object;
    try {
        object = json::parse(line);
    } catch (const json::exception& error) {
        throw Error(ErrorKind::badFile, std::string("not a JSON object (") + error.what() + ")");
    }
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

void readAs(const JsonLines& /*format*/, const Source& source) {
    LineCutter lines(source.text);
    while (lines.next()) {
        Row row;
        try {
            row = rowOfLine(lines.line(), lines.number(), source.columns);
        } catch (const Error& error) {
            refuseLine(source.file, lines.number(), error.what());
        }
        source.handOn(std::move(row));
    }
}

std::size_t columnOf(const std::vector<std::string>& header, const std::string& name, const Source& source,
                     std::int64_t line) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) {
        std::string there;
        for (const std::string& column : header) {
            there += (there.empty() ? "\"" : ", \"") + column + "\"";
        }
        refuseLine(source.file, line, "there is no column \"" + name + "\" among " + there);
    }
    if (std::find(found + 1, header.end(), name) != header.end()) {
        refuseLine(source.file, line, "there are two columns \"" + name + "\"");
    }
    return static_cast<std::size_t>(found - header.begin());
}

void readAs(const Delimited& format, const Source& source) {
    RecordCutter records(source.file, source.text, format);
    std::vector<std::string> header = format.columns;
    std::int64_t headerLine = 1;
    if (header.empty()) {
        if (!records.next()) {
            throw Error(ErrorKind::badFile, source.file.string() + " is empty");
        }
        header = records.fields();
        headerLine = records.line();
    }
    std::vector<std::size_t> places;
    for (const std::string& name : source.columns.texts) {
        places.push_back(columnOf(header, name, source, headerLine));
    }
    const std::size_t label = source.columns.label.empty()
                                  ? header.size()
                                  : columnOf(header, source.columns.label, source, headerLine);
    while (records.next()) {
        const std::vector<std::string>& fields = records.fields();
        if (fields.size() != header.size()) {
            refuseLine(source.file, records.line(),
                       "has " + std::to_string(fields.size()) + " fields, but the file has " +
                           std::to_string(header.size()) + " columns");
        }
        Row row{records.line(), {}, {}, 0};
        for (const std::size_t place : places) {
            row.texts.push_back(fields[place]);
        }
        if (label < fields.size()) {
            row.label = fields[label];
        }
        source.handOn(std::move(row));
    }
}

// The paper's loader hands an abstract on at its closing empty line and so loses one that has none, as the
// last of a file may. Here a sentence counts as soon as it is read. PAPER 3.3
void readAs(const Abstracts& /*format*/, const Source& source) {
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
}

} // namespace

void readRows(const std::filesystem::path& file, const FileFormat& format, const Columns& columns,
              const OnRow& onRow) {
    const Source source{file, text::readDataText(file), columns, onRow};
    std::visit([&](const auto& known) { readAs(known, source); }, format);
}

} // namespace finescope::engine

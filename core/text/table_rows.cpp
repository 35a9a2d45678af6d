#include "core/text/table_rows.h"

#include "core/error.h"
#include "core/text/wording.h"

#include <algorithm>
#include <utility>

namespace finescope::text {

bool isBlank(std::string_view field) {
    return field.find_first_not_of(" \t") == std::string_view::npos;
}

TableRows::TableRows(const std::filesystem::path& file, std::string_view text, const Delimited& dialect,
                     std::string quotesOff)
    : m_file(file), m_records(file, text, dialect, std::move(quotesOff)), m_columns(dialect.columns) {
    if (m_columns.empty()) {
        if (!m_records.next()) {
            throw Error(ErrorKind::badFile, file.string() + " is empty");
        }
        if (m_records.fields().front() == "sep=" && !m_records.next()) {
            throw Error(ErrorKind::badFile, file.string() + " has no header");
        }
        m_columns = m_records.fields();
        m_headerLine = m_records.line();
    }
    for (const std::string& name : m_columns) {
        m_idle.push_back(isBlank(name));
        m_needed = m_idle.back() ? m_needed : m_idle.size();
    }
}

bool TableRows::next() {
    while (m_records.next()) {
        const std::vector<std::string>& fields = m_records.fields();
        if (std::ranges::all_of(fields, isBlank)) {
            ++m_emptyRows;
            continue;
        }
        requireFit(fields);
        for (std::size_t i = 0; i < std::min(fields.size(), m_columns.size()); ++i) {
            m_idle[i] = m_idle[i] && isBlank(fields[i]);
        }
        return true;
    }
    return false;
}

void TableRows::requireFit(const std::vector<std::string>& fields) {
    const std::size_t columns = m_columns.size();
    const auto beyond = fields.begin() + static_cast<std::ptrdiff_t>(std::min(columns, fields.size()));
    if (fields.size() < m_needed || !std::all_of(beyond, fields.end(), isBlank)) {
        refuseLine(m_file, m_records.line(),
                   "has " + counted(std::ssize(fields), "field", "fields") + ", but the file has " +
                       counted(std::ssize(m_columns), "column", "columns"));
    }
    m_surplus = std::max(m_surplus, fields.size() - std::min(fields.size(), columns));
}

std::vector<std::string> TableRows::warnings() const {
    std::vector<std::string> all;
    if (m_emptyRows > 0) {
        all.push_back(counted(m_emptyRows, "row", "rows") + " without content " +
                      (m_emptyRows == 1 ? "is" : "are") + " left out");
    }
    const auto columns = std::ranges::count(m_idle, true) + static_cast<std::int64_t>(m_surplus);
    if (columns > 0) {
        all.push_back(counted(columns, "column", "columns") + " without a name and a value " +
                      (columns == 1 ? "is" : "are") + " left out");
    }
    if (const std::int64_t fields = m_records.spanningFields(); fields > 0) {
        std::string spans;
        for (const LineSpan& span : m_records.firstSpans()) {
            spans += (spans.empty() ? "lines " : ", ") + std::to_string(span.first) + " to " +
                     std::to_string(span.last);
        }
        const bool more = fields > static_cast<std::int64_t>(m_records.firstSpans().size());
        all.push_back(counted(fields, "field", "fields") + " in quotation marks " +
                      (fields == 1 ? "reaches" : "reach") + " over line ends (" + spans +
                      (more ? ", ..." : "") +
                      "); if a quotation mark is there by mistake, the rows between are lost" +
                      (m_records.quotesOff().empty() ? "" : ": " + m_records.quotesOff()));
    }
    return all;
}

} // namespace finescope::text

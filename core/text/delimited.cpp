#include "core/text/delimited.h"

#include "core/text/data_text.h"

namespace finescope::text {

bool RecordCutter::next() {
    skipBlankLines();
    if (m_rest.empty()) {
        return false;
    }
    m_fields.clear();
    m_line = m_nextLine;
    do {
        m_fields.push_back(m_dialect.quotes && m_rest.starts_with('"') ? quotedField() : bareField());
    } while (takeDelimiter());
    return true;
}

void RecordCutter::skipBlankLines() {
    while (!m_rest.empty()) {
        const std::size_t start = m_rest.find_first_not_of(" \r");
        if (start != std::string_view::npos && m_rest[start] != '\n') {
            return;
        }
        m_rest.remove_prefix(start == std::string_view::npos ? m_rest.size() : start + 1);
        ++m_nextLine;
    }
}

std::string RecordCutter::quotedField() {
    const std::int64_t opened = m_nextLine;
    std::string field;
    m_rest.remove_prefix(1);
    while (true) {
        const std::size_t mark = m_rest.find('"');
        if (mark == std::string_view::npos) {
            refuseLine(m_file, opened, "the quotation mark that opens a field is never closed");
        }
        for (const char c : m_rest.substr(0, mark)) {
            m_nextLine += c == '\n' ? 1 : 0;
        }
        field += m_rest.substr(0, mark);
        m_rest.remove_prefix(mark + 1);
        if (!m_rest.starts_with('"')) {
            break;
        }
        field += '"';
        m_rest.remove_prefix(1);
    }
    if (!m_rest.empty() && !m_rest.starts_with(m_dialect.delimiter) && !m_rest.starts_with('\n') &&
        !m_rest.starts_with("\r\n") && m_rest != "\r") {
        refuseLine(m_file, m_nextLine,
                   "text follows the quotation mark that closes a field; inside a field a quotation mark is "
                   "written twice");
    }
    return field;
}

std::string RecordCutter::bareField() {
    const char ends[] = {m_dialect.delimiter, '\n'};
    const std::size_t end = m_rest.find_first_of(std::string_view(ends, sizeof ends));
    std::string field(m_rest.substr(0, end));
    m_rest.remove_prefix(field.size());
    if (field.ends_with('\r') && (m_rest.empty() || m_rest.front() == '\n')) {
        field.pop_back();
    }
    return field;
}

bool RecordCutter::takeDelimiter() {
    if (m_rest.starts_with('\r')) {
        m_rest.remove_prefix(1);
    }
    if (m_rest.empty()) {
        return false;
    }
    const bool more = m_rest.front() == m_dialect.delimiter;
    m_nextLine += more ? 0 : 1;
    m_rest.remove_prefix(1);
    return more;
}

} // namespace finescope::text

#include "core/text/delimited.h"

#include <algorithm>

namespace finescope::text {

namespace {

constexpr std::size_t kSpansKept = 3;

} // namespace

bool RecordCutter::next() {
    skipBlankLines();
    if (m_rest.empty()) {
        return false;
    }
    m_fields.clear();
    m_line = m_nextLine;
    do {
        if (m_fields.size() == kMostFields) {
            refuseLine(m_file, m_line,
                       "has more than the " + std::to_string(kMostFields) + " fields that are read");
        }
        m_fields.push_back(m_dialect.quotes && m_rest.starts_with('"') ? quotedField() : bareField());
    } while (takeDelimiter());
    return true;
}

bool RecordCutter::endsHere(std::string_view rest) const {
    return rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n") || rest == "\r" ||
           (rest.starts_with('\r') && m_lineEnd != LineEnd::lineFeed);
}

void RecordCutter::skipBlankLines() {
    while (!m_rest.empty()) {
        const std::size_t start =
            std::min(m_rest.find_first_not_of(m_lineEnd == LineEnd::lineFeed ? " \r" : " "), m_rest.size());
        if (!endsHere(m_rest.substr(start))) {
            return;
        }
        m_rest.remove_prefix(start);
        takeLineEnd();
    }
}

std::string RecordCutter::quotedField() {
    const std::int64_t opened = m_nextLine;
    std::string field;
    m_rest.remove_prefix(1);
    while (true) {
        const std::size_t mark = m_rest.find('"');
        if (mark == std::string_view::npos) {
            refuseQuote(opened, "the quotation mark that opens a field is never closed");
        }
        const std::string_view part = m_rest.substr(0, mark);
        m_nextLine += countLineEnds(part, m_lineEnd.value_or(LineEnd::lineFeed));
        field += part;
        m_rest.remove_prefix(mark + 1);
        if (!m_rest.starts_with('"')) {
            break;
        }
        field += '"';
        m_rest.remove_prefix(1);
    }
    if (!m_rest.starts_with(m_dialect.delimiter) && !endsHere(m_rest)) {
        refuseQuote(m_nextLine,
                    "text follows the quotation mark that closes a field; inside a field a quotation mark is "
                    "written twice");
    }
    if (m_nextLine > opened) {
        ++m_spanning;
        if (m_spans.size() < kSpansKept) {
            m_spans.push_back({opened, m_nextLine});
        }
    }
    return field;
}

void RecordCutter::refuseQuote(std::int64_t line, const std::string& what) const {
    refuseLine(m_file, line, what + (m_quotesOff.empty() ? "" : "; " + m_quotesOff));
}

std::string RecordCutter::bareField() {
    const char ends[] = {m_dialect.delimiter, '\n', '\r'};
    const std::size_t count = m_lineEnd == LineEnd::lineFeed ? 2 : 3;
    const std::size_t end = m_rest.find_first_of(std::string_view(ends, count));
    std::string field(m_rest.substr(0, end));
    m_rest.remove_prefix(field.size());
    if (field.ends_with('\r') && endsHere(m_rest)) {
        field.pop_back();
    }
    return field;
}

bool RecordCutter::takeDelimiter() {
    const bool more = m_rest.starts_with(m_dialect.delimiter);
    if (more) {
        m_rest.remove_prefix(1);
    } else {
        takeLineEnd();
    }
    return more;
}

void RecordCutter::takeLineEnd() {
    if (m_rest.empty()) {
        return;
    }
    const bool both = m_rest.starts_with("\r\n");
    if (!m_lineEnd) {
        m_lineEnd = m_rest.front() == '\r' && !both ? LineEnd::carriageReturn : LineEnd::lineFeed;
    }
    m_rest.remove_prefix(both ? 2 : 1);
    ++m_nextLine;
}

} // namespace finescope::text

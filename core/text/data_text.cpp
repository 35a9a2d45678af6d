#include "core/text/data_text.h"

#include "core/error.h"
#include "core/text/stand_in.h"
#include "core/text/utf8.h"
#include "core/text/whole_file.h"

#include <algorithm>

namespace finescope::text {

void refuseLine(const std::filesystem::path& file, std::int64_t line, const std::string& what) {
    throw Error(ErrorKind::badFile, file.string() + ", line " + std::to_string(line) + ": " + what);
}

std::string readDataText(const std::filesystem::path& file) {
    std::string text = readWhole(file);
    if (const auto what = binaryInPlaceOfText(std::string_view(text).substr(0, kStandInBytes))) {
        throw Error(ErrorKind::badFile, file.string() + " " + *what);
    }
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
        text.erase(0, kByteOrderMark.size());
    }
    if (const auto bad = firstIllFormed(text)) {
        const std::string_view before = std::string_view(text).substr(0, *bad);
        refuseLine(file, 1 + countLineEnds(before, lineEndOf(text)),
                   "not UTF-8; save the file in that encoding");
    }
    if (const std::size_t zero = text.find('\0'); zero != std::string::npos) {
        refuseLine(
            file, 1 + countLineEnds(std::string_view(text).substr(0, zero), lineEndOf(text)),
            "holds a character of value 0, as UTF-16 and binary files do; save the file as UTF-8 text");
    }
    return text;
}

LineEnd lineEndOf(std::string_view text) {
    const std::size_t first = text.find_first_of("\r\n");
    return first != std::string_view::npos && text[first] == '\r' && !text.substr(first).starts_with("\r\n")
               ? LineEnd::carriageReturn
               : LineEnd::lineFeed;
}

std::int64_t countLineEnds(std::string_view text, LineEnd end) {
    std::int64_t count = std::ranges::count(text, '\n');
    for (std::size_t i = 0; end == LineEnd::carriageReturn && i < text.size(); ++i) {
        count += text[i] == '\r' && !text.substr(i).starts_with("\r\n") ? 1 : 0;
    }
    return count;
}

bool LineCutter::next() {
    m_followsBlank = false;
    while (!m_rest.empty()) {
        const std::size_t end = m_rest.find_first_of(m_ends);
        m_line = m_rest.substr(0, end);
        m_rest.remove_prefix(m_line.size());
        m_rest.remove_prefix(m_rest.starts_with("\r\n") ? 2 : m_rest.empty() ? 0 : 1);
        ++m_number;
        if (m_line.ends_with('\r')) {
            m_line.remove_suffix(1);
        }
        if (m_line.find_first_not_of(" \t") != std::string_view::npos) {
            return true;
        }
        m_followsBlank = true;
    }
    return false;
}

} // namespace finescope::text

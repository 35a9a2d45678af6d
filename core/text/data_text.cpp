#include "core/text/data_text.h"

#include "core/error.h"
#include "core/text/utf8.h"
#include "core/text/whole_file.h"

#include <algorithm>

namespace finescope::text {

void refuseLine(const std::filesystem::path& file, std::int64_t line, const std::string& what) {
    throw Error(ErrorKind::badFile, file.string() + ", line " + std::to_string(line) + ": " + what);
}

std::string readDataText(const std::filesystem::path& file) {
    std::string text = readWhole(file);
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
        text.erase(0, kByteOrderMark.size());
    }
    if (const auto bad = firstIllFormed(text)) {
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
        refuseLine(file, line, "not UTF-8; save the file in that encoding");
    }
    return text;
}

bool LineCutter::next() {
    m_followsBlank = false;
    while (!m_rest.empty()) {
        const std::size_t end = m_rest.find('\n');
        m_line = m_rest.substr(0, end);
        m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
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

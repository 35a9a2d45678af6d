#include "core/figure/problems.h"

#include <algorithm>

namespace finescope::figure {

void Problems::add(const record::Run& run, const Error& error) {
    addText(run, error.what(), error.kind());
}

void Problems::add(const record::Run& run, const std::string& why) {
    addText(run, why, ErrorKind::badFile);
}

void Problems::addText(const record::Run& run, const std::string& why, ErrorKind kind) {
    if (m_all.empty()) {
        m_first = kind;
    }
    std::string text = ofFile(run, why);
    if (std::ranges::find(m_all, text) == m_all.end()) {
        m_all.push_back(std::move(text));
    }
}

void Problems::raise() const {
    throw Error(m_all.empty() ? ErrorKind::internal : m_first,
                m_all.empty() ? "there is no problem to tell" : m_all.front());
}

std::string ofFile(const record::Run& run, const std::string& why) {
    const std::string file = run.file.string();
    return why.starts_with(file) ? why : file + ": " + why;
}

} // namespace finescope::figure

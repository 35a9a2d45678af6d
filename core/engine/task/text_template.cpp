#include "core/engine/task/text_template.h"

#include "core/error.h"

namespace finescope::engine {

TextTemplate::TextTemplate(std::string_view pattern) {
    while (true) {
        const std::size_t open = pattern.find('{');
        m_between.back() = pattern.substr(0, open);
        if (open == std::string_view::npos) {
            return;
        }
        const std::size_t close = pattern.find('}', open);
        if (close == std::string_view::npos) {
            throw Error(ErrorKind::internal,
                        "text template \"" + std::string(pattern) + "\" has a { without a matching }");
        }
        m_fields.emplace_back(pattern.substr(open + 1, close - open - 1));
        m_between.emplace_back();
        pattern.remove_prefix(close + 1);
    }
}

TextTemplate TextTemplate::ofField(std::string name) {
    TextTemplate text;
    text.m_fields = {std::move(name)};
    text.m_between.resize(2);
    return text;
}

std::string TextTemplate::fill(std::span<const std::string> values) const {
    std::string text = m_between.front();
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        text += values[i] + m_between[i + 1];
    }
    return text;
}

std::string TextTemplate::pattern() const {
    std::vector<std::string> names;
    for (const std::string& field : m_fields) {
        names.push_back("{" + field + "}");
    }
    return fill(names);
}

} // namespace finescope::engine

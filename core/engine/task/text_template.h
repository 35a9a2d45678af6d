#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// A text made of a row's fields, as "{span2_text}: {text}".
class TextTemplate {
public:
    TextTemplate() = default;
    /// Each {NAME} is a field. Throws Error{internal} for a brace without its partner.
    explicit TextTemplate(std::string_view pattern);
    /// The field itself, whatever characters its name has.
    [[nodiscard]] static TextTemplate ofField(std::string name);

    /// Names in the order in which they stand; a name may occur twice.
    [[nodiscard]] const std::vector<std::string>& fields() const { return m_fields; }
    /// values: of fields(), in their order.
    [[nodiscard]] std::string fill(std::span<const std::string> values) const;
    [[nodiscard]] std::string pattern() const;

private:
    std::vector<std::string> m_fields;
    std::vector<std::string> m_between{{}}; ///< [fields + 1]: before the first, between, after the last
};

} // namespace finescope::engine

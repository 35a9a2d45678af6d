#pragma once

#include "core/error.h"
#include "core/figure/request/option.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::window {

/// The options of a request on a command line: declared, with their help, and what was given of them.
template <typename Request>
class GivenOptions {
public:
    explicit GivenOptions(std::span<const figure::Option<Request>> options) {
        for (const auto& option : options) {
            m_all.push_back({&option, {}, false});
        }
    }

    /// Once, at the place where this stays.
    void declare(CLI::App& command) {
        for (Given& given : m_all) {
            const figure::Option<Request>& option = *given.option;
            const std::string flag(option.flag), help = helpOf(option);
            const figure::OptionForm form = option.form();
            if (form.count == 0) {
                command.add_flag(flag, given.flag, help);
                continue;
            }
            CLI::Option* declared = command.add_option(flag, given.values, help);
            declared->type_name(std::string(form.type));
            if (form.repeatable) {
                declared->take_all();
            } else {
                declared->expected(form.count)->allow_extra_args(false); // what follows is a file
            }
            if (!form.names.empty()) {
                declared->check(CLI::IsMember(form.names));
            }
        }
    }

    [[nodiscard]] bool has(std::string_view flag) const {
        return std::ranges::any_of(
            m_all, [&](const Given& given) { return given.option->flag == flag && given.is(); });
    }

    /// Sets what was given; the rest stays. Throws Error{badInput} that names the option and its value.
    void apply(Request& request) const {
        for (const Given& given : m_all) {
            if (given.is()) {
                given.option->give(
                    given.values,
                    [&](const std::string& what) {
                        throw Error(ErrorKind::badInput, std::string(given.option->flag) + " " + what);
                    },
                    request);
            }
        }
    }

private:
    struct Given {
        const figure::Option<Request>* option;
        std::vector<std::string> values;
        bool flag;
        [[nodiscard]] bool is() const { return flag || !values.empty(); }
    };

    static std::string helpOf(const figure::Option<Request>& option) {
        return (option.kinds.empty() ? std::string() : std::string(option.kinds) + ": ") +
               std::string(option.help);
    }

    std::vector<Given> m_all;
};

} // namespace finescope::window

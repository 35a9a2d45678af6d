#pragma once

#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/figure/request/epoch_text.h"
#include "core/figure/request/option.h"
#include "core/record/run.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The functions of an option, by the type of the member that holds it: `{"bins", "--bins", "", "Bins (15)",
/// OptionOf<&Request::bins>}`. For the lists of options alone.
namespace finescope::figure {

/// A value of an enumeration by its names.
template <typename Value>
struct ValueName {
    std::string_view name; ///< in recipes and, unless there is another, on the command line
    Value value;
    std::string_view given{};
};

/// Specialised for each enumeration that options have: `static std::vector<ValueName<Value>> all()`.
template <typename Value>
struct ValueNames;

template <typename Value>
concept Named = requires {
    ValueNames<Value>::all();
};

template <typename Value>
std::string_view givenName(const ValueName<Value>& one) {
    return one.given.empty() ? one.name : one.given;
}

/// "a, b, c": for messages.
template <typename Value>
std::string namesOf() {
    std::string names;
    for (const auto& one : ValueNames<Value>::all()) {
        names += (names.empty() ? "" : ", ") + std::string(one.name);
    }
    return names;
}

template <Named Value>
std::string nameOf(Value value) {
    for (const auto& one : ValueNames<Value>::all()) {
        if (one.value == value) {
            return std::string(one.name);
        }
    }
    return {};
}

template <Named Value>
std::optional<Value> valueOf(std::string_view name, std::string_view (*spelling)(const ValueName<Value>&)) {
    for (const auto& one : ValueNames<Value>::all()) {
        if (spelling(one) == name) {
            return one.value;
        }
    }
    return std::nullopt;
}

template <Named Value>
std::vector<std::string> givenNames() {
    std::vector<std::string> names;
    for (const auto& one : ValueNames<Value>::all()) {
        names.emplace_back(givenName(one));
    }
    return names;
}

inline void refuseType(const nlohmann::json& held, const Refuse& refuse) {
    refuse(std::string("has the wrong type (") + held.type_name() + ")");
}

template <typename Number>
Number numberIn(const std::string& text, const char* expected, const Refuse& refuse) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        refuse(text::shown(text) + ": " + expected + " is expected");
    }
    return number;
}

/// What a type of value is in recipes (json, read) and on the command line (form, give).
template <typename Value>
struct Codec;

template <>
struct Codec<bool> {
    static OptionForm form() { return {"", 0}; }
    static nlohmann::ordered_json json(bool value) { return value; }
    static void read(const nlohmann::json& held, const Refuse& refuse, bool& value) {
        if (!held.is_boolean()) {
            refuseType(held, refuse);
        }
        value = held.get<bool>();
    }
    static void give(const std::vector<std::string>&, const Refuse&, bool& value) { value = true; }
};

template <std::integral Number>
requires(!std::same_as<Number, bool>) struct Codec<Number> {
    static OptionForm form() { return {std::is_signed_v<Number> ? "INT" : "UINT"}; }
    static nlohmann::ordered_json json(Number value) { return value; }
    static void read(const nlohmann::json& held, const Refuse& refuse, Number& value) {
        if (held.is_boolean()) {
            refuseType(held, refuse);
        }
        const bool fits = held.is_number_unsigned()  ? std::in_range<Number>(held.get<std::uint64_t>())
                          : held.is_number_integer() ? std::in_range<Number>(held.get<std::int64_t>())
                                                     : false;
        if (!fits) {
            refuse("is no whole number, or one out of range");
        }
        value = held.get<Number>();
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse, Number& value) {
        value = numberIn<Number>(
            values.back(), std::is_signed_v<Number> ? "a whole number" : "a whole number from 0 on", refuse);
    }
};

template <>
struct Codec<double> {
    static OptionForm form() { return {"FLOAT"}; }
    static nlohmann::ordered_json json(double value) { return value; }
    static void read(const nlohmann::json& held, const Refuse& refuse, double& value) {
        if (!held.is_number()) {
            refuseType(held, refuse);
        }
        value = held.get<double>();
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse, double& value) {
        value = numberIn<double>(values.back(), "a number", refuse);
    }
};

/// null where there is none.
template <>
struct Codec<std::optional<double>> {
    static OptionForm form() { return Codec<double>::form(); }
    static nlohmann::ordered_json json(const std::optional<double>& value) {
        return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
    }
    static void read(const nlohmann::json& held, const Refuse& refuse, std::optional<double>& value) {
        value.reset();
        if (!held.is_null()) {
            Codec<double>::read(held, refuse, value.emplace());
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse,
                     std::optional<double>& value) {
        Codec<double>::give(values, refuse, value.emplace());
    }
};

template <>
struct Codec<std::string> {
    static OptionForm form() { return {"TEXT"}; }
    static nlohmann::ordered_json json(const std::string& value) { return value; }
    static void read(const nlohmann::json& held, const Refuse& refuse, std::string& value) {
        if (!held.is_string()) {
            refuseType(held, refuse);
        }
        value = held.get<std::string>();
    }
    static void give(const std::vector<std::string>& values, const Refuse&, std::string& value) {
        value = values.back();
    }
};

template <>
struct Codec<std::vector<std::string>> {
    static OptionForm form() { return {"TEXT", 1, true}; }
    static nlohmann::ordered_json json(const std::vector<std::string>& value) { return value; }
    static void read(const nlohmann::json& held, const Refuse& refuse, std::vector<std::string>& value) {
        if (!held.is_array()) {
            refuseType(held, refuse);
        }
        value.clear();
        for (const nlohmann::json& one : held) {
            Codec<std::string>::read(
                one, [&](const std::string&) { refuseType(held, refuse); }, value.emplace_back());
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse&, std::vector<std::string>& value) {
        value = values;
    }
};

template <Named Value>
struct Codec<Value> {
    static OptionForm form() { return {"TEXT", 1, false, givenNames<Value>()}; }
    static nlohmann::ordered_json json(Value value) { return nameOf(value); }
    static void read(const nlohmann::json& held, const Refuse& refuse, Value& value) {
        std::string name;
        Codec<std::string>::read(held, refuse, name);
        const auto known = valueOf<Value>(name, [](const ValueName<Value>& one) { return one.name; });
        if (!known) {
            refuse("is '" + text::shown(name) + "'; it can be: " + namesOf<Value>());
        }
        value = *known;
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse, Value& value) {
        const auto known = valueOf<Value>(values.back(), givenName<Value>);
        if (!known) {
            refuse(text::shown(values.back()) + ": one of " + namesOf<Value>() + " is expected");
        }
        value = *known;
    }
};

template <Named Value>
struct Codec<std::vector<Value>> {
    static OptionForm form() { return {"TEXT", 1, true, givenNames<Value>()}; }
    static nlohmann::ordered_json json(const std::vector<Value>& value) {
        auto names = nlohmann::ordered_json::array();
        for (const Value one : value) {
            names.push_back(nameOf(one));
        }
        return names;
    }
    static void read(const nlohmann::json& held, const Refuse& refuse, std::vector<Value>& value) {
        std::vector<std::string> names;
        Codec<std::vector<std::string>>::read(held, refuse, names);
        value.clear();
        for (const std::string& name : names) {
            const auto known = valueOf<Value>(name, [](const ValueName<Value>& one) { return one.name; });
            if (!known) {
                refuse("holds '" + text::shown(name) + "'; it can hold: " + namesOf<Value>());
            }
            value.push_back(*known);
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse,
                     std::vector<Value>& value) {
        value.clear();
        for (const std::string& one : values) {
            Codec<Value>::give({one}, refuse, value.emplace_back());
        }
    }
};

/// null, or two numbers.
template <>
struct Codec<std::optional<Range>> {
    static OptionForm form() { return {"LOW HIGH", 2}; }
    static nlohmann::ordered_json json(const std::optional<Range>& value) {
        return value ? nlohmann::ordered_json{value->low, value->high} : nlohmann::ordered_json(nullptr);
    }
    static void read(const nlohmann::json& held, const Refuse& refuse, std::optional<Range>& value) {
        value.reset();
        if (held.is_null()) {
            return;
        }
        if (!held.is_array() || held.size() != 2) {
            refuse("needs two numbers, or null");
        }
        Range& range = value.emplace();
        Codec<double>::read(held[0], refuse, range.low);
        Codec<double>::read(held[1], refuse, range.high);
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse,
                     std::optional<Range>& value) {
        Range& range = value.emplace();
        Codec<double>::give({values.at(0)}, refuse, range.low);
        Codec<double>::give({values.at(1)}, refuse, range.high);
    }
};

/// A number, or "fitted".
template <>
struct Codec<TemperatureChoice> {
    static constexpr const char* kFitted = "fitted";
    static OptionForm form() { return {"TEXT"}; }
    static nlohmann::ordered_json json(const TemperatureChoice& value) {
        return value.fitted ? nlohmann::ordered_json(kFitted) : nlohmann::ordered_json(value.value);
    }
    static void read(const nlohmann::json& held, const Refuse& refuse, TemperatureChoice& value) {
        value = {};
        if (held == kFitted) {
            value.fitted = true;
        } else {
            Codec<double>::read(held, refuse, value.value);
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse, TemperatureChoice& value) {
        value = {};
        if (values.back() == kFitted) {
            value.fitted = true;
        } else {
            value.value = numberIn<double>(values.back(), "a number above 0 or 'fitted'", refuse);
        }
    }
};

template <>
struct Codec<std::optional<TemperatureChoice>> {
    static OptionForm form() { return Codec<TemperatureChoice>::form(); }
    static nlohmann::ordered_json json(const std::optional<TemperatureChoice>& value) {
        return value ? Codec<TemperatureChoice>::json(*value) : nlohmann::ordered_json(nullptr);
    }
    static void read(const nlohmann::json& held, const Refuse& refuse,
                     std::optional<TemperatureChoice>& value) {
        value.reset();
        if (!held.is_null()) {
            Codec<TemperatureChoice>::read(held, refuse, value.emplace());
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse,
                     std::optional<TemperatureChoice>& value) {
        Codec<TemperatureChoice>::give(values, refuse, value.emplace());
    }
};

/// null, or an evaluation by its name.
template <>
struct Codec<std::optional<record::EpochKey>> {
    static OptionForm form() { return {"TEXT"}; }
    static nlohmann::ordered_json json(const std::optional<record::EpochKey>& value) {
        return value ? nlohmann::ordered_json(epochText(*value)) : nlohmann::ordered_json(nullptr);
    }
    static void read(const nlohmann::json& held, const Refuse& refuse,
                     std::optional<record::EpochKey>& value) {
        value.reset();
        if (held.is_null()) {
            return;
        }
        std::string name;
        Codec<std::string>::read(held, refuse, name);
        value = epochFromText(name);
        if (!value) {
            refuse("is '" + text::shown(name) + "'; it can be null, or a number as \"3\" or \"lp:1\"");
        }
    }
    static void give(const std::vector<std::string>& values, const Refuse& refuse,
                     std::optional<record::EpochKey>& value) {
        value = epochFromText(values.back());
        if (!value) {
            refuse(text::shown(values.back()) +
                   ": an epoch of fine-tuning as '3', or of linear probing as 'lp:1', is expected");
        }
    }
};

template <auto member>
struct MemberOf;
template <typename Request, typename Value, Value Request::*member>
struct MemberOf<member> {
    using Of = Request;
    using Type = Value;
};

/// The row of an option that the member holds.
template <auto member>
constexpr Option<typename MemberOf<member>::Of> option(std::string_view key, std::string_view flag,
                                                       std::string_view kinds, std::string_view help) {
    using Request = typename MemberOf<member>::Of;
    using Values = Codec<typename MemberOf<member>::Type>;
    return {key,
            flag,
            kinds,
            help,
            &Values::form,
            [](const Request& request) { return Values::json(request.*member); },
            [](const nlohmann::json& held, const Refuse& refuse, Request& request) {
                Values::read(held, refuse, request.*member);
            },
            [](const std::vector<std::string>& values, const Refuse& refuse, Request& request) {
                Values::give(values, refuse, request.*member);
            }};
}

/// The same whose values on the command line have names of their own.
template <auto member>
constexpr Option<typename MemberOf<member>::Of> option(std::string_view key, std::string_view flag,
                                                       std::string_view kinds, std::string_view help,
                                                       OptionForm (*form)()) {
    auto row = option<member>(key, flag, kinds, help);
    row.form = form;
    return row;
}

} // namespace finescope::figure

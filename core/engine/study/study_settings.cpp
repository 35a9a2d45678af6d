#include "core/engine/study/study_settings.h"

#include <array>
#include <charconv>

namespace finescope::engine {

namespace {

enum class Kind { count, natural, positive, choice };

struct Rule {
    std::string_view name;
    Kind kind;
    std::vector<std::string_view> choices;
};

const std::vector<Rule>& trainRules() {
    static const std::vector<Rule> rules = {
        {"epochs", Kind::count, {}},
        {"batch_size", Kind::count, {}},
        {"learning_rate", Kind::positive, {}},
        {"max_length", Kind::count, {}},
        {"lora_rank", Kind::count, {}},
        {"lora_alpha", Kind::positive, {}},
        {"pooling", Kind::choice, {"first", "mean", "last"}},
        {"probe", Kind::choice, {"exact", "paper"}},
        {"features", Kind::choice, {"eval", "all", "none"}},
        {"limit_train", Kind::count, {}},
        {"limit_eval", Kind::count, {}},
        {"threads", Kind::count, {}},
        {"device", Kind::choice, {"auto", "cpu", "cuda"}},
    };
    return rules;
}

const std::vector<Rule>& kernelRules() {
    static const std::vector<Rule> rules = {
        {"train_samples", Kind::count, {}},
        {"test_samples", Kind::natural, {}},
        {"sample_seed", Kind::natural, {}},
        {"state", Kind::choice, {"auto", "pretrained", "after_lp"}},
        {"embedding", Kind::choice, {"exact", "sampled"}},
        {"float_type", Kind::choice, {"float32", "float64"}},
        {"memory", Kind::positive, {}},
    };
    return rules;
}

nlohmann::json checkedValue(const JsonNode& node, const Rule& rule) {
    switch (rule.kind) {
    case Kind::count:
        return node.wholeNumber(1);
    case Kind::natural:
        return node.wholeNumber(0);
    case Kind::positive:
        return node.positiveNumber();
    case Kind::choice:
        return node.choice(rule.choices);
    }
    node.refuse("has no rule");
}

bool readSetting(const JsonNode& node, const std::vector<Rule>& rules, Settings& settings) {
    for (const Rule& rule : rules) {
        if (rule.name == node.key()) {
            settings[node.key()] = checkedValue(node, rule);
            return true;
        }
    }
    return false;
}

std::vector<std::string_view> namesOf(const std::vector<Rule>& rules) {
    std::vector<std::string_view> names;
    for (const Rule& rule : rules) {
        names.push_back(rule.name);
    }
    return names;
}

std::string optionName(const std::string& setting) {
    // The seed of the run is another one.
    std::string name = setting == "sample_seed" ? "--seed" : "--" + setting;
    for (char& letter : name) {
        letter = letter == '_' ? '-' : letter;
    }
    return name;
}

} // namespace

bool readTrainSetting(const JsonNode& node, Settings& settings) {
    return readSetting(node, trainRules(), settings);
}

bool readKernelSetting(const JsonNode& node, Settings& settings) {
    return readSetting(node, kernelRules(), settings);
}

std::vector<std::string_view> trainSettingNames() {
    return namesOf(trainRules());
}

std::vector<std::string_view> kernelSettingNames() {
    return namesOf(kernelRules());
}

std::vector<std::string> optionsOf(const Settings& settings) {
    std::vector<std::string> options;
    for (const auto& [name, value] : settings) {
        options.push_back(optionName(name));
        options.push_back(settingText(value));
    }
    return options;
}

std::string settingText(const nlohmann::json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_number_integer()) {
        return std::to_string(value.get<std::int64_t>());
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value.get<double>());
    return {text.data(), end.ptr};
}

} // namespace finescope::engine

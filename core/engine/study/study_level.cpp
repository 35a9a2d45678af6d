#include "core/engine/study/study_level.h"

#include "core/text/shown.h"

#include <algorithm>

namespace finescope::engine {

namespace {

constexpr std::size_t kMostValues = 1000; // of a list; combinations of a grid

const std::vector<std::string_view> kLists = {"seeds", "tuning_seeds", "grid", "classifier_scales", "kernel"};

template <typename Value, typename Read>
std::vector<Value> readList(const JsonNode& node, const Read& read) {
    if (node.value().size() > kMostValues) {
        node.refuse(std::to_string(node.value().size()) + " values, more than the " +
                    std::to_string(kMostValues) + " that a list may have");
    }
    std::vector<Value> values;
    for (const JsonNode& element : node.elements()) {
        const Value value = read(element);
        if (std::find(values.begin(), values.end(), value) != values.end()) {
            element.refuse(element.found() + " is listed twice");
        }
        values.push_back(value);
    }
    return values;
}

std::vector<std::int64_t> readSeeds(const JsonNode& node) {
    return readList<std::int64_t>(node, [](const JsonNode& seed) { return seed.wholeNumber(0); });
}

std::vector<std::int64_t> readSomeSeeds(const JsonNode& node) {
    std::vector<std::int64_t> seeds = readSeeds(node);
    if (seeds.empty()) {
        node.refuse("expected at least one seed");
    }
    return seeds;
}

/// Every combination, the first key changing slowest.
std::vector<Settings> readGrid(const JsonNode& node) {
    std::vector<Settings> candidates;
    for (const JsonNode& axis : node.members()) {
        if (axis.key() != "learning_rate" && axis.key() != "batch_size") {
            refuseUnknown(axis, {"learning_rate", "batch_size", "comment"}, LevelKeys::none);
        }
        const auto values = readList<nlohmann::json>(axis, [](const JsonNode& element) {
            Settings one;
            static_cast<void>(readTrainSetting(element, one));
            return one.begin()->second;
        });
        if (values.empty()) {
            axis.refuse("expected at least one value");
        }
        if (candidates.size() * values.size() > kMostValues) {
            node.refuse(std::to_string(candidates.size() * values.size()) + " combinations, more than the " +
                        std::to_string(kMostValues) + " that a grid may have");
        }
        std::vector<Settings> extended;
        for (const Settings& candidate : candidates.empty() ? std::vector<Settings>(1) : candidates) {
            for (const nlohmann::json& value : values) {
                extended.push_back(candidate);
                extended.back()[axis.key()] = value;
            }
        }
        candidates = std::move(extended);
    }
    return candidates;
}

void readKernel(const JsonNode& node, StudyLevel& level) {
    level.wantsKernel = true;
    for (const JsonNode& member : node.members()) {
        if (member.key() == "seeds") {
            level.kernelSeeds = readSeeds(member);
        } else if (!readKernelSetting(member, level.kernel)) {
            std::vector<std::string_view> known = kernelSettingNames();
            known.insert(known.end(), {"seeds", "comment"});
            refuseUnknown(member, known, LevelKeys::none);
        }
    }
}

} // namespace

bool readLevelList(const JsonNode& node, StudyLevel& level) {
    if (node.key() == "seeds") {
        level.seeds = readSomeSeeds(node);
    } else if (node.key() == "tuning_seeds") {
        level.tuningSeeds = readSomeSeeds(node);
    } else if (node.key() == "grid") {
        level.grid = readGrid(node);
    } else if (node.key() == "classifier_scales") {
        level.classifierScales =
            readList<double>(node, [](const JsonNode& scale) { return scale.positiveNumber(); });
    } else if (node.key() == "kernel") {
        readKernel(node, level);
    } else {
        return false;
    }
    return true;
}

bool readLevelKey(const JsonNode& node, StudyLevel& level) {
    return readLevelList(node, level) || readTrainSetting(node, level.train);
}

StudyLevel inherit(const StudyLevel& general, const StudyLevel& particular) {
    StudyLevel level = particular;
    level.train.insert(general.train.begin(), general.train.end());
    level.kernel.insert(general.kernel.begin(), general.kernel.end());
    level.wantsKernel = general.wantsKernel || particular.wantsKernel;
    const auto otherwise = [](auto& own, const auto& inherited) { own = own ? own : inherited; };
    otherwise(level.grid, general.grid);
    otherwise(level.classifierScales, general.classifierScales);
    otherwise(level.seeds, general.seeds);
    otherwise(level.tuningSeeds, general.tuningSeeds);
    otherwise(level.kernelSeeds, general.kernelSeeds);
    return level;
}

void refuseUnknown(const JsonNode& node, std::vector<std::string_view> others, LevelKeys level) {
    if (level != LevelKeys::none) {
        others.insert(others.end(), kLists.begin(), kLists.end());
    }
    if (level == LevelKeys::all) {
        const std::vector<std::string_view> settings = trainSettingNames();
        others.insert(others.end(), settings.begin(), settings.end());
    }
    node.refuse("\"" + text::shown(node.key()) + "\" is not known here; known are " + listed(others));
}

} // namespace finescope::engine

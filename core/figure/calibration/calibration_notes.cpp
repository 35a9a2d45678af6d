#include "core/figure/calibration/calibration_notes.h"

#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>

namespace finescope::figure {

std::string evaluationText(const std::string& split, const std::optional<record::EpochKey>& epoch,
                           const char* separator) {
    std::string text = split.empty() ? "" : split + " split" + separator;
    if (epoch) {
        text += (epoch->stage == record::Stage::linearProbing ? "linear probing, " : "fine-tuning epoch ") +
                exact(epoch->epoch) + separator;
    }
    return text;
}

std::string temperatureText(double temperature) {
    return temperature == std::round(temperature) ? fixed(temperature, 0) : significant(temperature, 3);
}

std::vector<std::string> cautionSentences(std::span<const std::pair<std::string, std::string>> cautions) {
    struct Shared {
        std::string caution;
        std::vector<std::string> names;
    };
    std::vector<Shared> all;
    for (const auto& [name, caution] : cautions) {
        if (caution.empty()) {
            continue;
        }
        auto shared = std::ranges::find(all, caution, &Shared::caution);
        if (shared == all.end()) {
            shared = all.insert(all.end(), {caution, {}});
        }
        if (std::ranges::find(shared->names, name) == shared->names.end()) {
            shared->names.push_back(name);
        }
    }
    std::vector<std::string> sentences;
    for (const Shared& shared : all) {
        std::string names;
        for (const std::string& name : shared.names) {
            names += (names.empty() ? "" : ", ") + name;
        }
        sentences.push_back(names + ": " + shared.caution + ".");
    }
    return sentences;
}

void addCautions(Figure& figure, std::span<const std::pair<std::string, std::string>> cautions) {
    for (const std::string& sentence : cautionSentences(cautions)) {
        figure.notes.push_back(sentence);
        figure.cautions.push_back(sentence);
    }
}

} // namespace finescope::figure

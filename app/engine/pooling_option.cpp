#include "app/engine/pooling_option.h"

#include "app/engine/choice.h"

#include <map>
#include <string>

namespace finescope::app {

void addPoolingOption(CLI::App& app, std::optional<engine::Pooling>& pooling) {
    std::map<std::string, std::optional<engine::Pooling>> choices;
    for (const auto& [name, value] : engine::kPoolings) {
        choices.emplace(name, value);
    }
    addChoice(app, "--pooling", pooling, choices,
              "Features: the first token's hidden state, the mean over tokens, or the last token's "
              "[last for decoders, else first]");
}

} // namespace finescope::app

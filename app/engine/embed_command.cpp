#include "app/engine/embed_command.h"

#include "app/engine/base_model_option.h"
#include "app/engine/pooling_option.h"
#include "core/engine/model/checkpoint.h"
#include "core/engine/model/embed.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/error.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace finescope::app {

namespace {

struct Options {
    std::string model;
    std::optional<std::filesystem::path> baseModel;
    engine::EmbedOptions embed;
    std::size_t batchSize = 32;
    bool pairs = false;
};

/// A line as an input: whole, or cut at its one tab.
engine::TextInput parseLine(std::string line, std::size_t number, bool pairs) {
    if (!pairs) {
        return {std::move(line), std::nullopt};
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos || line.find('\t', tab + 1) != std::string::npos) {
        throw Error(ErrorKind::badInput, "standard input, line " + std::to_string(number) +
                                             ": --pairs needs two texts separated by one tab");
    }
    return {line.substr(0, tab), line.substr(tab + 1)};
}

int embedLines(Options options, const CommandContext& context) {
    const engine::ModelFolder model = engine::openModelFolder(options.model, options.baseModel);
    engine::Checkpoint checkpoint = engine::loadCheckpoint(model);
    options.embed.maxLength =
        std::min(options.embed.maxLength, static_cast<std::size_t>(checkpoint.encoder->config.maxLength()));
    const std::unique_ptr<engine::Tokenizer> tokenizer =
        engine::loadModelTokenizer(model, checkpoint.encoder->config);

    std::size_t number = 0;
    std::vector<engine::TextInput> inputs;
    const auto flush = [&] {
        for (const engine::Embedding& embedding :
             engine::embedTexts(checkpoint.encoder, *tokenizer, inputs, options.embed)) {
            std::cout << nlohmann::ordered_json{{"tokens", embedding.tokens},
                                                {"features", embedding.features}}
                      << '\n';
        }
        inputs.clear();
        if (!std::cout) {
            throw Error(ErrorKind::internal, "standard output cannot be written: is the disk full?");
        }
    };
    for (std::string line; std::getline(std::cin, line);) {
        if (context.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "stopped after " + std::to_string(number) + " lines");
        }
        inputs.push_back(parseLine(std::move(line), ++number, options.pairs));
        if (inputs.size() == options.batchSize) {
            flush();
        }
    }
    flush();
    return 0;
}

} // namespace

Command embedCommand() {
    return {"embed", "Print tokens and features of the lines of standard input, one JSON object a line",
            [](CLI::App& app) {
                const auto options = std::make_shared<Options>();
                app.add_option("--model", options->model,
                               "Hugging Face model folder, or one of a peft adapter")
                    ->required();
                addBaseModelOption(app, options->baseModel);
                addPoolingOption(app, options->embed.pooling);
                app.add_option("--max-length", options->embed.maxLength,
                               "Maximum input length in tokens; longer inputs are truncated")
                    ->capture_default_str();
                app.add_option("--batch-size", options->batchSize, "Lines per batch")
                    ->check(CLI::PositiveNumber)
                    ->capture_default_str();
                app.add_flag("--pairs", options->pairs, "Each line is two texts separated by a tab");
                return [options](const CommandContext& context) { return embedLines(*options, context); };
            }};
}

} // namespace finescope::app

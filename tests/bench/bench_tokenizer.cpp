#include "core/engine/text_file.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/// bench_tokenizer FOLDER LINES ROUNDS: the ids of all texts of LINES, a JSON array, by the tokenizer of
/// FOLDER on one thread, and the least seconds of all rounds, as JSON.
int main(int argc, char** argv) {
    using namespace finescope;
    if (argc != 4) {
        std::cerr << "usage: bench_tokenizer FOLDER LINES ROUNDS\n";
        return 2;
    }
    try {
        const auto tokenizer = engine::loadTokenizer(argv[1]);
        const auto lines = nlohmann::json::parse(engine::readWhole(argv[2])).get<std::vector<std::string>>();
        double least = std::numeric_limits<double>::infinity();
        std::vector<std::vector<std::int64_t>> ids;
        for (int round = std::stoi(argv[3]); round > 0; --round) {
            ids.clear();
            const auto begin = std::chrono::steady_clock::now();
            for (const std::string& line : lines) {
                ids.push_back(
                    tokenizer->encode(line, std::nullopt, std::numeric_limits<std::int32_t>::max()).ids);
            }
            least = std::min(least,
                             std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
        }
        std::cout << nlohmann::json({{"seconds", least}, {"ids", ids}}).dump() << "\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_tokenizer: " << error.what() << "\n";
        return 1;
    }
}

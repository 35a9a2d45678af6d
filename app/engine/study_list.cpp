#include "app/engine/study_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>

namespace finescope::app {

namespace {

std::string stageOf(const engine::StudyCell& cell) {
    return cell.isTuning ? "tuning" : "evaluation";
}

} // namespace

void printCells(const engine::StudyCells& cells, const std::vector<engine::CellState>& states) {
    std::size_t longest = 0;
    for (const engine::StudyCell& cell : cells.cells) {
        longest = std::max(longest, cell.name.size());
    }
    for (const engine::StudyCell& cell : cells.cells) {
        std::cout << std::right << std::setw(5) << cell.number << "  " << std::left << std::setw(10)
                  << stageOf(cell) << "  " << std::setw(static_cast<int>(longest)) << cell.name;
        if (!states.empty()) {
            std::cout << "  " << std::setw(14) << cellStateName(states[cell.number]);
        }
        for (const std::string& option : engine::optionsOf(cell.settings)) {
            std::cout << ' ' << option;
        }
        if (!cell.isTuning && cell.search) {
            std::cout << " (and what the tuning cells choose)";
        }
        if (cell.kernel) {
            std::cout << "; kernel " << cell.kernelState;
        }
        std::cout << '\n';
    }
}

void printCellsAsJson(const engine::StudyCells& cells, const std::vector<engine::CellState>& states) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const engine::StudyCell& cell : cells.cells) {
        nlohmann::ordered_json one = {{"cell", cell.number}, {"stage", stageOf(cell)},
                                      {"name", cell.name},   {"task", cell.task},
                                      {"model", cell.model}, {"method", cell.method},
                                      {"seed", cell.seed},   {"settings", cell.settings}};
        one["kernel"] = cell.kernel ? nlohmann::ordered_json(*cell.kernel) : nlohmann::ordered_json(nullptr);
        one["tuned"] = !cell.isTuning && cell.search.has_value();
        if (!states.empty()) {
            one["state"] = cellStateName(states[cell.number]);
        }
        all.push_back(std::move(one));
    }
    std::cout << all.dump(2) << '\n';
}

} // namespace finescope::app

#pragma once

#include "core/engine/study/study_cells.h"
#include "core/engine/study/study_folder.h"

#include <vector>

namespace finescope::app {

/// Prints the cells of a study to stdout, one line each. `states`: of every cell, or empty if not asked for.
void printCells(const engine::StudyCells& cells, const std::vector<engine::CellState>& states);

/// The same as one JSON array.
void printCellsAsJson(const engine::StudyCells& cells, const std::vector<engine::CellState>& states);

} // namespace finescope::app

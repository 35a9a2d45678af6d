#pragma once

#include "core/analysis/seed_statistics.h"

#include <QString>

#include <string>
#include <vector>

class QComboBox;
class QVBoxLayout;
class QWidget;

namespace finescope::widgets {

/// Rows of a page's options: a caption above the control it names (and is the buddy of, so that readers of
/// the screen say it).
void addOption(QVBoxLayout* rows, const QString& caption, QWidget* control);

/// The statistic over seeds: its current data is an analysis::Spread.
[[nodiscard]] QComboBox* makeSpreadPicker(QWidget* parent);
[[nodiscard]] analysis::Spread pickedSpread(const QComboBox& picker);

/// Lists these splits, each once in the order given, below the picker's first item, which stands for the
/// usual ones; the choice stays where it is still there. A split's name is its data.
void listSplits(QComboBox& picker, const std::vector<std::string>& names);
/// The split picked; empty for the first item.
[[nodiscard]] std::vector<std::string> pickedSplits(const QComboBox& picker);

} // namespace finescope::widgets

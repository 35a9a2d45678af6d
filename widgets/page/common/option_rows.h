#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/choices.h"

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

/// How curves over training are drawn.
[[nodiscard]] QComboBox* makeXAxisPicker(QWidget* parent);
[[nodiscard]] figure::XAxis pickedXAxis(const QComboBox& picker);
[[nodiscard]] QComboBox* makeOriginPicker(QWidget* parent);
[[nodiscard]] figure::Origin pickedOrigin(const QComboBox& picker);
[[nodiscard]] QComboBox* makeGroupingPicker(QWidget* parent);
[[nodiscard]] figure::Grouping pickedGrouping(const QComboBox& picker);

/// Lists these names (of splits, of classes), each once in the order given, below the picker's first item,
/// which stands for the usual ones; the choice stays where it is still there. A name is its item's data.
void listNames(QComboBox& picker, const std::vector<std::string>& names);
/// The name picked; empty for the first item.
[[nodiscard]] std::vector<std::string> pickedNames(const QComboBox& picker);

} // namespace finescope::widgets

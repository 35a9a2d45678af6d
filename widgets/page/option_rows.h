#pragma once

#include "core/analysis/seed_statistics.h"

#include <QString>

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

} // namespace finescope::widgets

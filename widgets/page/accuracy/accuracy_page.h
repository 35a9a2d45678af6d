#pragma once

#include "core/figure/accuracy/accuracy_figures.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/common/seed_page.h"

namespace finescope::widgets {

class NumbersTable;

/// In- and out-of-distribution accuracy per method, mean and spread over seeds, as plot and table.
class AccuracyPage : public SeedPage {
    Q_OBJECT

public:
    explicit AccuracyPage(Background& background, QWidget* parent = nullptr);

protected:
    void refresh() override;
    std::optional<figure::FigureRequest> draw() override;

private:
    RunEntries<figure::AccuracyEntry> m_results;
    NumbersTable* m_table;
};

} // namespace finescope::widgets

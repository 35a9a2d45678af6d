#pragma once

#include "core/figure/feature/norm_scaling_figure.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/common/seed_page.h"

class QCheckBox;
class QLabel;

namespace finescope::widgets {

class NumbersTable;

/// How far features move against the norm that fine-tuning starts from (definitions.md, Norm scaling).
class NormScalingPage : public SeedPage {
    Q_OBJECT

public:
    explicit NormScalingPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] figure::FigureRequest request() const override;

protected:
    void refresh() override;
    std::optional<figure::FigureRequest> draw() override;

private:
    RunEntries<figure::NormScalingEntry> m_results;
    NumbersTable* m_table;
    QLabel* m_missing; ///< instead of both where no run was scaled
    QCheckBox* m_logX;
    QCheckBox* m_logY;
};

} // namespace finescope::widgets

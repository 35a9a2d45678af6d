#pragma once

#include "core/figure/feature_figures.h"
#include "widgets/page/run_results.h"
#include "widgets/page/seed_page.h"

namespace finescope::widgets {

/// What happened to the features: cosine similarity, difference and Fisher's discriminant ratio per method.
class FeaturePage : public SeedPage {
    Q_OBJECT

public:
    explicit FeaturePage(Background& background, QWidget* parent = nullptr);

protected:
    void refresh() override;
    bool draw() override;

private:
    RunResults<figure::FeatureEntry> m_results;
};

} // namespace finescope::widgets

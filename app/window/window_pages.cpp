#include "app/window/window_pages.h"

#include "widgets/page/accuracy_page.h"
#include "widgets/page/calibration_page.h"
#include "widgets/page/classifier_page.h"
#include "widgets/page/feature_page.h"
#include "widgets/page/kernel_page.h"
#include "widgets/page/norm_scaling_page.h"
#include "widgets/page/training_page.h"

namespace finescope::window {

WindowPages makePages(widgets::Background& background, widgets::Background& longWork) {
    auto* kernel = new widgets::KernelPage(background);
    auto* calibration = new widgets::CalibrationPage(background);
    return {.all = {new widgets::TrainingPage, new widgets::ClassifierPage(background), kernel,
                    new widgets::FeaturePage(longWork), new widgets::NormScalingPage(background), calibration,
                    new widgets::AccuracyPage(background)},
            .kernel = kernel,
            .calibration = calibration};
}

} // namespace finescope::window

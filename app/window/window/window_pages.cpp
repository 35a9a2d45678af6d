#include "app/window/window/window_pages.h"

#include "widgets/page/accuracy/accuracy_page.h"
#include "widgets/page/calibration/calibration_page.h"
#include "widgets/page/classifier/classifier_page.h"
#include "widgets/page/feature/feature_page.h"
#include "widgets/page/feature/norm_scaling_page.h"
#include "widgets/page/kernel/kernel_page.h"
#include "widgets/page/training/training_page.h"

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

#pragma once

#include <vector>

namespace finescope::widgets {
class Background;
class CalibrationPage;
class KernelPage;
class Page;
} // namespace finescope::widgets

namespace finescope::window {

/// The pages of the window in the order of their tabs; the window becomes their owner. The two that say more
/// than every page does are named.
struct WindowPages {
    std::vector<widgets::Page*> all;
    widgets::KernelPage* kernel = nullptr;
    widgets::CalibrationPage* calibration = nullptr;
};

/// `longWork` is for a page whose work may take minutes and must not keep the others waiting.
[[nodiscard]] WindowPages makePages(widgets::Background& background, widgets::Background& longWork);

} // namespace finescope::window

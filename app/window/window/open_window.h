#pragma once

#include <filesystem>
#include <vector>

namespace finescope::window {

/// What the window tells a measuring program on standard output.
enum class Report { nothing, paints };

/// Opens the window on these run files and folders and returns its exit status when it is closed. Needs a
/// display; argc and argv go to Qt, which takes its own options out of them. No exception leaves it.
int openWindow(int argc, char** argv, const std::vector<std::filesystem::path>& paths, Report report);

} // namespace finescope::window

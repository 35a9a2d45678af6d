#pragma once

class QWidget;

namespace finescope::window {

/// From now on prints one JSON object a line on standard output for each plot of the window that was painted
/// with something in it, once it is on the screen (offscreen: in the window's surface):
/// {"event":"painted","plot":NAME,"curves":N,"cpu_seconds":S}. N counts the differently named marks of the
/// first panel, S is the processor time of the whole process since it was forked, loading included.
void reportPaints(QWidget& window);

} // namespace finescope::window

#pragma once

namespace finescope::window {

/// Chooses the locale C.UTF-8 where the environment's is not there or has another encoding than UTF-8, as in
/// a bare container, in cron or over ssh: Qt needs UTF-8 and complains otherwise. Nothing that the program
/// writes depends on the locale. Call it before QApplication is made; programs started later inherit it.
void useUtf8Locale();

} // namespace finescope::window

#include "app/window/command/utf8_locale.h"

#include <QByteArray>

#include <clocale>

#include <langinfo.h>

namespace finescope::window {

void useUtf8Locale() {
    const bool known = std::setlocale(LC_ALL, "") != nullptr;
    if (!known || qstricmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        qputenv("LC_ALL", "C.UTF-8"); // it goes before LANG and the other LC_ variables
    }
}

} // namespace finescope::window

#include "widgets/plot/figure_theme.h"

namespace finescope::widgets {

RoleStyle FigureTheme::role(const figure::Style& style) const {
    return m_roles.value(QString::fromStdString(style.role));
}

} // namespace finescope::widgets

#include "app/window/window/palette.h"

namespace finescope::window {

namespace {

struct Colours {
    QColor window, base, alternate, raised, text, faint, accent, onAccent, edge, shadow;
};

QPalette paletteOf(const Colours& colours) {
    QPalette palette;
    palette.setColor(QPalette::Window, colours.window);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.base);
    palette.setColor(QPalette::AlternateBase, colours.alternate);
    palette.setColor(QPalette::ToolTipBase, colours.raised);
    palette.setColor(QPalette::ToolTipText, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.faint);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::Button, colours.raised);
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, colours.onAccent);
    palette.setColor(QPalette::Highlight, colours.accent);
    palette.setColor(QPalette::HighlightedText, colours.onAccent);
    palette.setColor(QPalette::Link, colours.accent);
    palette.setColor(QPalette::LinkVisited, colours.accent);
    palette.setColor(QPalette::Light, colours.raised);
    palette.setColor(QPalette::Midlight, colours.alternate);
    palette.setColor(QPalette::Mid, colours.edge);
    palette.setColor(QPalette::Dark, colours.edge);
    palette.setColor(QPalette::Shadow, colours.shadow);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
        palette.setColor(QPalette::Disabled, role, colours.faint);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, colours.edge);
    return palette;
}

} // namespace

QPalette lightPalette() {
    return paletteOf({.window = 0xf7f8fa,
                      .base = 0xffffff,
                      .alternate = 0xf0f2f5,
                      .raised = 0xfcfcfd,
                      .text = 0x1f2328,
                      .faint = 0x7a828d,
                      .accent = 0x0b6bcb,
                      .onAccent = 0xffffff,
                      .edge = 0xc9ced6,
                      .shadow = 0x8a9099});
}

QPalette darkPalette() {
    return paletteOf({.window = 0x23272d,
                      .base = 0x1b1e23,
                      .alternate = 0x262a31,
                      .raised = 0x2e333b,
                      .text = 0xe6e8eb,
                      .faint = 0x868e99,
                      .accent = 0x2f7fd6,
                      .onAccent = 0xffffff,
                      .edge = 0x434a54,
                      .shadow = 0x101215});
}

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
}

} // namespace finescope::window

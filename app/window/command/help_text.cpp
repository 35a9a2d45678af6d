#include "app/window/command/help_text.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QStringList>

#include <array>

namespace finescope::window {

namespace {

QString text(const char* words) {
    return QCoreApplication::translate("finescope::window::Help", words);
}

struct Key {
    const char* keys;
    const char* does;
};

constexpr std::array kKeys{
    Key{"[ and ]", "temperature down and up by 10 %"},
    Key{"Arrows on the slider", "temperature by 1 %"},
    Key{"1", "set the temperature to 1"},
    Key{"T", "switch between one temperature and each run's fitted temperature"},
    Key{"Alt+1, Alt+2, …", "pages"},
    Key{"Ctrl+F", "filter the runs"},
    Key{"Space in the runs", "check or uncheck"},
    Key{"Delete in the runs", "close"},
    Key{"Ctrl+E", "export the figure"},
    Key{"Ctrl+Shift+C", "copy the figure as image, SVG and data"},
    Key{"+ − and arrows in a plot", "zoom and pan"},
    Key{"Home in a plot, Ctrl+0", "reset zoom"},
    Key{"L in a plot", "logarithmic y axis"},
};

} // namespace

QString keysText() {
    QString rows;
    for (const Key& key : kKeys) {
        rows += QStringLiteral(
                    "<tr><td style='padding:2px 24px 2px 0'>%1</td><td style='padding:2px 0'>%2</td></tr>")
                    .arg(text(key.keys), text(key.does));
    }
    return QStringLiteral("<table>%1</table>").arg(rows);
}

QString aboutText() {
    const QStringList lines{
        QStringLiteral("<b>finescope %1</b>").arg(QLatin1String(FINESCOPE_VERSION)),
        text("A laboratory for fine-tuning: runs, classifier norms, features and calibration."),
        text("Qt %1. Licence: GNU General Public License, version 3 or later.")
            .arg(QLatin1String(qVersion()))};
    return lines.join(QStringLiteral("<br><br>"));
}

widgets::Prompts::Question closingQuestion() {
    return {.title = text("Jobs are running"),
            .text = text("Should running jobs continue after the window closes?"),
            .details =
                text("They do not need the window to finish their run files. Waiting jobs are dropped."),
            .first = text("Keep Running"),
            .second = text("Cancel Jobs")};
}

void showHelp(QWidget& parent, const QString& title, const QString& body) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, title, body, QMessageBox::Close, &parent);
    box->setObjectName(QStringLiteral("helpBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::RichText);
    box->open();
}

} // namespace finescope::window

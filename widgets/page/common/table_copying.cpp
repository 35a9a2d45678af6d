#include "widgets/page/common/table_copying.h"

#include "core/figure/write/write_csv.h"
#include "core/figure/write/write_latex.h"
#include "core/figure/write/write_markdown.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QTableWidget>

namespace finescope::widgets {

void addCopying(QTableWidget& widget, std::function<figure::Table()> table) {
    widget.setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto add = [&](const char* title, const char* name, auto write) {
        auto* action =
            new QAction(QCoreApplication::translate("finescope::widgets::TableCopying", title), &widget);
        action->setObjectName(QLatin1String(name));
        QObject::connect(action, &QAction::triggered, &widget, [table, write] {
            QGuiApplication::clipboard()->setText(QString::fromStdString(write(table())));
        });
        widget.addAction(action);
        return action;
    };
    auto* first = add(QT_TRANSLATE_NOOP("finescope::widgets::TableCopying", "Copy as &Markdown"),
                      "copyMarkdown", [](const figure::Table& of) { return figure::markdown(of); });
    first->setShortcut(QKeySequence::Copy);
    first->setShortcutContext(Qt::WidgetShortcut);
    add(QT_TRANSLATE_NOOP("finescope::widgets::TableCopying", "Copy as &LaTeX"), "copyLatex",
        [](const figure::Table& of) { return figure::latex(of); });
    add(QT_TRANSLATE_NOOP("finescope::widgets::TableCopying", "Copy as &CSV"), "copyCsv",
        [](const figure::Table& of) { return figure::csv(of); });
}

} // namespace finescope::widgets

#include "widgets/dialog/path_row.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <utility>

namespace finescope::widgets {

namespace {

constexpr int kFieldWidth = 360;

} // namespace

QWidget* makePathRow(QLineEdit* edit, const QString& name, std::function<QString()> choose, QWidget* parent) {
    auto* row = new QWidget(parent);
    auto* button = new QPushButton(QCoreApplication::translate("PathRow", "Browse…"), row);
    button->setObjectName(name + QStringLiteral("Browse"));
    button->setAutoDefault(false);
    QObject::connect(button, &QPushButton::clicked, edit, [edit, choose = std::move(choose)] {
        if (const QString path = choose(); !path.isEmpty()) {
            edit->setText(path);
        }
    });
    edit->setObjectName(name);
    edit->setMinimumWidth(kFieldWidth);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(edit, 1);
    layout->addWidget(button);
    return row;
}

} // namespace finescope::widgets

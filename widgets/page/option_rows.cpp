#include "widgets/page/option_rows.h"

#include "core/figure/run_style.h"
#include "widgets/panel/heading.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

namespace finescope::widgets {

void addOption(QVBoxLayout* rows, const QString& caption, QWidget* control) {
    QLabel* label = makeCaption(caption, control->parentWidget());
    label->setBuddy(control);
    control->setAccessibleName(caption);
    auto* pair = new QVBoxLayout;
    pair->setSpacing(4);
    pair->addWidget(label);
    pair->addWidget(control);
    rows->addLayout(pair);
}

QComboBox* makeSpreadPicker(QWidget* parent) {
    auto* picker = new QComboBox(parent);
    for (const auto spread :
         {analysis::Spread::tInterval95, analysis::Spread::standardDeviation, analysis::Spread::range}) {
        picker->addItem(QString::fromStdString(figure::spreadName(spread)), static_cast<int>(spread));
    }
    return picker;
}

analysis::Spread pickedSpread(const QComboBox& picker) {
    return static_cast<analysis::Spread>(picker.currentData().toInt());
}

} // namespace finescope::widgets

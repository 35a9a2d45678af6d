#include "widgets/page/option_rows.h"

#include "core/figure/run_style.h"
#include "widgets/panel/heading.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

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
    for (const auto spread : {analysis::Spread::tInterval95, analysis::Spread::standardDeviation,
                              analysis::Spread::standardError, analysis::Spread::range}) {
        picker->addItem(QString::fromStdString(figure::spreadName(spread)), static_cast<int>(spread));
    }
    return picker;
}

analysis::Spread pickedSpread(const QComboBox& picker) {
    return static_cast<analysis::Spread>(picker.currentData().toInt());
}

void listSplits(QComboBox& picker, const std::vector<std::string>& names) {
    const QString before = picker.currentData().toString();
    while (picker.count() > 1) {
        picker.removeItem(1);
    }
    for (const std::string& name : names) {
        const QString text = QString::fromStdString(name);
        if (picker.findData(text) < 0) {
            picker.addItem(text, text);
        }
    }
    picker.setCurrentIndex(std::max(0, picker.findData(before)));
}

std::vector<std::string> pickedSplits(const QComboBox& picker) {
    const std::string split = picker.currentData().toString().toStdString();
    return split.empty() ? std::vector<std::string>() : std::vector<std::string>{split};
}

} // namespace finescope::widgets

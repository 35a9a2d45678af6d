#include "widgets/page/common/option_rows.h"

#include "core/figure/label/run_style.h"
#include "widgets/panel/heading.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace finescope::widgets {

namespace {

QString words(const char* text) {
    return QCoreApplication::translate("finescope::widgets::OptionRows", text);
}

} // namespace

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

QComboBox* makeXAxisPicker(QWidget* parent) {
    auto* picker = new QComboBox(parent);
    picker->addItem(words("Epochs"), static_cast<int>(figure::XAxis::epochs));
    picker->addItem(words("Steps"), static_cast<int>(figure::XAxis::steps));
    return picker;
}

figure::XAxis pickedXAxis(const QComboBox& picker) {
    return static_cast<figure::XAxis>(picker.currentData().toInt());
}

QComboBox* makeOriginPicker(QWidget* parent) {
    auto* picker = new QComboBox(parent);
    picker->addItem(words("Start of fine-tuning"), static_cast<int>(figure::Origin::fineTuning));
    picker->addItem(words("Start of the run"), static_cast<int>(figure::Origin::start));
    return picker;
}

figure::Origin pickedOrigin(const QComboBox& picker) {
    return static_cast<figure::Origin>(picker.currentData().toInt());
}

QComboBox* makeGroupingPicker(QWidget* parent) {
    auto* picker = new QComboBox(parent);
    picker->addItem(words("Single runs"), static_cast<int>(figure::Grouping::runs));
    picker->addItem(words("Methods, over seeds"), static_cast<int>(figure::Grouping::methods));
    return picker;
}

figure::Grouping pickedGrouping(const QComboBox& picker) {
    return static_cast<figure::Grouping>(picker.currentData().toInt());
}

void listNames(QComboBox& picker, const std::vector<std::string>& names) {
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

std::vector<std::string> pickedNames(const QComboBox& picker) {
    const std::string name = picker.currentData().toString().toStdString();
    return name.empty() ? std::vector<std::string>() : std::vector<std::string>{name};
}

} // namespace finescope::widgets

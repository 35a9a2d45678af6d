#include "widgets/dialog/compute_kernel_dialog.h"

#include "widgets/dialog/path_row.h"
#include "widgets/dialog/prompts.h"

#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kTextWidth = 380;
constexpr int kNamesShown = 6;

} // namespace

QStringList KernelSettings::arguments(const QString& file) const {
    QStringList arguments{QStringLiteral("ntk"),
                          file,
                          QStringLiteral("--train-samples"),
                          QString::number(trainSamples),
                          QStringLiteral("--test-samples"),
                          QString::number(testSamples),
                          QStringLiteral("--seed"),
                          QString::number(seed)};
    if (memoryGib > 0) {
        arguments += {QStringLiteral("--memory"), QString::number(memoryGib)};
    }
    if (!model.isEmpty()) {
        arguments += {QStringLiteral("--model"), model};
    }
    if (!data.isEmpty()) {
        arguments += {QStringLiteral("--data"), data};
    }
    return arguments;
}

ComputeKernelDialog::ComputeKernelDialog(const QStringList& names, Prompts& prompts, QWidget* parent)
    : QDialog(parent), m_train(new QSpinBox(this)), m_test(new QSpinBox(this)), m_seed(new QSpinBox(this)),
      m_memory(new QDoubleSpinBox(this)), m_model(new QLineEdit(this)), m_data(new QLineEdit(this)),
      m_estimate(new QLabel(this)), m_compute(nullptr) {
    setObjectName(QStringLiteral("computeKernelDialog"));
    setWindowTitle(tr("Compute Kernel"));
    const KernelSettings initial;
    const auto set = [this](auto* spin, const char* name, auto low, auto high, auto value) {
        spin->setObjectName(QLatin1String(name));
        spin->setRange(low, high);
        spin->setValue(value);
        connect(spin, &std::remove_pointer_t<decltype(spin)>::valueChanged, this,
                &ComputeKernelDialog::settingsChanged);
    };
    set(m_train, "kernelTrainSamples", 1, 100'000, initial.trainSamples);
    set(m_test, "kernelTestSamples", 0, 100'000, initial.testSamples);
    set(m_seed, "kernelSeed", 0, 1'000'000'000, initial.seed);
    set(m_memory, "kernelMemory", 0.0, 4096.0, initial.memoryGib);
    m_memory->setSpecialValueText(tr("Automatic"));
    m_memory->setToolTip(tr("Automatic: 4 GiB, or 90 % of the free memory of a GPU"));
    m_memory->setSuffix(tr(" GiB"));
    m_estimate->setObjectName(QStringLiteral("kernelEstimate"));
    m_estimate->setWordWrap(true);
    m_estimate->setMinimumWidth(kTextWidth);

    QString runs = names.mid(0, kNamesShown).join(QStringLiteral(", "));
    if (names.size() > kNamesShown) {
        runs += tr(" and %1 more").arg(names.size() - kNamesShown);
    }
    auto* of = new QLabel(tr("Neural tangent kernel at the start of fine-tuning, of %1").arg(runs), this);
    of->setWordWrap(true);
    auto* form = new QFormLayout;
    form->setSpacing(8);
    form->addRow(tr("&Train samples"), m_train);
    form->addRow(tr("Te&st samples"), m_test);
    form->addRow(tr("Sampling s&eed"), m_seed);
    form->addRow(tr("&Memory"), m_memory);
    const auto folder = [&](const QString& label, QLineEdit* edit, const char* name, const QString& title) {
        edit->setPlaceholderText(tr("as recorded in the run"));
        edit->setAccessibleName(title);
        QWidget* row = makePathRow(
            edit, QLatin1String(name),
            [this, &prompts, edit, title] { return prompts.openFolder(this, title, edit->text()); }, this);
        form->addRow(label, row);
        qobject_cast<QLabel*>(form->labelForField(row))->setBuddy(edit);
        connect(edit, &QLineEdit::textChanged, this, &ComputeKernelDialog::settingsChanged);
    };
    folder(tr("M&odel folder"), m_model, "kernelModel", tr("Model Folder"));
    folder(tr("&Data folder"), m_data, "kernelData", tr("Data Folder"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_compute = buttons->addButton(tr("Compute"), QDialogButtonBox::AcceptRole);
    m_compute->setObjectName(QStringLiteral("kernelCompute"));
    m_compute->setEnabled(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT computeRequested(settings());
        accept();
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(16);
    layout->addWidget(of);
    layout->addLayout(form);
    layout->addWidget(m_estimate);
    layout->addWidget(buttons);
}

KernelSettings ComputeKernelDialog::settings() const {
    return {m_train->value(),  m_test->value(), m_seed->value(),
            m_memory->value(), m_model->text(), m_data->text()};
}

void ComputeKernelDialog::setEstimate(const QString& text, bool possible) {
    m_estimate->setText(text);
    m_compute->setEnabled(possible);
}

} // namespace finescope::widgets

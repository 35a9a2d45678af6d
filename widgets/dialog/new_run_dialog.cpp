#include "widgets/dialog/new_run_dialog.h"

#include "core/figure/label/method_name.h"
#include "core/figure/number_text.h"
#include "widgets/dialog/path_row.h"
#include "widgets/dialog/prompts.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <array>
#include <cmath>
#include <utility>

namespace finescope::widgets {

namespace {

constexpr std::array kMethods{"lp", "ft", "lora", "lp-ft", "lp-lora"};
constexpr std::array kTasks{"rte", "cb", "demo"};

QString rateText(double value) {
    return QString::fromStdString(figure::exact(value));
}

QSpinBox* makeSpin(const QString& name, int low, int high, int value, QWidget* parent) {
    auto* spin = new QSpinBox(parent);
    spin->setObjectName(name);
    spin->setRange(low, high);
    spin->setValue(value);
    return spin;
}

} // namespace

QString NewRun::title() const {
    return NewRunDialog::tr("%1, %2, seed %3")
        .arg(task, QString::fromStdString(figure::methodName(method.toStdString())))
        .arg(seed);
}

QStringList NewRun::arguments() const {
    return {QStringLiteral("train"),
            QStringLiteral("--model"),
            model,
            QStringLiteral("--task"),
            task,
            QStringLiteral("--data"),
            data,
            QStringLiteral("--method"),
            method,
            QStringLiteral("--seed"),
            QString::number(seed),
            QStringLiteral("--epochs"),
            QString::number(epochs),
            QStringLiteral("--batch-size"),
            QString::number(batchSize),
            QStringLiteral("--learning-rate"),
            rateText(learningRate),
            QStringLiteral("--output"),
            output};
}

QString NewRun::problem() const {
    if (model.isEmpty()) {
        return NewRunDialog::tr("Choose the folder of a model.");
    }
    const auto holds = [this](const QString& name) { return QFileInfo(QDir(model), name).isFile(); };
    if (!holds(QStringLiteral("config.json")) && !holds(QStringLiteral("adapter_config.json"))) {
        return NewRunDialog::tr(
            "The model folder holds no config.json: choose a folder in the Hugging Face layout.");
    }
    if (task.isEmpty()) {
        return NewRunDialog::tr("Choose a task.");
    }
    if (data.isEmpty()) {
        return NewRunDialog::tr("Choose the folder of the task's data.");
    }
    if (!QFileInfo(data).isDir()) {
        return NewRunDialog::tr("There is no data folder of that name.");
    }
    if (!(learningRate > 0) || !std::isfinite(learningRate)) {
        return NewRunDialog::tr("The learning rate must be a number above 0, such as 1e-5.");
    }
    if (output.isEmpty()) {
        return NewRunDialog::tr("Choose the run file to write.");
    }
    const QFileInfo file(output);
    if (file.exists()) {
        return NewRunDialog::tr("The run file exists already: choose another name.");
    }
    if (!file.dir().exists()) {
        return NewRunDialog::tr("The folder of the run file does not exist.");
    }
    return {};
}

NewRunDialog::NewRunDialog(const NewRun& initial, Prompts& prompts, QWidget* parent)
    : QDialog(parent), m_prompts(prompts), m_outputFolder(QFileInfo(initial.output).path()),
      m_model(new QLineEdit(initial.model, this)), m_task(new QComboBox(this)),
      m_data(new QLineEdit(initial.data, this)), m_method(new QComboBox(this)),
      m_seed(makeSpin(QStringLiteral("newRunSeed"), 0, 1'000'000'000, initial.seed, this)),
      m_epochs(makeSpin(QStringLiteral("newRunEpochs"), 1, 10'000, initial.epochs, this)),
      m_batchSize(makeSpin(QStringLiteral("newRunBatchSize"), 1, 4096, initial.batchSize, this)),
      m_learningRate(new QLineEdit(rateText(initial.learningRate), this)), m_output(new QLineEdit(this)),
      m_problem(new QLabel(this)), m_start(nullptr) {
    setObjectName(QStringLiteral("newRunDialog"));
    setWindowTitle(tr("New Run"));
    m_task->setObjectName(QStringLiteral("newRunTask"));
    m_task->setEditable(true);
    for (const char* task : kTasks) {
        m_task->addItem(QLatin1String(task));
    }
    m_task->setCurrentText(initial.task.isEmpty() ? QLatin1String(kTasks.front()) : initial.task);
    m_method->setObjectName(QStringLiteral("newRunMethod"));
    for (const char* method : kMethods) {
        m_method->addItem(QString::fromStdString(figure::methodName(method)), QLatin1String(method));
    }
    m_method->setCurrentIndex(std::max(0, m_method->findData(initial.method)));
    m_learningRate->setObjectName(QStringLiteral("newRunLearningRate"));
    m_problem->setObjectName(QStringLiteral("newRunProblem"));
    m_problem->setWordWrap(true);

    auto* form = new QFormLayout;
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto row = [form](const QString& text, QWidget* field, QWidget* buddy) {
        auto* label = new QLabel(text);
        label->setBuddy(buddy);
        buddy->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        form->addRow(label, field);
    };
    const auto folderRow = [this](QLineEdit* edit, const QString& name, const QString& title) {
        return makePathRow(
            edit, name, [this, edit, title] { return m_prompts.openFolder(this, title, edit->text()); },
            this);
    };
    const auto chooseOutput = [this] {
        const QString file =
            m_prompts.saveFile(this, tr("Run File"), m_output->text(), tr("Run files (*.h5)"));
        m_ownOutput = m_ownOutput || !file.isEmpty();
        return file;
    };
    row(tr("&Model folder"), folderRow(m_model, QStringLiteral("newRunModel"), tr("Model Folder")), m_model);
    row(tr("&Task"), m_task, m_task);
    row(tr("&Data folder"), folderRow(m_data, QStringLiteral("newRunData"), tr("Data Folder")), m_data);
    row(tr("M&ethod"), m_method, m_method);
    row(tr("&Seed"), m_seed, m_seed);
    row(tr("E&pochs"), m_epochs, m_epochs);
    row(tr("&Batch size"), m_batchSize, m_batchSize);
    row(tr("&Learning rate"), m_learningRate, m_learningRate);
    row(tr("&Run file"), makePathRow(m_output, QStringLiteral("newRunOutput"), chooseOutput, this), m_output);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_start = buttons->addButton(tr("Start"), QDialogButtonBox::AcceptRole);
    m_start->setObjectName(QStringLiteral("newRunStart"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        const NewRun run = newRun();
        if (run.problem().isEmpty()) {
            Q_EMIT startRequested(run);
            accept();
        } else {
            validate();
        }
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(16);
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);

    for (QLineEdit* edit : {m_model, m_data, m_learningRate, m_output}) {
        connect(edit, &QLineEdit::textChanged, this, &NewRunDialog::validate);
    }
    connect(m_output, &QLineEdit::textEdited, this, [this] { m_ownOutput = true; });
    connect(m_task, &QComboBox::currentTextChanged, this, &NewRunDialog::suggestOutput);
    connect(m_method, &QComboBox::currentIndexChanged, this, &NewRunDialog::suggestOutput);
    connect(m_seed, &QSpinBox::valueChanged, this, &NewRunDialog::suggestOutput);
    suggestOutput();
    validate();
}

void NewRunDialog::suggestOutput() {
    if (!m_ownOutput) {
        const NewRun run = newRun();
        const QDir folder(m_outputFolder);
        const QString stem =
            QStringLiteral("%1_%2_seed%3").arg(run.task, run.method, QString::number(run.seed));
        QString path = folder.filePath(stem + QStringLiteral(".h5"));
        for (int copy = 2; QFileInfo::exists(path); ++copy) {
            path = folder.filePath(QStringLiteral("%1_%2.h5").arg(stem).arg(copy));
        }
        m_output->setText(path);
    }
    validate();
}

NewRun NewRunDialog::newRun() const {
    bool isNumber = false;
    // QString::toDouble reads the C locale whatever the desktop's is, as the engine does.
    const double learningRate = m_learningRate->text().toDouble(&isNumber);
    return {.model = m_model->text(),
            .task = m_task->currentText().trimmed(),
            .data = m_data->text(),
            .method = m_method->currentData().toString(),
            .seed = m_seed->value(),
            .epochs = m_epochs->value(),
            .batchSize = m_batchSize->value(),
            .learningRate = isNumber ? learningRate : 0,
            .output = m_output->text()};
}

void NewRunDialog::validate() {
    const QString problem = newRun().problem();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_start->setEnabled(problem.isEmpty());
}

} // namespace finescope::widgets

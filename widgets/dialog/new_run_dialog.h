#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace finescope::widgets {

class Prompts;

/// What `finescope-engine train` needs to know (architecture.md, Commands).
struct NewRun {
    QString model{}, task{}, data{}, method{};
    int seed = 1;
    int epochs = 10;
    int batchSize = 16;
    double learningRate = 1e-5;
    QString output{};

    [[nodiscard]] QString title() const;
    [[nodiscard]] QStringList arguments() const;
    /// What is wrong with it in one sentence that says what to do, or "" if the engine can start.
    [[nodiscard]] QString problem() const;
};

/// A form for one fine-tuning run. Says at once what is missing; starts only what can start.
class NewRunDialog : public QDialog {
    Q_OBJECT

public:
    NewRunDialog(const NewRun& initial, Prompts& prompts, QWidget* parent = nullptr);
    [[nodiscard]] NewRun newRun() const;

Q_SIGNALS:
    void startRequested(const finescope::widgets::NewRun& run);

private:
    void suggestOutput();
    void validate();

    Prompts& m_prompts;
    QString m_outputFolder;
    bool m_ownOutput = false; ///< the person chose the file: no longer suggest one
    QLineEdit* m_model;
    QComboBox* m_task;
    QLineEdit* m_data;
    QComboBox* m_method;
    QSpinBox* m_seed;
    QSpinBox* m_epochs;
    QSpinBox* m_batchSize;
    QLineEdit* m_learningRate;
    QLineEdit* m_output;
    QLabel* m_problem;
    QPushButton* m_start;
};

} // namespace finescope::widgets

#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QDoubleSpinBox;

namespace finescope::widgets {

class Prompts;

/// What `finescope-engine ntk` is told (architecture.md, Commands), but the file.
struct KernelSettings {
    int trainSamples = 250, testSamples = 250;
    int seed = 1;
    double memoryGib = 0; ///< 0: as the engine chooses
    QString model, data;  ///< folders instead of those that the run names; may be empty

    /// The engine's arguments for one run file.
    [[nodiscard]] QStringList arguments(const QString& file) const;
};

/// Asks how large a kernel to compute of some runs, and says before what it will take.
class ComputeKernelDialog : public QDialog {
    Q_OBJECT

public:
    /// `names` of the runs, for people.
    ComputeKernelDialog(const QStringList& names, Prompts& prompts, QWidget* parent = nullptr);
    [[nodiscard]] KernelSettings settings() const;
    /// What it will take, or why that cannot be told; the kernel can be computed only if `possible`.
    void setEstimate(const QString& text, bool possible);

Q_SIGNALS:
    void settingsChanged();
    void computeRequested(const finescope::widgets::KernelSettings& settings);

private:
    QSpinBox* m_train;
    QSpinBox* m_test;
    QSpinBox* m_seed;
    QDoubleSpinBox* m_memory;
    QLineEdit* m_model;
    QLineEdit* m_data;
    QLabel* m_estimate;
    QPushButton* m_compute;
};

} // namespace finescope::widgets

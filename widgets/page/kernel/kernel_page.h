#pragma once

#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/kernel/kernel_heat_map.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/page.h"

#include <QStringList>

#include <array>
#include <memory>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace finescope::widgets {

class NumbersTable;

/// The kernels of the checked runs: spectra, heat maps, FT ratios, LoRA against FT, and their numbers.
/// Kernels are read and completed in the background, once each.
class KernelPage : public Page {
    Q_OBJECT

public:
    explicit KernelPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] figure::FigureRequest request() const override;

Q_SIGNALS:
    /// Somebody wants kernels of runs; those checked that have none are `files`.
    void computeRequested(const QStringList& files);

protected:
    void refresh() override;

private:
    enum View { spectrumView, heatMapView, ratioView, loraView };
    using ViewPointer = std::shared_ptr<const figure::KernelView>;
    using CellsPointer = std::shared_ptr<const figure::HeatCells>;
    struct Kernel {
        ViewPointer view;
        CellsPointer traceNorms; ///< of a heat map
    };

    void makeOptions();
    /// Reads the kernels that are missing, computes the trace norms of a heat map, then draws.
    void readKernels(const figure::FigureRequest& request);
    void computeTraceNorms(const figure::FigureRequest& request);
    /// Says what failed; whether there is something to draw.
    bool tell(const std::optional<Failure>& failure, bool complete);
    void draw(const figure::FigureRequest& request);
    void layMissing(bool alone);
    void showOptionsOf(View view);
    void suggestColours(const figure::Figure& figure);
    [[nodiscard]] Kernel kernelOf(const figure::FigureRequest& request, const record::Run& run) const;
    [[nodiscard]] std::vector<figure::KernelEntry> entries(const figure::FigureRequest& request) const;
    [[nodiscard]] View view() const;
    [[nodiscard]] static figure::Figure figureOf(const figure::FigureRequest& request,
                                                 const std::vector<figure::KernelEntry>& entries);

    NumbersTable* m_table;
    QWidget* m_missing;
    QLabel* m_missingText;
    QPushButton* m_compute;
    QComboBox* m_view;
    QComboBox* m_state;
    std::array<QCheckBox*, 3> m_parts;
    QComboBox* m_part;
    QCheckBox* m_normalised;
    QCheckBox* m_logarithmic;
    QCheckBox* m_logarithmicIndex;
    QComboBox* m_axis;
    QCheckBox* m_ownColours;
    QDoubleSpinBox* m_lowColour;
    QDoubleSpinBox* m_highColour;
    QStringList m_withoutKernel;           ///< files
    RunResults<ViewPointer> m_kernels;     ///< what was read
    RunResults<CellsPointer> m_traceNorms; ///< of the parts that a heat map asked for
};

} // namespace finescope::widgets

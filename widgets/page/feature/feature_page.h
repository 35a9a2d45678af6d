#pragma once

#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/feature/feature_figures.h"
#include "core/figure/feature/feature_map.h"
#include "core/figure/feature/feature_neighbours.h"
#include "widgets/page/common/run_results.h"
#include "widgets/page/common/seed_page.h"
#include "widgets/page/common/work_progress.h"

#include <functional>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace finescope::widgets {

class NoteHeading;
class NumbersTable;

/// What happened to the features: cosine similarity, difference and Fisher's discriminant ratio per method;
/// sample by sample with intervals and per class; over training; whether neighbours stayed; and as maps, by
/// PCA at once and by t-SNE when asked for: other runs or another split wait until it is asked for again.
class FeaturePage : public SeedPage {
    Q_OBJECT

public:
    explicit FeaturePage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] figure::FigureRequest request() const override;

protected:
    void refresh() override;
    std::optional<figure::FigureRequest> draw() override;

private:
    using Details = std::vector<figure::FeatureDistributionEntry>;
    using Maps = std::vector<figure::FeatureMap>;
    using Neighbours = std::vector<figure::NeighbourEntry>;

    void makeOptions();
    void showOptions(const figure::FigureRequest& request);
    void listFeatureSplits();
    void endWork();
    void cancelWork();
    void askForTsne();
    /// Whether the request is for a t-SNE map that the person has not started yet.
    [[nodiscard]] bool tsneWaits(const figure::FigureRequest& request) const;
    void drawNotes();
    void drawMap(const figure::FigureRequest& request);
    /// Changes whenever the features of the runs or of the choice of split do.
    [[nodiscard]] QString setKey(const figure::FigureRequest& request) const;
    [[nodiscard]] QString mapKey(const figure::FigureRequest& request) const;

    /// Computes a value of the set in the background unless it is known, then finishes; shows how far it is.
    template <class Value>
    void compute(ResultCache<Value>& known, const QString& key,
                 std::function<Value(const analysis::WorkHooks&, figure::Problems&)> work);

    Background& m_background;
    RunEntries<figure::FeatureEntry> m_results;
    ResultCache<Details> m_details;
    ResultCache<Maps> m_maps;
    ResultCache<Neighbours> m_neighbours;
    NoteHeading* m_heading;
    NumbersTable* m_table;
    QLabel* m_notes; ///< of the figure: conventions and what its numbers depend on
    QComboBox* m_view;
    QComboBox* m_projection;
    QDoubleSpinBox* m_perplexity;
    QSpinBox* m_seed;
    QCheckBox* m_beforeAfter;
    QCheckBox* m_together;
    QPushButton* m_compute;
    WorkProgress* m_work;
    QString m_asked; ///< the key of the last map by t-SNE that was asked for
};

} // namespace finescope::widgets

#pragma once

#include "core/figure/feature_details_figure.h"
#include "core/figure/feature_figures.h"
#include "core/figure/feature_map.h"
#include "widgets/page/run_results.h"
#include "widgets/page/seed_page.h"

#include <QHash>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

class QCheckBox;
class QDoubleSpinBox;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace finescope::widgets {

class NumbersTable;

/// What happened to the features: cosine similarity, difference and Fisher's discriminant ratio per method;
/// sample by sample with intervals and per class; over training; and as maps, by PCA at once and by t-SNE
/// when asked for.
class FeaturePage : public SeedPage {
    Q_OBJECT

public:
    explicit FeaturePage(Background& background, QWidget* parent = nullptr);

protected:
    void refresh() override;
    bool draw() override;
    void addOptions(figure::FigureRequest& request) const override;

private:
    enum View { methodsView, samplesView, trainingView, mapView };
    using Details = std::vector<figure::FeatureDetailEntry>;
    using Maps = std::vector<figure::FeatureMap>;

    void makeOptions();
    void showOptions();
    void listFeatureSplits();
    void awaitWork(bool running);
    void cancelWork();
    [[nodiscard]] View view() const;
    [[nodiscard]] figure::FeatureMapOptions mapOptions() const;
    [[nodiscard]] std::string split() const;
    /// Changes whenever the features of the runs or of the choice of split do.
    [[nodiscard]] QString setKey() const;
    [[nodiscard]] QString mapKey() const;

    /// Computes a value of the set in the background unless it is known, then finishes; shows how far it is.
    template <class Value>
    void compute(QHash<QString, std::shared_ptr<const Value>>& known, const QString& key,
                 std::function<Value(const analysis::WorkHooks&)> work);

    Background& m_background;
    RunResults<figure::FeatureEntry> m_results;
    QHash<QString, std::shared_ptr<const Details>> m_details;
    QHash<QString, std::shared_ptr<const Maps>> m_maps;
    NumbersTable* m_table;
    QComboBox* m_view;
    QComboBox* m_projection;
    QDoubleSpinBox* m_perplexity;
    QSpinBox* m_seed;
    QCheckBox* m_beforeAfter;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QTimer m_poll;
    std::shared_ptr<std::atomic<double>> m_fraction;
};

} // namespace finescope::widgets

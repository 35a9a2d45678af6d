#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QAbstractItemModel>
#include <QIcon>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace finescope::widgets {

/// One run as the tree shows it.
struct RunRow {
    enum class Badge { live, stalled, complete, failed, cancelled };

    QString key; ///< tells runs apart; not shown
    QString task, method, model, name, file;
    qint64 seed = 0;
    double scale = 1;   ///< of its classifier at the start of fine-tuning
    QString imported{}; ///< name of the file that it was imported from, which knows no seed; "" if trained
    Badge badge = Badge::complete;
    std::optional<double> fraction; ///< how much of its current stage a live run has done, 0..1
    QString reason;                 ///< why it failed or stalled
    bool checked = false;
    std::optional<figure::Style> style{}; ///< of its lines; nullopt while nothing of it is shown
    bool operator==(const RunRow&) const = default;
};

/// Runs as task > method > seed, with check boxes on three levels. Checking does not change the model: it
/// asks by `checkRequested`, and whoever owns the runs answers with setRuns(). setRuns() moves no index of a
/// run that stays.
class RunTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { nameColumn, stateColumn, columnCount_ };
    enum Role {
        keyRole = Qt::UserRole, ///< of a run; "" of tasks and methods
        searchRole,             ///< everything a filter may look for
    };

    explicit RunTreeModel(QObject* parent = nullptr);
    ~RunTreeModel() override;

    void setRuns(const std::vector<RunRow>& rows);
    void setTheme(const FigureTheme& theme);
    /// The keys of all runs at or below an index.
    [[nodiscard]] QStringList keysBelow(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void checkRequested(const QStringList& keys, bool checked);

private:
    struct Node;
    [[nodiscard]] Node* nodeAt(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const Node& node, int column = nameColumn) const;
    Node& childNamed(Node& parent, const QString& name, int order);
    void removeMissing(Node& node, const std::vector<RunRow>& rows);
    void place(const RunRow& row);
    void announceChecks(const Node& node);

    std::unique_ptr<Node> m_root;
    std::optional<FigureTheme> m_theme;
};

} // namespace finescope::widgets

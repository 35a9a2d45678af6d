#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace finescope::widgets {

/// Lets those runs of a RunTreeModel through that hold every word of the filter, with the task and method
/// above them; order as in the model.
class RunFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit RunFilter(QObject* parent = nullptr);
    void setWords(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace finescope::widgets

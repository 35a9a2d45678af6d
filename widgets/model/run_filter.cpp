#include "widgets/model/run_filter.h"

#include "widgets/model/run_tree_model.h"

#include <algorithm>

namespace finescope::widgets {

RunFilter::RunFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setRecursiveFilteringEnabled(true);
}

void RunFilter::setWords(const QString& text) {
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (m_words.isEmpty()) {
        return true;
    }
    const QString text = sourceModel()->index(row, 0, parent).data(RunTreeModel::searchRole).toString();
    return !text.isEmpty() && std::ranges::all_of(m_words, [&text](const QString& word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace finescope::widgets

#pragma once

#include "widgets/page/common/background.h"
#include "widgets/page/page.h"

#include <optional>
#include <string>
#include <vector>

class QComboBox;

namespace finescope::widgets {

/// A page with one plot over methods and their seeds, of a split and a statistic that are chosen at its
/// right.
class SeedPage : public Page {
    Q_OBJECT

public:
    [[nodiscard]] figure::FigureRequest request() const override;

protected:
    struct Words {
        QString prefix;      ///< of the names of its objects
        std::string kind;    ///< of its figure
        QString usualSplits; ///< what is shown where no split is chosen
        QString failure;     ///< what is said when nothing could be computed
    };
    SeedPage(const QString& title, const QString& emptySentence, Words words, QWidget* parent);

    /// What the first entry of the splits means, and which of the two pickers the page's plot follows.
    void usePickers(const QString& usualSplits, bool split, bool spread);
    /// Before and after the background computes what draw() shows.
    void begin();
    void finish(const std::optional<Failure>& failure);
    /// Lists the splits of entries with a member `split`.
    template <class Entry>
    void listSplitsOf(const std::vector<Entry>& entries) {
        std::vector<std::string> names;
        for (const Entry& entry : entries) {
            names.push_back(entry.split);
        }
        listNames(names);
    }

    /// Shows what was computed. Returns the request that it shows; nullopt: nothing to export.
    virtual std::optional<figure::FigureRequest> draw() = 0;

private:
    void listNames(const std::vector<std::string>& names);

    Words m_words;
    QComboBox* m_split;
    QComboBox* m_spread;
};

} // namespace finescope::widgets

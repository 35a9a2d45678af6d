#pragma once

#include <QSet>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace finescope::widgets {

/// Values that were computed, by key: all that are shown now, and of the others the `spare` that were used
/// last, so that what is chosen again is there at once. GUI thread.
template <class Value>
class ResultCache {
public:
    explicit ResultCache(std::size_t spare) : m_spare(spare) {}

    /// nullptr for what is not known; else good until the next call of show() or insert().
    [[nodiscard]] const Value* find(const QString& key) const {
        const auto known = m_values.find(key);
        return known == m_values.end() ? nullptr : &known->second.value;
    }

    /// These keys are shown from now on, whether their values are known already or not.
    void show(const QSet<QString>& keys) {
        m_shown = keys;
        for (auto& [key, slot] : m_values) {
            if (m_shown.contains(key)) {
                slot.used = ++m_uses;
            }
        }
        shrink();
    }

    void insert(const QString& key, Value value) {
        m_values.insert_or_assign(key, Slot{std::move(value), ++m_uses});
        shrink();
    }

private:
    struct Slot {
        Value value;
        std::uint64_t used = 0; ///< higher is later
    };

    void shrink() {
        for (;;) {
            auto oldest = m_values.end();
            std::size_t others = 0;
            for (auto slot = m_values.begin(); slot != m_values.end(); ++slot) {
                if (!m_shown.contains(slot->first)) {
                    ++others;
                    oldest =
                        oldest == m_values.end() || slot->second.used < oldest->second.used ? slot : oldest;
                }
            }
            if (others <= m_spare) {
                return;
            }
            m_values.erase(oldest);
        }
    }

    std::size_t m_spare;
    std::map<QString, Slot> m_values;
    QSet<QString> m_shown;
    std::uint64_t m_uses = 0;
};

} // namespace finescope::widgets

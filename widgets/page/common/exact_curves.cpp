#include "widgets/page/common/exact_curves.h"

#include <algorithm>
#include <utility>

namespace finescope::widgets {

namespace {

const QString kKey = QStringLiteral("exact-curves");

} // namespace

ExactCurves::ExactCurves(Background& background, QObject& context, std::function<void()> arrived)
    : m_background(background), m_context(context), m_arrived(std::move(arrived)) {}

void ExactCurves::complete(std::span<const Run> runs) {
    std::erase_if(m_known,
                  [&](const auto& known) { return std::ranges::find(runs, known.first) == runs.end(); });
    std::vector<Run> missing;
    for (const Run& run : runs) {
        if (!run->curveIsExact && !m_known.contains(run)) {
            missing.push_back(run);
        }
    }
    if (missing != m_missing) { // what is being computed goes on
        m_missing = std::move(missing);
        ask();
    }
}

void ExactCurves::ask() {
    if (m_missing.empty()) {
        m_background.cancel(kKey);
        return;
    }
    const Run run = m_missing.front();
    m_background.request<figure::TemperatureCurve>(
        kKey, &m_context, [run](const TaskControl& control) { return run->exactCurve(control.stop()); },
        [this, run](const Outcome<figure::TemperatureCurve>& outcome) {
            std::erase(m_missing, run);
            const auto* curve = std::get_if<figure::TemperatureCurve>(&outcome);
            if (curve != nullptr) {
                m_known.insert_or_assign(run, *curve);
            }
            ask();
            if (curve != nullptr) {
                m_arrived();
            }
        });
}

const figure::TemperatureCurve& ExactCurves::of(const Run& run) const {
    const auto known = m_known.find(run);
    return known == m_known.end() ? run->curve : known->second;
}

} // namespace finescope::widgets

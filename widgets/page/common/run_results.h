#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/figure/problems.h"
#include "core/record/run.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/work_progress.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace finescope::widgets {

/// The problems as one failure, a line for each; nullopt if there are none.
[[nodiscard]] std::optional<Failure> failureOf(const figure::Problems& problems);

/// A key for what depends on everything that a run says of its evaluations and its selected model.
[[nodiscard]] QString evaluationKey(const record::Run& run);

/// What a page computes of each run, in the background and once for as long as the run does not change:
/// entries that know their run by its index in a set (a member `run`).
template <class Entry>
class RunResults {
public:
    using Entries = std::vector<Entry>;
    /// Changes whenever Compute would give something else.
    using Key = std::function<QString(const record::Run&)>;
    /// Any thread; what cannot be used of a run goes to the problems.
    using Compute =
        std::function<Entries(std::span<const record::Run>, const analysis::WorkHooks&, figure::Problems*)>;
    using QuickCompute =
        std::function<Entries(std::span<const record::Run>, figure::Problems*)>; ///< without progress
    using Done = std::function<void(const std::optional<Failure>&)>;

    /// `name` is what the requests are made under.
    RunResults(Background& background, QString name, Key key, Compute compute)
        : m_background(background), m_name(std::move(name)), m_key(std::move(key)),
          m_compute(std::move(compute)) {}
    RunResults(Background& background, QString name, Key key, QuickCompute compute)
        : RunResults(background, std::move(name), std::move(key),
                     Compute([compute = std::move(compute)](
                                 std::span<const record::Run> runs, const analysis::WorkHooks&,
                                 figure::Problems* problems) { return compute(runs, problems); })) {}

    /// Whether everything of these runs is known.
    [[nodiscard]] bool complete(const std::vector<record::Run>& runs) const {
        return std::ranges::all_of(runs,
                                   [this](const record::Run& run) { return m_known.contains(m_key(run)); });
    }

    /// Computes what is missing of these runs, then calls `done`: at once if nothing is. What cannot be
    /// computed of a run has no entries, and why is told once. A later call replaces an earlier one, whose
    /// `done` is never called. `fraction`, if given, follows the work.
    void complete(const std::vector<record::Run>& runs, QObject* context, Done done,
                  const WorkProgress::Fraction& fraction = {}) {
        auto missing = std::make_shared<std::vector<record::Run>>();
        std::ranges::copy_if(runs, std::back_inserter(*missing),
                             [this](const record::Run& run) { return !m_known.contains(m_key(run)); });
        if (missing->empty()) {
            m_background.cancel(m_name);
            done(std::nullopt);
            return;
        }
        struct Results {
            QHash<QString, Entries> entries;
            figure::Problems problems;
        };
        m_background.request<Results>(
            m_name, context,
            [missing, key = m_key, compute = m_compute, fraction](const TaskControl& control) {
                Results results;
                const analysis::WorkHooks hooks = WorkProgress::hooks(control, fraction);
                const auto count = static_cast<double>(missing->size());
                for (const record::Run& run : *missing) {
                    if (control.cancelled()) {
                        break;
                    }
                    const auto known = static_cast<double>(results.entries.size());
                    Entries entries;
                    figure::attempt(run, &results.problems, [&] {
                        entries =
                            compute({&run, 1}, analysis::part(hooks, known / count, (known + 1) / count),
                                    &results.problems);
                    });
                    results.entries.insert(key(run), std::move(entries));
                    hooks.onProgress((known + 1) / count);
                }
                return results;
            },
            [this, done = std::move(done)](const Outcome<Results>& outcome) {
                if (const auto* failure = std::get_if<Failure>(&outcome)) {
                    done(*failure);
                    return;
                }
                const auto& results = std::get<Results>(outcome);
                m_known.insert(results.entries);
                done(failureOf(results.problems));
            });
    }

    /// Drops the request that runs or waits.
    void cancel() { m_background.cancel(m_name); }

    /// The entries of all these runs that were completed, in the order of the set.
    [[nodiscard]] Entries of(const std::vector<record::Run>& runs) const {
        Entries all;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            for (Entry entry : m_known.value(m_key(runs[i]))) {
                entry.run = i;
                all.push_back(std::move(entry));
            }
        }
        return all;
    }

private:
    Background& m_background;
    QString m_name;
    Key m_key;
    Compute m_compute;
    QHash<QString, Entries> m_known;
};

} // namespace finescope::widgets

#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/error.h"
#include "core/figure/problems.h"
#include "core/record/run.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/result_cache.h"
#include "widgets/page/common/work_progress.h"

#include <QObject>
#include <QSet>
#include <QString>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace finescope::widgets {

/// The problems as one failure, a line for each; nullopt if there are none.
[[nodiscard]] std::optional<Failure> failureOf(const figure::Problems& problems);

/// A key for what depends on everything that a run says of its evaluations and its selected model.
[[nodiscard]] QString evaluationKey(const record::Run& run);

/// How many results of runs that are no longer shown are kept: numbers of a run are some kilobytes.
inline constexpr std::size_t kSpareNumbers = 200;

/// What a page computes of each run, in the background and once for as long as the run does not change. Of
/// runs that are no longer shown, the last `spare` results are kept (ResultCache). GUI thread.
template <class Value>
class RunResults {
public:
    /// What is computed of a run.
    struct Question {
        /// Changes whenever `compute` would give something else.
        std::function<QString(const record::Run&)> key;
        /// Any thread. Throws what makes the run unusable; what can be left out goes to the problems.
        std::function<Value(const record::Run&, const analysis::WorkHooks&, figure::Problems*)> compute;
    };
    using Done = std::function<void(const std::optional<Failure>&)>;

    /// `name` is what the requests are made under.
    RunResults(Background& background, QString name, std::size_t spare, Question question = {})
        : m_background(background), m_name(std::move(name)), m_question(std::move(question)), m_known(spare) {
    }

    /// All other functions refer to this question from now on; answers to other questions are kept.
    void ask(Question question) { m_question = std::move(question); }

    /// Whether everything of these runs is known.
    [[nodiscard]] bool complete(const std::vector<record::Run>& runs) const {
        return std::ranges::all_of(runs, [this](const record::Run& run) { return known(run) != nullptr; });
    }

    /// Computes what is missing of these runs, then counts them as shown and calls `done`: at once if nothing
    /// is missing. What cannot be computed of a run is reported once and not tried again. A
    /// later call replaces an earlier one, whose `done` is never called. `fraction`, if given, follows the
    /// work.
    void complete(const std::vector<record::Run>& runs, QObject* context, Done done,
                  const WorkProgress::Fraction& fraction = {}) {
        QSet<QString> shown;
        auto missing = std::make_shared<std::vector<Missing>>();
        for (const record::Run& run : runs) {
            const QString key = m_question.key(run);
            shown.insert(key);
            if (!m_known.find(key)) {
                missing->push_back({key, run});
            }
        }
        if (missing->empty()) {
            m_background.cancel(m_name);
            m_known.show(shown);
            done(std::nullopt);
            return;
        }
        m_background.request<Results>(
            m_name, context,
            [missing, compute = m_question.compute, fraction](const TaskControl& control) {
                return computed(*missing, compute, control, fraction);
            },
            [this, shown, done = std::move(done)](const Outcome<Results>& outcome) {
                if (const auto* failure = std::get_if<Failure>(&outcome)) {
                    done(*failure);
                    return;
                }
                const auto& results = std::get<Results>(outcome);
                m_known.show(shown);
                for (const auto& [key, known] : results.known) {
                    m_known.insert(key, known);
                }
                done(failureOf(results.problems));
            });
    }

    /// Drops the request that runs or waits.
    void cancel() { m_background.cancel(m_name); }

    /// What is known of a run; nullptr if that is nothing yet, or if it cannot be computed. Good until the
    /// next results.
    [[nodiscard]] const Value* find(const record::Run& run) const {
        const Known* of = known(run);
        return of && of->value ? &*of->value : nullptr;
    }

    /// Why it cannot be computed; "" if it can, or has not been tried.
    [[nodiscard]] QString failure(const record::Run& run) const {
        const Known* of = known(run);
        return of ? of->failure : QString();
    }

private:
    struct Missing {
        QString key;
        record::Run run;
    };
    struct Known {
        std::optional<Value> value;
        QString failure;
    };
    struct Results {
        std::vector<std::pair<QString, Known>> known;
        figure::Problems problems;
    };

    [[nodiscard]] const Known* known(const record::Run& run) const {
        return m_question.key ? m_known.find(m_question.key(run)) : nullptr;
    }

    static Results computed(const std::vector<Missing>& missing, const decltype(Question::compute)& compute,
                            const TaskControl& control, const WorkProgress::Fraction& fraction) {
        Results results;
        const analysis::WorkHooks hooks = WorkProgress::hooks(control, fraction);
        for (const auto& [key, run] : missing) {
            if (control.cancelled()) {
                break;
            }
            const std::size_t done = results.known.size();
            Known known;
            try { // one run that cannot be used does not hide the others
                known.value =
                    compute(run, analysis::equalPart(hooks, done, missing.size()), &results.problems);
            } catch (const Error& error) {
                if (error.kind() == ErrorKind::cancelled) {
                    throw;
                }
                results.problems.add(run, error);
                known.failure = QString::fromUtf8(error.what());
            }
            results.known.emplace_back(key, std::move(known));
            hooks.onProgress(static_cast<double>(done + 1) / static_cast<double>(missing.size()));
        }
        return results;
    }

    Background& m_background;
    QString m_name;
    Question m_question;
    ResultCache<Known> m_known;
};

/// What core/figure computes of a set of runs: entries that know their run by its index (a member `run`).
template <class Entry>
using RunEntries = RunResults<std::vector<Entry>>;

/// The entries of all these runs that were completed, in the order of the set.
template <class Entry>
[[nodiscard]] std::vector<Entry> entriesOf(const RunEntries<Entry>& results,
                                           const std::vector<record::Run>& runs) {
    std::vector<Entry> all;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (const std::vector<Entry>* entries = results.find(runs[i])) {
            for (Entry entry : *entries) {
                entry.run = i;
                all.push_back(std::move(entry));
            }
        }
    }
    return all;
}

} // namespace finescope::widgets

#include "core/analysis/run/run_copies.h"

#include "core/analysis/run/moved_rows.h"
#include "core/error.h"

#include <bit>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace finescope::analysis {

namespace {

/// FNV-1a (Fowler, Noll and Vo) over whole numbers: the same for the same predictions, and other predictions
/// give the same number with probability 2^-64.
class Digest {
public:
    void add(std::uint64_t value) {
        for (int byte = 0; byte < 8; ++byte) {
            m_value = (m_value ^ (value & 0xFFU)) * 0x100000001b3ULL;
            value >>= 8U;
        }
    }
    [[nodiscard]] std::uint64_t value() const { return m_value; }

private:
    std::uint64_t m_value = 0xcbf29ce484222325ULL;
};

bool hasUsableClassifier(const record::Run& run) {
    const auto row = reportedSnapshot(run);
    try {
        return !row || run.parts->classifier(*row).weight.allFinite();
    } catch (const Error&) {
        return false;
    }
}

/// Puts each run under the best run of its group.
class Groups {
public:
    explicit Groups(std::span<const record::Run> runs) : m_runs(runs), m_original(runs.size()) {
        std::iota(m_original.begin(), m_original.end(), std::size_t{0});
    }

    void join(std::size_t one, std::size_t other) {
        const std::size_t a = m_original[one], b = m_original[other];
        if (a == b) {
            return;
        }
        const bool second = worth(b) > worth(a) || (worth(b) == worth(a) && b < a);
        const std::size_t kept = second ? b : a, left = second ? a : b;
        for (std::size_t& original : m_original) {
            original = original == left ? kept : original;
        }
    }
    [[nodiscard]] std::size_t of(std::size_t run) const { return m_original[run]; }
    [[nodiscard]] std::vector<std::size_t> take() { return std::move(m_original); }

private:
    // A damaged file never stands for a whole one.
    [[nodiscard]] std::tuple<bool, std::size_t, std::size_t> worth(std::size_t run) {
        const auto [known, isNew] = m_readable.try_emplace(run, false);
        if (isNew) {
            known->second = predictionsOf(m_runs[run]) != 0 && hasUsableClassifier(m_runs[run]);
        }
        return {known->second, m_runs[run].epochs.rowsInFile(), m_runs[run].steps.rowsInFile()};
    }

    std::span<const record::Run> m_runs;
    std::map<std::size_t, bool> m_readable; ///< labels and logits, of those that were asked for
    std::vector<std::size_t> m_original;
};

} // namespace

std::string copyKey(const record::Run& run) {
    std::string key;
    for (const std::string* part : {&run.method, &run.task, &run.model, &run.config}) {
        key += std::to_string(part->size()) + ":" + *part;
    }
    return key + std::to_string(run.seed);
}

std::uint64_t predictionsOf(const record::Run& run) {
    Digest digest;
    for (const record::SeriesTable* table : {&run.epochs, &run.steps}) {
        for (const record::EpochKey& key : table->keys) {
            digest.add(std::bit_cast<std::uint64_t>(key.epoch));
            digest.add(static_cast<std::uint64_t>(key.stage));
        }
        for (const std::int64_t step : table->step) {
            digest.add(static_cast<std::uint64_t>(step));
        }
        digest.add(table->rowsInFile());
    }
    bool any = false;
    try {
        for (const record::SplitInfo& split : run.splits) {
            const auto row = run.reportedLogits(split);
            if (!row || split.rows == 0) {
                continue;
            }
            any = true;
            for (const std::int64_t label : run.parts->labels(split)) {
                digest.add(static_cast<std::uint64_t>(label));
            }
            const MatrixF logits = run.parts->logits(split, *row);
            for (const float logit : logits.reshaped()) {
                digest.add(std::bit_cast<std::uint32_t>(logit));
            }
        }
    } catch (const Error&) {
        return 0; // whoever needs these numbers says what is wrong with them; here they are no proof of a
                  // copy
    }
    return any ? digest.value() : 0;
}

std::vector<std::size_t> originals(std::span<const record::Run> runs) {
    Groups groups(runs);
    std::map<std::string, std::size_t> byId;
    std::map<std::string, std::vector<std::size_t>> byKey;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        if (!runs[index].runId.empty()) {
            groups.join(byId.try_emplace(runs[index].runId, index).first->second, index);
        }
        if (groups.of(index) == index) {
            byKey[copyKey(runs[index])].push_back(index);
        }
    }
    for (const auto& [key, members] : byKey) {
        std::map<std::uint64_t, std::size_t> byPredictions;
        for (const std::size_t index : members) {
            const std::uint64_t predictions = members.size() > 1 ? predictionsOf(runs[index]) : 0;
            if (predictions != 0) {
                groups.join(byPredictions.try_emplace(predictions, index).first->second, index);
            }
        }
    }
    return groups.take();
}

} // namespace finescope::analysis

#include "core/figure/classifier/classifier_view.h"

#include "core/analysis/run/moved_rows.h"
#include "core/error.h"
#include "core/figure/label/class_name.h"
#include "core/figure/number_text.h"

#include <algorithm>

namespace finescope::figure {

namespace {

/// Of a run that recorded its classifier.
ClassifierEntry classifierEntry(const record::Run& run, std::size_t index) {
    const auto count = run.classifierKeys.size();
    const auto reported = analysis::reportedSnapshot(run);
    const auto tuning = run.classifierRow({.epoch = 0, .stage = record::Stage::fineTuning});
    ClassifierEntry entry{.run = index, .keys = run.classifierKeys};
    MatrixF first, atTuning, last;
    for (std::size_t row = 0; row < count; ++row) {
        const MatrixF weight = run.parts->classifier(row).weight;
        if (row == 0) {
            entry.classes = classNames(run.classNames, weight.rows());
            entry.places = placesOf(entry.classes);
            entry.norms.resize(static_cast<Eigen::Index>(count), weight.rows());
            first = weight;
        }
        entry.norms.row(static_cast<Eigen::Index>(row)) = analysis::classifierRowNorms(weight).transpose();
        const double work = static_cast<double>(count) * static_cast<double>(weight.rows()) *
                            static_cast<double>(weight.size());
        if (weight.rows() <= kMostAngleClasses && work <= kMostAngleWork) {
            entry.angles.push_back(analysis::classifierRowAngles(weight));
        }
        if (tuning == row) {
            atTuning = weight;
        }
        if (row == reported) {
            last = weight;
        }
    }
    if (reported) {
        entry.sinceStart = analysis::classifierRowChanges(first, last);
    }
    if (reported && tuning) {
        entry.sinceFineTuning = analysis::classifierRowChanges(atTuning, last);
    }
    return entry;
}

void sayNotFinite(const record::Run& run, const ClassifierEntry& entry, Problems& problems) {
    std::int64_t count = 0;
    std::optional<record::EpochKey> first;
    for (Eigen::Index row = 0; row < entry.norms.rows(); ++row) {
        if (!entry.norms.row(row).allFinite()) {
            first = first ? first : entry.keys[static_cast<std::size_t>(row)];
            ++count;
        }
    }
    if (first) {
        const bool probing = first->stage == record::Stage::linearProbing;
        problems.add(run, "the classifier is not finite at " + std::to_string(count) + " of " +
                              std::to_string(entry.norms.rows()) + " evaluations, first at epoch " +
                              exact(first->epoch) + (probing ? " of linear probing" : ""));
    }
}

/// Rows are compared with those of the reported model and no other.
void sayNotReported(const record::Run& run, const ClassifierEntry& entry, Problems& problems) {
    if (!entry.sinceStart) {
        problems.add(run,
                     "holds no snapshot of the classifier at the evaluation that it reports, so that its "
                     "rows cannot be compared");
    }
}

/// Of a run that has the split; nullopt if no evaluation has both logits and classifier.
std::optional<NormDerivativeEntry> normDerivativeEntry(const record::Run& run, std::size_t index,
                                                       const record::SplitInfo* info) {
    const std::string& split = info->name;
    NormDerivativeEntry entry{.run = index, .samples = info->rows};
    Labels labels;
    std::vector<VectorD> values;
    for (std::size_t row = 0; row < info->logitKeys.size(); ++row) {
        const auto snapshot = run.classifierRow(info->logitKeys[row]);
        if (!snapshot) {
            continue;
        }
        labels = labels.empty() ? run.parts->labels(*info) : labels;
        const record::ClassifierSnapshot classifier = run.parts->classifier(*snapshot);
        const MatrixF logits = run.parts->logits(*info, row);
        try {
            values.push_back(
                analysis::lossByRowNormFromLogits(logits, labels, classifier.weight, classifier.bias));
        } catch (const Error& error) {
            throw Error(error.kind(), run.file.string() + ", split " + split + ": " + error.what());
        }
        entry.keys.push_back(info->logitKeys[row]);
    }
    if (values.empty()) {
        return std::nullopt;
    }
    entry.classes = classNames(run.classNames, values.front().size());
    entry.places = placesOf(entry.classes);
    entry.values.resize(static_cast<Eigen::Index>(values.size()), values.front().size());
    for (std::size_t row = 0; row < values.size(); ++row) {
        entry.values.row(static_cast<Eigen::Index>(row)) = values[row].transpose();
    }
    return entry;
}

} // namespace

ClassPlaces placesOf(const std::vector<std::string>& classes) {
    ClassPlaces places;
    places.reserve(classes.size());
    for (const std::string& name : classes) {
        places.emplace(name, static_cast<Eigen::Index>(places.size()));
    }
    return places;
}

std::vector<ClassifierEntry> classifierEntries(std::span<const record::Run> runs, Problems* problems) {
    std::vector<ClassifierEntry> entries;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        if (!runs[index].classifierKeys.empty()) {
            attempt(runs[index], problems, [&] {
                entries.push_back(classifierEntry(runs[index], index));
                if (problems != nullptr) {
                    sayNotFinite(runs[index], entries.back(), *problems);
                    sayNotReported(runs[index], entries.back(), *problems);
                }
            });
        }
    }
    return entries;
}

std::vector<std::string> derivativeSplits(const record::Run& run) {
    std::vector<std::string> names;
    for (const record::SplitInfo& split : run.splits) {
        const bool all = std::ranges::all_of(run.classifierKeys, [&](const record::EpochKey& key) {
            return std::ranges::find(split.logitKeys, key) != split.logitKeys.end();
        });
        if (all && !run.classifierKeys.empty()) {
            names.push_back(split.name);
        }
    }
    return names;
}

std::string defaultDerivativeSplit(std::span<const record::Run> runs) {
    for (const record::Run& run : runs) {
        const std::vector<std::string> names = derivativeSplits(run);
        if (names.empty()) {
            continue;
        }
        const auto test = std::ranges::find_if(
            names, [&](const std::string& name) { return run.split(name)->role == "test"; });
        return test == names.end() ? names.front() : *test;
    }
    return {};
}

std::vector<NormDerivativeEntry> normDerivativeEntries(std::span<const record::Run> runs,
                                                       const std::string& split, Problems* problems) {
    std::vector<NormDerivativeEntry> entries;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        const record::SplitInfo* info = runs[index].split(split);
        if (info == nullptr) {
            continue;
        }
        attempt(runs[index], problems, [&] {
            if (auto entry = normDerivativeEntry(runs[index], index, info)) {
                entries.push_back(std::move(*entry));
            }
        });
    }
    return entries;
}

} // namespace finescope::figure

#include "core/figure/request/table_kinds.h"

#include "core/figure/accuracy/accuracy_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/calibration_table.h"
#include "core/figure/calibration/diagram_choice.h"
#include "core/figure/calibration/recalibration_table.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/classifier/norms_table.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/feature/feature_neighbours.h"
#include "core/figure/feature/features_table.h"
#include "core/figure/kernel/kernel_table.h"
#include "core/figure/request/checks.h"
#include "core/figure/request/option_of.h"
#include "core/figure/request/value_names.h"
#include "core/figure/table_options.h"

#include <array>

namespace finescope::figure {

namespace {

using Request = TableRequest;
using Runs = std::span<const record::Run>;
using Hooks = analysis::WorkHooks;

constexpr std::array kOptions{
    option<&Request::splits>("", "--split", "",
                             "Only this split (may be repeated; tables of one split take the first)"),
    option<&Request::bins>("", "--bins", "", "Equal-width confidence bins (15)"),
    option<&Request::origin>("", "--origin", "classifier", "before is fine-tuning (the default) or start"),
    option<&Request::fitOn>("", "--fit-on", "",
                            "Split that temperatures are fitted on (the validation split)"),
    option<&Request::intervals>("", "--intervals", "calibration",
                                "bootstrap interval of an improvement of one run"),
    option<&Request::temperature>("", "--temperature",
                                  "before-after, conventions, measures, classes, worst-bin",
                                  "T for all runs, or 'fitted' (1; of before-after 'fitted')"),
    option<&Request::kernelState>("", "--state", "kernel, kernel-numbers, kernel-lora",
                                  "pretrained or after_lp (where the run's fine-tuning starts)",
                                  kernelStateForm),
};

TableOptions optionsOf(const Request& request) {
    return {.splits = request.splits,
            .binCount = request.bins,
            .fitOn = request.fitOn,
            .intervals = request.intervals};
}

std::string firstSplit(const Request& request) {
    return request.splits.empty() ? std::string{} : request.splits.front();
}

Lens lensOf(const Request& request, Runs runs, Problems& problems, TemperatureChoice otherwise = {}) {
    return readLens(runs, firstSplit(request), request.temperature.value_or(otherwise), std::nullopt,
                    request.fitOn, &problems);
}

Table features(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return featuresTable(runs, featureEntries(runs, {}, &problems), optionsOf(request));
}

Table featureClasses(const Request& request, Runs runs, const Hooks& hooks, Problems& problems) {
    return featureClassesTable(
        featureDistributionEntries(runs, {.split = firstSplit(request), .numbers = {}}, hooks, &problems));
}

Table featureNeighbours(const Request& request, Runs runs, const Hooks& hooks, Problems& problems) {
    return featureNeighboursTable(
        neighbourEntries(runs, {.split = firstSplit(request), .numbers = {}}, hooks, &problems));
}

Table norms(const Request&, Runs runs, const Hooks&, Problems&) {
    return normsTable(runs);
}

Table classifier(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return classifierRowsTable(runs, classifierEntries(runs, &problems), {.before = request.origin});
}

/// Of the kernels of runs.
template <Table (*build)(std::span<const KernelEntry>)>
Table ofKernels(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return build(readKernelEntries(runs, request.kernelState, &problems));
}

Table calibration(const Request& request, Runs runs, const Hooks&, Problems&) {
    return calibrationTable(runs, optionsOf(request));
}

Table beforeAfter(const Request& request, Runs runs, const Hooks& hooks, Problems& problems) {
    return beforeAfterTable(lensOf(request, runs, problems, {.fitted = true}).entries, request.bins,
                            {.hooks = hooks});
}

Table recalibration(const Request& request, Runs runs, const Hooks& hooks, Problems&) {
    return recalibrationTable(runs, optionsOf(request), {.hooks = hooks});
}

Table conventions(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return conventionTable(lensOf(request, runs, problems).entries, request.bins);
}

Table measures(const Request& request, Runs runs, const Hooks& hooks, Problems& problems) {
    return measureTable(lensOf(request, runs, problems).entries, request.bins, {.hooks = hooks});
}

Table classes(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return classTable(lensOf(request, runs, problems).entries, request.bins);
}

Table worstBin(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return worstBinTable(lensOf(request, runs, problems).entries, request.bins);
}

Table accuracy(const Request& request, Runs runs, const Hooks&, Problems& problems) {
    return accuracyTable(runs, accuracyEntries(runs, &problems), request.splits);
}

constexpr std::array kKinds{
    TableKind{"features", "cosine similarity, feature difference, Fisher's ratio, classifier norm", features},
    TableKind{"feature-classes", "the same of each class of a split, with intervals of all", featureClasses},
    TableKind{"feature-neighbours", "neighbours kept by the features, and how far the classifier moved",
              featureNeighbours},
    TableKind{"norms", "classifier norms before and after", norms},
    TableKind{"classifier", "the classifier's rows before and after", classifier},
    TableKind{"kernel", "rank, norm, regression and FT ratio of the kernel's parts", ofKernels<kernelTable>},
    TableKind{"kernel-numbers", "all numbers of the kernel of every run", ofKernels<kernelNumbers>},
    TableKind{"kernel-lora", "the kernel of each LoRA run against that of each FT run", ofKernels<loraTable>},
    TableKind{"calibration", "ECE and MCE without and with temperature scaling", calibration},
    TableKind{"before-after",
              "ECE, MCE, NLL, Brier score and accuracy at T = 1 and --temperature, with the interval of each "
              "change",
              beforeAfter},
    TableKind{"recalibration", "ways to recalibrate side by side", recalibration},
    TableKind{"conventions", "ECE and MCE of the same predictions as other tools define them", conventions},
    TableKind{"measures", "other calibration errors, and intervals of ECE", measures},
    TableKind{"classes", "calibration of each class against the others", classes},
    TableKind{"worst-bin", "the bin that makes the MCE, with its rows", worstBin},
    TableKind{"accuracy", "accuracy per method and split", accuracy},
};

} // namespace

std::span<const TableOption> tableOptions() {
    return kOptions;
}

std::span<const TableKind> tableKinds() {
    return kKinds;
}

void validate(const TableRequest& request) {
    requireKind(kKinds, request.kind, "table");
    validate(DiagramChoice{.binCount = request.bins});
    requireTemperature(request.temperature.value_or(TemperatureChoice{}));
}

Table buildTable(const TableRequest& request, Runs runs, const Hooks& hooks) {
    validate(request);
    Problems problems;
    Table table = requireKind(kKinds, request.kind, "table").build(request, runs, hooks, problems);
    if (table.rows.empty() && !problems.empty()) {
        problems.raise();
    }
    tell(table, problems);
    return table;
}

} // namespace finescope::figure

#include "core/figure/kernel/kernel_table.h"

#include "core/analysis/kernel/kernel_comparison.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/error.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/label/dataset.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace finescope::figure {

namespace {

using analysis::KernelPart;
using Number = std::function<std::optional<double>(const KernelView&, KernelPart)>;

/// A statistic of the singular values.
template <typename Statistic>
Number ofSpectrum(Statistic statistic) {
    return [statistic](const KernelView& view, KernelPart part) -> std::optional<double> {
        if (!view.spectrum) {
            return std::nullopt;
        }
        const auto row = static_cast<Eigen::Index>(part);
        return static_cast<double>(statistic(std::span<const double>(
            view.spectrum->row(row).data(), static_cast<std::size_t>(view.spectrum->cols()))));
    };
}

Number regression(int column) {
    return [column](const KernelView& view, KernelPart part) -> std::optional<double> {
        if (!view.kernel.regression) {
            return std::nullopt;
        }
        const double value = (*view.kernel.regression)(static_cast<Eigen::Index>(part), column);
        return std::isnan(value) ? std::nullopt : std::optional(100 * value);
    };
}

std::optional<double> norm(const KernelView& view, KernelPart part) {
    return view.norms[static_cast<std::size_t>(part)];
}

std::optional<double> ratio(const KernelView& view, KernelPart part) {
    return part == KernelPart::fineTuningEffective ? view.meanRatio : std::nullopt;
}

struct Column {
    const char* title;
    Number number;
    Format format;
};

Format whole() {
    return [](double value) { return fixed(value, value == std::floor(value) ? 0 : 1); };
}

/// The cells of one part over the runs of a group.
std::vector<Cell> cells(const std::vector<const KernelEntry*>& group, KernelPart part,
                        const std::vector<Column>& columns) {
    std::vector<Cell> row;
    for (const Column& column : columns) {
        std::vector<double> sample;
        for (const KernelEntry* entry : group) {
            if (const auto value = column.number(*entry->view, part)) {
                sample.push_back(*value);
            }
        }
        row.push_back(cellOf(sample, column.format));
    }
    return row;
}

std::vector<std::string> titles(std::vector<std::string> first, const std::vector<Column>& columns) {
    for (const Column& column : columns) {
        first.emplace_back(column.title);
    }
    return first;
}

std::string rankNote() {
    return "Rank: singular values above (largest) x nC x 2^-23.";
}

} // namespace

Table kernelTable(std::span<const KernelEntry> entries) {
    const std::vector<Column> columns{
        {"Rank", ofSpectrum(analysis::numericalRank), whole()},
        {"FN / 1000", [](const KernelView& view, KernelPart part) { return *norm(view, part) / 1000; },
         significantDigits(3)},
        {"Acc. train (%)", regression(0), hundredths(2)},
        {"Acc. test (%)", regression(1), hundredths(2)},
        {"FT ratio", ratio, hundredths(4)},
    };
    Table table{.kind = "kernel",
                .caption =
                    "The neural tangent kernel at the start of fine-tuning: rank, Frobenius norm (FN), "
                    "kernel regression accuracy and FT ratio of its pre-train-effective part (P), its "
                    "FT-effective part (F) and their sum.",
                .columns = titles({"Data", "Method", "Kernel"}, columns)};
    std::vector<Dataset> datasets;
    for (const KernelEntry& entry : entries) {
        if (const Dataset key{entry.task, entry.model}; std::ranges::find(datasets, key) == datasets.end()) {
            datasets.push_back(key);
        }
    }
    for (const Dataset& dataset : datasets) {
        std::vector<Variant> variants;
        std::vector<const KernelEntry*> all;
        for (const KernelEntry& entry : entries) {
            if (Dataset{entry.task, entry.model} == dataset) {
                all.push_back(&entry);
                if (std::ranges::find(variants, entry.variant) == variants.end()) {
                    variants.push_back(entry.variant);
                }
            }
        }
        std::ranges::sort(variants, {}, variantOrder);
        const auto add = [&](const Cell& method, KernelPart part, const auto& group) {
            std::vector<Cell> row{textCell(datasetName(dataset, datasets)), method,
                                  textCell(std::string(kernelPartName(part)))};
            std::ranges::move(cells(group, part, columns), std::back_inserter(row));
            table.rows.push_back(std::move(row));
        };
        // P does not depend on method or head: that of the first run.
        add(blankCell(), KernelPart::pretrainEffective, std::vector{all.front()});
        for (const Variant& variant : variants) {
            std::vector<const KernelEntry*> group;
            std::ranges::copy_if(all, std::back_inserter(group),
                                 [&](const KernelEntry* entry) { return entry->variant == variant; });
            add(textCell(variantName(variant)), KernelPart::fineTuningEffective, group);
            add(textCell(variantName(variant)), KernelPart::total, group);
        }
    }
    table.notes.push_back(rankNote() + " Accuracy: share of the nC yes-or-no decisions.");
    sayCounts(table);
    return table;
}

Table kernelNumbers(std::span<const KernelEntry> entries) {
    const std::vector<Column> columns{
        {"Rank", ofSpectrum(analysis::numericalRank), whole()},
        {"Eff. rank", ofSpectrum(analysis::effectiveRank), significantDigits(3)},
        {"Stable rank", ofSpectrum(analysis::stableRank), significantDigits(3)},
        {"Frob. norm", norm, significantDigits(3)},
        {"Train %", regression(0), hundredths(1)},
        {"Test %", regression(1), hundredths(1)},
        {"Class train %", regression(2), hundredths(1)},
        {"Class test %", regression(3), hundredths(1)},
        {"FT ratio", ratio, significantDigits(3)},
    };
    Table table{.kind = "kernel-numbers",
                .caption = "Numbers of the neural tangent kernel and its two parts.",
                .columns = titles({"Run", "Kernel"}, columns)};
    for (const KernelEntry& entry : entries) {
        for (const KernelPart part : analysis::kKernelParts) {
            std::vector<Cell> row{textCell(entry.name), textCell(std::string(kernelPartName(part)))};
            std::ranges::move(cells({&entry}, part, columns), std::back_inserter(row));
            table.rows.push_back(std::move(row));
        }
    }
    table.notes.push_back(rankNote() +
                          " Eff. rank: exp of the entropy of the normalised singular values. Stable "
                          "rank: (Frobenius norm / largest)^2.");
    table.notes.push_back("Train, test: kernel regression, share of the nC yes-or-no decisions; class train, "
                          "class test: of the samples' classes.");
    return table;
}

Table loraTable(std::span<const KernelEntry> entries) {
    Table table{.kind = "kernel-lora",
                .caption = "LoRA's kernel against full fine-tuning's.",
                .columns = {"LoRA", "FT", "Fitted scalar", "Expected scalar", "Gap to F (decades)",
                            "Gap to F_qv (decades)"}};
    const auto optional = [](const std::optional<double>& value) {
        return cellOf(value ? std::vector{*value} : std::vector<double>{}, significantDigits(3));
    };
    bool lora = false, full = false;
    for (const KernelEntry& one : entries) {
        full = full || one.view->kernel.adapted == "full";
        if (one.view->kernel.adapted != "lora") {
            continue;
        }
        lora = true;
        for (const KernelEntry& other : entries) {
            const record::KernelState &a = one.view->kernel, &b = other.view->kernel;
            const bool pair = b.adapted == "full" && a.state == b.state && one.task == other.task &&
                              one.model == other.model && a.trainIndex == b.trainIndex &&
                              a.trainLabels == b.trainLabels && a.classes == b.classes;
            if (pair) {
                const analysis::KernelComparison found =
                    analysis::compareKernels({a, one.view->spectrum, one.view->queryValueSpectrum},
                                             {b, other.view->spectrum, other.view->queryValueSpectrum});
                table.rows.push_back({textCell(one.name), textCell(other.name), optional(found.fitted),
                                      optional(found.expected), optional(found.gap),
                                      optional(found.queryValueGap)});
            }
        }
    }
    if (!table.rows.empty()) {
        table.notes.push_back("Fitted scalar: the multiple of F_qv (the query and value part of full "
                              "fine-tuning's F) closest to LoRA's F. Expected: s^2 sigma^2 r, its mean over "
                              "draws of A. Gap: mean |log10| of the ratio of the "
                              "normalised spectra.");
    } else if (!lora || !full) {
        table.notes.push_back("Check a LoRA run and an FT run with kernels to compare them.");
    } else {
        table.notes.push_back(
            "The kernels of the checked LoRA and FT runs are of different samples or states: "
            "compute them with the same number of samples and the same seed.");
    }
    return table;
}

} // namespace finescope::figure

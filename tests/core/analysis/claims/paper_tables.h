#pragma once

#include "core/analysis/claims/claim_study.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

/// The numbers that the paper prints, as runs of one seed each. Tomihari and Sato 2024.
namespace finescope::tests {

/// The run of that task and method, made where there is none.
inline analysis::ClaimRun& runOf(analysis::ClaimStudy& study, const std::string& task,
                                 const std::string& method) {
    const auto found = std::ranges::find_if(
        study.runs, [&](const analysis::ClaimRun& run) { return run.task == task && run.method == method; });
    if (found != study.runs.end()) {
        return *found;
    }
    study.runs.push_back({.task = task, .model = "roberta-base", .method = method, .seed = 1001});
    return study.runs.back();
}

/// The split of a data set: Amazon's runs hold the three out-of-distribution sets.
inline analysis::ClaimSplit& splitOf(analysis::ClaimStudy& study, const std::string& dataset,
                                     const std::string& method) {
    const bool shifted = dataset == "dynasent" || dataset == "semeval" || dataset == "sst-5";
    analysis::ClaimRun& run = runOf(study, shifted ? "amazon" : dataset, method);
    const std::string name = shifted ? dataset : "test";
    const auto found = std::ranges::find(run.splits, name, &analysis::ClaimSplit::name);
    if (found != run.splits.end()) {
        return *found;
    }
    run.splits.push_back({.name = name, .outOfDistribution = shifted});
    return run.splits.back();
}

/// Table 13: norm of the classifier. The curves are as far as the table knows them: first and last value.
inline analysis::ClaimStudy table13() {
    struct Row {
        const char* task;
        double pretrained, ft, lora, lp, lpFt, lpLora;
    };
    constexpr Row rows[] = {
        {"cb", .947, .951, 1.56, 33.5, 33.5, 33.5},   {"rte", .795, .805, 1.45, 28.6, 28.6, 28.5},
        {"cola", .795, .788, 1.06, 34.6, 34.6, 35.1}, {"sst-2", .795, .720, 1.96, 132, 109, 103},
        {"mrpc", .795, .798, 1.35, 11.2, 11.2, 11.2}, {"boolq", .795, .798, 1.15, 12.7, 12.7, 12.5},
        {"wic", .795, .798, 1.14, 32.1, 32.5, 32.7},  {"wsc", .795, .687, .788, 2.26e-4, .108, .0216},
        {"amazon", .951, .947, 1.67, 121, 121, 120}};
    analysis::ClaimStudy study;
    for (const Row& row : rows) {
        const auto add = [&](const char* method, double start, double final) {
            analysis::ClaimRun& run = runOf(study, row.task, method);
            run.startNorm = start;
            run.finalNorm = final;
            run.normCurve = {start, final};
        };
        add("lp", 0, row.lp); // L-BFGS starts from V = 0
        add("ft", row.pretrained, row.ft);
        add("lora", row.pretrained, row.lora);
        add("lp-ft", row.lp, row.lpFt);
        add("lp-lora", row.lp, row.lpLora);
    }
    return study;
}

/// Table 12: feature difference in the FT stage.
inline analysis::ClaimStudy table12() {
    struct Row {
        const char* dataset;
        double ft, lora, lpFt, lpLora;
    };
    constexpr Row rows[] = {{"cb", 21.1, 20.7, 11.5, 7.85},      {"rte", 21.2, 15.1, 3.33, 3.87},
                            {"cola", 19.1, 11.0, 3.05, 2.75},    {"sst-2", 23.1, 3.78, 6.95, 2.17},
                            {"mrpc", 21.1, 1.80, 1.84, 1.94},    {"boolq", 22.3, 15.5, 2.31, 1.95},
                            {"wic", 20.8, 10.4, 2.28, 2.16},     {"wsc", 9.14, .244, 7.33, .202},
                            {"amazon", 19.8, 13.5, 2.21, 2.28},  {"dynasent", 19.4, 8.02, 2.47, 2.59},
                            {"semeval", 18.3, 6.97, 1.99, 2.14}, {"sst-5", 20.3, 9.08, 1.79, 1.89}};
    analysis::ClaimStudy study;
    for (const Row& row : rows) {
        splitOf(study, row.dataset, "ft").difference = row.ft;
        splitOf(study, row.dataset, "lora").difference = row.lora;
        splitOf(study, row.dataset, "lp-ft").difference = row.lpFt;
        splitOf(study, row.dataset, "lp-lora").difference = row.lpLora;
    }
    return study;
}

struct FeatureRow {
    const char* dataset;
    double cosinePretrained, fisherPretrained;
    double cosineFt, fisherFt;
    double cosineLpFt, fisherLpFt;
};

inline analysis::ClaimStudy featureStudy(const std::vector<FeatureRow>& rows) {
    analysis::ClaimStudy study;
    for (const FeatureRow& row : rows) {
        const auto add = [&](const char* method, double cosine, double fisher) {
            analysis::ClaimSplit& split = splitOf(study, row.dataset, method);
            split.cosinePretrained = row.cosinePretrained;
            split.fisherPretrained = row.fisherPretrained;
            split.cosine = cosine;
            split.fisher = fisher;
        };
        add("ft", row.cosineFt, row.fisherFt);
        add("lp-ft", row.cosineLpFt, row.fisherLpFt);
    }
    return study;
}

/// Table 1: CS and FDR of CB and RTE.
inline analysis::ClaimStudy table1() {
    return featureStudy(
        {{"cb", .997, 8.14e4, .336, 7.39e8, .804, 6.47e6}, {"rte", .996, 85.9, .260, 1.42e4, .942, 157}});
}

/// Table 11: CS and FDR of the BOSS sets.
inline analysis::ClaimStudy table11() {
    return featureStudy({{"amazon", .996, 1.30, .691, 3.74, .999, 3.00},
                         {"dynasent", .996, 1.94, .652, 2.03, .998, 2.20},
                         {"semeval", .996, 1.24, .727, 1.49, .997, 1.45},
                         {"sst-5", .998, 16.9, .604, 22.6, .998, 20.2}});
}

/// Tables 2 and 9, with norms of heads from Table 13 and s^2 sigma^2 r = 1/288 (definitions.md, LoRA).
inline analysis::ClaimStudy tables2And9() {
    struct Part {
        double rank, norm, train, test;
    };
    struct Method {
        const char* name;
        Part f;
        double totalRank, ratio;
    };
    struct Row {
        const char* task;
        std::int64_t samples, classes;
        Part p;
        std::array<Method, 4> methods;
    };
    const Row rows[] = {{"cb",
                         225,
                         3,
                         {18, 51.0e3, 87.11, 79.17},
                         {{{"ft", {608, 13.9e3, 84.74, 79.76}, 210, .1987},
                           {"lora", {500, 22.6, 86.22, 79.17}, 20, .0004},
                           {"lp-ft", {344, 7250e3, 100, 86.31}, 344, 1.0},
                           {"lp-lora", {307, 15.1e3, 94.96, 85.71}, 188, 1.0137}}}},
                        {"rte",
                         250,
                         2,
                         {28, 4.70e4, 66.40, 51.20},
                         {{{"ft", {488, 1.29e4, 96.60, 53.40}, 191, .2148},
                           {"lora", {432, 25.1, 70.80, 54.60}, 30, .0005},
                           {"lp-ft", {250, 3.80e6, 100, 51.20}, 251, .9918},
                           {"lp-lora", {243, 7.60e3, 84.80, 51.20}, 103, .1942}}}},
                        {"boolq",
                         250,
                         2,
                         {32, 4.48e4, 53.60, 57.20},
                         {{{"ft", {495, 1.24e4, 100, 56.40}, 215, .2139},
                           {"lora", {448, 24.8, 53.60, 57.20}, 34, .0005},
                           {"lp-ft", {247, 4.46e6, 100, 61.60}, 248, .9921},
                           {"lp-lora", {237, 8.56e3, 68.80, 63.60}, 99, .2118}}}},
                        {"wic",
                         250,
                         2,
                         {16, 4.81e4, 66.00, 54.00},
                         {{{"ft", {488, 1.45e4, 89.00, 59.00}, 235, .2216},
                           {"lora", {438, 25.8, 72.00, 52.00}, 19, .0005},
                           {"lp-ft", {218, 7.77e7, 100, 56.80}, 219, .9996},
                           {"lp-lora", {218, 1.09e5, 72.00, 59.60}, 195, .7454}}}}};
    const auto partOf = [](const Part& part) {
        return analysis::ClaimKernelPart{part.rank, part.norm, part.train / 100, part.test / 100};
    };
    analysis::ClaimStudy study = table13();
    for (const Row& row : rows) {
        for (const Method& method : row.methods) {
            analysis::ClaimKernel kernel{.samples = row.samples, .classes = row.classes};
            kernel.parts[0] = partOf(row.p);
            kernel.parts[1] = partOf(method.f);
            kernel.parts[2].rank = method.totalRank;
            kernel.fineTuningRatio = method.ratio;
            if (std::string(method.name).ends_with("lora")) {
                kernel.loraFactor = 1.0 / 288;
            }
            runOf(study, row.task, method.name).kernel = kernel;
        }
    }
    return study;
}

/// Tables 14 and 15: ECE and MCE without and with temperature scaling.
inline analysis::ClaimStudy tables14And15() {
    struct Cell {
        double ece, fittedEce, mce, fittedMce;
    };
    struct Row {
        const char* task;
        Cell ft, lpFt, lora, lpLora;
    };
    constexpr Row rows[] = {{"cb",
                             {15.60, 14.64, 75.99, 69.99},
                             {13.93, 13.13, 76.78, 70.28},
                             {12.89, 16.22, 52.58, 66.75},
                             {14.78, 13.51, 68.16, 60.80}},
                            {"rte",
                             {21.16, 5.13, 53.11, 25.87},
                             {21.72, 5.48, 63.95, 13.94},
                             {11.92, 6.17, 25.04, 13.75},
                             {18.14, 5.72, 40.46, 18.82}},
                            {"boolq",
                             {13.63, 1.83, 23.26, 5.79},
                             {18.93, 2.41, 40.82, 5.21},
                             {8.88, 1.45, 13.96, 3.85},
                             {14.09, 2.07, 24.60, 5.51}},
                            {"wic",
                             {25.88, 8.85, 41.59, 17.01},
                             {29.47, 7.68, 39.20, 17.04},
                             {18.66, 5.93, 27.95, 11.40},
                             {22.22, 8.06, 30.99, 14.45}},
                            {"wsc",
                             {6.26, 7.97, 6.26, 7.97},
                             {6.38, 8.01, 6.38, 8.01},
                             {10.53, 9.19, 13.27, 11.12},
                             {11.40, 8.24, 11.40, 8.24}},
                            {"cola",
                             {15.08, 4.46, 47.19, 24.35},
                             {15.74, 9.53, 54.59, 20.31},
                             {11.25, 4.18, 31.01, 15.23},
                             {13.82, 4.30, 38.36, 15.36}},
                            {"sst-2",
                             {4.61, 2.26, 49.22, 42.72},
                             {5.67, 2.00, 74.91, 42.77},
                             {4.84, 2.71, 54.20, 36.58},
                             {6.22, 2.53, 71.12, 32.47}},
                            {"mrpc",
                             {10.71, 4.61, 61.84, 32.72},
                             {10.35, 3.68, 74.43, 22.73},
                             {6.58, 4.04, 28.80, 17.57},
                             {9.03, 3.89, 52.20, 22.76}}};
    analysis::ClaimStudy study;
    for (const Row& row : rows) {
        const auto add = [&](const char* method, const Cell& cell) {
            analysis::ClaimSplit& split = splitOf(study, row.task, method);
            split.ece = cell.ece / 100;
            split.fittedEce = cell.fittedEce / 100;
            split.mce = cell.mce / 100;
            split.fittedMce = cell.fittedMce / 100;
        };
        add("ft", row.ft);
        add("lp-ft", row.lpFt);
        add("lora", row.lora);
        add("lp-lora", row.lpLora);
    }
    return study;
}

struct AccuracyRow {
    const char* dataset;
    double lp, ft, lpFt, lora, lpLora;
};

inline analysis::ClaimStudy accuracyStudy(const std::vector<AccuracyRow>& rows) {
    analysis::ClaimStudy study;
    for (const AccuracyRow& row : rows) {
        splitOf(study, row.dataset, "lp").metric = row.lp / 100;
        splitOf(study, row.dataset, "ft").metric = row.ft / 100;
        splitOf(study, row.dataset, "lp-ft").metric = row.lpFt / 100;
        splitOf(study, row.dataset, "lora").metric = row.lora / 100;
        splitOf(study, row.dataset, "lp-lora").metric = row.lpLora / 100;
    }
    return study;
}

/// Table 8, with its collapsed runs marked.
inline analysis::ClaimStudy table8() {
    analysis::ClaimStudy study = accuracyStudy({{"cb", 77.86, 81.43, 84.64, 77.50, 75.71},
                                                {"rte", 57.69, 74.73, 76.75, 72.85, 74.08},
                                                {"sst-2", 86.31, 92.41, 94.52, 50.92, 94.22},
                                                {"wic", 61.32, 65.89, 66.14, 62.70, 64.29},
                                                {"cola", 46.27, 58.75, 57.95, 57.29, 58.21},
                                                {"mrpc", 73.09, 88.14, 87.60, 68.38, 87.79},
                                                {"wsc", 63.46, 63.46, 63.46, 63.46, 63.46},
                                                {"boolq", 64.66, 78.69, 79.00, 77.59, 77.67}});
    for (analysis::ClaimRun& run : study.runs) {
        run.collapsed =
            run.task == "wsc" || ((run.task == "sst-2" || run.task == "mrpc") && run.method == "lora");
    }
    return study;
}

/// Table 10: Amazon and its out-of-distribution sets.
inline analysis::ClaimStudy table10() {
    return accuracyStudy({{"amazon", 83.04, 88.66, 88.89, 86.05, 88.17},
                          {"dynasent", 42.69, 44.33, 45.41, 46.70, 43.37},
                          {"semeval", 50.04, 52.20, 51.96, 55.29, 48.84},
                          {"sst-5", 56.81, 72.52, 73.78, 72.88, 72.31}});
}

/// Table 16: PubMed 20k.
inline analysis::ClaimStudy table16() {
    return accuracyStudy({{"pubmed", 82.64, 87.09, 87.05, 87.13, 86.85}});
}

} // namespace finescope::tests

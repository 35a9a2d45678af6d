#include "core/analysis/logistic/logistic_regression.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/logistic/logistic_problem.h"
#include "core/analysis/logistic/logistic_solver.h"
#include "core/analysis/logistic/stratified_folds.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace finescope::analysis {

namespace {

void requireStrength(double strength) {
    if (!(strength > 0) || !std::isfinite(strength)) {
        throw Error(ErrorKind::badInput, "logistic regression: the strength must be a positive number, got " +
                                             std::to_string(strength));
    }
}

void requireTwoClasses(int classes) {
    if (classes < 2) {
        throw Error(ErrorKind::badInput,
                    "logistic regression needs at least two classes, got " + std::to_string(classes));
    }
}

/// The classes that occur among `labels`, ascending.
std::vector<std::int64_t> presentClasses(const Labels& labels) {
    std::vector<std::int64_t> present = labels;
    std::ranges::sort(present);
    const auto repeated = std::ranges::unique(present);
    present.erase(repeated.begin(), repeated.end());
    return present;
}

/// The rows of one fold and of the others, with the labels of the latter counted through the classes they
/// hold.
struct Split {
    std::vector<Eigen::Index> trainRows, testRows;
    Labels trainLabels;
    std::vector<std::int64_t> classes; // of a class number in trainLabels
};

Split splitAt(const std::vector<int>& folds, int fold, const Labels& labels) {
    Split split;
    for (std::size_t row = 0; row < folds.size(); ++row) {
        if (folds[row] == fold) {
            split.testRows.push_back(static_cast<Eigen::Index>(row));
        } else {
            split.trainRows.push_back(static_cast<Eigen::Index>(row));
            split.trainLabels.push_back(labels[row]);
        }
    }
    split.classes = presentClasses(split.trainLabels);
    for (std::int64_t& label : split.trainLabels) {
        label = std::ranges::lower_bound(split.classes, label) - split.classes.begin();
    }
    return split;
}

std::int64_t hitsOn(const Split& split, const MatrixD& logits, const Labels& labels) {
    std::int64_t right = 0;
    for (std::size_t row = 0; row < split.testRows.size(); ++row) {
        Eigen::Index predicted = 0;
        logits.row(static_cast<Eigen::Index>(row)).maxCoeff(&predicted);
        const auto truth = labels[static_cast<std::size_t>(split.testRows[row])];
        right += split.classes[static_cast<std::size_t>(predicted)] == truth ? 1 : 0;
    }
    return right;
}

SolverOptions solverOptions(const LogisticOptions& options) {
    return {.tolerance = options.relativeGradientTolerance,
            .gapTolerance = options.gapTolerance,
            .maxIterations = options.maxIterations,
            .onIteration = {},
            .stop = options.stop};
}

} // namespace

LogisticFit fitLogistic(const MatrixViewF& features, const Labels& labels, int classes, double strength,
                        const LogisticOptions& options) {
    requireTwoClasses(classes);
    requireFeaturesAndLabels(features, labels, classes);
    return fitLogistic(reduceFeatures(features.cast<double>()), labels, classes, strength, options);
}

LogisticFit fitLogistic(const ReducedFeatures& reduced, const Labels& labels, int classes, double strength,
                        const LogisticOptions& options) {
    requireTwoClasses(classes);
    requireStrength(strength);
    requireLabels(labels, reduced.scores.rows(), classes, "features");
    if (const auto present = presentClasses(labels); static_cast<int>(present.size()) < classes) {
        throw Error(ErrorKind::badInput, "logistic regression over " + std::to_string(classes) +
                                             " classes needs rows of each, but only " +
                                             std::to_string(present.size()) +
                                             " occur: use more training rows");
    }

    std::vector<Eigen::Index> rows(labels.size());
    std::iota(rows.begin(), rows.end(), Eigen::Index{0});
    const LogisticProblem problem(reduced, rows, labels, classes, strength);

    SolverOptions solver = solverOptions(options);
    if (options.onIteration) {
        solver.onIteration = [&](const SolverState& state) {
            const MatrixD weight = problem.weight(state.parameters);
            const VectorD bias = problem.bias(state.parameters);
            options.onIteration({state.iterations, weight, bias, state.objective, state.gradientNorm});
        };
    }
    const SolverState state = solveFromZero(problem, solver);
    return {problem.weight(state.parameters),
            problem.bias(state.parameters),
            state.objective,
            state.relativeGradientNorm,
            state.iterations,
            state.gap};
}

std::vector<double> logisticStrengths() {
    std::vector<double> strengths(10);
    for (std::size_t index = 0; index < strengths.size(); ++index) {
        strengths[index] = std::pow(10.0, -4 + static_cast<double>(index) * (8.0 / 9));
    }
    return strengths;
}

CrossValidation crossValidateLogistic(const MatrixViewF& features, const Labels& labels, int classes,
                                      std::span<const double> strengths, int folds,
                                      const LogisticOptions& options,
                                      const std::function<void(int, int)>& onFit) {
    requireTwoClasses(classes);
    requireFeaturesAndLabels(features, labels, classes);
    return crossValidateLogistic(reduceFeatures(features.cast<double>()), labels, classes, strengths, folds,
                                 options, onFit);
}

// One set of coordinates serves all folds: their optima do not depend on where the origin lies.
CrossValidation crossValidateLogistic(const ReducedFeatures& reduced, const Labels& labels, int classes,
                                      std::span<const double> strengths, int folds,
                                      const LogisticOptions& options,
                                      const std::function<void(int, int)>& onFit) {
    requireTwoClasses(classes);
    requireLabels(labels, reduced.scores.rows(), classes, "features");
    if (strengths.empty()) {
        throw Error(ErrorKind::badInput, "cross-validation needs at least one strength to choose from");
    }
    std::ranges::for_each(strengths, requireStrength);
    const std::vector<int> foldOf = stratifiedFolds(labels, folds);

    std::vector<std::int64_t> rowsOfFold(static_cast<std::size_t>(folds), 0);
    for (const int fold : foldOf) {
        ++rowsOfFold[static_cast<std::size_t>(fold)];
    }
    CrossValidation result{.strengths = {strengths.begin(), strengths.end()},
                           .scores = FoldScores(std::move(rowsOfFold), strengths.size())};
    std::ranges::sort(result.strengths);

    const SolverOptions solver = solverOptions(options);
    const int total = folds * static_cast<int>(result.strengths.size());
    int done = 0;
    for (int fold = 0; fold < folds; ++fold) {
        const Split split = splitAt(foldOf, fold, labels);
        if (split.classes.size() < 2) {
            throw Error(ErrorKind::badInput, "cross-validation: the rows outside fold " +
                                                 std::to_string(fold) +
                                                 " are all of one class; use fewer folds or more rows");
        }
        LogisticProblem problem(reduced, split.trainRows, split.trainLabels,
                                static_cast<int>(split.classes.size()), result.strengths.front());
        MatrixD testRows(static_cast<Eigen::Index>(split.testRows.size()), reduced.scores.cols());
        for (std::size_t row = 0; row < split.testRows.size(); ++row) {
            testRows.row(static_cast<Eigen::Index>(row)) = reduced.scores.row(split.testRows[row]);
        }
        // Ascending strengths: each optimum is a good start for the next and does not change where that one
        // lies.
        MatrixD parameters = problem.zeroParameters();
        for (std::size_t index = 0; index < result.strengths.size(); ++index) {
            problem.setStrength(result.strengths[index]);
            parameters = solveByNewton(problem, parameters, solver).parameters;
            result.scores.setHits(index, static_cast<std::size_t>(fold),
                                  hitsOn(split, problem.logits(parameters, testRows), labels));
            ++done;
            if (onFit) {
                onFit(done, total);
            }
        }
    }
    result.chosen = result.strengths[result.scores.best()];
    return result;
}

} // namespace finescope::analysis

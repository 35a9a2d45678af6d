#include "core/analysis/feature/fisher_ratio.h"

#include "core/analysis/compute/parallel.h"
#include "core/analysis/compute/validation.h"
#include "core/analysis/feature/scatter.h"
#include "core/analysis/feature/similarity_of_samples.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace finescope::analysis {

namespace {

constexpr const char* kName = "Fisher's ratio";
constexpr double kDefaultRidge = 1e-3; // of tr(S_W) / h
constexpr double kSingular = 1e-13;    // smallest over largest squared pivot
constexpr Eigen::Index kChunk = 512;   // rows

/// Means of the classes of a set of rows; a class without rows has count 0 and mean 0.
struct ClassMeans {
    MatrixD means;  ///< [C, h]
    VectorD counts; ///< [C]

    [[nodiscard]] VectorD overall() const { return means.transpose() * counts / counts.sum(); }
};

ClassMeans classMeans(const MatrixD& rows, const Labels& labels, int classes) {
    ClassMeans result{.means = MatrixD::Zero(classes, rows.cols()), .counts = VectorD::Zero(classes)};
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        result.means.row(label) += rows.row(row);
        result.counts(label) += 1;
    }
    for (Eigen::Index label = 0; label < classes; ++label) {
        result.means.row(label) /= std::max(1.0, result.counts(label));
    }
    return result;
}

/// What the ratio is computed from, whole or in groups.
struct ClassSpread {
    MatrixD centred; ///< [N, h]: rows about the mean of their class
    ClassMeans classes;
    FisherRatio about; ///< all but the value and the rank
    double lambda = 0;
};

ClassSpread spreadOf(const MatrixViewF& features, const Labels& labels, int classes,
                     std::optional<double> relativeRidge) {
    requireFeaturesAndLabels(features, labels, classes);
    if (relativeRidge && !(*relativeRidge >= 0 && std::isfinite(*relativeRidge))) {
        throw Error(ErrorKind::badInput,
                    "the ridge must be 0 or a positive number, got " + std::to_string(*relativeRidge));
    }
    ClassSpread spread;
    spread.centred = features.cast<double>();
    const VectorD mean = spread.centred.colwise().mean();
    spread.centred.rowwise() -= mean.transpose();
    spread.classes = classMeans(spread.centred, labels, classes);
    const auto present = (spread.classes.counts.array() > 0).count();
    if (features.rows() < 2 || present < 2) {
        throw Error(ErrorKind::badInput, "Fisher's ratio needs rows of at least two classes, got " +
                                             std::to_string(features.rows()) + " rows of " +
                                             std::to_string(present));
    }
    for (Eigen::Index row = 0; row < features.rows(); ++row) {
        spread.centred.row(row) -=
            spread.classes.means.row(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
    }
    const double trace = spread.centred.squaredNorm();
    if (!(trace > 0)) {
        throw Error(ErrorKind::numeric,
                    "Fisher's ratio: the features of each class are all equal, so that there is no "
                    "spread within classes to compare with");
    }
    spread.about.samples = features.rows();
    spread.about.width = features.cols();
    spread.about.ridge =
        relativeRidge ? *relativeRidge : (features.rows() - present >= features.cols() ? 0.0 : kDefaultRidge);
    spread.lambda = spread.about.ridge * trace / static_cast<double>(features.cols());
    return spread;
}

/// The same in N + C coordinates that keep all lengths and angles, where that is fewer than h.
void useFewestCoordinates(ClassSpread& spread) {
    const Eigen::Index rows = spread.centred.rows(), classes = spread.classes.means.rows();
    if (rows + classes >= spread.centred.cols()) {
        return;
    }
    Eigen::MatrixXd columns(spread.centred.cols(), rows + classes);
    columns << spread.centred.transpose(), spread.classes.means.transpose();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(columns); // columns = Q R, and Q keeps lengths
    const Eigen::MatrixXd coordinates = qr.matrixQR().topRows(columns.cols()).triangularView<Eigen::Upper>();
    spread.centred = coordinates.leftCols(rows).transpose();
    spread.classes.means = coordinates.rightCols(classes).transpose();
}

/// n_k o_k^T (S_W + lambda I)^+ o_k of each class, o_k the offset of its mean from that of all rows.
VectorD classTerms(const ClassMeans& classes, const ScatterDirections& within, double lambda) {
    const VectorD overall = classes.overall();
    VectorD terms = VectorD::Zero(classes.counts.size());
    for (Eigen::Index label = 0; label < terms.size(); ++label) {
        const VectorD offset = classes.means.row(label).transpose() - overall;
        const VectorD along = within.vectors.transpose() * offset;
        double quadratic = (along.array().square() / (within.values.array() + lambda)).sum();
        if (lambda > 0) {
            // Outside the kept directions S_W + lambda I is lambda I.
            quadratic += std::max(0.0, offset.squaredNorm() - along.squaredNorm()) / lambda;
        }
        terms(label) = classes.counts(label) * quadratic;
    }
    return terms;
}

/// A part of the rows: their scatter about the class means of all rows (lower triangle), and their sums.
struct GroupScatter {
    Eigen::MatrixXd square; ///< [w, w]
    MatrixD sums;           ///< [C, w]
    VectorD counts;         ///< [C]
};

GroupScatter groupScatter(const MatrixD& centred, const Labels& labels, Eigen::Index classes,
                          const std::vector<Eigen::Index>& rows) {
    GroupScatter group{.square = Eigen::MatrixXd::Zero(centred.cols(), centred.cols()),
                       .sums = MatrixD::Zero(classes, centred.cols()),
                       .counts = VectorD::Zero(classes)};
    Eigen::MatrixXd columns;
    const auto count = static_cast<Eigen::Index>(rows.size());
    for (Eigen::Index first = 0; first < count; first += kChunk) {
        columns.resize(centred.cols(), std::min(kChunk, count - first));
        for (Eigen::Index i = 0; i < columns.cols(); ++i) {
            const Eigen::Index row = rows[static_cast<std::size_t>(first + i)];
            const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
            columns.col(i) = centred.row(row);
            group.sums.row(label) += centred.row(row);
            group.counts(label) += 1;
        }
        group.square.selfadjointView<Eigen::Lower>().rankUpdate(columns);
    }
    return group;
}

/// Rows in the order of their classes, dealt out in turn.
std::vector<std::vector<Eigen::Index>> dealtOut(const Labels& labels, int classes, std::size_t groups) {
    std::vector<std::vector<Eigen::Index>> dealt(groups);
    std::size_t next = 0;
    for (const std::vector<Eigen::Index>& rows : rowsOfClasses(labels, classes)) {
        for (const Eigen::Index row : rows) {
            dealt[next++ % groups].push_back(row);
        }
    }
    return dealt;
}

/// The scatter within classes of all rows with what the leave-outs need of it.
struct WholeScatter {
    Eigen::MatrixXd square; ///< lower triangle
    MatrixD kept;           ///< [w, w]: projects on the directions that count; without ridge only
    double filling = 0;     ///< along the others: anything of the size of S_W
};

/// The ratio without one group; nullopt if S_W or S_B does not exist without it.
std::optional<double> withoutGroup(const ClassSpread& spread, const WholeScatter& whole,
                                   const GroupScatter& group) {
    ClassMeans classes = spread.classes;
    Eigen::MatrixXd square = whole.square - group.square;
    classes.counts -= group.counts;
    for (Eigen::Index label = 0; label < classes.counts.size(); ++label) {
        const double left = classes.counts(label);
        if (left > 0) {
            // The sums of all rows about their means are zero.
            const VectorD moved = -group.sums.row(label).transpose() / left;
            classes.means.row(label) += moved.transpose();
            square.selfadjointView<Eigen::Lower>().rankUpdate(moved, -left);
        }
    }
    if ((classes.counts.array() > 0).count() < 2) {
        return std::nullopt;
    }
    const bool ridge = spread.about.ridge > 0;
    const double trace = square.trace();
    if (ridge) {
        square.diagonal().array() += spread.about.ridge * trace / static_cast<double>(spread.about.width);
    } else {
        square += whole.filling * (Eigen::MatrixXd::Identity(square.rows(), square.cols()) - whole.kept);
    }
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(square);
    if (factor.info() != Eigen::Success) {
        return std::nullopt;
    }
    const VectorD pivots = factor.matrixLLT().diagonal().cwiseAbs2();
    if (!(pivots.minCoeff() > kSingular * pivots.maxCoeff())) {
        return std::nullopt;
    }
    const VectorD overall = classes.overall();
    Eigen::MatrixXd offsets = (classes.means.rowwise() - overall.transpose()).transpose();
    if (!ridge) {
        offsets = whole.kept * offsets;
    }
    factor.matrixL().solveInPlace(offsets);
    return offsets.colwise().squaredNorm().dot(classes.counts.transpose());
}

FisherEstimate estimateOf(const ClassSpread& spread, const ScatterDirections& within) {
    FisherEstimate estimate{.ratio = spread.about,
                            .perClass = classTerms(spread.classes, within, spread.lambda),
                            .leftOut = {},
                            .interval = {}};
    estimate.ratio.rankWithin = within.values.size();
    estimate.ratio.value = estimate.perClass.sum();
    return estimate;
}

std::optional<Interval> jackknifeInterval(double ratio, const VectorD& leftOut, double level) {
    const auto groups = static_cast<double>(leftOut.size());
    if (leftOut.size() < 2 || !(ratio > 0) || !(leftOut.minCoeff() > 0)) {
        return std::nullopt;
    }
    const VectorD logarithms = leftOut.array().log();
    const double squares = (logarithms.array() - logarithms.mean()).square().sum();
    const double error = std::sqrt((groups - 1) / groups * squares);
    const boost::math::students_t student(groups - 1);
    const double reach = boost::math::quantile(student, (1 + level) / 2) * error;
    return Interval{ratio * std::exp(-reach), ratio * std::exp(reach)};
}

/// The classes that occur, ascending, and the labels counted through them.
std::pair<Labels, Labels> numberPresent(const Labels& labels) {
    Labels present = labels;
    std::ranges::sort(present);
    present.erase(std::ranges::unique(present).begin(), present.end());
    Labels numbered;
    numbered.reserve(labels.size());
    for (const std::int64_t label : labels) {
        numbered.push_back(std::ranges::lower_bound(present, label) - present.begin());
    }
    return {std::move(present), std::move(numbered)};
}

FisherEstimate estimateOfPresent(const MatrixViewF& features, const Labels& labels, int classes,
                                 const FisherOptions& options, const WorkHooks& hooks) {
    if (options.groups < 2 || !(options.level > 0 && options.level < 1)) {
        throw Error(ErrorKind::badInput,
                    "the jackknife needs at least 2 groups and a level between 0 and 1, got " +
                        std::to_string(options.groups) + " and " + std::to_string(options.level));
    }
    ClassSpread spread = spreadOf(features, labels, classes, options.relativeRidge);
    if (!options.jackknife) {
        return estimateOf(spread, scatterDirections(spread.centred, kName));
    }
    useFewestCoordinates(spread);
    const auto groupCount = static_cast<std::size_t>(std::min<Eigen::Index>(options.groups, features.rows()));
    const auto dealt = dealtOut(labels, classes, groupCount);
    std::vector<GroupScatter> groups(groupCount);
    inParallel(
        options.threads, groupCount,
        [&](std::size_t group) {
            groups[group] = groupScatter(spread.centred, labels, classes, dealt[group]);
        },
        part(hooks, 0, 0.7), kName);

    WholeScatter whole{.square = groups.front().square, .kept = {}, .filling = 0};
    for (std::size_t group = 1; group < groupCount; ++group) {
        whole.square += groups[group].square;
    }
    const ScatterDirections within = scatterDirectionsOf(whole.square, kName);
    FisherEstimate estimate = estimateOf(spread, within);
    if (spread.about.ridge == 0) {
        whole.kept = within.vectors * within.vectors.transpose();
        whole.filling = within.values.mean();
    }
    std::vector<std::optional<double>> without(groupCount);
    inParallel(
        options.threads, groupCount,
        [&](std::size_t group) { without[group] = withoutGroup(spread, whole, groups[group]); },
        part(hooks, 0.8, 1), kName);
    if (std::ranges::all_of(without, [](const auto& value) { return value.has_value(); })) {
        estimate.leftOut.resize(static_cast<Eigen::Index>(groupCount));
        std::ranges::transform(without, estimate.leftOut.begin(), [](const auto& value) { return *value; });
        estimate.interval = jackknifeInterval(estimate.ratio.value, estimate.leftOut, options.level);
    }
    return estimate;
}

} // namespace

FisherRatio fisherDiscriminantRatio(const MatrixViewF& features, const Labels& labels, int classes,
                                    std::optional<double> relativeRidge) {
    return fisherEstimate(features, labels, classes, {.relativeRidge = relativeRidge, .jackknife = false})
        .ratio;
}

FisherEstimate fisherEstimate(const MatrixViewF& features, const Labels& labels, int classes,
                              const FisherOptions& options, const WorkHooks& hooks) {
    requireFeaturesAndLabels(features, labels, classes);
    // Classes without a row add nothing, and there may be far more of them than rows.
    const auto [present, numbered] = numberPresent(labels);
    FisherEstimate estimate =
        estimateOfPresent(features, numbered, static_cast<int>(present.size()), options, hooks);
    const VectorD terms = std::exchange(estimate.perClass, VectorD::Zero(classes));
    for (std::size_t index = 0; index < present.size(); ++index) {
        estimate.perClass(present[index]) = terms(static_cast<Eigen::Index>(index));
    }
    return estimate;
}

} // namespace finescope::analysis

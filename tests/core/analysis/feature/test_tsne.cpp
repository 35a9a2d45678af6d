#include "core/analysis/feature/neighbours.h"
#include "core/analysis/feature/quad_tree.h"
#include "core/analysis/feature/tsne.h"
#include "core/error.h"
#include "tests/core/analysis/calibration/sample_logits.h"
#include "tests/support/near.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cmath>

using namespace finescope;
using namespace finescope::analysis;

namespace {

/// What scikit-learn found: tsne_reference.py.
struct Reference {
    MatrixF points;
    Labels labels;
    QJsonObject json;

    [[nodiscard]] double perplexity() const { return json[QStringLiteral("perplexity")].toDouble(); }
    [[nodiscard]] MatrixD map(const QString& name) const {
        const QJsonArray numbers = json[QStringLiteral("maps")][name][QStringLiteral("points")].toArray();
        MatrixD map(numbers.size() / 2, 2);
        for (qsizetype i = 0; i < numbers.size(); ++i) {
            map(i / 2, i % 2) = numbers[i].toDouble();
        }
        return map;
    }
};

Reference readReference() {
    Reference reference;
    QFile file(QStringLiteral(FINESCOPE_SOURCE_DIR "/tests/core/analysis/feature/tsne_reference.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        return reference;
    }
    reference.json = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonArray rows = reference.json[QStringLiteral("points")].toArray();
    reference.points.resize(rows.size(), 64);
    for (qsizetype row = 0; row < rows.size(); ++row) {
        const QString text = rows[row].toString();
        for (qsizetype column = 0; column < 64; ++column) {
            reference.points(row, column) = static_cast<float>(text[column].unicode() - u'a');
        }
    }
    for (const QChar digit : reference.json[QStringLiteral("labels")].toString()) {
        reference.labels.push_back(digit.digitValue());
    }
    return reference;
}

MatrixD randomMap(Eigen::Index rows, double scale) {
    return scale * tests::randomLogits(rows, 2, 1.0, 5).logits.cast<double>();
}

/// Dense P and Q of the definitions.
MatrixD dense(const Affinities& affinities) {
    MatrixD p = MatrixD::Zero(affinities.rows(), affinities.rows());
    for (Eigen::Index row = 0; row < p.rows(); ++row) {
        for (auto i = affinities.start[static_cast<std::size_t>(row)];
             i < affinities.start[static_cast<std::size_t>(row) + 1]; ++i) {
            p(row, affinities.columns[static_cast<std::size_t>(i)]) =
                affinities.values[static_cast<std::size_t>(i)];
        }
    }
    return p;
}

MatrixD weightsOf(const MatrixD& map) {
    MatrixD weights = MatrixD::Zero(map.rows(), map.rows());
    for (Eigen::Index i = 0; i < map.rows(); ++i) {
        for (Eigen::Index j = 0; j < map.rows(); ++j) {
            weights(i, j) = i == j ? 0 : 1 / (1 + (map.row(i) - map.row(j)).squaredNorm());
        }
    }
    return weights;
}

/// Equation 5 of van der Maaten and Hinton 2008, pair by pair.
MatrixD gradientByDefinition(const MatrixD& p, const MatrixD& map) {
    const MatrixD weights = weightsOf(map);
    const MatrixD q = weights / weights.sum();
    MatrixD gradient = MatrixD::Zero(map.rows(), 2);
    for (Eigen::Index i = 0; i < map.rows(); ++i) {
        for (Eigen::Index j = 0; j < map.rows(); ++j) {
            gradient.row(i) += 4 * (p(i, j) - q(i, j)) * weights(i, j) * (map.row(i) - map.row(j));
        }
    }
    return gradient;
}

} // namespace

class TestTsne : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void treeWithoutThetaIsTheSumOverPairs();
    void treeSumsPointsAtOnePlace();
    void treeWithThetaIsClose();
    void perplexityIsReached();
    void perplexityOfEqualDistances();
    void affinitiesAreASymmetricDistribution();
    void affinitiesAreThoseOfScikitLearn();
    void gradientIsThatOfTheDefinition();
    void gradientIsTheSlopeOfTheDivergence();
    void mapIsAsGoodAsScikitLearns();
    void mapIsTheSameForASeed();
    void classesApartStayApart();
    void equalPointsAreNoObstacle();
    void whatCannotBeMappedIsRefused();
    void cancellingEndsIt();

private:
    Reference m_reference = readReference();
};

void TestTsne::treeWithoutThetaIsTheSumOverPairs() {
    const MatrixD map = randomMap(300, 4);
    const QuadTree tree(map);
    const MatrixD weights = weightsOf(map);
    for (Eigen::Index i = 0; i < map.rows(); ++i) {
        const QuadTree::Repulsion on = tree.repulsionOn(i, 0);
        QVERIFY_NEAR(on.weight, weights.row(i).sum(), 1e-12);
        Eigen::RowVector2d force = Eigen::RowVector2d::Zero();
        for (Eigen::Index j = 0; j < map.rows(); ++j) {
            force += weights(i, j) * weights(i, j) * (map.row(i) - map.row(j));
        }
        QVERIFY(std::abs(on.forceX - force.x()) < 1e-12 && std::abs(on.forceY - force.y()) < 1e-12);
    }
}

void TestTsne::treeSumsPointsAtOnePlace() {
    MatrixD map = MatrixD::Zero(5, 2);
    map.row(4) << 1, 0;
    const QuadTree tree(map);
    QVERIFY_NEAR(tree.repulsionOn(0, 0.5).weight, 3 + 0.5, 1e-15);
    QVERIFY_NEAR(tree.repulsionOn(4, 0.5).weight, 4 * 0.5, 1e-15);
    QVERIFY_NEAR(QuadTree(MatrixD::Zero(3, 2)).repulsionOn(1, 0.5).weight, 2, 1e-15);
}

void TestTsne::treeWithThetaIsClose() {
    const MatrixD map = randomMap(1000, 10);
    const QuadTree tree(map);
    double exact = 0, quick = 0;
    for (Eigen::Index i = 0; i < map.rows(); ++i) {
        exact += tree.repulsionOn(i, 0).weight;
        quick += tree.repulsionOn(i, 0.5).weight;
    }
    // A square of width w at distance d misses at most w^2 / (6 d^2) of 1 / d^2: 4 % at theta 0.5.
    QVERIFY(std::abs(quick / exact - 1) < 0.04);
    QVERIFY(quick != exact); // else nothing was summed up
}

void TestTsne::perplexityIsReached() {
    VectorD distances(91);
    for (Eigen::Index i = 0; i < distances.size(); ++i) {
        distances(i) = 1e6 + 3.0 * static_cast<double>(i * i); // large and alike
    }
    const VectorD p = conditionalAffinities(distances, 30);
    QVERIFY_NEAR(p.sum(), 1, 1e-12);
    QVERIFY_NEAR(-(p.array() * p.array().log()).sum(), std::log(30.0), 1e-4);
    // The definition: ln p falls along a straight line of the squared distances.
    const double slope = std::log(p(1) / p(0)) / (distances(1) - distances(0));
    QVERIFY_NEAR(std::log(p(20) / p(0)) / (distances(20) - distances(0)), slope, 1e-9);
}

void TestTsne::perplexityOfEqualDistances() {
    const VectorD p = conditionalAffinities(VectorD::Constant(10, 7), 3);
    QVERIFY((p.array() - 0.1).abs().maxCoeff() < 1e-15);
}

void TestTsne::affinitiesAreASymmetricDistribution() {
    const MatrixD points = tests::randomLogits(60, 5, 1.0, 3).logits.cast<double>();
    const MatrixD p = dense(tsneAffinities(points, 8));
    QVERIFY_NEAR(p.sum(), 1, 1e-12);
    QVERIFY((p - p.transpose()).cwiseAbs().maxCoeff() < 1e-18);
    QCOMPARE(p.diagonal().cwiseAbs().maxCoeff(), 0.0);
}

void TestTsne::affinitiesAreThoseOfScikitLearn() {
    QVERIFY(m_reference.points.rows() == 500);
    const Affinities affinities = tsneAffinities(m_reference.points.cast<double>(), m_reference.perplexity());
    const MatrixD p = 500 * dense(affinities);
    double apart = 0;
    int compared = 0;
    for (const QJsonValue& row : m_reference.json[QStringLiteral("affinities")].toArray()) {
        const QJsonObject entries = row[QStringLiteral("entries")].toObject();
        for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
            const double mine = p(row[QStringLiteral("row")].toInt(), entry.key().toInt());
            apart = std::max(apart, std::abs(mine - entry.value().toDouble()));
            ++compared;
        }
    }
    QVERIFY(compared > 400);
    // Both searches end within 1e-5 of the entropy, from distances of which theirs are float32. Neighbours at
    // exactly the distance of the last one may be others, with entries near zero.
    QVERIFY2(apart < 5e-4, qPrintable(QString::number(apart)));
}

void TestTsne::gradientIsThatOfTheDefinition() {
    const MatrixD points = tests::randomLogits(80, 6, 1.0, 3).logits.cast<double>();
    const Affinities affinities = tsneAffinities(points, 10);
    const MatrixD map = randomMap(80, 3);
    const MatrixD expected = gradientByDefinition(dense(affinities), map);
    QVERIFY((tsneGradient(affinities, map, 0) - expected).cwiseAbs().maxCoeff() < 1e-14);
    const MatrixD exaggerated = gradientByDefinition(12 * dense(affinities), map);
    QVERIFY((tsneGradient(affinities, map, 0, 12) - exaggerated).cwiseAbs().maxCoeff() < 1e-13);
    const MatrixD quick = tsneGradient(affinities, map, 0.5);
    QVERIFY((quick - expected).norm() < 0.05 * expected.norm());
}

void TestTsne::gradientIsTheSlopeOfTheDivergence() {
    const Affinities affinities = tsneAffinities(tests::randomLogits(40, 6, 1.0, 3).logits.cast<double>(), 8);
    const MatrixD map = randomMap(40, 2);
    const MatrixD gradient = tsneGradient(affinities, map, 0);
    constexpr double kStep = 1e-5;
    for (Eigen::Index i = 0; i < map.rows(); i += 7) {
        for (Eigen::Index axis = 0; axis < 2; ++axis) {
            MatrixD up = map, down = map;
            up(i, axis) += kStep;
            down(i, axis) -= kStep;
            const double slope =
                (tsneDivergence(affinities, up) - tsneDivergence(affinities, down)) / (2 * kStep);
            QVERIFY(std::abs(slope - gradient(i, axis)) < 1e-9);
        }
    }
}

void TestTsne::mapIsAsGoodAsScikitLearns() {
    QVERIFY(m_reference.points.rows() == 500);
    const Affinities affinities = tsneAffinities(m_reference.points.cast<double>(), m_reference.perplexity());
    const TsneMap map = tsne(m_reference.points, {.perplexity = m_reference.perplexity()});
    const double mine = tsneDivergence(affinities, map.points);
    const auto purity = [&](const MatrixD& of) {
        return neighbourNumbers(of.cast<float>(), MatrixF{}, m_reference.labels).purityBefore.value();
    };
    for (const QString& name : m_reference.json[QStringLiteral("maps")].toObject().keys()) {
        const MatrixD other = m_reference.map(name);
        // One measure for both: the exact divergence from the same P.
        const double theirs = tsneDivergence(affinities, other);
        qInfo("%s: divergence %.4f, ours %.4f; neighbours of the same digit %.4f, ours %.4f",
              qPrintable(name), theirs, mine, purity(other), purity(map.points));
        QVERIFY(mine < 1.03 * theirs);
        QVERIFY(purity(map.points) > purity(other) - 0.02);
    }
}

void TestTsne::mapIsTheSameForASeed() {
    const MatrixF points = tests::randomLogits(120, 70, 1.0, 3).logits;
    const TsneOptions options{.perplexity = 10, .iterations = 300, .threads = 1};
    const MatrixD first = tsne(points, options).points;
    TsneOptions more = options;
    more.threads = 3;
    QVERIFY(first == tsne(points, more).points);
    TsneOptions other = options;
    other.seed = 2;
    QVERIFY(first != tsne(points, other).points);
    QVERIFY(first.colwise().mean().cwiseAbs().maxCoeff() < 1e-9);
}

void TestTsne::classesApartStayApart() {
    MatrixF points = tests::randomLogits(150, 60, 1.0, 3).logits;
    Labels labels;
    for (Eigen::Index row = 0; row < points.rows(); ++row) {
        labels.push_back(row % 3);
        points(row, row % 3) += 30.0F;
    }
    const TsneMap map = tsne(points, {.perplexity = 15, .iterations = 500});
    QCOMPARE(neighbourNumbers(map.points.cast<float>(), MatrixF{}, labels).purityBefore.value(), 1.0);
}

void TestTsne::equalPointsAreNoObstacle() {
    const TsneMap map = tsne(MatrixF::Ones(30, 5), {.perplexity = 5, .iterations = 100});
    QVERIFY(map.points.allFinite());
    MatrixF twice = tests::randomLogits(40, 5, 1.0, 3).logits;
    twice.bottomRows(20) = twice.topRows(20);
    QVERIFY(tsne(twice, {.perplexity = 5, .iterations = 300}).points.allFinite());
}

void TestTsne::whatCannotBeMappedIsRefused() {
    const auto kindOf = [](const MatrixF& points, const TsneOptions& options) {
        try {
            (void)tsne(points, options);
        } catch (const Error& error) {
            return error.kind();
        }
        return ErrorKind::internal;
    };
    MatrixF points = tests::randomLogits(20, 3, 1.0, 3).logits;
    QCOMPARE(kindOf(points, {.perplexity = 30}), ErrorKind::badInput);
    QCOMPARE(kindOf(points.topRows(3), {.perplexity = 1}), ErrorKind::badInput);
    QCOMPARE(kindOf(points, {.perplexity = 5, .theta = -1}), ErrorKind::badInput);
    points(3, 1) = std::nanf("");
    QCOMPARE(kindOf(points, {.perplexity = 5}), ErrorKind::badInput);
}

void TestTsne::cancellingEndsIt() {
    const MatrixF points = tests::randomLogits(50, 3, 1.0, 3).logits;
    double last = 0;
    bool rising = true;
    const WorkHooks hooks{.onProgress =
                              [&](double fraction) {
                                  rising = rising && fraction >= last && fraction <= 1;
                                  last = fraction;
                              },
                          .cancelled = [&] { return last > 0.5; }};
    try {
        (void)tsne(points, {.perplexity = 5}, hooks);
        QFAIL("went on");
    } catch (const Error& error) {
        QCOMPARE(error.kind(), ErrorKind::cancelled);
    }
    QVERIFY(rising);
    QVERIFY(last > 0.5 && last < 0.6);
}

QTEST_GUILESS_MAIN(TestTsne)
#include "test_tsne.moc"

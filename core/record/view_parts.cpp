#include "core/record/view_parts.h"

#include "core/record/limits.h"
#include "core/record/schema.h"

#include <algorithm>
#include <charconv>

namespace finescope::record {

namespace {

// "rows 3, 17 and 90 more"
std::string listRows(const std::vector<Eigen::Index>& rows) {
    constexpr std::size_t kNamed = 5;
    std::string text = rows.size() == 1 ? "row " : "rows ";
    for (std::size_t i = 0; i < std::min(rows.size(), kNamed); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(rows[i]);
    }
    return rows.size() > kNamed ? text + " and " + std::to_string(rows.size() - kNamed) + " more" : text;
}

void requireFinite(const DatasetView& dataset, const std::string& block, const MatrixF& values) {
    std::vector<Eigen::Index> bad;
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
        if (!values.row(row).allFinite()) {
            bad.push_back(row);
        }
    }
    if (!bad.empty()) {
        dataset.fail(block + "holds NaN or infinite values in " + listRows(bad) + " of " +
                     std::to_string(values.rows()) + "; the run is not usable there");
    }
}

void requireRow(const DatasetView& dataset, std::uint64_t row) {
    if (row >= dataset.rows()) {
        dataset.fail("has " + std::to_string(dataset.rows()) + " rows, so row " + std::to_string(row) +
                     " does not exist");
    }
}

Labels readLabels(const DatasetView& dataset, std::int64_t classes) {
    Labels labels;
    if (dataset.isInteger()) {
        labels = dataset.read<std::int64_t>(0, dataset.rows());
    } else {
        for (const double value : dataset.read<double>(0, dataset.rows())) {
            const bool isClass = value >= 0 && value < static_cast<double>(classes);
            const auto label = isClass ? static_cast<std::int64_t>(value) : -1;
            labels.push_back(isClass && static_cast<double>(label) == value ? label : -1);
        }
    }
    const auto outside =
        std::ranges::find_if(labels, [classes](auto label) { return label < 0 || label >= classes; });
    if (outside != labels.end()) {
        dataset.fail("has at row " + std::to_string(outside - labels.begin()) +
                     (dataset.isInteger() ? " the label " + std::to_string(*outside) : " a label") +
                     " that is no class; with " + std::to_string(classes) + " classes labels are 0 to " +
                     std::to_string(classes - 1));
    }
    return labels;
}

const char* kPart = "it is part of a kernel";

} // namespace

ViewParts::ViewParts(const FileView& view, std::int64_t classes) : m_view(view), m_classes(classes) {}

Labels ViewParts::labels(const SplitInfo& split) const {
    const auto dataset = m_view.requiredDataset(
        schema::in(schema::in(schema::kSplits, split.name), schema::kLabels), "a split has labels");
    dataset.requireShape({split.rows}, "[" + std::to_string(split.rows) + "]");
    return readLabels(dataset, m_classes);
}

MatrixF ViewParts::logits(const SplitInfo& split, std::size_t row) const {
    const auto dataset =
        m_view.requiredDataset(schema::in(schema::in(schema::kSplits, split.name), schema::kLogits),
                               "the split was read with logits");
    dataset.requireShape({-1, split.rows, split.classes}, "[K, N, C]");
    requireRow(dataset, row);
    auto values = dataset.readSlab(row);
    requireFinite(dataset, "at evaluation " + std::to_string(row) + " ", values);
    return values;
}

MatrixF ViewParts::readFeatures(const SplitInfo& split, const char* name) const {
    const auto dataset = m_view.requiredDataset(schema::in(schema::in(schema::kSplits, split.name), name),
                                                "it was not recorded");
    dataset.requireShape({split.rows, -1}, "[" + std::to_string(split.rows) + ", h], a row for each label");
    auto values = dataset.readMatrix<MatrixF>();
    requireFinite(dataset, "", values);
    return values;
}

MatrixF ViewParts::pretrainedFeatures(const SplitInfo& split) const {
    return readFeatures(split, schema::kFeaturesPretrained);
}

MatrixF ViewParts::features(const SplitInfo& split) const {
    return readFeatures(split, schema::kFeatures);
}

ClassifierSnapshot ViewParts::classifier(std::size_t row) const {
    const std::string why = "the run was read with a classifier";
    const auto weight = m_view.requiredDataset(schema::kClassifierWeight, why);
    const auto bias = m_view.requiredDataset(schema::kClassifierBias, why);
    const auto epoch = m_view.requiredDataset(schema::in(schema::kClassifier, schema::kEpoch), why);
    const auto stage = m_view.requiredDataset(schema::in(schema::kClassifier, schema::kStage), why);
    weight.requireShape({-1, m_classes, -1}, "[K, C, h]");
    bias.requireShape({-1, m_classes}, "[K, C]");
    for (const auto* column : {&weight, &bias, &epoch, &stage}) {
        requireRow(*column, row);
    }
    const auto biases = bias.read<float>(row, 1);
    ClassifierSnapshot snapshot;
    snapshot.key.epoch = epoch.read<double>(row, 1).front();
    snapshot.key.stage = static_cast<Stage>(stage.read<std::int64_t>(row, 1).front());
    snapshot.weight = weight.readSlab(row);
    snapshot.bias = Eigen::Map<const VectorF>(biases.data(), static_cast<Eigen::Index>(biases.size()));
    return snapshot;
}

KernelState ViewParts::kernel(const std::string& state) const {
    const auto group = schema::in(schema::kNtk, state);
    if (!m_view.exists(group)) {
        m_view.site().fail(group, "is missing: no kernel of this state was computed");
    }
    const auto numbers = [&](const char* name, const std::vector<std::int64_t>& shape,
                             const std::string& meaning) {
        auto dataset = m_view.requiredDataset(schema::in(group, name), kPart);
        dataset.requireShape(shape, meaning);
        return dataset;
    };
    KernelState kernel;
    kernel.state = state;
    kernel.adapted = m_view.text(group, schema::kAdapted).value_or("");
    kernel.floatType = m_view.text(group, schema::kFloatType).value_or("");
    kernel.embedding = m_view.text(group, schema::kEmbedding).value_or("");
    kernel.seed = m_view.integer(group, schema::kKernelSeed);
    kernel.loraScale = m_view.number(group, schema::kLoraScale);
    kernel.loraSigma2 = m_view.number(group, schema::kLoraSigma2);
    kernel.loraRank = m_view.integer(group, schema::kLoraRank);
    kernel.classes = m_view.integer(group, schema::kKernelClasses).value_or(m_classes);
    const auto index = numbers(schema::kTrainIndex, {-1}, "[n]");
    const auto n = static_cast<std::int64_t>(index.rows());
    const auto flat = n * kernel.classes;
    kernel.trainIndex = index.read<std::int64_t>(0, index.rows());
    kernel.trainLabels = readLabels(numbers(schema::kTrainLabels, {n}, "[n]"), kernel.classes);
    kernel.trainResiduals =
        numbers(schema::kTrainResiduals, {n, kernel.classes}, "[n, C]").readMatrix<MatrixD>();
    kernel.pTrain = numbers(schema::kPTrain, {n, n}, "[n, n]").readMatrix<MatrixD>();
    kernel.fTrain = numbers(schema::kFTrain, {flat, flat}, "[nC, nC]").readMatrix<MatrixD>();
    const auto optionalMatrix = [&](const char* name, const std::vector<std::int64_t>& shape,
                                    const std::string& meaning) -> std::optional<MatrixD> {
        const auto dataset = m_view.dataset(schema::in(group, name));
        if (!dataset || dataset->rows() == 0) {
            return std::nullopt;
        }
        dataset->requireShape(shape, meaning);
        return dataset->readMatrix<MatrixD>();
    };
    kernel.fTrainQueryValue = optionalMatrix(schema::kFTrainQueryValue, {flat, flat}, "[nC, nC]");
    kernel.spectrum = optionalMatrix(schema::kSpectrum, {3, flat}, "[3, nC]");
    kernel.regression = optionalMatrix(schema::kRegression, {3, 4}, "[3, 4]");
    if (const auto tested = m_view.dataset(schema::in(group, schema::kTestIndex));
        tested && tested->rows() > 0) {
        const auto m = static_cast<std::int64_t>(tested->rows());
        tested->requireShape({m}, "[m]");
        kernel.testIndex = tested->read<std::int64_t>(0, tested->rows());
        kernel.testLabels = readLabels(numbers(schema::kTestLabels, {m}, "[m]"), kernel.classes);
        kernel.pTest = numbers(schema::kPTest, {m, n}, "[m, n]").readMatrix<MatrixD>();
        kernel.fTest = numbers(schema::kFTest, {m * kernel.classes, flat}, "[mC, nC]").readMatrix<MatrixD>();
    }
    return kernel;
}

std::vector<LoraMatrices> ViewParts::lora() const {
    std::vector<LoraMatrices> layers;
    for (const auto& name : m_view.members(schema::kLora, FileView::Member::group, limits::kMostLayers)) {
        const auto group = schema::in(schema::kLora, name);
        LoraMatrices layer;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), layer.layer);
        if (error != std::errc() || end != name.data() + name.size()) {
            m_view.site().fail(group, "is not the number of a layer");
        }
        const auto read = [&](const char* member) {
            const auto dataset =
                m_view.requiredDataset(schema::in(group, member), "LoRA adapts both projections");
            dataset.requireShape({-1, -1}, "[r, h]");
            auto values = dataset.readMatrix<MatrixF>();
            requireFinite(dataset, "", values);
            return values;
        };
        layer.queryA = read(schema::kLoraQueryA);
        layer.valueA = read(schema::kLoraValueA);
        layers.push_back(std::move(layer));
    }
    std::ranges::sort(layers, {}, &LoraMatrices::layer);
    return layers;
}

} // namespace finescope::record

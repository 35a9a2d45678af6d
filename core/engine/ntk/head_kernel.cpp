#include "core/engine/ntk/head_kernel.h"

#include "core/engine/tensor_matrix.h"
#include "core/error.h"

#include <ATen/CPUGeneratorImpl.h>
#include <Eigen/SVD>

#include <cmath>
#include <string>
#include <vector>

namespace finescope::engine {

namespace {

constexpr double kSampledShare = 0.1; // of entries and outputs: definitions.md, Sampled word embeddings

/// The paper's estimate of the word embeddings' part: a tenth of the table's entries, the same for all
/// samples, and for each sample a tenth of the outputs, the same for the i-th train and test sample.
SweepKernel sampledWords(const LayerSweep& sweep, const Head& head, std::uint64_t seed) {
    torch::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const torch::Tensor& table = sweep.encoder()->wordEmbeddings->weight;
    const auto drawn = [&](std::int64_t entries) {
        const auto count = static_cast<std::int64_t>(kSampledShare * static_cast<double>(entries));
        torch::Tensor mask = torch::zeros({entries}, torch::kFloat64);
        mask.index_fill_(0, torch::randperm(entries, generator, torch::kInt64).narrow(0, 0, count), 1);
        return mask;
    };
    const torch::Tensor entries = drawn(table.numel()).view(table.sizes()).to(table.options());
    std::vector<torch::Tensor> outputs;
    for (std::int64_t i = 0; i < std::max(sweep.trainCount(), sweep.testCount()); ++i) {
        outputs.push_back(drawn(table.size(1)));
    }
    const torch::Tensor masks = torch::stack(outputs);
    const torch::Tensor ofSamples =
        torch::cat({masks.narrow(0, 0, sweep.trainCount()), masks.narrow(0, 0, sweep.testCount())});
    SweepRequest request;
    request.directions = toTensor(head.weight).unsqueeze(1) * ofSamples.unsqueeze(0);
    request.sets = {{ParameterGroup::wordEmbedding}};
    request.wordMask = entries;
    SweepKernel kernel = std::move(sweep.run(request).kernels.front());
    const double scale = std::pow(kSampledShare, -3); // for either side's outputs, and for the entries
    kernel.train *= scale;
    kernel.test *= scale;
    return kernel;
}

} // namespace

MatrixD headLogits(const MatrixD& features, const Head& head) {
    return (features * head.weight.transpose()).rowwise() + head.bias.transpose();
}

MatrixD headResiduals(const MatrixD& features, const Head& head, const Labels& labels) {
    MatrixD result = headLogits(features, head);
    for (Eigen::Index i = 0; i < result.rows(); ++i) {
        const Eigen::RowVectorXd exponentials = (result.row(i).array() - result.row(i).maxCoeff()).exp();
        result.row(i) = -exponentials / exponentials.sum();
        result(i, labels[static_cast<std::size_t>(i)]) += 1;
    }
    return result;
}

MatrixD pretrainKernel(const MatrixD& left, const MatrixD& right) {
    return ((left * right.transpose()).array() + 1).matrix();
}

HeadSpan headSpan(const MatrixD& weight) {
    constexpr double kTolerance = 0x1p-22;
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(weight, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const Eigen::VectorXd& values = svd.singularValues();
    Eigen::Index rank = 0;
    while (rank < values.size() && values[rank] > values[0] * kTolerance) {
        ++rank;
    }
    return {svd.matrixU().leftCols(rank) * values.head(rank).asDiagonal(),
            svd.matrixV().leftCols(rank).transpose()};
}

MatrixD recombined(const MatrixD& kernel, const MatrixD& mixing) {
    const Eigen::Index classes = mixing.rows(), rank = mixing.cols();
    const Eigen::Index left = rank == 0 ? 0 : kernel.rows() / rank,
                       right = rank == 0 ? 0 : kernel.cols() / rank;
    MatrixD result(left * classes, right * classes);
    for (Eigen::Index i = 0; i < left; ++i) {
        const MatrixD rows = mixing * kernel.middleRows(i * rank, rank);
        for (Eigen::Index j = 0; j < right; ++j) {
            result.block(i * classes, j * classes, classes, classes) =
                rows.middleCols(j * rank, rank) * mixing.transpose();
        }
    }
    return result;
}

HeadKernel headKernel(const LayerSweep& sweep, const Head& head, const Labels& trainLabels,
                      const HeadKernelSettings& settings) {
    const Eigen::Index classes = head.weight.rows();
    const auto n = static_cast<Eigen::Index>(sweep.trainCount()),
               m = static_cast<Eigen::Index>(sweep.testCount());
    if (head.weight.cols() != sweep.encoder()->config.hiddenSize || head.bias.size() != classes) {
        throw Error(ErrorKind::badInput, "a head of " + std::to_string(classes) + " x " +
                                             std::to_string(head.weight.cols()) +
                                             " does not fit an encoder of width " +
                                             std::to_string(sweep.encoder()->config.hiddenSize));
    }
    if (trainLabels.size() != static_cast<std::size_t>(n)) {
        throw Error(ErrorKind::badInput, std::to_string(trainLabels.size()) + " labels for " +
                                             std::to_string(n) + " train samples");
    }
    for (const std::int64_t label : trainLabels) {
        if (label < 0 || label >= classes) {
            throw Error(ErrorKind::badInput, "label " + std::to_string(label) +
                                                 " is not a class of a head with " + std::to_string(classes));
        }
    }
    const bool full = sweep.adapted() == AdaptedParameters::full;
    const bool sampled = full && settings.words == WordEmbeddings::sampled;
    SweepRequest request;
    const HeadSpan span = headSpan(head.weight);
    request.directions = toTensor(span.basis);
    request.sets.emplace_back();
    for (const ParameterGroup group : groupsOf(sweep.adapted())) {
        if (group == ParameterGroup::queryValueWeight) {
            request.sets.push_back({group});
        } else if (!(sampled && group == ParameterGroup::wordEmbedding)) {
            request.sets.front().push_back(group);
        }
    }
    const SweepResult swept = sweep.run(request);

    HeadKernel result;
    result.pTrain = pretrainKernel(swept.trainFeatures, swept.trainFeatures);
    result.pTest = pretrainKernel(swept.testFeatures, swept.trainFeatures);
    result.trainResiduals = headResiduals(swept.trainFeatures, head, trainLabels);
    result.fTrain = MatrixD::Zero(n * classes, n * classes);
    result.fTest = MatrixD::Zero(m * classes, n * classes);
    if (full) {
        result.fTrainQueryValue = result.fTrain;
    }
    if (span.basis.rows() == 0) {
        return result; // F of a head of zeros
    }
    for (const SweepKernel& kernel : swept.kernels) {
        result.fTrain += recombined(kernel.train, span.mixing);
        result.fTest += recombined(kernel.test, span.mixing);
    }
    if (full) {
        result.fTrainQueryValue = recombined(swept.kernels.back().train, span.mixing);
    }
    if (sampled) {
        const SweepKernel words = sampledWords(sweep, head, settings.seed);
        result.fTrain += words.train;
        result.fTest += words.test;
    }
    return result;
}

} // namespace finescope::engine

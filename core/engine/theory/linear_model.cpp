#include "core/engine/theory/linear_model.h"

#include "core/engine/theory/random_draws.h"

#include <cmath>

namespace finescope::engine {

namespace {

/// similarities(i, j) V V^T at block i, j.
MatrixD blocks(const MatrixD& similarities, const MatrixD& weight) {
    const MatrixD outer = weight * weight.transpose();
    const Eigen::Index classes = outer.rows();
    MatrixD result(similarities.rows() * classes, similarities.cols() * classes);
    for (Eigen::Index i = 0; i < similarities.rows(); ++i) {
        for (Eigen::Index j = 0; j < similarities.cols(); ++j) {
            result.block(i * classes, j * classes, classes, classes) = similarities(i, j) * outer;
        }
    }
    return result;
}

/// The kernel whose extractor has the gradients' inner products `scale` <u, u'>, u the rows of these.
HeadKernel kernelOf(const LinearModel& model, const MatrixD& train, const MatrixD& test,
                    const Labels& trainLabels, const MatrixD& trainRows, const MatrixD& testRows,
                    double scale) {
    const MatrixD features = linearFeatures(model, train);
    HeadKernel kernel;
    kernel.pTrain = pretrainKernel(features, features);
    kernel.pTest = pretrainKernel(linearFeatures(model, test), features);
    kernel.fTrain = blocks(scale * trainRows * trainRows.transpose(), model.head.weight);
    kernel.fTest = blocks(scale * testRows * trainRows.transpose(), model.head.weight);
    kernel.fTrainQueryValue = kernel.fTrain;
    kernel.trainResiduals = headResiduals(features, model.head, trainLabels);
    return kernel;
}

} // namespace

LinearModel randomLinearModel(Eigen::Index inputs, Eigen::Index width, Eigen::Index classes,
                              RandomBits& bits) {
    const auto deviation = [](Eigen::Index count) { return 1 / std::sqrt(static_cast<double>(count)); };
    LinearModel model;
    model.extractor = normalMatrix(width, inputs, deviation(inputs), bits);
    model.head = {normalMatrix(classes, width, deviation(width), bits), VectorD::Zero(classes)};
    return model;
}

MatrixD linearFeatures(const LinearModel& model, const MatrixD& inputs) {
    return inputs * model.extractor.transpose();
}

HeadKernel linearKernel(const LinearModel& model, const MatrixD& train, const MatrixD& test,
                        const Labels& trainLabels) {
    return kernelOf(model, train, test, trainLabels, train, test, 1);
}

HeadKernel linearLoraKernel(const LinearModel& model, const LinearLora& lora, const MatrixD& train,
                            const MatrixD& test, const Labels& trainLabels) {
    const MatrixD down = lora.a.transpose();
    return kernelOf(model, train, test, trainLabels, train * down, test * down, lora.scale * lora.scale);
}

void descend(LinearModel& model, const MatrixD& inputs, const Labels& labels, double rate) {
    const MatrixD features = linearFeatures(model, inputs);
    const MatrixD residuals = rate * headResiduals(features, model.head, labels);
    const MatrixD extractorStep = (residuals * model.head.weight).transpose() * inputs;
    model.head.weight += residuals.transpose() * features;
    model.head.bias += residuals.colwise().sum().transpose();
    model.extractor += extractorStep;
}

} // namespace finescope::engine

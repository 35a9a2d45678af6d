#include "core/engine/train/tuned_model.h"

#include "core/engine/model/lora.h"

namespace finescope::engine {

torch::Tensor TunedModel::features(const TokenBatch& batch, Dropout* dropout) {
    return pool(encoder->forward(batch, dropout), batch.mask, pooling);
}

MatrixF TunedModel::weight() const {
    return toMatrix(classifier->linear->weight);
}

VectorF TunedModel::bias() const {
    return toMatrix(classifier->linear->bias.unsqueeze(0)).row(0).transpose();
}

void TunedModel::setHead(const MatrixF& weight, const VectorF& bias) {
    const torch::NoGradGuard noGrad;
    // from_blob wants a pointer to non-const, and copy_ only reads through it.
    classifier->linear->weight.copy_(
        torch::from_blob(const_cast<float*>(weight.data()), {weight.rows(), weight.cols()}));
    classifier->linear->bias.copy_(torch::from_blob(const_cast<float*>(bias.data()), {bias.size()}));
}

std::vector<torch::Tensor> TunedModel::trainedParameters() const {
    std::vector<torch::Tensor> parameters = loraParameters(encoder);
    if (parameters.empty()) {
        parameters = encoder->parameters();
    }
    for (const torch::Tensor& parameter : classifier->parameters()) {
        parameters.push_back(parameter);
    }
    return parameters;
}

MatrixF toMatrix(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    return Eigen::Map<const MatrixF>(plain.data_ptr<float>(), plain.size(0), plain.size(1));
}

} // namespace finescope::engine

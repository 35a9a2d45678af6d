#include "core/engine/model/recomputed_layer.h"

#include <optional>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What is kept for the backward pass beside tensors.
struct Work : torch::CustomClassHolder {
    std::shared_ptr<Layer> layer;
    LayerContext context;
    std::optional<Dropout> dropout; ///< as it was before the layer

    [[nodiscard]] torch::Tensor output(const torch::Tensor& hidden, Dropout* own) const {
        return layer->forward(hidden, context, OutputTokens::all, own);
    }
};

constexpr const char* kWork = "work";

/// Inputs: the hidden states, the shared tables, the layer's parameters that learn.
class Recomputation : public torch::autograd::Function<Recomputation> {
public:
    static torch::Tensor forward(AutogradContext* kept, at::TensorList inputs,
                                 const c10::intrusive_ptr<Work>& work, Dropout* dropout) {
        const torch::Tensor output = work->output(inputs.front(), dropout);
        kept->saved_data[kWork] =
            c10::IValue::make_capsule(c10::static_intrusive_pointer_cast<torch::CustomClassHolder>(work));
        kept->save_for_backward(inputs.vec());
        return output;
    }

    static variable_list backward(AutogradContext* kept, variable_list deltas) {
        const auto work = c10::static_intrusive_pointer_cast<Work>(kept->saved_data[kWork].toCapsule());
        variable_list inputs = kept->get_saved_variables();
        const std::size_t tables = work->context.shared.size();
        Work own;
        own.layer = work->layer;
        own.context = work->context;
        own.dropout = work->dropout;
        for (std::size_t i = 0; i <= tables; ++i) { // what comes from before the layer
            inputs[i] = inputs[i].detach().requires_grad_(inputs[i].requires_grad());
        }
        own.context.shared.assign(inputs.begin() + 1,
                                  inputs.begin() + 1 + static_cast<std::ptrdiff_t>(tables));
        torch::Tensor output;
        {
            const torch::AutoGradMode withGradients(true);
            output = own.output(inputs.front(), own.dropout ? &*own.dropout : nullptr);
        }
        variable_list learning;
        for (const torch::Tensor& input : inputs) {
            if (input.requires_grad()) {
                learning.push_back(input);
            }
        }
        const variable_list found =
            torch::autograd::grad({output}, learning, {deltas.front()}, false, false, true);
        variable_list gradients;
        std::size_t next = 0;
        for (const torch::Tensor& input : inputs) {
            gradients.push_back(input.requires_grad() ? found[next++] : torch::Tensor());
        }
        gradients.resize(inputs.size() + 2); // none for the work and the dropout
        return gradients;
    }
};

} // namespace

torch::Tensor recomputed(const std::shared_ptr<Layer>& layer, const torch::Tensor& hidden,
                         const LayerContext& context, Dropout* dropout) {
    variable_list inputs{hidden};
    inputs.insert(inputs.end(), context.shared.begin(), context.shared.end());
    for (const torch::Tensor& parameter : layer->parameters()) {
        if (parameter.requires_grad()) {
            inputs.push_back(parameter);
        }
    }
    auto work = c10::make_intrusive<Work>();
    work->layer = layer;
    work->context = context;
    if (dropout != nullptr) {
        work->dropout = *dropout;
    }
    return Recomputation::apply(at::TensorList(inputs), work, dropout); // a vector would not count as tensors
}

} // namespace finescope::engine

#include "core/engine/train/adam.h"

#include "core/engine/workers.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace finescope::engine {

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kClipEpsilon = 1e-6;
// Parameter, gradient, two moments and what lies between take a megabyte together.
constexpr std::int64_t kPieceElements = std::int64_t{1} << 15U;

} // namespace

Adam::Adam(std::vector<torch::Tensor> parameters, int workers)
    : m_parameters(std::move(parameters)), m_workers(workers) {
    const torch::NoGradGuard noGrad;
    for (std::size_t p = 0; p < m_parameters.size(); ++p) {
        const torch::Tensor values = m_parameters[p].detach().view({-1});
        const torch::Tensor mean = torch::zeros_like(values), square = torch::zeros_like(values);
        // On a GPU small pieces would only be more launches.
        const std::int64_t piece = values.device().is_cpu() ? kPieceElements : values.numel();
        for (std::int64_t begin = 0; begin < values.numel(); begin += piece) {
            const std::int64_t count = std::min(piece, values.numel() - begin);
            m_pieces.push_back({p, begin, values.narrow(0, begin, count), mean.narrow(0, begin, count),
                                square.narrow(0, begin, count)});
        }
    }
}

double Adam::step(std::vector<std::vector<torch::Tensor>>& gradients, double learningRate,
                  double largestNorm) {
    for (std::vector<torch::Tensor>& share : gradients) {
        for (std::size_t p = 0; p < share.size(); ++p) {
            share[p] =
                share[p].defined() ? share[p].reshape({-1}) : torch::zeros_like(m_parameters[p]).view({-1});
        }
    }
    const auto gradientOf = [&](const Piece& piece, std::size_t share) {
        return gradients[share][piece.parameter].narrow(0, piece.begin, piece.values.numel());
    };
    std::vector<torch::Tensor> squares(m_pieces.size());
    analysis::forEachTask(
        m_pieces.size(), m_workers,
        [&](std::size_t, std::size_t task) {
            const torch::NoGradGuard noGrad;
            torch::Tensor sum = gradientOf(m_pieces[task], 0);
            for (std::size_t share = 1; share < gradients.size(); ++share) {
                sum.add_(gradientOf(m_pieces[task], share));
            }
            squares[task] = torch::dot(sum, sum);
        },
        torchWorkers());
    // Together, so that a GPU is waited for once.
    const double norm =
        std::sqrt(torch::stack(squares).to(torch::kCPU, torch::kFloat64).sum().item<double>());
    if (!std::isfinite(norm)) {
        return norm;
    }
    ++m_steps;
    const double clip = std::min(1.0, largestNorm / (norm + kClipEpsilon));
    const double rate = learningRate / (1 - std::pow(kBeta1, m_steps));
    const double correction = std::sqrt(1 - std::pow(kBeta2, m_steps));
    analysis::forEachTask(
        m_pieces.size(), m_workers,
        [&](std::size_t, std::size_t task) {
            const torch::NoGradGuard noGrad;
            Piece& piece = m_pieces[task];
            torch::Tensor gradient = gradientOf(piece, 0);
            if (clip < 1) {
                gradient.mul_(clip);
            }
            piece.mean.mul_(kBeta1).add_(gradient, 1 - kBeta1);
            piece.square.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
            piece.values.addcdiv_(piece.mean, piece.square.sqrt().div_(correction).add_(kEpsilon), -rate);
        },
        torchWorkers());
    return norm;
}

} // namespace finescope::engine

#pragma once

#include "core/engine/ntk/head_kernel.h"
#include "core/engine/train/plan.h"
#include "core/engine/train/train_run.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace finescope::engine {

/// Which of a run's heads the kernel is of: the random one it began with, or the fitted one that fine-tuning
/// starts from. `automatic`: afterLp if the run probes, else pretrained. run-file.md, Kernels.
enum class KernelStateChoice { automatic, pretrained, afterLp };
/// Of the products; they are summed in double either way.
enum class KernelFloat { float32, float64 };

/// Everything that `finescope-engine ntk` can be told.
struct KernelPlan {
    std::filesystem::path file;
    std::int64_t trainSamples = 250, testSamples = 250; ///< 0 test samples: no test kernel
    KernelStateChoice state = KernelStateChoice::automatic;
    std::int64_t seed = 1; ///< of the choice of samples, and of sampled word embeddings
    WordEmbeddings embedding = WordEmbeddings::exact;
    KernelFloat floatType = KernelFloat::float32;
    std::optional<double> memoryGib; ///< not given: 4 on a processor, nine tenths of what a GPU has free
    std::optional<std::filesystem::path> model, baseModel, data; ///< instead of those that the run names
    DeviceChoice device = DeviceChoice::automatic;
    int threads = 0;    ///< 0: chosen by the encoder's size
    bool force = false; ///< go on, with a warning, where model or data are not those of the run
};

/// What a kernel takes, told before it is computed.
struct KernelEstimate {
    std::string state;
    std::string device; ///< cpu or cuda: whose memory it is
    std::int64_t trainSamples = 0, testSamples = 0, classes = 0;
    double operations = 0; ///< floating point
    double seconds = 0;    ///< of the gradients' products on this machine; kernel regression comes after
    std::uint64_t memoryBytes = 0; ///< the encoder's weights included
    std::uint64_t scratchBytes = 0;
};

/// What computeKernel would take; computes and writes nothing. Throws as computeKernel.
[[nodiscard]] KernelEstimate estimateKernel(const KernelPlan& plan, const TrainHooks& hooks);

/// Computes one kernel of a run that has ended, with its spectra and regression, and adds it to the run's
/// file (record::addKernel); model, samples and head are rebuilt from what the file says of them. The file
/// stays as it was until all is there. Returns one line on what came out. Throws Error{badInput} for options
/// that cannot be, a run without that state, one that is still being written, or one that was not recorded by
/// this program; Error{badFile} naming a file that is missing or not the one the run was made with;
/// Error{cancelled}; and as LayerSweep and addKernel. Sets the number of threads of the whole process.
[[nodiscard]] std::string computeKernel(const KernelPlan& plan, const TrainHooks& hooks);

} // namespace finescope::engine

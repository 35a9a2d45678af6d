// The exact kernel of an encoder of RoBERTa-base's shape (random weights) with a binary head: time against
// the fewest operations that it can be done with, at the rate of this machine's own matrix products.
//
//     bench_kernel [cuda] [SAMPLES [TOKENS [CLASSES [MEMORY_GIB]]]]        64 128 2 4

#include "core/engine/device.h"
#include "core/engine/ntk/head_kernel.h"
#include "core/engine/threads.h"
#include "core/engine/workers.h"

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace finescope;
using namespace finescope::engine;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

EncoderConfig robertaBase() {
    EncoderConfig config;
    config.hiddenSize = 768;
    config.layers = 12;
    config.heads = 12;
    config.intermediateSize = 3072;
    config.vocabularySize = 50265;
    config.maxPositions = 514;
    config.typeVocabularySize = 1;
    config.padId = 1;
    config.layerNormEpsilon = 1e-5;
    return config;
}

/// Ids as frequent as words of a language are: the k-th of 1/k.
std::vector<Encoding> samplesOf(std::int64_t count, std::int64_t tokens, std::int64_t vocabulary) {
    std::mt19937_64 generator(1);
    std::uniform_real_distribution<double> uniform;
    std::vector<Encoding> samples(static_cast<std::size_t>(count));
    for (Encoding& sample : samples) {
        sample.typeIds.assign(static_cast<std::size_t>(tokens), 0);
        for (std::int64_t t = 0; t < tokens; ++t) {
            const double rank = std::pow(static_cast<double>(vocabulary - 3), uniform(generator));
            sample.ids.push_back(t == 0 ? 0 : 2 + static_cast<std::int64_t>(rank));
        }
    }
    return samples;
}

double peakGib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / (1 << 20);
}

/// Of all workers together: what the time would be if nobody else used the machine.
double processorSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Operations a second of large single-precision products, one to a worker, by processor time.
double productRate(int workers) {
    constexpr std::int64_t kSize = 2048, kTimes = 12;
    const torch::Tensor a = torch::rand({kSize, kSize}), b = torch::rand({kSize, kSize});
    double best = 0;
    for (int turn = 0; turn < 3; ++turn) {
        const double begin = processorSeconds();
        analysis::forEachTask(
            static_cast<std::size_t>(workers), workers,
            [&](std::size_t, std::size_t) {
                torch::Tensor c = torch::empty({kSize, kSize});
                for (std::int64_t i = 0; i < kTimes; ++i) {
                    torch::mm_out(c, a, b);
                }
            },
            torchWorkers());
        best = std::max(best, 2.0 * kSize * kSize * kSize * kTimes * workers * workers /
                                  (processorSeconds() - begin));
    }
    return best;
}

} // namespace

int main(int count, char** arguments) {
    torch::Device device = torch::kCPU;
    std::vector<double> numbers;
    for (int i = 1; i < count; ++i) {
        if (std::string(arguments[i]) == "cuda") {
            device = chooseDevice(DeviceChoice::cuda);
        } else if (arguments[i][0] != '-') { // what `./dev bench` hands to all programs is Google Benchmark's
            numbers.push_back(std::stod(arguments[i]));
        }
    }
    const auto argument = [&](std::size_t place, double otherwise) {
        return numbers.size() > place ? numbers[place] : otherwise;
    };
    const auto samples = static_cast<std::int64_t>(argument(0, 64)),
               tokens = static_cast<std::int64_t>(argument(1, 128)),
               classes = static_cast<std::int64_t>(argument(2, 2));
    setThreads(1);
    SweepSettings settings;
    settings.workers = device.is_cpu() ? static_cast<int>(std::thread::hardware_concurrency()) : 1;
    constexpr double kGibibyte = 1 << 30;
    const auto freeBefore = static_cast<double>(freeDeviceMemory(device));
    const double memoryGib = argument(3, device.is_cpu() ? 4 : 0.9 * freeBefore / kGibibyte);
    settings.memoryBytes = static_cast<std::uint64_t>(memoryGib * kGibibyte);
    settings.scratchFolder = std::filesystem::current_path();
    const double rate = device.is_cpu() ? productRate(settings.workers) : 1e9 * matrixProductSpeed(device);

    Encoder encoder(robertaBase());
    initialise(encoder, 1);
    encoder->to(device);
    const EncoderConfig& config = encoder->config;
    const double unloaded = peakGib();
    const LayerSweep sweep(encoder, samplesOf(samples, tokens, config.vocabularySize), {}, settings);
    const SweepDemand demand = sweep.demand(classes);
    std::printf("%ld samples, %ld tokens, %ld classes, %d workers; announced %.1f TFLOP, %.2f GiB, scratch "
                "%.2f GiB\n",
                static_cast<long>(samples), static_cast<long>(tokens), static_cast<long>(classes),
                settings.workers, demand.operations * 1e-12,
                static_cast<double>(demand.memoryBytes) / (1 << 30),
                static_cast<double>(demand.scratchBytes) / (1 << 30));
    awaitDevice(device);
    const Head head{MatrixD::Random(classes, config.hiddenSize), VectorD::Zero(classes)};
    const double processorBefore = processorSeconds();
    const Clock::time_point begin = Clock::now();
    static_cast<void>(headKernel(sweep, head, Labels(static_cast<std::size_t>(samples), 0), {}));
    const double seconds = secondsSince(begin),
                 busy = (processorSeconds() - processorBefore) / settings.workers;

    // performance.md, Floor: nothing computed twice, only half of the symmetric product.
    const double n = static_cast<double>(samples), t = static_cast<double>(tokens),
                 c = static_cast<double>(classes), h = static_cast<double>(config.hiddenSize),
                 ff = static_cast<double>(config.intermediateSize);
    const double weights = static_cast<double>(config.layers) * (4 * h * h + 2 * h * ff);
    const double least = weights * (2 * t * n * (1 + 2 * c) + n * c * n * c);
    std::printf("products: %.1f GFLOP/s; the least: %.1f TFLOP, %.1f s\n", rate * 1e-9, least * 1e-12,
                least / rate);
    for (const auto& [name, time] : {std::pair{"elapsed", seconds}, {"processor", busy}}) {
        std::printf("%s: %.1f s, %.1f GFLOP/s (%.0f %% of the products' rate), %.2f times the least\n", name,
                    time, demand.operations / time * 1e-9, demand.operations / time / rate * 100,
                    time * rate / least);
    }
    std::printf("peak %.2f GiB, %.2f with the model alone\n", peakGib(), unloaded);
    if (!device.is_cpu()) {
        // The allocator gives nothing back before the end.
        std::printf("of the device's memory: %.2f GiB\n",
                    (freeBefore - static_cast<double>(freeDeviceMemory(device))) / (1 << 30));
    }
    return 0;
}

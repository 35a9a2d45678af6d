#include "core/figure/kernel/kernel_view.h"

#include "core/error.h"
#include "core/figure/label/run_style.h"

#include <algorithm>

namespace finescope::figure {

namespace {

[[noreturn]] void refuse(const record::Run& run, const std::string& state) {
    std::string held;
    for (const std::string& name : run.kernelStates) {
        held += (held.empty() ? "" : ", ") + name;
    }
    throw Error(ErrorKind::badInput, run.file.string() +
                                         (held.empty() ? ": holds no kernel"
                                                       : ": holds no kernel '" + state + "', only: " + held) +
                                         "; add one with 'finescope-engine ntk " + run.file.string() +
                                         (state.empty() ? "'" : " --state " + state + "'"));
}

} // namespace

std::string kernelState(const record::Run& run, const std::string& chosen) {
    const auto holds = [&](const std::string& state) {
        return std::ranges::find(run.kernelStates, state) != run.kernelStates.end();
    };
    if (!chosen.empty()) {
        return holds(chosen) ? chosen : std::string();
    }
    for (const char* const state : {"after_lp", "pretrained"}) {
        if (holds(state)) {
            return state;
        }
    }
    return {};
}

std::shared_ptr<const KernelView> readKernel(const record::Run& run, const std::string& state) {
    const std::string shown = kernelState(run, state);
    if (shown.empty()) {
        refuse(run, state);
    }
    KernelView view{.kernel = run.parts->kernel(shown)};
    view.spectrum = analysis::kernelSpectrum(view.kernel);
    view.queryValueSpectrum = analysis::queryValueSpectrum(view.kernel);
    view.ratios = analysis::fineTuningRatios(view.kernel);
    view.meanRatio = analysis::fineTuningRatio(view.kernel);
    for (const analysis::KernelPart part : analysis::kKernelParts) {
        view.norms[static_cast<std::size_t>(part)] = analysis::kernelFrobeniusNorm(view.kernel, part);
    }
    return std::make_shared<const KernelView>(std::move(view));
}

std::vector<KernelEntry> kernelEntries(std::span<const record::Run> runs,
                                       std::span<const std::shared_ptr<const KernelView>> views) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::vector<KernelEntry> entries;
    for (const std::size_t index : legendOrder(runs)) {
        if (views[index]) {
            const record::Run& run = runs[index];
            entries.push_back({labels[index].name, labels[index].style, variantOf(run), run.task, run.model,
                               run.classNames, views[index]});
        }
    }
    return entries;
}

std::vector<KernelEntry> readKernelEntries(std::span<const record::Run> runs, const std::string& state,
                                           Problems* problems) {
    std::vector<std::shared_ptr<const KernelView>> views(runs.size());
    bool any = false;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        if (!kernelState(runs[index], state).empty()) {
            any = true;
            attempt(runs[index], problems, [&] { views[index] = readKernel(runs[index], state); });
        }
    }
    std::vector<KernelEntry> entries = kernelEntries(runs, views);
    if (!any && !runs.empty()) {
        refuse(runs.front(), state);
    }
    return entries;
}

} // namespace finescope::figure

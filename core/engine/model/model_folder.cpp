#include "core/engine/model/model_folder.h"

#include "core/engine/model/adapter_config.h"
#include "core/engine/tokenizer/tokenizer.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace finescope::engine {

namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& folder, const char* name) {
    std::error_code ignored;
    return fs::exists(folder / name, ignored);
}

/// N of a name "checkpoint-N".
std::optional<std::int64_t> checkpointNumber(const std::string& name) {
    constexpr std::string_view kStart = "checkpoint-";
    std::int64_t number = 0;
    const char* const end = name.data() + name.size();
    if (!name.starts_with(kStart)) {
        return std::nullopt;
    }
    const auto [stop, failure] = std::from_chars(name.data() + kStart.size(), end, number);
    return failure == std::errc() && stop == end && number >= 0 ? std::optional(number) : std::nullopt;
}

/// What peft leaves of an adapter that has a name: a folder of that name in the one that was asked for.
void refuseFolderOfAdapters(const fs::path& folder) {
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
        if (!holds(folder, "config.json") && holds(entry->path(), kAdapterConfig)) {
            throw Error(ErrorKind::badFile, folder.string() + ": holds no model itself, but an adapter in " +
                                                entry->path().string() + "; name that folder");
        }
    }
}

/// What a Trainer leaves: checkpoint-500, checkpoint-1000, ... and no model beside them.
void refuseFolderOfCheckpoints(const fs::path& folder) {
    constexpr std::array kWeights{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"};
    if (std::ranges::any_of(kWeights, [&](const char* name) { return holds(folder, name); })) {
        return;
    }
    std::optional<std::int64_t> last;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
        last = std::max(last, checkpointNumber(entry->path().filename().string()));
    }
    if (last) {
        throw Error(ErrorKind::badFile,
                    folder.string() +
                        ": holds checkpoints of a training, but no model itself; name one of "
                        "them, the last is " +
                        (folder / ("checkpoint-" + std::to_string(*last))).string());
    }
}

fs::path findBase(const fs::path& folder, const std::string& named) {
    const fs::path adapter = folder / kAdapterConfig;
    constexpr const char* kRemedy = "name the folder of the base model with --base-model DIR";
    if (named.empty() || named.find('\0') != std::string::npos) {
        throw Error(ErrorKind::badFile,
                    adapter.string() + ": \"base_model_name_or_path\" names no base model; " + kRemedy);
    }
    const fs::path beside = fs::absolute(folder / "").parent_path().parent_path();
    const fs::path last = fs::path(named + "/").lexically_normal().parent_path().filename();
    for (const fs::path& candidate : {folder / named, fs::path(named), beside / last}) {
        if (holds(candidate, "config.json") || isAdapterFolder(candidate)) {
            return candidate;
        }
    }
    throw Error(ErrorKind::badFile, adapter.string() + ": the base model " + text::shown(named) +
                                        " is no folder with a config.json, here or beside the adapter; "
                                        "download it if need be, and " +
                                        kRemedy);
}

} // namespace

bool isAdapterFolder(const fs::path& folder) {
    return holds(folder, kAdapterConfig);
}

ModelFolder openModelFolder(const fs::path& folder, const std::optional<fs::path>& base) {
    if (!fs::is_directory(folder)) {
        throw Error(ErrorKind::badFile, folder.string() + ": no such model folder");
    }
    if (!isAdapterFolder(folder)) {
        if (base) {
            throw Error(ErrorKind::badInput,
                        "--base-model " + base->string() + ": " + folder.string() +
                            " is no adapter (it holds no adapter_config.json): leave the option out");
        }
        refuseFolderOfCheckpoints(folder);
        refuseFolderOfAdapters(folder);
        return {folder, folder, folder, false};
    }
    const AdapterConfig config = readAdapterConfig(folder);
    const fs::path below = base ? *base : findBase(folder, config.baseModel);
    if (!fs::is_directory(below)) {
        throw Error(ErrorKind::badFile, below.string() + ": no such folder of a base model");
    }
    if (isAdapterFolder(below)) {
        throw Error(
            ErrorKind::badFile,
            below.string() + ": the base model of " + folder.string() +
                " is an adapter itself; merge it into its own base model first (peft: merge_and_unload, "
                "then save_pretrained) and name the result with --base-model DIR");
    }
    const bool hasTokenizer = !tokenizerFiles(folder).empty();
    return {folder, below, hasTokenizer ? folder : below, true};
}

} // namespace finescope::engine

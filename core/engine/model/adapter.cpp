#include "core/engine/model/adapter.h"

#include "core/engine/model/architecture/families.h"
#include "core/error.h"
#include "core/text/shown.h"
#include "core/text/wording.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <sstream>

namespace finescope::engine {

namespace {

constexpr const char* kWeights = "adapter_model.safetensors";

/// The first part of the names, without the family's prefix, of what comes after an encoder.
constexpr std::array<std::string_view, 19> kHeads{"classifier",
                                                  "score",
                                                  "pooler",
                                                  "pre_classifier",
                                                  "lm_head",
                                                  "cls",
                                                  "head",
                                                  "qa_outputs",
                                                  "decoder",
                                                  "vocab_transform",
                                                  "vocab_layer_norm",
                                                  "summary",
                                                  "vocab_projector",
                                                  "generator_predictions",
                                                  "discriminator_predictions",
                                                  "generator_lm_head",
                                                  "sequence_summary",
                                                  "multiple_choice_head",
                                                  "lm_predictions"};

std::filesystem::path weightsOf(const std::filesystem::path& folder) {
    const std::filesystem::path pickled = folder / "adapter_model.bin";
    if (!std::filesystem::exists(folder / kWeights) && std::filesystem::exists(pickled)) {
        throw Error(ErrorKind::badFile, pickled.string() + ": " + pickleRemedy(pickled, folder / kWeights));
    }
    return folder / kWeights;
}

std::string without(std::string text, std::string_view part) {
    const std::size_t at = text.find(part);
    return at == std::string::npos ? text : text.erase(at, part.size());
}

bool isHead(std::string_view theirs) {
    return std::ranges::find(kHeads, theirs.substr(0, theirs.find('.'))) != kHeads.end();
}

/// How a tensor of the file changes its module.
enum class Role { a, b, embeddingA, embeddingB, whole };
struct Ending {
    std::string_view text;
    Role role;
};
constexpr std::array<Ending, 8> kEndings{{
    {".lora_A.weight", Role::a},
    {".lora_B.weight", Role::b},
    {".lora_A.default.weight", Role::a},
    {".lora_B.default.weight", Role::b},
    {".lora_embedding_A", Role::embeddingA},
    {".lora_embedding_B", Role::embeddingB},
    {".lora_embedding_A.default", Role::embeddingA},
    {".lora_embedding_B.default", Role::embeddingB},
}};

} // namespace

Adapter::Adapter(const std::filesystem::path& folder, const EncoderConfig& config)
    : m_config(readAdapterConfig(folder)), m_file(weightsOf(folder)) {
    readNames(familyOf(config.family).prefix);
    checkShapes(config);
}

void Adapter::readNames(std::string_view prefix) {
    constexpr std::string_view kStart = "base_model.model.";
    for (const auto& [name, entry] : m_file.entries()) {
        if (name.find(".original_module.") != std::string::npos) {
            continue; // of the base model, as it was before the adapter's own copy was trained
        }
        const auto* const ending = std::ranges::find_if(
            kEndings, [&n = name](const Ending& known) { return n.ends_with(known.text); });
        const Role role = ending == kEndings.end() ? Role::whole : ending->role;
        if (!name.starts_with(kStart) || (role == Role::whole && name.find("lora_") != std::string::npos)) {
            throw Error(ErrorKind::badFile, m_file.path().string() + ": tensor \"" + text::shown(name) +
                                                "\" is of a kind that is not understood; a LoRA adapter of "
                                                "peft has " +
                                                std::string(kStart) +
                                                "NAME.lora_A.weight and .lora_B.weight");
        }
        std::string module = name.substr(kStart.size());
        if (role == Role::whole) { // as peft wraps them
            for (const char* const wrapper : {".base_layer", ".modules_to_save", ".default"}) {
                module = without(module, wrapper);
            }
        } else {
            module.resize(module.size() - ending->text.size());
        }
        std::string theirs = role == Role::whole ? module : module + ".weight";
        if (theirs.starts_with(prefix)) {
            theirs.erase(0, prefix.size());
        }
        if (isHead(theirs)) {
            m_heads.push_back(name);
            continue;
        }
        Change& change = m_changes[theirs];
        (role == Role::whole                           ? change.whole
         : role == Role::a || role == Role::embeddingA ? change.a
                                                       : change.b) = name;
        if (role != Role::whole) {
            change.module = module;
            change.ofEmbedding = role == Role::embeddingA || role == Role::embeddingB;
        }
    }
}

void Adapter::checkShapes(const EncoderConfig& config) const {
    const auto bad = [this](const std::string& name, const std::string& what) {
        return Error(ErrorKind::badFile,
                     m_file.path().string() + ": tensor \"" + text::shown(name) + "\" " + what);
    };
    const auto shapeOf = [this](const std::string& name) {
        return m_file.entries().find(name)->second.shape;
    };
    std::set<std::string> met;
    forEachTensor(config, [&](const std::vector<WeightName>& weights) {
        const auto found = m_changes.find(weights.front().theirs);
        if (found == m_changes.end()) {
            return;
        }
        met.insert(found->first);
        const Change& change = found->second;
        const std::vector<std::int64_t> shape = shapeInFile(weights);
        if (!change.whole.empty() && shapeOf(change.whole) != shape) {
            throw bad(change.whole, "has shape " + shapeText(shapeOf(change.whole)) +
                                        ", the base model's has " + shapeText(shape) +
                                        " (were tokens added?)" + kMergeRemedy);
        }
        if (change.module.empty()) {
            return;
        }
        if (change.a.empty() || change.b.empty()) {
            throw bad(change.a.empty() ? change.b : change.a, "has no partner: A and B come in pairs");
        }
        if (shape.size() != 2) {
            throw bad(change.a, "is of a module whose weight is no matrix");
        }
        const std::int64_t rank = m_config.rankOf(change.module);
        const bool flipped = change.ofEmbedding || weights.front().transposed;
        const std::vector<std::int64_t> a{rank, flipped ? shape[0] : shape[1]},
            b{flipped ? shape[1] : shape[0], rank};
        for (const auto& [name, wanted] : {std::pair(change.a, a), std::pair(change.b, b)}) {
            if (shapeOf(name) != wanted) {
                throw bad(name, "has shape " + shapeText(shapeOf(name)) + ", " + kAdapterConfig +
                                    " and the base model ask for " + shapeText(wanted));
            }
        }
    });
    for (const auto& [theirs, change] : m_changes) {
        if (!met.contains(theirs)) {
            throw bad(!change.whole.empty() ? change.whole
                      : change.a.empty()    ? change.b
                                            : change.a,
                      "belongs to no weight of the base model (\"" + text::shown(theirs) +
                          "\" of a model of type " + config.family +
                          "); is it the base model that the adapter was trained on?");
        }
    }
}

torch::Tensor Adapter::finite(const std::string& name) const {
    torch::Tensor values = m_file.readFloat(name);
    if (!torch::isfinite(values).all().item<bool>()) {
        throw Error(ErrorKind::badFile,
                    m_file.path().string() + ": tensor \"" + text::shown(name) + "\" holds NaN or infinity");
    }
    return values;
}

void Adapter::lay(const std::vector<WeightName>& weights, torch::Tensor& values) const {
    const auto found = m_changes.find(weights.front().theirs);
    if (found == m_changes.end()) {
        return;
    }
    const Change& change = found->second;
    if (!change.whole.empty()) {
        values = finite(change.whole);
    }
    if (!change.module.empty()) {
        const torch::Tensor update =
            torch::matmul(finite(change.b), finite(change.a)) * m_config.scaleOf(change.module);
        values = values + (change.ofEmbedding || weights.front().transposed ? update.t() : update);
    }
}

std::vector<std::string> Adapter::files() {
    return {kAdapterConfig, kWeights};
}

std::string Adapter::words() const {
    std::set<std::int64_t> ranks;
    std::set<double> scales;
    std::int64_t updates = 0, whole = 0;
    for (const auto& [theirs, change] : m_changes) {
        whole += change.whole.empty() ? 0 : 1;
        if (!change.module.empty()) {
            ++updates;
            ranks.insert(m_config.rankOf(change.module));
            scales.insert(m_config.scaleOf(change.module));
        }
    }
    const auto all = [](const auto& numbers) {
        std::ostringstream stream;
        for (const auto& value : numbers) {
            stream << (stream.tellp() > 0 ? ", " : "") << value;
        }
        return stream.str();
    };
    std::string words = "LoRA of " + text::counted(updates, "matrix", "matrices");
    if (updates > 0) {
        words += ", rank " + all(ranks) + ", scale " + all(scales);
    }
    if (whole > 0) {
        words += "; " + text::counted(whole, "tensor", "tensors") + " of the base model replaced";
    }
    return m_heads.empty() ? words : words + "; left aside: " + text::listed(m_heads);
}

} // namespace finescope::engine

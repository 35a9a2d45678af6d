#include "core/engine/model/weight_files.h"

#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <nlohmann/json.hpp>

#include <set>

namespace finescope::engine {

namespace {

constexpr const char* kWhole = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

/// The files that an index names, each a plain name.
std::set<std::string> indexedFiles(const std::filesystem::path& index) {
    const nlohmann::json object = readJsonObject(index);
    const auto map = object.find("weight_map");
    std::set<std::string> names;
    if (map == object.end() || !map->is_object() || map->empty()) {
        throw Error(ErrorKind::badFile,
                    index.string() + ": \"weight_map\" must name the file of each tensor");
    }
    for (const auto& [tensor, file] : map->items()) {
        const std::string name = file.is_string() ? file.get<std::string>() : std::string();
        if (!name.ends_with(".safetensors") || name.find('/') != std::string::npos ||
            name.find('\0') != std::string::npos) {
            throw Error(ErrorKind::badFile, index.string() +
                                                ": \"weight_map\" must name a .safetensors file "
                                                "in the same folder, found " +
                                                text::shown(file.dump()));
        }
        names.insert(name);
    }
    return names;
}

} // namespace

WeightFiles::WeightFiles(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / kWhole)) {
        m_path = folder / kWhole;
        open(folder, kWhole);
    } else if (std::filesystem::exists(folder / kIndex)) {
        openIndexed(folder);
    } else if (std::filesystem::exists(folder / "pytorch_model.bin")) {
        throw Error(
            ErrorKind::badFile,
            (folder / "pytorch_model.bin").string() +
                ": pickled weights are not read, as loading them can run any code; convert them once: "
                "python3 -c \"import sys, transformers as t; t.AutoModel.from_pretrained(sys.argv[1])"
                ".save_pretrained(sys.argv[1])\" " +
                folder.string());
    } else {
        throw Error(ErrorKind::badFile, (folder / kWhole).string() +
                                            ": no such file; a model folder holds config.json, "
                                            "model.safetensors and the tokenizer's files");
    }
}

void WeightFiles::open(const std::filesystem::path& folder, const std::string& name) {
    const SafetensorsFile& file = m_files.emplace_back(folder / name);
    m_names.push_back(name);
    for (const auto& [tensor, entry] : file.entries()) {
        if (!m_fileOf.emplace(tensor, &file).second) {
            throw Error(ErrorKind::badFile, (folder / name).string() + ": tensor " + "\"" +
                                                text::shown(tensor) + "\"" + " is also in " +
                                                m_fileOf.at(tensor)->path().filename().string());
        }
    }
}

void WeightFiles::openIndexed(const std::filesystem::path& folder) {
    m_path = folder / kIndex;
    m_names.emplace_back(kIndex);
    for (const std::string& name : indexedFiles(m_path)) {
        if (!std::filesystem::exists(folder / name)) {
            throw Error(ErrorKind::badFile, (folder / name).string() + ": no such file; " + m_path.string() +
                                                " names it: copy all files of the model");
        }
        open(folder, name);
    }
}

const TensorEntry* WeightFiles::find(const std::string& name) const {
    const auto file = m_fileOf.find(name);
    return file == m_fileOf.end() ? nullptr : &file->second->entries().find(name)->second;
}

torch::Tensor WeightFiles::readFloat(const std::string& name) const {
    return m_fileOf.at(name)->readFloat(name);
}

} // namespace finescope::engine

#pragma once

#include "core/engine/model/safetensors.h"

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace finescope::engine {

/// The weights of a Hugging Face folder: model.safetensors, or the several files that its index names.
class WeightFiles {
public:
    /// Throws Error{badFile} if there is none, if it is of a kind that is not read (pickles), if the index
    /// names a file that is not in the folder, or as SafetensorsFile.
    explicit WeightFiles(const std::filesystem::path& folder);

    /// model.safetensors or its index: what errors name.
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// The files' names in the folder, the index among them.
    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }
    /// Null where no file holds a tensor of that name.
    [[nodiscard]] const TensorEntry* find(const std::string& name) const;
    /// As SafetensorsFile::readFloat.
    [[nodiscard]] torch::Tensor readFloat(const std::string& name) const;

private:
    void open(const std::filesystem::path& folder, const std::string& name);
    void openIndexed(const std::filesystem::path& folder);

    std::filesystem::path m_path;
    std::vector<std::string> m_names;
    std::deque<SafetensorsFile> m_files;
    std::map<std::string, const SafetensorsFile*> m_fileOf; ///< of each tensor
};

} // namespace finescope::engine

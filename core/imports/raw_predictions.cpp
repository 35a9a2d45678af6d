#include "core/imports/raw_predictions.h"

#include "core/error.h"
#include "core/text/whole_file.h"

#include <array>
#include <fstream>
#include <string_view>

namespace finescope::imports {

RawPredictions readPredictions(const std::filesystem::path& file, const NameChoice& choice,
                               const analysis::WorkHooks& hooks) {
    text::requireFile(file);
    std::array<char, 6> bytes{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), bytes.size());
    const std::string_view start(bytes.data(), static_cast<std::size_t>(stream.gcount()));
    if (start.starts_with("\x93NUMPY")) {
        throw Error(ErrorKind::badFile, file.string() +
                                            " is one array; an import needs the labels too: save both with "
                                            "numpy.savez(\"FILE.npz\", logits=logits, labels=labels)");
    }
    if (start.starts_with("\x89HDF")) {
        throw Error(ErrorKind::badFile, file.string() +
                                            " is an HDF5 file, not an .npz or .csv; a run file is "
                                            "opened as it is");
    }
    if (start.starts_with("PK") || file.extension() == ".npz") {
        return readNpz(file, choice, hooks);
    }
    return readCsv(file, choice, hooks);
}

} // namespace finescope::imports

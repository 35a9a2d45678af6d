#include "core/imports/raw_predictions.h"

#include "core/error.h"
#include "core/record/run_files.h"
#include "core/text/whole_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace finescope::imports {

namespace {

struct Importer {
    std::string_view suffix;
    std::string_view beginning; ///< of every such file; "": of text
    RawPredictions (*read)(const std::filesystem::path& file, const NameChoice& choice,
                           const analysis::WorkHooks& hooks);
};

constexpr std::array kImporters{Importer{".npz", "PK", readNpz}, Importer{".csv", "", readCsv}};
static_assert(std::ranges::equal(kImporters, record::kPredictionFormats, {}, &Importer::suffix,
                                 &record::PredictionFormat::suffix));

/// Content says more than the name; what neither tells is taken for a table.
const Importer& importerOf(const std::filesystem::path& file, std::string_view start) {
    const auto* const told = std::ranges::find_if(kImporters, [&](const Importer& importer) {
        return !importer.beginning.empty() && start.starts_with(importer.beginning);
    });
    if (told != kImporters.end()) {
        return *told;
    }
    const record::PredictionFormat* named = record::predictionFormat(file);
    return named == nullptr ? kImporters.back()
                            : *std::ranges::find(kImporters, named->suffix, &Importer::suffix);
}

} // namespace

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
        throw Error(ErrorKind::badFile, file.string() + " is an HDF5 file, not an " +
                                            record::predictionSuffixes("or") +
                                            "; a run file is opened as it is");
    }
    return importerOf(file, start).read(file, choice, hooks);
}

} // namespace finescope::imports

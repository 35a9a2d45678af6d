#include "app/window/command/verification_file.h"

#include "core/text/whole_file.h"

namespace finescope::window {

analysis::TheoryLaboratory readLaboratory(const std::filesystem::path& file) {
    return analysis::laboratoryFromJson(text::readWhole(file, analysis::kMostLaboratoryBytes), file.string());
}

} // namespace finescope::window

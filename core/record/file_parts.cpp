#include "core/record/file_parts.h"

#include "core/error.h"
#include "core/record/schema.h"
#include "core/record/view_parts.h"

namespace finescope::record {

// The file opened again, if it is still the one that the run was read from.
class FileParts::Look {
public:
    Look(const FileIdentity& known, std::int64_t classes)
        : m_pinned(known.name), m_view(same(m_pinned, known)), m_parts(m_view, classes) {
        // After a file was removed its inode may be given to another.
        if (known.mayGrow && m_view.text("/", schema::kRunId).value_or("") != known.runId) {
            m_view.site().fail("", kReplaced);
        }
    }
    const ViewParts* operator->() const { return &m_parts; }

private:
    static constexpr const char* kReplaced =
        "was replaced or changed since the run was read from it; open it again";

    static const PinnedFile& same(const PinnedFile& file, const FileIdentity& known) {
        const auto now = file.stamp();
        if (known.mayGrow ? !known.stamp.sameFile(now) : !known.stamp.unchanged(now)) {
            throw Error(ErrorKind::badFile, known.name.string() + ": " + kReplaced);
        }
        return file; // NOLINT(bugprone-return-const-ref-from-parameter): it is a member
    }

    PinnedFile m_pinned;
    FileView m_view;
    ViewParts m_parts;
};

namespace {

/// A row that is not there is for the look itself to refuse.
std::size_t placeOf(const std::vector<std::uint64_t>& places, std::size_t row) {
    return row < places.size() ? static_cast<std::size_t>(places[row]) : row;
}

} // namespace

FileParts::FileParts(FileIdentity file, std::int64_t classes, RowPlaces places)
    : m_file(std::move(file)), m_classes(classes), m_places(std::move(places)) {}

Labels FileParts::labels(const SplitInfo& split) const {
    return Look(m_file, m_classes)->labels(split);
}

MatrixF FileParts::logits(const SplitInfo& split, std::size_t row) const {
    const auto places = m_places.logits.find(split.name);
    return Look(m_file, m_classes)
        ->logits(split, places == m_places.logits.end() ? row : placeOf(places->second, row));
}

MatrixF FileParts::pretrainedFeatures(const SplitInfo& split) const {
    return Look(m_file, m_classes)->pretrainedFeatures(split);
}

MatrixF FileParts::features(const SplitInfo& split) const {
    return Look(m_file, m_classes)->features(split);
}

ClassifierSnapshot FileParts::classifier(std::size_t row) const {
    return Look(m_file, m_classes)->classifier(placeOf(m_places.classifier, row));
}

KernelState FileParts::kernel(const std::string& state) const {
    return Look(m_file, m_classes)->kernel(state);
}

std::vector<LoraMatrices> FileParts::lora() const {
    return Look(m_file, m_classes)->lora();
}

} // namespace finescope::record

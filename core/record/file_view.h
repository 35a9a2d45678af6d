#pragma once

#include "core/record/dataset_view.h"
#include "core/record/handle.h"
#include "core/record/pinned_file.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::record {

/// A run file opened for one look at it; holds the library lock while it lives, and needs its pinned file.
/// Opens by SWMR, else plainly, else in memory with the flags of a writer that died cleared; never writes to
/// the file.
class FileView {
public:
    /// What the view is for. A trial shows whether reading harms: of a dataset that HDF5 copies as it lies it
    /// reads no more than index, first and last row if it is large, and takes the rest for zeros.
    enum class Purpose { values, trial };
    /// Throws Error{badFile} if it is no HDF5 file, is truncated or cannot be opened.
    explicit FileView(const PinnedFile& file, Purpose purpose = Purpose::values);

    [[nodiscard]] const Site& site() const { return m_site; }
    /// Whether what its writer appends later can be seen by opening it again.
    [[nodiscard]] bool isSwmr() const { return m_swmr; }
    [[nodiscard]] Purpose purpose() const { return m_purpose; }
    /// Of the file as it is now.
    [[nodiscard]] FileStamp stamp() const { return m_pinned.stamp(); }
    /// How long the file is now.
    [[nodiscard]] std::uint64_t fileBytes() const;
    /// Counts memory that is taken, or can be later, for what lies at `path`. Throws Error{badFile} with the
    /// number and the limit when one look has taken more than a file of this size may take (limits.h).
    void take(const std::string& path, std::uint64_t bytes) const;
    /// Counts from nothing again: what was read before has been let go.
    void countAnew() const { m_taken = 0; }

    /// Throws Error{badFile} if anything on the way is a link: a run file is one file.
    [[nodiscard]] bool exists(const std::string& path) const;
    /// Names of the groups or datasets in `group`, `first` before all others, which are in the order they
    /// were made if the file remembers it, else by name; empty if there is no such group. Opens them in that
    /// order. Throws Error{badFile} if it has more than `most` members, or one that is a link.
    enum class Member { group, dataset };
    [[nodiscard]] std::vector<std::string> members(const std::string& group, Member kind, std::uint64_t most,
                                                   std::string_view first = {}) const;
    /// nullopt if there is none.
    [[nodiscard]] std::optional<DatasetView> dataset(const std::string& path) const;
    /// Throws Error{badFile} if there is none.
    [[nodiscard]] DatasetView requiredDataset(const std::string& path, const std::string& why) const;

    /// The properties with which datasets are read.
    [[nodiscard]] hid_t transfer() const { return m_transfer.get(); }

    /// Attributes of the object at `path`; nullopt if there is none; Error{badFile} if it is of another type.
    [[nodiscard]] std::optional<std::string> text(const std::string& path, const std::string& name) const;
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& path,
                                                                const std::string& name) const;
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& path, const std::string& name) const;
    [[nodiscard]] std::optional<double> number(const std::string& path, const std::string& name) const;

    /// Throws "FILE: PATH PROBLEM" with HDF5's reason; where that is a version which this HDF5 does not know,
    /// says so, names who wrote the file and what to do.
    [[noreturn]] void failToOpen(const std::string& path, const std::string& problem) const;

private:
    void openInMemory();
    struct Attribute;
    [[nodiscard]] DatasetView opened(const std::string& path) const;
    /// The object at `path`, which `exists` found.
    [[nodiscard]] Handle objectAt(const std::string& path) const;
    /// nullptr, and HDF5 has the reason, if what `exists` found there is no group or cannot be opened.
    [[nodiscard]] std::shared_ptr<const Handle> groupAt(const std::string& path) const;
    void keepGroup(const std::string& path, std::shared_ptr<const Handle> group) const;
    /// Where the member of `group` lies in the file; nullopt if there is none.
    [[nodiscard]] std::optional<haddr_t> placeOf(hid_t group, const std::string& name,
                                                 const std::string& path) const;
    [[nodiscard]] std::optional<Attribute> attribute(const std::string& path, const std::string& name) const;
    [[nodiscard]] std::optional<Attribute> numberAttribute(const std::string& path,
                                                           const std::string& name) const;

    LibraryLock m_lock;
    Site m_site;
    const PinnedFile& m_pinned;
    Purpose m_purpose;
    mutable std::uint64_t m_taken = 0;
    std::vector<char> m_image;
    Handle m_file;
    Handle m_transfer;
    bool m_swmr = false;
    // Found and opened once a look, as most are asked for more than once. What was found to be no link is
    // then opened by its place: one search less, and nothing else can be opened.
    mutable std::map<std::string, haddr_t> m_places;
    mutable std::map<std::string, std::shared_ptr<const Handle>> m_groups;
    mutable std::map<std::string, Handle> m_listed; ///< datasets that `members` opened, not asked for yet
    mutable std::map<std::string, DatasetView> m_datasets; ///< asked for
};

} // namespace finescope::record

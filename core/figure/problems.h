#pragma once

#include "core/error.h"
#include "core/record/run.h"

#include <string>
#include <vector>

namespace finescope::figure {

/// What could not be computed of the runs of a set, with the reasons: one run that cannot be used does not
/// hide the others.
class Problems {
public:
    /// Says which file the error is of, if the error does not.
    void add(const record::Run& run, const Error& error);
    void add(const record::Run& run, const std::string& why);

    [[nodiscard]] bool empty() const { return m_all.empty(); }
    /// One sentence for each, without the last end.
    [[nodiscard]] const std::vector<std::string>& all() const { return m_all; }
    /// The first as the error that it was.
    [[noreturn]] void raise() const;

private:
    void addText(const record::Run& run, const std::string& why, ErrorKind kind);

    std::vector<std::string> m_all;
    ErrorKind m_first = ErrorKind::badFile;
};

/// "FILE: why", whether or not `why` names the file.
[[nodiscard]] std::string ofFile(const record::Run& run, const std::string& why);

/// Calls `use`, which computes something of a run; false where that fails and there are `problems` to tell it
/// to. Without them, and for Error{cancelled}, the error passes.
template <typename Use>
bool attempt(const record::Run& run, Problems* problems, const Use& use) {
    try {
        use();
        return true;
    } catch (const Error& error) {
        if (problems == nullptr || error.kind() == ErrorKind::cancelled) {
            throw;
        }
        problems->add(run, error);
        return false;
    }
}

/// Adds what could not be computed to a figure or a table and to its notes.
template <typename Shown>
void tell(Shown& shown, const Problems& problems) {
    for (const std::string& problem : problems.all()) {
        shown.problems.push_back(problem);
        shown.notes.push_back("Not computed: " + problem + ".");
    }
}

} // namespace finescope::figure

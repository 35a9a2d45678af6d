#pragma once

#include "core/analysis/claims/claims.h"

#include <string>
#include <vector>

namespace finescope::analysis {

/// Four significant digits, whatever the locale: "0.9918", "7.39e+08".
[[nodiscard]] std::string claimNumber(double value);

/// Collects the cases of one claim, part by part, and gives the verdict: it holds if there is a case and
/// every case holds. A part without any case is named in the reason with what it needs.
class ClaimCases {
public:
    ClaimCases(std::string id, std::string title);

    /// The cases added from here on belong to this part. `name` may be empty if the claim has one part only;
    /// `needs` completes "needs ...".
    void beginPart(std::string name, std::string needs);
    /// `subject`: the task, the split, the method that the case is about.
    void add(const std::string& subject, const std::string& numbers, bool holds);
    /// Numbers that belong to the claim but decide nothing by themselves.
    void note(const std::string& subject, const std::string& numbers);

    [[nodiscard]] Claim finish() const;

private:
    struct Part {
        std::string name, needs;
        int cases = 0;
        std::vector<std::string> failed; ///< subjects
    };
    Claim m_claim;
    std::vector<Part> m_parts;
};

} // namespace finescope::analysis

#include "core/analysis/claims/claim_cases.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace finescope::analysis {

namespace {

void append(std::string& text, std::string_view separator, const std::string& more) {
    text += (text.empty() ? "" : std::string(separator)) + more;
}

} // namespace

std::string claimNumber(double value) {
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 4);
    return {buffer.data(), end.ptr};
}

ClaimCases::ClaimCases(std::string id, std::string title) {
    m_claim.id = std::move(id);
    m_claim.title = std::move(title);
}

void ClaimCases::beginPart(std::string name, std::string needs) {
    m_parts.push_back({std::move(name), std::move(needs), 0, {}});
}

void ClaimCases::add(const std::string& subject, const std::string& numbers, bool holds) {
    Part& part = m_parts.back();
    ++part.cases;
    if (!holds && std::ranges::find(part.failed, subject) == part.failed.end()) {
        part.failed.push_back(subject);
    }
    note(subject, numbers + (holds ? ": holds" : ": does not hold"));
}

void ClaimCases::note(const std::string& subject, const std::string& numbers) {
    m_claim.numbers.push_back(subject + ": " + numbers);
}

Claim ClaimCases::finish() const {
    Claim claim = m_claim;
    bool tested = false;
    for (const Part& part : m_parts) {
        tested = tested || part.cases > 0;
        const std::string name = part.name.empty() ? "" : part.name + ": ";
        if (!part.failed.empty()) {
            std::string failed;
            for (const std::string& subject : part.failed) {
                append(failed, ", ", subject);
            }
            claim.status = ClaimStatus::doesNotHold;
            append(claim.reason, "; ", name + "not so for " + failed);
        } else if (part.cases == 0) {
            append(claim.reason, "; ", name + (name.empty() ? "needs " : "not tested, needs ") + part.needs);
        }
    }
    if (tested && claim.status != ClaimStatus::doesNotHold) {
        claim.status = ClaimStatus::holds;
    }
    return claim;
}

} // namespace finescope::analysis

#include "app/engine/verify_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

namespace finescope::app {

namespace {

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

std::string checksText(const std::vector<engine::CheckResult>& checks) {
    std::string text, id;
    for (const engine::CheckResult& check : checks) {
        if (check.id != id) {
            id = check.id;
            text += (text.empty() ? "" : "\n") + id + "  " + std::string(engine::checkTitle(id)) + "\n";
        }
        text += formatted("  %-8s %-5s  error %9.2e  bound %8.1e  n = %-4d %s\n", check.model.c_str(),
                          check.holds() ? "holds" : "FAILS", check.error, check.bound, check.cases,
                          check.measured.c_str());
        if (!check.detail.empty()) {
            text += std::string(17, ' ') + check.detail + "\n";
        }
    }
    return text;
}

std::string orthogonalText(const analysis::OrthogonalLaboratory& orthogonal) {
    std::string text =
        formatted("\nFeature change of samples of length 1 after %.0f steps, mean over seeds (largest at "
                  "90 degrees)\n     d    n  seeds   0 degrees  45 degrees  90 degrees\n",
                  orthogonal.steps.back());
    for (const analysis::OrthogonalSeries& series : orthogonal.series) {
        const Eigen::Index last = series.inside.cols() - 1;
        text += formatted("%6lld %4lld %6lld  %10.3g  %10.3g  %10.3g\n",
                          static_cast<long long>(series.dimension), static_cast<long long>(series.samples),
                          static_cast<long long>(series.inside.rows()), series.inside.col(last).mean(),
                          series.halfway.col(last).mean(), series.outside.maxCoeff());
    }
    return text;
}

std::string loraText(const analysis::LoraLaboratory& lora) {
    const auto levelAt = [&](const analysis::LoraSeries& series, double level) {
        const auto column = std::ranges::find(lora.levels, level) - lora.levels.begin();
        return series.quantiles.col(column).mean();
    };
    std::string text = formatted(
        "\nLoRA's F against sigma^2 r F: error eps over %lld draws x %lld pairs, mean over %lld seeds\n"
        "     d    r     median   95 %% of draws   bound at 95 %%   relative deviation   sqrt(2/r)\n",
        static_cast<long long>(lora.draws), static_cast<long long>(lora.pairs),
        static_cast<long long>(lora.series.front().quantiles.rows()));
    for (const analysis::LoraSeries& series : lora.series) {
        const auto rank = static_cast<double>(series.rank);
        const std::optional<double> bound = analysis::loraErrorBound(rank, analysis::kLoraLevel);
        text += formatted("%6lld %4lld  %9.3f  %14.3f  %15s  %19.3f  %10.3f\n",
                          static_cast<long long>(series.dimension), static_cast<long long>(series.rank),
                          levelAt(series, 0.5), levelAt(series, analysis::kLoraLevel),
                          bound ? formatted("%.3f", *bound).c_str() : "none", series.relativeDeviation.mean(),
                          std::sqrt(2 / rank));
    }
    return text;
}

} // namespace

std::string verificationText(const engine::Verification& verification) {
    const auto failed =
        std::ranges::count_if(verification.checks, [](const auto& check) { return !check.holds(); });
    return "Every error is the largest of n cases; a check holds if it is at most the bound.\n\n" +
           checksText(verification.checks) + orthogonalText(verification.laboratory.orthogonal) +
           loraText(verification.laboratory.lora) +
           (failed == 0 ? formatted("\nAll %d checks hold.\n", static_cast<int>(verification.checks.size()))
                        : formatted("\n%d of %d checks FAIL.\n", static_cast<int>(failed),
                                    static_cast<int>(verification.checks.size())));
}

std::string claimsText(std::span<const analysis::Claim> claims) {
    std::string text;
    for (const analysis::Claim& claim : claims) {
        text += "\n" + claim.id + "  " + std::string(analysis::claimStatusName(claim.status)) + ": " +
                claim.title + "\n";
        if (!claim.reason.empty()) {
            text += "     " + claim.reason + "\n";
        }
        for (const std::string& line : claim.numbers) {
            text += "       " + line + "\n";
        }
    }
    const auto count = [&](analysis::ClaimStatus status) {
        return static_cast<int>(std::ranges::count(claims, status, &analysis::Claim::status));
    };
    return text + formatted("\nOf %d claims %d hold, %d do not hold, %d were not tested.\n",
                            static_cast<int>(claims.size()), count(analysis::ClaimStatus::holds),
                            count(analysis::ClaimStatus::doesNotHold),
                            count(analysis::ClaimStatus::notTested));
}

} // namespace finescope::app

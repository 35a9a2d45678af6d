#include "core/figure/classifier/usable_norms.h"

#include <cmath>
#include <string>

namespace finescope::figure {

analysis::NormMoments usableWeightNorms(const record::Run& run, Problems& problems) {
    analysis::NormMoments norms;
    attempt(run, &problems, [&] { norms = analysis::runNorms(run).weight; });
    const auto keep = [&](std::optional<double>& norm, const char* when) {
        if (norm && !std::isfinite(*norm)) {
            norm.reset();
            problems.add(run, std::string("the classifier weight norm ") + when + " is not finite");
        }
    };
    keep(norms.initial, "before training");
    keep(norms.afterLp, "after linear probing");
    keep(norms.reported, "of the reported model");
    return norms;
}

} // namespace finescope::figure

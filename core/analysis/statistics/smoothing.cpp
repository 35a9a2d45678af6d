#include "core/analysis/statistics/smoothing.h"

#include "core/error.h"

#include <string>

namespace finescope::analysis {

std::vector<double> movingAverage(std::span<const double> values, double weight) {
    if (!(weight >= 0 && weight < 1)) {
        throw Error(ErrorKind::badInput, "weight of the moving average is " + std::to_string(weight) +
                                             "; 0 <= weight < 1 is expected");
    }
    std::vector<double> averages;
    averages.reserve(values.size());
    double moment = 0, decay = 1;
    for (const double value : values) {
        moment = weight * moment + (1 - weight) * value;
        decay *= weight;
        averages.push_back(moment / (1 - decay));
    }
    return averages;
}

} // namespace finescope::analysis

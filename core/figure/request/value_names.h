#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/calibration_conventions.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/calibration/curve_quantities.h"
#include "core/figure/choices.h"
#include "core/figure/request/option_of.h"

#include <vector>

/// What recipes and the command line call the values of each enumeration.
namespace finescope::figure {

template <>
struct ValueNames<XAxis> {
    static std::vector<ValueName<XAxis>> all() {
        return {{"epochs", XAxis::epochs}, {"steps", XAxis::steps}};
    }
};

template <>
struct ValueNames<Origin> {
    static std::vector<ValueName<Origin>> all() {
        return {{"fine-tuning", Origin::fineTuning}, {"start", Origin::start}};
    }
};

template <>
struct ValueNames<Grouping> {
    static std::vector<ValueName<Grouping>> all() {
        return {{"runs", Grouping::runs, "run"}, {"methods", Grouping::methods, "method"}};
    }
};

template <>
struct ValueNames<analysis::Spread> {
    static std::vector<ValueName<analysis::Spread>> all() {
        return {{"t95", analysis::Spread::tInterval95},
                {"sd", analysis::Spread::standardDeviation},
                {"se", analysis::Spread::standardError},
                {"range", analysis::Spread::range}};
    }
};

template <>
struct ValueNames<analysis::Binning> {
    static std::vector<ValueName<analysis::Binning>> all() {
        return {{"equal-width", analysis::Binning::equalWidth}, {"equal-mass", analysis::Binning::equalMass}};
    }
};

template <>
struct ValueNames<analysis::Convention> {
    static std::vector<ValueName<analysis::Convention>> all() {
        std::vector<ValueName<analysis::Convention>> names;
        for (const analysis::Convention convention : analysis::allConventions()) {
            names.push_back({analysis::nameOf(convention), convention});
        }
        return names;
    }
};

template <>
struct ValueNames<AccuracyIntervals> {
    static std::vector<ValueName<AccuracyIntervals>> all() {
        return {{"none", AccuracyIntervals::none},
                {"wilson", AccuracyIntervals::wilson},
                {"bootstrap", AccuracyIntervals::bootstrap},
                {"consistency", AccuracyIntervals::consistency}};
    }
};

template <>
struct ValueNames<CurveQuantity> {
    static std::vector<ValueName<CurveQuantity>> all() {
        std::vector<ValueName<CurveQuantity>> names;
        for (const CurveNumber& number : kCurveNumbers) {
            names.push_back({number.key, number.quantity});
        }
        return names;
    }
};

template <>
struct ValueNames<analysis::KernelPart> {
    static std::vector<ValueName<analysis::KernelPart>> all() {
        return {{"P", analysis::KernelPart::pretrainEffective},
                {"F", analysis::KernelPart::fineTuningEffective},
                {"total", analysis::KernelPart::total}};
    }
};

template <>
struct ValueNames<SpectrumAxis> {
    static std::vector<ValueName<SpectrumAxis>> all() {
        return {{"index", SpectrumAxis::index}, {"fraction", SpectrumAxis::fraction}};
    }
};

template <>
struct ValueNames<Projection> {
    static std::vector<ValueName<Projection>> all() {
        return {{"pca", Projection::pca}, {"tsne", Projection::tsne}};
    }
};

/// Of the state of a kernel, "" in a request that leaves it to each run.
inline OptionForm kernelStateForm() {
    return {"TEXT", 1, false, {"pretrained", "after_lp"}};
}

} // namespace finescope::figure

#include "core/figure/calibration/diagram_choice.h"

#include "core/error.h"

namespace finescope::figure {

using analysis::Binning;
using analysis::Convention;

namespace {

/// "class no"; those without a name are called "class 3" already.
std::string classText(const DiagramChoice& choice) {
    constexpr const char* kClass = "class ";
    return choice.ofClass.starts_with(kClass) ? choice.ofClass : kClass + choice.ofClass;
}

} // namespace

DiagramChoice diagramChoice(const FigureRequest& request) {
    return {.binCount = request.bins,
            .binning = request.binning,
            .convention = request.convention,
            .ofClass = request.classes.empty() ? std::string{} : request.classes.front(),
            .intervals = request.intervals};
}

bool DiagramChoice::plain() const {
    return binning == Binning::equalWidth && convention == Convention::finescope && ofClass.empty();
}

bool DiagramChoice::resampled() const {
    return intervals == AccuracyIntervals::bootstrap || intervals == AccuracyIntervals::consistency;
}

void validate(const DiagramChoice& choice) {
    if (choice.binCount < 1 || choice.binCount > 1000) {
        throw Error(ErrorKind::badInput, "number of bins must be from 1 to 1000");
    }
    if (choice.convention == Convention::finescope) {
        return;
    }
    const std::string convention(analysis::nameOf(choice.convention));
    if (choice.binning != Binning::equalWidth) {
        throw Error(ErrorKind::badInput, "the convention of " + convention +
                                             " is about bins of equal width: choose these, or no convention");
    }
    if (choice.resampled()) {
        throw Error(ErrorKind::badInput, "intervals by drawing rows have bins of our own: with the "
                                         "convention of " +
                                             convention + " choose 'wilson' or 'none'");
    }
}

std::string choiceText(const DiagramChoice& choice) {
    std::string text;
    if (!choice.ofClass.empty()) {
        text = classText(choice);
    }
    if (choice.binning == Binning::equalMass) {
        text += (text.empty() ? "" : ", ") + std::string("bins of equal mass");
    }
    if (choice.convention != Convention::finescope) {
        text += (text.empty() ? "as " : ", as ") + std::string(analysis::nameOf(choice.convention));
    }
    return text;
}

std::string binsNote(const DiagramChoice& choice) {
    const std::string count = std::to_string(choice.binCount);
    std::string bins = count + " equal-width bins (low, high]";
    if (choice.binning == Binning::equalMass) {
        bins = "Bins (low, high] of as many rows each, at most " + count;
    } else if (choice.convention != Convention::finescope) {
        bins = count + " equal-width bins as " + std::string(analysis::nameOf(choice.convention)) +
               " defines them";
    }
    if (!choice.ofClass.empty()) {
        return bins + " on the probability of " + classText(choice) + ".";
    }
    return bins + " on the confidence of the predicted class" +
           (analysis::takesSecondClass(choice.convention)
                ? "; of two classes on the probability of the second, as that tool does."
                : ".");
}

std::string intervalsNote(const DiagramChoice& choice) {
    switch (choice.intervals) {
    case AccuracyIntervals::none:
        break;
    case AccuracyIntervals::wilson:
        return "Whiskers: 95 % Wilson interval of each bin.";
    case AccuracyIntervals::bootstrap:
        return "Whiskers: 95 % bootstrap interval of each bin, 1000 draws of the rows, seed 1.";
    case AccuracyIntervals::consistency:
        return "Whiskers: where 95 % of calibrated models with the same probabilities would lie, 1000 "
               "draws, seed 1.";
    }
    return {};
}

} // namespace finescope::figure

#include "widgets/page/calibration/calibration_page_notes.h"

#include <QCoreApplication>

namespace finescope::widgets {

namespace {

QString text(const char* words) {
    return QCoreApplication::translate("finescope::widgets::CalibrationPageNotes", words);
}

/// Definitions that more than one note needs.
QString eceText() {
    return text("<b>Expected calibration error</b>: Σ<sub><i>m</i></sub> (<i>n<sub>m</sub></i> / <i>N</i>) "
                "|acc<sub><i>m</i></sub> − conf<sub><i>m</i></sub>| over the bins, acc<sub><i>m</i></sub> "
                "the share of correct predictions among the <i>n<sub>m</sub></i> rows of a bin and "
                "conf<sub><i>m</i></sub> their mean confidence.");
}

QString mceText() {
    return text(
        "<b>Maximum calibration error</b>: the largest |acc<sub><i>m</i></sub> − "
        "conf<sub><i>m</i></sub>| of a bin that holds rows. It is often one bin of very few rows: the "
        "header and the table Worst bin say which, and how many.");
}

QString nllText() {
    return text("<b>Negative log likelihood</b>: the mean over rows of −ln <i>p<sub>y</sub></i>, the "
                "probability given to the label, in nats.");
}

QString brierText() {
    return text("<b>Brier score</b>: the mean over rows of Σ<sub><i>c</i></sub> (<i>p<sub>c</sub></i> − "
                "[<i>c</i> = <i>y</i>])<sup>2</sup>, from 0 to 2.");
}

QString paragraph(const QString& words) {
    return QStringLiteral("<p>%1</p>").arg(words);
}

QString guo() {
    return text("Guo et al., On Calibration of Modern Neural Networks, ICML 2017.");
}

QString curveText(const QString& definition) {
    return definition +
           paragraph(
               text("Computed from softmax(<i>z</i> / <i>T</i>) of the predicted class, in bins of equal "
                    "width, whatever the diagrams show. The dot is the run at its fitted temperature, the "
                    "solid line the temperature of the slider, the dashed one <i>T</i> = 1."));
}

} // namespace

Note reliabilityNote() {
    return {
        .title = text("Reliability diagrams"),
        .definition =
            text("Rows are put into bins (low, high] by their confidence, the softmax probability of the "
                 "predicted class at <i>T</i>. A bar is the share of correct predictions in a bin, the tick "
                 "their mean confidence, and the shaded gap over- or under-confidence. A calibrated model "
                 "lies on the dashed line. Below: the number of rows in each bin; bins with fewer than 10 "
                 "are hatched.") +
            paragraph(text("<b>Whiskers</b>, 95 %. Wilson and bootstrap: interval of the accuracy of each "
                           "bin. If calibrated: where the accuracy of a calibrated model with the same "
                           "confidences lies; a bar that ends inside is no evidence of miscalibration.")) +
            paragraph(text("<b>A class</b> in place of the predicted one: its probability in every row, and "
                           "the share of rows that belong to this class.")),
        .source = text("Guo et al. 2017, Figure 1; Wilson 1927; Bröcker and Smith, Increasing the "
                       "Reliability of Reliability Diagrams, 2007; one class: Kull et al. 2019.")};
}

Note temperatureNote() {
    return {
        .title = text("Temperature"),
        .definition =
            text("Logits are divided by <i>T</i> before the softmax: confidences change, predictions do not. "
                 "The fitted <i>T</i> is the exact minimum of the NLL on the split chosen under “Fit "
                 "temperature on”; a run whose <i>T</i> was fitted on the rows shown says so.") +
            paragraph(text("Dividing the logits by <i>T</i> is equivalent to multiplying the classifier's "
                           "weights and bias by 1/<i>T</i>: the norm ‖<i>V</i>‖<sub>F</sub> of each run, and "
                           "‖<i>V</i>‖<sub>F</sub> / <i>T</i>, are shown beside this note.")),
        .source = text("Guo et al. 2017, section 4.2; Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), "
                       "section 4.6.")};
}

Note eceCurveNote() {
    return {.title = text("ECE over temperature"), .definition = curveText(eceText()), .source = guo()};
}

Note mceCurveNote() {
    return {.title = text("MCE over temperature"), .definition = curveText(mceText()), .source = guo()};
}

Note nllCurveNote() {
    return {.title = text("NLL over temperature"), .definition = curveText(nllText()), .source = guo()};
}

Note brierCurveNote() {
    return {.title = text("Brier score over temperature"),
            .definition = curveText(brierText()),
            .source = text("Brier, Verification of forecasts expressed in terms of probability, 1950.")};
}

Note binStabilityNote() {
    return {
        .title = text("ECE by number of bins"),
        .definition =
            eceText() +
            paragraph(text(
                "Shown for 5 to 50 bins of equal width, at the temperature shown; the line marks the chosen "
                "number. Where the order of runs changes with the number of bins, it says little.")),
        .source = guo()};
}

Note numbersNote() {
    return {.title = text("Numbers"),
            .definition = eceText() + paragraph(mceText()) + paragraph(nllText()) + paragraph(brierText()) +
                          paragraph(text("<b>Accuracy</b>: the share of rows whose largest logit (the first, "
                                         "if several are equal) is that of the label.")) +
                          paragraph(text("ECE and MCE are those of the bins, and of the class, that the "
                                         "diagrams show.")),
            .source = text("Guo et al. 2017; Brier 1950.")};
}

Note detailsNote(CalibrationDetails::View view) {
    switch (view) {
    case CalibrationDetails::View::beforeAfter:
        return {.title = text("Before and after"),
                .definition =
                    text("Each number at <i>T</i> = 1 and at the temperature shown, and its change with the "
                         "95 % interval of a paired bootstrap: rows are drawn with replacement, the same "
                         "ones for both, 1000 times. An interval that contains 0 is no evidence of a change. "
                         "ECE, MCE and accuracy in percent."),
                .source = text("Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), Table 3; Efron and "
                               "Tibshirani 1993, chapter 13.")};
    case CalibrationDetails::View::conventions:
        return {.title = text("The same predictions under every convention"),
                .definition = text(
                    "ECE and MCE as other programs define them: which bin a confidence on an edge, at 0 or "
                    "at 1 falls into, and whether they round to single precision. For the same forecasts "
                    "they agree unless a confidence lies on an edge. With two classes, some tools are "
                    "usually given the probability of the second class instead of the confidence of the "
                    "predicted one, and netcal takes it by itself: these tools have a row for each."),
                .source = text("The code of each project; versions in the user guide.")};
    case CalibrationDetails::View::measures:
        return {
            .title = text("More measures"),
            .definition = text(
                "<b>95 % bootstrap</b>: percentiles of the ECE over 1000 draws of the rows. <b>If "
                "calibrated</b>: the ECE of a calibrated model with the same confidences, 95 % of draws. "
                "<b>Over</b>, <b>under</b>: its parts from overconfident and underconfident bins. <b>Equal "
                "mass</b>: ECE in bins with equal numbers of rows. <b>Class-wise</b>: mean over classes of "
                "the ECE of each class's probability. <b>Smooth</b>: without bins, with a kernel instead. "
                "<b>L2 debiased</b>: root of the mean squared gap, less what chance adds."),
            .source = text("Bröcker and Smith 2007; Kull et al. 2019; Błasiok and Nakkiran, Smooth ECE, "
                           "2023; Kumar et al., Verified Uncertainty Calibration, 2019.")};
    case CalibrationDetails::View::classes:
        return {.title = text("Classes"),
                .definition = text("Each class against all others: its number of rows, how often it is "
                                   "predicted, its mean probability, and the ECE of that probability as the "
                                   "forecast of “this row belongs to the class”."),
                .source = text("Kull et al., Beyond temperature scaling, 2019, section 2.")};
    case CalibrationDetails::View::worstBin:
        return {.title = text("Worst bin"),
                .definition =
                    mceText() +
                    paragraph(text(
                        "Rows are counted from 0 in the order of the split; the first twenty are listed.")),
                .source = guo()};
    case CalibrationDetails::View::ways:
        break;
    }
    return {.title = text("Ways to recalibrate"),
            .definition =
                text("Each is fitted on the split chosen under “Fit temperature on” and evaluated on the one "
                     "shown. <b>Temperature</b>: the exact minimum of the NLL; <b>Adam</b>: as the paper's "
                     "code fits it. <b>Vector scaling</b>: a factor and an offset for each class. "
                     "<b>Isotonic</b>: a rising step function, of each class against the rest or of the "
                     "confidence alone. Changes are against <i>T</i> = 1, with the interval of a paired "
                     "bootstrap. Methods that change predictions say how many."),
            .source = text("Guo et al. 2017; Zadrozny and Elkan 2002; Tomihari and Sato, NeurIPS 2024 (arXiv "
                           "2405.16747), Table 3 and their code.")};
}

} // namespace finescope::widgets

#include "widgets/page/classifier/classifier_notes.h"

#include <QCoreApplication>

namespace finescope::widgets {

namespace {

QString text(const char* words) {
    return QCoreApplication::translate("finescope::widgets::ClassifierNotes", words);
}

} // namespace

Note classNormsNote() {
    return {
        .title = text("Norm of each class's row"),
        .definition = text(
            "‖<i>v<sub>k</sub></i>‖<sub>2</sub>, the length of the row of the classifier's weights <i>V</i> "
            "that belongs to class <i>k</i>. The bias is not included. The squares of all classes add up to "
            "that of the classifier weight norm ‖<i>V</i>‖<sub>F</sub> on the page Training.<p>Every point "
            "is a recorded evaluation: linear probing has two, its random start and the fitted head.</p>"),
        .source = text("Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), section 4.4.")};
}

Note classAnglesNote() {
    return {.title = text("Angles between the classes' rows"),
            .definition =
                text("The angle between the rows <i>v<sub>j</sub></i> and <i>v<sub>k</sub></i> of two "
                     "classes: the arc cosine of ⟨<i>v<sub>j</sub></i>, <i>v<sub>k</sub></i>⟩ / "
                     "(‖<i>v<sub>j</sub></i>‖ ‖<i>v<sub>k</sub></i>‖), from 0 to 180 degrees."
                     "<p>It is computed as 2 atan2(‖<i>a</i> − <i>b</i>‖, ‖<i>a</i> + <i>b</i>‖) of the rows "
                     "at length 1, which keeps its digits near 0 and 180. A random head has angles near 90; "
                     "a fitted head of two classes has opposite rows, 180.</p>"),
            .source = text("Rows as in Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), section 4.4; "
                           "formula of the angle: Kahan, How Futile are Mindless Assessments of Roundoff in "
                           "Floating-Point Computation?, 2006.")};
}

Note normDerivativeNote() {
    return {
        .title = text("Derivative of the loss by each norm"),
        .definition =
            text("(1/<i>N</i>) Σ<sub><i>i</i></sub> (<i>p<sub>ki</sub></i> − [<i>k</i> = "
                 "<i>y<sub>i</sub></i>]) ⟨<i>φ<sub>i</sub></i>, <i>v<sub>k</sub></i>⟩ / "
                 "‖<i>v<sub>k</sub></i>‖: the change of the split's mean cross-entropy per unit of "
                 "‖<i>v<sub>k</sub></i>‖, with the row's direction, the bias and the features held fixed. "
                 "Below 0, a longer row would lower the loss.<p>It is exact and needs no features: a "
                 "recorded logit is ⟨<i>φ<sub>i</sub></i>, <i>v<sub>k</sub></i>⟩ + <i>b<sub>k</sub></i>. "
                 "Only splits with logits at every evaluation are offered, so usually not the training "
                 "split, although it is the same sum over the training split that drives training.</p>"),
        .source = text("Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), section 4.4, equation (3), for "
                       "each class by itself and with the factor 1/N of the loss.")};
}

Note classifierRowsNote() {
    return {.title = text("Rows before and after"),
            .definition = text(
                "Of each row <i>v<sub>k</sub></i>: its norm before and after, the cosine between the two "
                "(1: only its length changed), the displacement ‖<i>v<sub>k</sub></i>′ − "
                "<i>v<sub>k</sub></i>‖<sub>2</sub>, and that divided by the norm before."
                "<p>Before is the start of fine-tuning or the start of the run, as chosen; after is the "
                "model each run reports: the selected epoch, else the last one. The last line of each "
                "method takes all rows as one vector: "
                "‖<i>V</i>′ − <i>V</i>‖<sub>F</sub> / ‖<i>V</i>‖<sub>F</sub>.</p>"),
            .source = text("In numbers, what Figure 5 of Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747), "
                           "shows as a map.")};
}

} // namespace finescope::widgets

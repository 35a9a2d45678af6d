#include "widgets/page/feature/feature_notes.h"

#include <QCoreApplication>

namespace finescope::widgets {

namespace {

QString text(const char* words) {
    return QCoreApplication::translate("finescope::widgets::FeatureNotes", words);
}

QString paper() {
    return text("Tomihari and Sato, NeurIPS 2024 (arXiv 2405.16747)");
}

/// Of the classifier's rows on a map.
QString displacement() {
    return text("<p><b>Rows moved</b>: ‖<i>V</i>′ − <i>V</i>‖<sub>F</sub> / ‖<i>V</i>‖<sub>F</sub>, the "
                "classifier's weights at the start of the run (<i>V</i>, open markers) and in the reported "
                "model (<i>V</i>′, filled).</p>");
}

} // namespace

Note featureNumbersNote() {
    return {
        .title = text("Features before and after"),
        .definition = text(
            "<b>Cosine similarity</b>: the mean of cos(<i>φ<sub>i</sub></i>, <i>φ<sub>j</sub></i>) over all "
            "pairs <i>i</i> &lt; <i>j</i> of different samples of the split. The other reading also counts "
            "each sample's cosine of 1 with itself and is larger by (1 − similarity) / <i>n</i>; the view "
            "Sample by sample shows both.<p><b>Feature difference</b>: the mean over samples of "
            "‖<i>φ</i>(<i>x</i>) − <i>φ</i><sub>pre</sub>(<i>x</i>)‖<sub>2</sub> from the pre-trained model, "
            "without dropout; not the difference of the two norms.</p><p><b>Fisher's discriminant ratio</b>: "
            "tr(<i>S<sub>W</sub></i><sup>+</sup> <i>S<sub>B</sub></i>) of the scatter within and between the "
            "classes, without eigenvalues of <i>S<sub>W</sub></i> below 10<sup>−12</sup> of the largest: "
            "ridge 0. With fewer than <i>h</i> + <i>C</i> samples <i>S<sub>W</sub></i> has no inverse, and "
            "10<sup>−3</sup> tr(<i>S<sub>W</sub></i>)/<i>h</i> is added to its diagonal: ridge 0.001. Values "
            "can be compared only where <i>n</i>, <i>h</i> and ridge, given below the plot, are equal.</p>"),
        .source = paper() + text(", Table 1, gives the names; the formulas are our reading, as its code has "
                                 "none. Ratio: Fisher, The Use of Multiple Measurements in Taxonomic "
                                 "Problems, 1936.")};
}

Note featureSamplesNote() {
    return {
        .title = text("Features, sample by sample"),
        .definition = text(
            "<b>Cosine similarity</b> of a sample: its mean cosine with all other samples. "
            "<b>Feature difference</b> of a sample: ‖<i>φ</i>(<i>x</i>) − "
            "<i>φ</i><sub>pre</sub>(<i>x</i>)‖<sub>2</sub>. A line gives the share of samples at or below "
            "each value; their means are the numbers of the view Methods. With <i>i</i> = <i>j</i>: the "
            "mean of the whole matrix of cosines, the diagonal included."
            "<p><b>Of a class</b>: cosine similarity over the pairs within it, the mean difference of "
            "its samples, and <i>n<sub>k</sub></i> (<i>μ<sub>k</sub></i> − "
            "<i>μ</i>)<sup>T</sup> <i>S<sub>W</sub></i><sup>+</sup> (<i>μ<sub>k</sub></i> − <i>μ</i>), "
            "its part of Fisher's ratio.</p>"
            "<p><b>Intervals</b> are 95 % over samples, not over seeds: of means and cosine similarity "
            "by the weighted bootstrap (exponential weights, 1000 replicates, percentiles; a pair of "
            "a sample with itself never counts), of Fisher's ratio by a jackknife of 20 groups of "
            "samples, on its logarithm.</p>"),
        .source =
            paper() + text(", Table 1, for the quantities; Rubin, The Bayesian Bootstrap, 1981; Janssen, "
                           "Weighted Bootstrapping of U-Statistics, 1994; Kott, The Delete-a-Group "
                           "Jackknife, 2001.")};
}

Note featureTrainingNote() {
    return {
        .title = text("Features over training"),
        .definition =
            text("Feature difference and cosine similarity of the test split at each evaluation, as the run "
                 "recorded them (<i>feature_difference</i> and <i>feature_cosine_similarity</i> of its "
                 "epochs): the same definitions as in the view Methods. Runs that did not record them are "
                 "left out; Fisher's ratio is not recorded over training."),
        .source = paper() + text(", Table 1, for the quantities; the file's names: the run file's format, "
                                 "version 1.")};
}

Note principalComponentsNote() {
    return {.title = text("Map of features: principal components"),
            .definition = text("Every map has axes of its own: the two directions in which the features of "
                               "the split vary most. The classifier's rows are projected on them after "
                               "subtracting the mean of the features. A label gives the share of the "
                               "variance along its axis; the other directions are not visible.") +
                          displacement(),
            .source =
                text("Pearson, On Lines and Planes of Closest Fit, 1901. Rows in one map with features: ") +
                paper() + text(", Figures 5 and 6 (which use t-SNE).")};
}

Note tsneNote() {
    return {.title = text("Map of features: t-SNE"),
            .definition =
                text("Features and rows of the classifier are placed together so that neighbours stay "
                     "neighbours: distances across a map, sizes of groups and the axes mean nothing. "
                     "Barnes-Hut with <i>θ</i> = 0.5, from the first 50 principal components, 1000 "
                     "iterations, the first 250 with exaggeration 12; started from the first two components, "
                     "slightly perturbed by the seed. The same seed and perplexity give the same map. The "
                     "paper does not give its perplexity or seed.") +
                displacement(),
            .source = paper() + text(", Figures 5 and 6; van der Maaten and Hinton, Visualizing Data using "
                                     "t-SNE, 2008; van der Maaten, Accelerating t-SNE using Tree-Based "
                                     "Algorithms, 2014; start: Kobak and Berens, 2019.")};
}

Note featureNeighboursNote() {
    return {.title = text("Neighbourhoods and moves of rows"),
            .definition = text(
                "In numbers, what maps show. <b>Neighbours kept</b>: of the 10 samples nearest to a sample "
                "before fine-tuning, the share that are among its 10 nearest after it, by Euclidean distance "
                "of features; mean over samples. By chance it would be 10 / (<i>n</i> − 1).<p><b>Neighbours "
                "of the own class</b>: of its 10 nearest samples, the share with the sample's own label. Of "
                "more than 1000 samples, only 1000 evenly spaced ones are examined; their neighbours are "
                "sought among all samples.</p><p><b>Displacement of rows</b>: ‖<i>V</i>′ − "
                "<i>V</i>‖<sub>F</sub> / ‖<i>V</i>‖<sub>F</sub>, the classifier's weights at the start of "
                "the run and in the reported model.</p>"),
            .source = text("Our own numeric form of what Figures 5 and 6 show in ") + paper() +
                      QStringLiteral(".")};
}

} // namespace finescope::widgets

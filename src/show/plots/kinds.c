/* kinds.c - the table of plot kinds, which help, completion and documents read.
 * Adding one: a file here with a function that fills a figure, and a row below. */
#include "show/plots/kinds.h"
#include "core/names.h"
#include <string.h>

/* X(name, function, of all rows, per, by default, opens data, opens store, help, needs) */
/* clang-format off */
#define KINDS(X) \
    X("accuracy-time", accuracy_time, NULL, STUDY, 1, 0, 0, "accuracy, or the metric, with its interval against fit time, and the Pareto front", "rows that ended well") \
    X("accuracy-score-time", accuracy_score_time, NULL, STUDY, 1, 0, 0, "the same against the time to predict", "rows that ended well") \
    X("scores", scores, NULL, STUDY, 1, 0, 0, "every row's score with its interval, the best first, and what was published of it", "rows that ended well") \
    X("ties", ties, NULL, STUDY, 1, 0, 0, "which rows can not be told apart: McNemar's test of every pair", "two rows that ended well") \
    X("folds", folds, NULL, STUDY, 1, 0, 0, "box plots of the scores over folds and repeats", "rows of several folds or repeats") \
    X("costs", costs, NULL, STUDY, 1, 0, 0, "bars of fit time, time to predict, memory and model size", "rows that ended well") \
    X("sweep", sweep, NULL, STUDY, 1, 0, 0, "accuracy, or the metric, against swept hyperparameters: curve, heat map or small multiples", "a classifier with rows that differ in a hyperparameter, as 'shortlist sweep' makes them") \
    X("curves", curves, sl_plot_curves_together, ROW, 1, 0, 0, "learning curves by epoch: one picture a row, and one of all", "rows of classifiers that report epochs") \
    X("confusion", confusion, NULL, ROW, 1, 0, 0, "confusion matrix: counts and per cents; of more than 20 classes the pairs that are confused most", "rows that ended well") \
    X("confusion-difference", confusion_difference, NULL, PAIR, 0, 0, 0, "how two rows' confusions differ", "two rows that ended well") \
    X("classes", classes, NULL, ROW, 1, 0, 0, "precision, recall and F1 of each class", "rows that ended well") \
    X("roc", roc, NULL, ROW, 1, 0, 1, "ROC curves: each class against the rest, and their mean", "rows whose scores of all classes the store keeps") \
    X("precision-recall", precision_recall, NULL, ROW, 1, 0, 1, "precision against recall: each class against the rest, and their mean", "rows whose scores of all classes the store keeps") \
    X("reliability", reliability, NULL, ROW, 1, 0, 1, "reliability diagram of the predicted classes' probabilities, with the expected calibration error", "rows whose probabilities the store keeps") \
    X("training-size", training_size, NULL, STUDIES, 1, 0, 0, "score and fit time against the number of training rows, of one study or several", "rows, of one study or several, that differ in the number of training rows alone") \
    X("critical-difference", critical_difference, NULL, STUDIES, 0, 0, 0, "mean ranks over five data sets and more, a study each, and which rows can not be told apart", "studies of five data sets and more") \
    X("class-counts", class_counts, NULL, STUDY, 0, 1, 0, "rows of each class, training and scored ones", "the study's data") \
    X("samples", samples, NULL, STUDY, 0, 1, 0, "sample images of each class", "the study's data, which are images") \
    X("images-right", images_right, NULL, ROW, 0, 1, 0, "images that a row predicted rightly; --true and --predicted choose classes", "the study's data, which are images") \
    X("images-wrong", images_wrong, NULL, ROW, 0, 1, 0, "images that a row predicted wrongly, with true and predicted class", "the study's data, which are images")
/* clang-format on */

static const struct sl_plot_kind kinds[] = {
#define X(name, fill, together, per, by_default, data, store, help, needs)                                   \
    {name, help, needs, SL_PLOT_PER_##per, by_default, data, store},
    KINDS(X)
#undef X
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const struct {
    sl_plot_fill fill, together;
} makers[N_KINDS] = {
#define X(name, fill, together, ...) {sl_plot_##fill, together},
    KINDS(X)
#undef X
};

size_t sl_plot_count(void)
{
    return N_KINDS;
}

const struct sl_plot_kind *sl_plot_at(size_t i)
{
    return i < N_KINDS ? &kinds[i] : NULL;
}

const struct sl_plot_kind *sl_plot_find(const char *name, struct sl_error *err)
{
    const char *names[N_KINDS];
    for (size_t i = 0; i < N_KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(names[i], name) == 0)
            return &kinds[i];
    }
    sl_fail_unknown(err, "plot", name, names, N_KINDS);
    return NULL;
}

sl_plot_fill sl_plot_filler(const struct sl_plot_kind *kind)
{
    return makers[kind - kinds].fill;
}

sl_plot_fill sl_plot_together(const struct sl_plot_kind *kind)
{
    return makers[kind - kinds].together;
}

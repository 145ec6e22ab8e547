/* measures.h - every number that is measured of a trial, or told of a table's row: one row of a table each.
 *
 * From this table follow the record that a trial sends, the store, the table's means, its columns, JSON and
 * CSV, the names that `published` takes, and the help of --show-columns.  Adding a measure: a row here, and
 * where it is computed from the outcome a function in src/measure/measures.c; where it is measured, a member
 * of struct sl_outcome. */
#ifndef SHORTLIST_MEASURES_H
#define SHORTLIST_MEASURES_H

#include <shortlist/api.h>
#include <shortlist/metrics.h>
#include <shortlist/outcome.h>

SL_API_BEGIN

enum sl_measure_unit {
    SL_MEASURED_FRACTION,    /* 0 to 1 */
    SL_MEASURED_COEFFICIENT, /* -1 to 1, 0: as chance has it */
    SL_MEASURED_LOSS,
    SL_MEASURED_SECONDS,
    SL_MEASURED_MOMENT, /* seconds, so few that tables show milliseconds */
    SL_MEASURED_BYTES,
    SL_MEASURED_COUNT,
    SL_MEASURED_FLAG,  /* 0 or 1 */
    SL_MEASURED_OTHER, /* compares within a classifier only: kept, not shown */
};

/* What several folds or repeats give together, of those that have the number. */
enum sl_over { SL_OVER_MEAN, SL_OVER_LARGEST, SL_OVER_LEAST };

/* A metric is a measure that rows can be judged and sorted by: what it is computed from, row by row. */
enum sl_metric_from { SL_METRIC_NOT, SL_METRIC_LABELS, SL_METRIC_SCORES, SL_METRIC_PROBABILITIES };

/* X(name, unit, over folds and repeats, where it comes from, metric, column, title, rank, explanation)
 *   where:  MEMBER: of struct sl_outcome, by the measure's name; COMPUTED: by a function of the measure's
 * name; RANKED: of a table's rows together, by the ranks that samples give them (show/chances.c), and of no
 * outcome by itself; metric: from LABELS, SCORES or PROBABILITIES, or NOT; column: its name for
 * --show-columns; rank: as in show/grid.h, -1: shown only where it is asked for */
/* clang-format off */
#define SL_MEASURES(X) \
    X(accuracy, FRACTION, MEAN, COMPUTED, LABELS, "accuracy", "accuracy", 0, "share of the rows that are right") \
    X(balanced_accuracy, FRACTION, MEAN, COMPUTED, LABELS, "balanced_accuracy", "bal. acc.", -1, "mean recall over the classes that occur") \
    X(precision_macro, FRACTION, MEAN, COMPUTED, NOT, "precision", "precision", 10, "mean precision over the classes") \
    X(recall_macro, FRACTION, MEAN, COMPUTED, NOT, "recall", "recall", 11, "mean recall over the classes") \
    X(f1_macro, FRACTION, MEAN, COMPUTED, LABELS, "f1", "F1", 9, "mean F1 over the classes") \
    X(f1_weighted, FRACTION, MEAN, COMPUTED, LABELS, "f1_weighted", "weighted F1", -1, "mean F1 over the classes, each weighing as its rows") \
    X(mcc, COEFFICIENT, MEAN, COMPUTED, LABELS, "mcc", "MCC", -1, "Matthews' correlation of true and predicted classes") \
    X(kappa, COEFFICIENT, MEAN, COMPUTED, LABELS, "kappa", "kappa", -1, "Cohen's kappa: agreement beyond that of chance") \
    X(log_loss, LOSS, MEAN, MEMBER, PROBABILITIES, "log_loss", "log loss", 8, "mean of -log of the true class's probability") \
    X(roc_auc, FRACTION, MEAN, MEMBER, SCORES, "roc_auc", "ROC AUC", -1, "area under the ROC curve, each class against the rest") \
    X(average_precision, FRACTION, MEAN, MEMBER, SCORES, "average_precision", "avg. prec.", -1, "mean precision over recalls, each class against the rest") \
    X(rank_low, COUNT, MEAN, RANKED, NOT, "rank_low", "first rank", -1, "lower end of the rank's 95 % interval") \
    X(rank_high, COUNT, MEAN, RANKED, NOT, "rank_high", "last rank", -1, "upper end of the rank's 95 % interval") \
    X(p_best, FRACTION, MEAN, RANKED, NOT, "p_best", "P(best)", 4, "chance of being the best: share of samples of the rows") \
    X(train_accuracy, FRACTION, MEAN, MEMBER, NOT, "train_accuracy", "train acc.", -1, "of the fitted model on its training rows; by --evaluate-train") \
    X(epoch_accuracy, FRACTION, MEAN, COMPUTED, NOT, "epoch_accuracy", "epoch acc.", -1, "on the training rows during the last epoch, with dropout at work") \
    X(train_loss, LOSS, MEAN, COMPUTED, NOT, "train_loss", "train loss", -1, "on the training rows, in the last epoch") \
    X(oob_accuracy, FRACTION, MEAN, MEMBER, NOT, "oob_accuracy", "OOB acc.", 5, "of forests: on training rows, by the trees that have not seen them") \
    X(fit_time, SECONDS, MEAN, MEMBER, NOT, "fit_time", "fit s", 1, "wall-clock seconds to fit; of several runs, the median") \
    X(score_time, SECONDS, MEAN, MEMBER, NOT, "score_time", "score s", 1, "wall-clock seconds to predict the scored rows; of several runs, the median") \
    X(fit_time_std, SECONDS, MEAN, MEMBER, NOT, "fit_time_std", "fit sd", -1, "standard deviation of fit_time over the timing runs") \
    X(score_time_std, SECONDS, MEAN, MEMBER, NOT, "score_time_std", "score sd", -1, "standard deviation of score_time over the timing runs") \
    X(fit_time_mean, SECONDS, MEAN, MEMBER, NOT, "fit_time_mean", "fit mean", -1, "mean of fit_time over the timing runs") \
    X(fit_time_min, SECONDS, MEAN, MEMBER, NOT, "fit_time_min", "fit min", -1, "fit_time of the fastest timing run") \
    X(fit_time_max, SECONDS, MEAN, MEMBER, NOT, "fit_time_max", "fit max", -1, "fit_time of the slowest timing run") \
    X(score_time_mean, SECONDS, MEAN, MEMBER, NOT, "score_time_mean", "score mean", -1, "mean of score_time over the timing runs") \
    X(score_time_min, SECONDS, MEAN, MEMBER, NOT, "score_time_min", "score min", -1, "score_time of the fastest timing run") \
    X(score_time_max, SECONDS, MEAN, MEMBER, NOT, "score_time_max", "score max", -1, "score_time of the slowest timing run") \
    X(fit_runs, COUNT, LEAST, MEMBER, NOT, "fit_runs", "fit runs", -1, "timing runs of the fit: 1, or those after a warm-up") \
    X(score_runs, COUNT, LEAST, MEMBER, NOT, "score_runs", "score runs", -1, "timing runs of the prediction: 1, or those after a warm-up") \
    X(latency, MOMENT, MEAN, MEMBER, NOT, "latency", "ms a row", -1, "median seconds to predict one row alone, over up to 100 rows") \
    X(cpu_time, SECONDS, MEAN, MEMBER, NOT, "cpu_time", "CPU s", 6, "processor seconds of all threads, fit and score") \
    X(peak_memory, BYTES, LARGEST, MEMBER, NOT, "peak_memory", "MiB", 5, "memory above that at the trial's start") \
    X(model_bytes, BYTES, MEAN, MEMBER, NOT, "model_bytes", "model MiB", -1, "size of the model's file") \
    X(n_iter, COUNT, MEAN, MEMBER, NOT, "n_iter", "iterations", -1, "iterations or epochs of the fit") \
    X(converged, FLAG, LEAST, MEMBER, NOT, "converged", "converged", -1, "whether every fit ended by its own rule") \
    X(group, COUNT, LARGEST, MEMBER, NOT, "group", "group", -1, "trials fitted together: times are a trial's share") \
    X(objective, OTHER, MEAN, MEMBER, NOT, NULL, NULL, -1, "the value that the fit minimised or maximised")
/* clang-format on */

enum sl_measure_id {
#define X(name, ...) SL_MEASURE_##name,
    SL_MEASURES(X)
#undef X
        SL_N_MEASURES
};

/* What a function computes a measure from. */
struct sl_scored {
    const struct sl_outcome *outcome;
    const struct sl_metrics *metrics; /* NULL where nothing was scored, and so are counts */
    const uint64_t *counts;           /* (k, k): true by predicted class */
    int k;
};

struct sl_measure_type {
    const char *name; /* in JSON, CSV, the store and `published` */
    enum sl_measure_unit unit;
    enum sl_over over;
    size_t offset; /* of the member of struct sl_outcome */
    char
        member; /* its type: 'd' double, NaN: not measured; 'q' int64_t, 'i' int, -1: not measured; 0: none */
    double (*compute)(const struct sl_scored *scored); /* NaN: can not be told; NULL for members and RANKED */
    enum sl_metric_from metric;
    const char *column, *title;
    int rank;
    const char *help;
};
extern const struct sl_measure_type sl_measure_types[SL_N_MEASURES];

/* The index of a measure by its name, -1 where there is none. */
int sl_measure_find(const char *name);

/* The metric of that name; SL_EUSAGE with the nearest name where there is none.  "none" gives -1. */
int sl_metric_find(const char *name, int *metric, struct sl_error *err);
/* Is a higher value the better one? */
int sl_metric_rises(enum sl_measure_id metric);

/* A measure that is a member: NaN where it was not measured. */
double sl_measure_get(const struct sl_measure_type *type, const struct sl_outcome *outcome);
void sl_measure_set(const struct sl_measure_type *type, struct sl_outcome *outcome, double value);
/* Can it be measured so? */
int sl_measure_allows(const struct sl_measure_type *type, double value);

SL_API_END
#endif

/* experiment.h - experiments: what is to be compared, on which data and by which protocol. */
#ifndef SHORTLIST_EXPERIMENT_H
#define SHORTLIST_EXPERIMENT_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

struct sl_experiment;

/* Reads an experiment file (YAML).  name is a path, or the name of a shipped experiment ("shortlist").
 * Every error names file, line and column, and the nearest valid name. */
int sl_experiment_open(const char *name, struct sl_experiment **out, struct sl_error *err);
/* An experiment without rows, with the default settings. */
int sl_experiment_new(const char *name, struct sl_experiment **out, struct sl_error *err);
void sl_experiment_free(struct sl_experiment *experiment);

/* Sets a top-level setting as the file would: data, train, validation, seed, folds, repeats, final,
 * scale, metric, timing_runs, evaluate_train, title, label, drop, columns, id, groups, weights, test,
 * missing, missing_indicators, categories, categorical, min_frequency, search, trials, train_sizes,
 * label_numeric, header, delimiter, decimal, labels, data_format, storage, name (the study's).  train and
 * validation default to auto: 10,000 rows each, or what a smaller data set gives (a quarter of it for
 * validation).  Another data set than the file's sets both back to auto, and rows that do not fit it (a
 * classifier of images, say) are left out of the plan unless override or keep names them: set data first.  So
 * are, with other weights than the file's, rows of classifiers that take none. Published numbers are dropped
 * where the setting changes what is compared: data, sizes, folds, final, scale, test file, columns, groups,
 * weights, and what becomes of missing values and categories. */
int sl_experiment_set(struct sl_experiment *experiment, const char *setting, const char *value,
                      struct sl_error *err);
/* "svm.C=0.1,1,10": in every row of that classifier, whose published numbers are dropped, and its name where
 * a choice or a text changes, of which the name may tell; rows that come to be alike are one.  SL_EUSAGE when
 * the experiment has no row of it. */
int sl_experiment_override(struct sl_experiment *experiment, const char *assignment, struct sl_error *err);
/* Adds rows of a classifier, with assignments "C=0.001:1000:log7" (NULL-terminated; several values or
 * several assignments: their product; "/" stands between alternatives, each with a product of its own). */
int sl_experiment_add(struct sl_experiment *experiment, const char *classifier,
                      const char *const *assignments, struct sl_error *err);
/* Keeps only the rows of the classifiers in "a,b"; a classifier without a row gets one of defaults. */
int sl_experiment_keep(struct sl_experiment *experiment, const char *classifiers, struct sl_error *err);

/* Puts the configurations of a file in the place of the experiment's rows: JSON in the format of the official
 * Fashion-MNIST benchmark, "classifiers" (scikit-learn's names, each with a list of parameter grids, whose
 * product is meant) and "common".  What a configuration leaves out is as scikit-learn 0.19, of the
 * benchmark's time, had it; one that is not to be had is left out of the plan, with the reason.  A row that
 * the experiment had keeps its published numbers.  SL_EUSAGE with file, line and column; SL_EIO. */
int sl_experiment_baselines(struct sl_experiment *experiment, const char *path, struct sl_error *err);

/* Replaces what the file's quick setting names, for a first look in a minute or two: fewer rows, fewer
 * epochs. The study's name ends in -quick, and published numbers are dropped.  SL_EUSAGE when the file has
 * none. */
int sl_experiment_quick(struct sl_experiment *experiment, struct sl_error *err);

const char *sl_experiment_name(const struct sl_experiment *experiment);
const char *sl_experiment_title(const struct sl_experiment *experiment);
/* Why its numbers differ from the published ones, as the file's note says it; NULL where it has none. */
const char *sl_experiment_note(const struct sl_experiment *experiment);

/* A shipped experiment, for lists: 1 with name and title, 0 past the end, -1 out of memory. */
int sl_experiment_shipped(size_t i, char name[64], char title[256]);

SL_API_END
#endif

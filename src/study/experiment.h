/* experiment.h - an experiment as it was written: settings, and rows that may stand for several. */
#ifndef SL_STUDY_EXPERIMENT_H
#define SL_STUDY_EXPERIMENT_H

#include <shortlist/classifier.h>
#include <shortlist/encoding.h>
#include <shortlist/experiment.h>

/* The top-level settings: plain old data with a table of its own, like a classifier's configuration. */
struct sl_settings {
    char title[SL_TEXT_MAX], data[SL_TEXT_MAX], label[SL_TEXT_MAX], drop[SL_TEXT_MAX], name[SL_TEXT_MAX];
    char missing[SL_TEXT_MAX], categorical[SL_TEXT_MAX], columns[SL_TEXT_MAX], id[SL_TEXT_MAX];
    char groups[SL_TEXT_MAX], weights[SL_TEXT_MAX], test[SL_TEXT_MAX];
    char storage[SL_TEXT_MAX];
    char data_format[SL_TEXT_MAX], labels[SL_TEXT_MAX], delimiter[SL_TEXT_MAX];
    int train;      /* rows; 0: all that validation leaves; -1: 10,000 or what there is */
    int validation; /* rows; -1: 10,000, or fewer of a small data set */
    int seed;
    int folds; /* 0: no cross-validation */
    int repeats;
    int final, scale, header, label_numeric; /* scale: an enum sl_scaling_kind */
    int decimal;                             /* 0: find out, '.' or ',' */
    int missing_indicators, categories;      /* categories: an enum sl_categories */
    double min_frequency;
    int search; /* enum sl_search_kind */
    int trials; /* candidates of a search; 0: all of the grid, or 60 drawn ones */
    char train_sizes[SL_TEXT_MAX];
    int metric;      /* enum sl_measure_id; -1: none */
    int timing_runs; /* 0: as many as short times want */
    int evaluate_train;
};

/* How the values of the rows are searched. */
enum sl_search_kind { SL_SEARCH_GRID, SL_SEARCH_RANDOM, SL_SEARCH_HALVING, SL_SEARCH_HYPERBAND };

extern const struct sl_param sl_settings_table[];
extern const struct sl_param sl_train_sizes_param; /* what train_sizes is read by */

enum {
    SL_ROWS_MAX = 10000,
    SL_SETTINGS_MAX = 64,
    SL_NAME_MAX = 200,
    SL_FOLDS_MAX = 1000,
    SL_REPEATS_MAX = 1000,
    SL_THREADS_MAX = 4096
};

/* The rule of a study's name, which becomes a folder's; SL_EUSAGE. */
int sl_name_check(const char *name, struct sl_error *err);

/* A row as written.  Several values of several hyperparameters stand for their product. */
struct sl_row_spec {
    const struct sl_classifier_type *type;
    struct sl_values *values; /* one for each hyperparameter; empty: its default */
    char *name;               /* NULL: made from the classifier and its values */
    char *published;          /* JSON object, or NULL */
    int scale;                /* -1: the experiment's */
    int optional;             /* written for other data, or without weights: left out where it does not fit */
    uint64_t named;           /* bits of hyperparameters whose values its rows' names tell in any case */
};

/* What the quick setting replaces: a setting, or a hyperparameter of the rows that have it. */
struct sl_quick {
    char *key, *value;
};

/* What a Gaussian process keeps: matrices of doubles, rows by rows. */
enum sl_squares {
    SL_SQUARES_NONE,
    SL_SQUARES_CLASSES, /* one for each class, of all rows */
    SL_SQUARES_PAIRS,   /* one for each pair of classes, of their rows */
};

/* A row that is asked for and not to be had. */
struct sl_refusal {
    char *row, *reason; /* reason NULL: the memory that squares take */
    enum sl_squares squares;
};

/* A part of the trials that the settings ask for: what a search runs at a time.  Zeroed: all. */
struct sl_run_part {
    int n_folds;           /* of the folds, only so many; 0: all */
    int first_fold;        /* from this one on */
    double rows;           /* a share of the rows that a trial would fit; 0: all */
    char search[200];      /* a line above the table: how its rows came to be chosen; "": they were not */
    int outer, outer_fold; /* the training rows without the outer_fold-th of so many folds; 0: all of them */
};

struct sl_experiment {
    struct sl_settings settings;
    struct sl_run_part part;
    char *stem; /* the study's name where the settings give none */
    char *note; /* or NULL */
    size_t n_rows, n_quick, n_refused;
    struct sl_row_spec *rows;
    struct sl_quick *quick;
    struct sl_refusal *refused;
};

/* What the settings say of missing values and categories. */
int sl_settings_encoding(const struct sl_settings *settings, struct sl_encoding_options *out,
                         struct sl_error *err);

/* Sets one of the settings from text. */
int sl_settings_set(struct sl_settings *settings, const char *setting, const char *value,
                    struct sl_error *err);

/* A copy with the settings, and without rows. */
int sl_experiment_copy(const struct sl_experiment *from, struct sl_experiment **out, struct sl_error *err);
/* Adds a row with the values, name and scaling of one, without its published numbers. */
int sl_experiment_copy_row(struct sl_experiment *to, const struct sl_row_spec *from, struct sl_error *err);
/* Takes out the first n rows. */
void sl_experiment_drop_first(struct sl_experiment *experiment, size_t n);
/* Takes the last row back. */
void sl_experiment_drop_row(struct sl_experiment *experiment);

/* A new row of type's defaults at the end of the experiment, which owns it; NULL when out of memory. */
struct sl_row_spec *sl_experiment_row(struct sl_experiment *experiment,
                                      const struct sl_classifier_type *type);

/* "C=0.1,1,10": replaces the row's values of C. */
int sl_row_spec_assign(struct sl_row_spec *row, const char *assignment, struct sl_error *err);
/* SL_EUSAGE for a range without steps: it stands for values that a search draws. */
int sl_row_spec_check_steps(const struct sl_row_spec *row, struct sl_error *err);
/* Names of the row's rows tell the values of every hyperparameter that it sets. */
void sl_row_spec_name_values(struct sl_row_spec *row);
/* Do both stand for one configuration, the same? */
int sl_row_spec_same(const struct sl_row_spec *a, const struct sl_row_spec *b);
/* Drops the published numbers: they belong to the experiment as it was written. */
void sl_row_spec_unpublish(struct sl_row_spec *row);

/* Adds to the quick setting; key and value are checked against the experiment's rows (quick.c). */
int sl_quick_add(struct sl_experiment *experiment, const char *key, const char *value, struct sl_error *err);

/* Adds a refusal (refusals.c); reason may be NULL. */
int sl_experiment_refuse(struct sl_experiment *experiment, const char *row, const char *reason,
                         enum sl_squares squares, struct sl_error *err);
void sl_refusal_release(struct sl_refusal *refusal);
/* What is refused, and why, with n rows of k classes to be fitted; a line each, fresh: free it.  *text NULL
 * where nothing is. */
int sl_refusals_text(const struct sl_experiment *experiment, size_t n, int k, char **text,
                     struct sl_error *err);

/* How many rows the plan makes of this one, at most SL_ROWS_MAX + 1; of all. */
size_t sl_row_spec_count(const struct sl_row_spec *row);
size_t sl_experiment_count(const struct sl_experiment *experiment);
/* SL_EUSAGE: they are more than SL_ROWS_MAX.  Said as soon as it is known, before more values are made. */
int sl_fail_rows(struct sl_error *err);

/* Reads the YAML file at path into the experiment. */
int sl_experiment_read(struct sl_experiment *experiment, const char *path, struct sl_error *err);

#endif

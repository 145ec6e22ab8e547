/* study.h - experiments, their plan, running them, and reading back what the store holds.
 *
 *     experiment file -plan-> trials -run-> outcomes -store-> study -show-> tables and plots
 */
#ifndef SHORTLIST_STUDY_H
#define SHORTLIST_STUDY_H

#include <shortlist/api.h>
#include <shortlist/classifier.h>
#include <shortlist/dataset.h>
#include <shortlist/metrics.h>
#include <shortlist/outcome.h>

SL_API_BEGIN

/* Experiment ---------------------------------------------------------------------------------------*/

struct sl_experiment;

/* Reads an experiment file (YAML).  name is a path, or the name of a shipped experiment ("shortlist").
 * Every error names file, line and column, and the nearest valid name. */
int sl_experiment_open(const char *name, struct sl_experiment **out, struct sl_error *err);
/* An experiment without rows, with the default settings. */
int sl_experiment_new(const char *name, struct sl_experiment **out, struct sl_error *err);
void sl_experiment_free(struct sl_experiment *experiment);

/* Sets a top-level setting as the file would: data, train, validation, seed, folds, repeats, final,
 * scale, title, label, drop, label_numeric, header, delimiter, decimal, labels, data_format, name (the
 * study's).  train and validation default to
 * auto: 10,000 rows each, or what a smaller data set gives (a quarter of it for validation).  Another data
 * set than the file's sets both back to auto, and rows that do not fit it (a classifier of images, say) are
 * left out of the plan unless override or keep names them: set data first.  Published numbers are dropped
 * where the setting changes what is compared: data, sizes, folds, final, scale. */
int sl_experiment_set(struct sl_experiment *experiment, const char *setting, const char *value,
                      struct sl_error *err);
/* "svm.C=0.1,1,10": in every row of that classifier, whose published numbers are dropped, and its name where
 * a choice or a text changes, of which the name may tell; rows that come to be alike are one.  SL_EUSAGE when
 * the experiment has no row of it. */
int sl_experiment_override(struct sl_experiment *experiment, const char *assignment, struct sl_error *err);
/* Adds rows of a classifier, with assignments "C=0.001:1000:log7" (NULL-terminated; several values or
 * several assignments: their product). */
int sl_experiment_add(struct sl_experiment *experiment, const char *classifier,
                      const char *const *assignments, struct sl_error *err);
/* Keeps only the rows of the classifiers in "a,b"; a classifier without a row gets one of defaults. */
int sl_experiment_keep(struct sl_experiment *experiment, const char *classifiers, struct sl_error *err);

/* Replaces what the file's quick setting names, for a first look in a minute or two: fewer rows, fewer
 * epochs. The study's name ends in -quick, and published numbers are dropped.  SL_EUSAGE when the file has
 * none. */
int sl_experiment_quick(struct sl_experiment *experiment, struct sl_error *err);

const char *sl_experiment_name(const struct sl_experiment *experiment);
const char *sl_experiment_title(const struct sl_experiment *experiment);

/* A shipped experiment, for lists: 1 with name and title, 0 past the end, -1 out of memory. */
int sl_experiment_shipped(size_t i, char name[64], char title[256]);

/* Plan ---------------------------------------------------------------------------------------------*/

/* Is the test file scored, and after fitting which rows? */
enum sl_final {
    SL_FINAL_NO,    /* the validation rows are scored */
    SL_FINAL_ALL,   /* training and validation rows are fitted */
    SL_FINAL_TRAIN, /* training rows only: the validation rows give the learning curve */
};

/* One fit: a pure value.  The same key means the same work: its outcome can be taken from the store. */
struct sl_trial {
    size_t row; /* of the table */
    const struct sl_classifier_type *type;
    const void *config; /* of the row */
    enum sl_scaling_kind scaling;
    size_t n_train, n_validation; /* n_train: before a fold is taken out */
    uint64_t split_seed;
    int folds, fold; /* folds 0: no cross-validation */
    int repeat;      /* 0 ... repeats-1 */
    uint64_t seed;   /* of the classifier's stream */
    int final;       /* enum sl_final */
    char key[33];    /* hexadecimal hash of everything above (but row) and of the data set */
    char stream[33]; /* names the random stream: the same, but for class names and hyperparameters left at
                        their defaults */
};

struct sl_plan_row {
    char *name;
    const struct sl_classifier_type *type;
    void *config;
    enum sl_scaling_kind scaling;
    char *published; /* JSON object of published numbers, or NULL */
};

struct sl_plan {
    size_t n_rows, n_trials;
    struct sl_plan_row *rows;
    struct sl_trial *trials;
    char *left_out; /* rows that do not fit the data set, with the reasons; NULL: none */
};

/* Pure: the same experiment and data give the same plan. */
int sl_plan_make(const struct sl_experiment *experiment, const struct sl_dataset *data, struct sl_plan **out,
                 struct sl_error *err);
void sl_plan_free(struct sl_plan *plan);

/* Run ----------------------------------------------------------------------------------------------*/

struct sl_progress {
    size_t done, total, held;         /* held: taken from the store */
    const char *row;                  /* name of the row at work or just done */
    const struct sl_outcome *outcome; /* NULL: a trial begins; else it has just ended */
    const struct sl_epoch *epoch;     /* not NULL: a curve point of the trial at work */
    double elapsed, eta;              /* seconds; eta NaN while unknown */
};

/* Which scores of each row the store keeps, of classifiers that give scores. */
enum sl_keep_scores {
    SL_KEEP_AUTO, /* those of all classes as long as the study's take at most 50 MB, else the top ones */
    SL_KEEP_ALL,
    SL_KEEP_TOP, /* the two largest, with their classes */
    SL_KEEP_NONE,
};

struct sl_run_options {
    const char *out;      /* folder of the store and the studies; NULL: "results" */
    int jobs;             /* trials at a time, >= 1 (0: 1) */
    int threads;          /* of a trial; 0: the cores divided by jobs */
    double time_limit;    /* seconds a trial; 0: none */
    int64_t memory_limit; /* bytes a trial; 0: none */
    int save_models;      /* write OUT/STUDY/models/ROW.slm */
    int separate;         /* fit every trial by itself, also those that could share work */
    enum sl_keep_scores keep_scores;
    int retry;                           /* run trials again that the store holds as not ok */
    const volatile sig_atomic_t *cancel; /* NULL, or raised by a signal handler: stop cleanly */
    void (*progress)(void *arg, const struct sl_progress *progress); /* NULL: silent */
    void *arg;
};

struct sl_run_summary {
    size_t trials, held, run, failed; /* failed: of all trials, those not ok */
    int interrupted;
    char left_out[512]; /* as in struct sl_plan; "": none */
    char scores[256];   /* that fewer scores are kept than of all classes, and why; "": they are not */
};

/* Runs the trials that the store does not hold yet, one child process each.  Trials that fail do not
 * fail the run.  Call it before the process starts any thread. */
int sl_run(const struct sl_experiment *experiment, const struct sl_run_options *options,
           struct sl_run_summary *summary, struct sl_error *err);

/* Study: what the store holds of an experiment, as the tables show it -------------------------------*/

struct sl_study_row {
    char *name;
    const char *classifier; /* its name, owned by the study */
    char *params;           /* canonical text of what differs from the defaults */
    char *params_json;      /* JSON object of all hyperparameters, typed */
    char *published;        /* JSON object, or NULL */
    char *scaling;
    size_t n_outcomes;
    struct sl_outcome *outcomes; /* by repeat, then fold; MISSING where not run */
};

struct sl_study {
    char *name, *title;
    char *data; /* as given: "fashion-mnist" */
    char *data_hash;
    char *machine; /* JSON object: cpu, cores, memory, isa, system, versions of libraries */
    char *created; /* ISO 8601, UTC */
    uint64_t seed;
    size_t n_train, n_validation;
    int folds, repeats, final; /* final: enum sl_final */
    int k;          /* classes: those of the training part, and behind them those of the test file alone */
    char **classes; /* (k) */
    size_t n_notes;
    char **notes; /* (n_notes): what the readers said about the data's files, a line each */
    size_t n_rows;
    struct sl_study_row *rows;
    void *own; /* the loader's */
};

/* Loads a study; name NULL: the one that ran last.  SL_EUSAGE with the nearest name if there is none. */
int sl_study_load(const char *out, const char *name, struct sl_study **study, struct sl_error *err);
void sl_study_free(struct sl_study *study);

/* Scores that the store holds of an outcome of the study: n is 0 where none were kept.  Release them with
 * sl_scores_free. */
int sl_study_scores(const char *out, const struct sl_study *study, const struct sl_outcome *outcome,
                    struct sl_scores *scores, struct sl_error *err);
void sl_scores_free(struct sl_scores *scores);
/* The i-th score kept of a row, i < width. */
double sl_scores_value(const struct sl_scores *scores, size_t row, int i);

/* What a study's removal has taken away. */
struct sl_deleted {
    size_t rows, trials;
    size_t outcomes, shared; /* removed; left, for another study has the same trial */
    size_t models;           /* files */
};
/* Removes a study from the store, with the outcomes that no other study uses, and its saved models.  Pictures
 * stay. SL_EUSAGE with the nearest name if there is none. */
int sl_study_delete(const char *out, const char *name, struct sl_deleted *deleted, struct sl_error *err);

/* A line of `list studies`. */
struct sl_study_summary {
    char *name, *title, *created;
    size_t trials, done, failed;
};
int sl_study_list(const char *out, struct sl_study_summary **list, size_t *n, struct sl_error *err);
void sl_study_list_free(struct sl_study_summary *list, size_t n);

SL_API_END
#endif

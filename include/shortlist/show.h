/* show.h - what a study is turned into: tables (plots: plot.h).  Reads a study, fits nothing. */
#ifndef SHORTLIST_SHOW_H
#define SHORTLIST_SHOW_H

#include <shortlist/api.h>
#include <shortlist/errors.h>
#include <shortlist/estimate.h>
#include <shortlist/measures.h>
#include <shortlist/study.h>
#include <shortlist/warnings.h>
#include <stdio.h>

SL_API_BEGIN

enum sl_output_format {
    SL_FORMAT_TEXT,
    SL_FORMAT_MARKDOWN,
    SL_FORMAT_CSV,
    SL_FORMAT_JSON,
    SL_FORMAT_LATEX,
    SL_FORMAT_HTML,
    SL_FORMAT_CV_RESULTS
};

int sl_output_format_parse(const char *name, enum sl_output_format *format, struct sl_error *err);

/* A row of the table, computed from a study row's outcomes: means over folds and repeats. */
struct sl_table_row {
    const struct sl_study_row *row;
    enum sl_trial_status status; /* ok only if every outcome is */
    const char *reason;
    size_t n_train, n_validation;         /* of one outcome; summed over folds for n_validation */
    size_t n_scores;                      /* outcomes behind the means */
    double largest_share;                 /* of the most frequent class, among the rows scored; NaN: none */
    double accuracy_std, ci_low, ci_high; /* std: sample standard deviation, NaN for one */
    double score, score_std;              /* of the table's metric; NaN: the row has none */
    double score_low, score_high;         /* its interval; NaN: it can not be told */
    double behind_error; /* standard error of the difference between the best row's score and this one's; NaN:
                            it can not be told */
    union {              /* over folds and repeats, as measures.h says; NaN: none has it */
        double measures[SL_N_MEASURES];
        struct {
#define X(name, ...) double name;
            SL_MEASURES(X)
#undef X
        };
    };
    int shared;
    int threads_least, threads_most; /* that the times were measured with; 0: nothing was measured */
    int tied_with_best;              /* 1, 0, or -1 where it can not be told */
    double *accuracies, *scores;     /* (n_scores), owned; scores: of the metric, NaN where it has none */
};

/* What a table comes to, in words.  Rows are those that can not be told from the best, itself among them. */
struct sl_verdict {
    char *text;     /* one to three sentences, owned; NULL where nothing was to be scored */
    size_t n_tied;  /* with the best, without itself */
    size_t *tied;   /* (n_tied), as they are shown after sorting, owned */
    size_t fastest; /* of those and the best, where their times compare and differ; else the table's n */
    size_t faster;  /* the best of the rows that are worse, but far faster than those; n: none */
};

struct sl_table {
    const struct sl_study *study;
    size_t n;
    struct sl_table_row *rows; /* in the experiment's order */
    enum sl_measure_id metric; /* by which rows are judged */
    size_t *order;             /* (n): rows as they are shown */
    int sorted;                /* by the metric, the best first; else in the experiment's order */
    size_t best;               /* index of the best row by the metric, n if there is none */
    size_t n_samples;          /* bootstrap samples behind ranks and chances; 0: there are none */
    struct sl_warnings warnings;
    struct sl_verdict verdict;
    const struct sl_extrapolation *extrapolation; /* NULL, or what sl_table_extrapolate was given */
    int bars; /* the text table draws a bar beside each score, from the worst to the best: for terminals */
};

int sl_table_make(const struct sl_study *study, struct sl_table **out, struct sl_error *err);
void sl_table_free(struct sl_table *table);
/* Judges the rows by a metric and sorts them by it (metric -1: by accuracy, in the experiment's order, as
 * sl_table_make does; SL_EUSAGE for a measure that is no metric, and the table is as it was).  The scores
 * that some metrics need are read from the store in the folder out. */
int sl_table_rank(struct sl_table *table, int metric, const char *out, struct sl_error *err);

/* Shows what the rows would take on another number of training rows, and warns of those that would take too
 * much; last, as ranking makes the warnings anew.  extrapolation: of the same experiment, NULL: none; it must
 * outlive the table.  SL_ENOMEM. */
int sl_table_extrapolate(struct sl_table *table, const struct sl_extrapolation *extrapolation,
                         struct sl_error *err);

/* McNemar's test of two rows on the rows that both scored; NaN where these are not the same. */
double sl_rows_mcnemar(const struct sl_study_row *a, const struct sl_study_row *b);

/* What the table of a cross-validated sweep says of the choice among its rows (choice.c). */
struct sl_choice {
    size_t best,
        simplest; /* rows; n of the table if there is none; simplest: within one standard error of it */
    double standard_error; /* of the best score; NaN: can not be told */
    double *p;             /* (n) corrected resampled t-test against the best, by Holm; NaN: not compared */
};
int sl_choice_make(const struct sl_table *table, struct sl_choice *choice, struct sl_error *err);
void sl_choice_release(struct sl_choice *choice);

/* Writes the table.  Text is fitted to width columns (0: 100) and LaTeX to a page, by leaving columns out and
 * saying so; columns, names between commas, chooses them instead (NULL: what fits), for text, Markdown,
 * LaTeX and HTML (a fragment of a page).  The format cv_results is CSV with scikit-learn's columns. */
int sl_table_write(const struct sl_table *table, enum sl_output_format format, const char *columns, int width,
                   FILE *to, struct sl_error *err);
/* The i-th name of a column that can be chosen; NULL past the end. */
const char *sl_column_name(size_t i);
/* SL_EUSAGE, with the nearest name, where sl_table_write would refuse these columns in this format. */
int sl_columns_check(const char *columns, enum sl_output_format format, struct sl_error *err);

/* Class report and confusion matrix of one row (by name, or the nearest name in the error).  For people a
 * matrix that is too large to read is a list of the classes that are confused most. */
int sl_row_write(const struct sl_table *table, const char *row, enum sl_output_format format, int width,
                 FILE *to, struct sl_error *err);

/* What one row predicted of each scored row: its number among them, from 0, true and predicted class, and the
 * scores that the store in the folder out keeps; repeat and fold where there are several.  CSV or JSON;
 * SL_EUSAGE otherwise. */
int sl_predictions_write(const struct sl_table *table, const char *row, const char *out,
                         enum sl_output_format format, FILE *to, struct sl_error *err);

/* What a row of the table predicted, for sl_errors_make: of several repeats the one of that number, from 1.
 * out: the store's folder. with_data: the data are read again, from where data says they are (NULL: where
 * they were); where that fails, scored->missing says why.  SL_EUSAGE: no such row or repeat, or nothing was
 * scored. */
int sl_scored_rows_of_study(const struct sl_table *table, const char *row, int repeat, const char *out,
                            int with_data, const char *data, struct sl_scored_rows *scored,
                            struct sl_error *err);
/* An analysis: text, Markdown, LaTeX and HTML tell all of it, JSON holds every number; CSV has a line for
 * each scored row. */
int sl_errors_write(const struct sl_errors *errors, enum sl_output_format format, int width, FILE *to,
                    struct sl_error *err);
/* The gist of the analysis of a table's row (its first repeat, the data unread), for people: text, Markdown,
 * LaTeX or HTML.  Errors as of sl_scored_rows_of_study. */
int sl_errors_gist_write(const struct sl_table *table, const char *row, const char *out,
                         enum sl_output_format format, int width, FILE *to, struct sl_error *err);

SL_API_END
#endif

/* warnings.h - what makes a table misleading: each has a code that stays, and a sentence. */
#ifndef SHORTLIST_WARNINGS_H
#define SHORTLIST_WARNINGS_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

/* X(code, name, explanation).  A code is never given to another warning. */
/* clang-format off */
#define SL_WARNINGS(X) \
    X(W01, not_converged, "a fit stopped at its limit of iterations: more of them may change its scores and times") \
    X(W02, majority, "a row is not shown to be better than predicting the most frequent class") \
    X(W03, row_numbers, "a column numbers the rows: where their order tells the class, so does it") \
    X(W04, giveaway, "a single feature tells the classes apart almost without fail: it may have been made from them") \
    X(W05, repeated_rows, "rows come again, in the data or between training and test part: they flatter classifiers that remember") \
    X(W06, few_rows, "a class has too few rows to be both fitted and scored, or to be in every fold") \
    X(W07, constant, "a column has the same value in every row: it tells nothing") \
    X(W08, unscaled, "a method that wants features of one scale was fitted without scaling") \
    X(W09, grid_edge, "the best value of a sweep is the smallest or largest that was tried: the best may lie beyond") \
    X(W10, overfitted, "a row is far better on its training rows than on others") \
    X(W11, dominated, "a row takes far longer than another one that is at least as accurate") \
    X(W12, own_rows, "a model predicts rows that it was fitted on: that tells nothing about new rows") \
    X(W13, times, "times are too short or too noisy, or were measured beside other trials: they do not compare") \
    X(W14, few_scored, "few rows were scored: the intervals are broad") \
    X(W15, amounts, "the classes are numbers that may be amounts: that would be regression") \
    X(W16, alike, "classes whose names hardly differ may be meant to be the same") \
    X(W17, cut, "a budget of time left out trials: rows have fewer folds than others, or none") \
    X(W18, too_much, "at the number of training rows that was asked about, a row would take too much time or memory")
/* clang-format on */

enum sl_warning_id {
#define X(code, name, help) SL_WARNING_##name,
    SL_WARNINGS(X)
#undef X
        SL_N_WARNINGS
};

struct sl_warning_kind {
    const char *code, *name, *help;
};
extern const struct sl_warning_kind sl_warning_kinds[SL_N_WARNINGS];

/* The index of a code, in capitals or not, or of a name; -1 where there is none. */
int sl_warning_find(const char *code);

/* What the readers found in a data set are notes; those that are warnings begin with their code: "W03: ...".
 * The index, and *text behind the code; -1 for another note. */
int sl_warning_of_note(const char *note, const char **text);

struct sl_warning {
    enum sl_warning_id id;
    char *text;    /* a sentence, without the code; owned */
    size_t n_rows; /* rows of the table that it is about; 0: the data */
    size_t *rows;  /* (n_rows), owned */
};

struct sl_warnings {
    size_t n;
    struct sl_warning *list; /* (n), by code, then as they came; owned */
};

void sl_warnings_release(struct sl_warnings *warnings);
/* Adds a warning behind those of its code and of lower ones; takes text and rows, whatever comes of it.
 * SL_ENOMEM. */
int sl_warnings_add(struct sl_warnings *warnings, enum sl_warning_id id, char *text, size_t *rows,
                    size_t n_rows);

/* Takes out those whose codes stand between commas.  SL_EUSAGE, with the nearest code, for an unknown one. */
int sl_warnings_omit(struct sl_warnings *warnings, const char *codes, struct sl_error *err);

SL_API_END
#endif

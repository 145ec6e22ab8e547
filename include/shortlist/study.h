/* study.h - what the store holds of an experiment, as the tables show it.
 *
 *     experiment file -plan-> trials -run-> outcomes -store-> study -show-> tables and plots
 */
#ifndef SHORTLIST_STUDY_H
#define SHORTLIST_STUDY_H

#include <shortlist/api.h>
#include <shortlist/dataset.h>
#include <shortlist/error.h>
#include <shortlist/outcome.h>
#include <shortlist/plan.h>
#include <shortlist/scores.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

/* What the note begins with that tells how a search chose the rows. */
#define SL_SEARCH_NOTE "search: "

/* And what tells that the study's trials were dealt to several runs, of which this is one. */
#define SL_SHARD_NOTE "Shard "

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
    int metric;      /* enum sl_measure_id by which its rows are judged and sorted; -1: none was named */
    int timing_runs; /* that were asked for; 0: as many as short times want */
    char *settings;  /* JSON object of texts: the settings that are not the defaults, but for title, name and
                        data; NULL where the store is of a version that did not keep them */
    int k;           /* classes: those of the training part, and behind them those of the test file alone */
    char **classes;  /* (k) */
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

/* A study's data, read again, and which of its rows were scored. */
struct sl_study_rows;
/* data: where they are now; NULL: where the study found them.  *out stays NULL, and reason (size) says why in
 * a line, where they are gone, or others. */
int sl_study_rows_open(const struct sl_study *study, const char *data, struct sl_study_rows **out,
                       char *reason, size_t size, struct sl_error *err);
void sl_study_rows_close(struct sl_study_rows *rows);
/* The data set whose rows were scored: the test file's where that was. */
const struct sl_dataset *sl_study_rows_data(const struct sl_study_rows *rows);
/* The training file's, which holds the rows that trained; the same as above where no test file was scored. */
const struct sl_dataset *sl_study_rows_train(const struct sl_study_rows *rows);
/* sl_study_rows_data for the caller to free: only closing the rows is allowed then. */
struct sl_dataset *sl_study_rows_take(struct sl_study_rows *rows);
/* row (n_validation): the numbers in that data set of the outcome's rows; *known 0 where they can not be
 * told: of a search's rungs, of nested cross-validation. */
int sl_study_rows_scored(struct sl_study_rows *rows, const struct sl_outcome *outcome, uint32_t *row,
                         int *known, struct sl_error *err);
/* The numbers of all rows that a study's classifiers trained on, in the training file's data set, and of all
 * that were scored, in that of sl_study_rows_data; folds are taken together.  Both fresh: free() them. */
int sl_study_rows_used(struct sl_study_rows *rows, uint32_t **fitted, size_t *n_fitted, uint32_t **scored,
                       size_t *n_scored, struct sl_error *err);

/* What a study's removal has taken away. */
struct sl_deleted {
    size_t rows, trials;
    size_t outcomes, shared; /* removed; left, for another study has the same trial */
    size_t models;           /* files */
};
/* Removes a study from the store, with the outcomes that no other study uses, and its saved models.  Pictures
 * stay. SL_EUSAGE with the nearest name if there is none. */
int sl_study_delete(const char *out, const char *name, struct sl_deleted *deleted, struct sl_error *err);

/* What a merge has brought. */
struct sl_merged {
    size_t studies, outcomes, held; /* outcomes taken; that were there already, or came twice */
    size_t missing;                 /* trials of these studies that have no outcome yet */
    size_t models;                  /* files copied */
};
/* Joins the stores in n folders into the one in out, which is made where there is none: outcomes by their
 * keys, and studies that have the same trials.  The same key is the same work: of two outcomes the one that
 * ended well stays, else the one that came first, out's before the stores' in their order.  lean: scores
 * stay behind, which are most of a store (what was measured by them comes along).  All or nothing:
 * on an error, or killed, out's store is what it was (models come last, one by one).  SL_EDATA: a store is
 * none, damaged or a newer version's, or has another study of the same name. */
int sl_study_merge(const char *out, const char *const *stores, size_t n, int lean, struct sl_merged *merged,
                   struct sl_error *err);

/* A line of `list studies`. */
struct sl_study_summary {
    char *name, *title, *created;
    size_t trials, done, failed;
};
int sl_study_list(const char *out, struct sl_study_summary **list, size_t *n, struct sl_error *err);
void sl_study_list_free(struct sl_study_summary *list, size_t n);

SL_API_END
#endif

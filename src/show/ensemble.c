/* ensemble.c - what an ensemble of a study's rows comes to; the selection is measure/greedy.c's.
 *
 * An accuracy on the rows that members were chosen by flatters the ensemble, the more so the more rows there
 * are to choose from.  So the scored rows are dealt to five parts: on four of them members, and the best
 * single row, are chosen, and the fifth is scored.  Both predict the same rows: the gain's interval is that
 * of a difference of paired shares (normal approximation).  O(rows of the study * scored rows * classes *
 * steps). */
#include "core/memory.h"
#include "measure/greedy.h"
#include "show/report.h"
#include <math.h>
#include <shortlist/ensemble.h>
#include <shortlist/rng.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 5, ROUNDS = 25 };

struct pool {
    const struct sl_study *study;
    const char *out;
    const int *wanted; /* (rows of the study) how often each counts; NULL: all that can are candidates */
    struct sl_greedy of;
    size_t *row;           /* (m) of the study */
    float **probabilities; /* (m) */
    int32_t **predicted;   /* (m), each (n) */
    int32_t *truth;        /* (n) */
    uint8_t *part;         /* (n) */
    struct sl_error *err;
};

static void release(struct pool *pool)
{
    for (size_t m = 0; m < pool->of.m; m++) {
        free(pool->probabilities[m]);
        free(pool->predicted[m]);
    }
    free(pool->probabilities);
    free(pool->predicted);
    free(pool->row);
    free(pool->truth);
    free(pool->part);
}

/* Reading ------------------------------------------------------------------------------------------ */

/* The outcomes of the first repeat, one or a fold each, all of them there. */
static size_t count_outcomes(const struct sl_study *study, const struct sl_study_row *row)
{
    const size_t folds = study->folds ? (size_t)study->folds : 1;
    if (row->n_outcomes < folds)
        return 0;
    for (size_t f = 0; f < folds; f++)
        if (row->outcomes[f].status != SL_TRIAL_OK || !row->outcomes[f].predicted || row->outcomes[f].repeat)
            return 0;
    return folds;
}

static size_t count_scored(const struct sl_study_row *row, size_t outcomes)
{
    size_t n = 0;
    for (size_t f = 0; f < outcomes; f++)
        n += row->outcomes[f].n_validation;
    return n;
}

/* *has: they are probabilities of all classes. */
static int read_outcome(struct pool *pool, const struct sl_outcome *o, float *probabilities, int *has)
{
    struct sl_scores s;
    int code = sl_study_scores(pool->out, pool->study, o, &s, pool->err);
    if (code)
        return code;
    *has = s.n == o->n_validation && s.probabilities && !s.classes && s.k <= pool->of.k;
    for (size_t i = 0; *has && i < s.n; i++)
        for (int c = 0; c < pool->of.k; c++)
            probabilities[i * (size_t)pool->of.k + (size_t)c] =
                c < s.k ? (float)sl_scores_value(&s, i, c) : 0;
    sl_scores_free(&s);
    return SL_OK;
}

/* Do both score the same rows? */
static int same_rows(const struct sl_study_row *a, const struct sl_study_row *b, size_t outcomes)
{
    for (size_t f = 0; f < outcomes; f++)
        if (strcmp(a->outcomes[f].split, b->outcomes[f].split) != 0)
            return 0;
    return 1;
}

static int add_candidate(struct pool *pool, size_t r, size_t outcomes)
{
    const struct sl_study_row *row = &pool->study->rows[r];
    const size_t n = count_scored(row, outcomes), m = pool->of.m;
    float *probabilities = sl_alloc(n * (size_t)pool->of.k, sizeof *probabilities);
    int32_t *predicted = sl_alloc(n, sizeof *predicted);
    size_t at = 0;
    int has = 1, code = probabilities && predicted ? SL_OK : sl_fail_memory(pool->err);
    for (size_t f = 0; f < outcomes && !code && has; f++) {
        const struct sl_outcome *o = &row->outcomes[f];
        code = read_outcome(pool, o, probabilities + at * (size_t)pool->of.k, &has);
        memcpy(predicted + at, o->predicted, o->n_validation * sizeof *predicted);
        if (m == 0)
            memcpy(pool->truth + at, o->truth, o->n_validation * sizeof *predicted);
        at += o->n_validation;
    }
    if (code || !has) {
        free(probabilities);
        free(predicted);
        return code;
    }
    pool->row[m] = r;
    pool->probabilities[m] = probabilities;
    pool->predicted[m] = predicted;
    pool->of.m++;
    return SL_OK;
}

static int begin_pool(struct pool *pool, size_t n_scored)
{
    free(pool->truth);
    pool->of.n = n_scored;
    pool->truth = sl_alloc(n_scored, sizeof *pool->truth);
    return pool->truth ? SL_OK : sl_fail_memory(pool->err);
}

/* Why a row that is wanted is no candidate. */
static int refuse(const struct pool *pool, const char *name, int unfinished, int other)
{
    if (unfinished)
        return sl_fail(pool->err, SL_EUSAGE,
                       "row '%.80s' was not fitted and scored to the end: 'shortlist show %s' tells why",
                       name, pool->study->name);
    if (other)
        return sl_fail(pool->err, SL_EUSAGE, "row '%.80s' is scored on other rows of the data than '%.80s'",
                       name, pool->study->rows[pool->row[0]].name);
    return sl_fail(
        pool->err, SL_EUSAGE,
        "row '%.80s' has no probabilities of all classes in the store: its classifier gives none, or "
        "the study was not run with --keep-scores all",
        name);
}

static int read_pool(struct pool *pool)
{
    const struct sl_study *study = pool->study;
    const struct sl_study_row *first = NULL;
    int code = SL_OK;
    pool->row = sl_alloc(study->n_rows, sizeof *pool->row);
    pool->probabilities = sl_alloc(study->n_rows, sizeof *pool->probabilities);
    pool->predicted = sl_alloc(study->n_rows, sizeof *pool->predicted);
    if (!pool->row || !pool->probabilities || !pool->predicted)
        return sl_fail_memory(pool->err);
    pool->of.k = study->k;
    for (size_t r = 0; r < study->n_rows && !code; r++) {
        const struct sl_study_row *row = &study->rows[r];
        if (pool->wanted && !pool->wanted[r])
            continue;
        const size_t outcomes = count_outcomes(study, row), before = pool->of.m;
        const int other = outcomes && before && !same_rows(first, row, outcomes);
        if (outcomes && !before) {
            first = row;
            code = begin_pool(pool, count_scored(row, outcomes));
        }
        if (!code && outcomes && !other)
            code = add_candidate(pool, r, outcomes);
        if (!code && pool->wanted && pool->of.m == before)
            code = refuse(pool, row->name, !outcomes, other);
    }
    pool->of.truth = pool->truth;
    pool->of.probabilities = (const float *const *)pool->probabilities;
    if (!code && !pool->wanted && pool->of.m < 2)
        code =
            sl_fail(pool->err, SL_EUSAGE,
                    "an ensemble is made of at least two rows whose probabilities of all classes the store "
                    "keeps, on the same rows of the data: the study has %zu (see --keep-scores all)",
                    pool->of.m);
    return code;
}

/* Choosing ----------------------------------------------------------------------------------------- */

/* As many rows in each part, at random. */
static int deal_parts(struct pool *pool)
{
    struct sl_rng *rng = sl_rng_new(pool->study->seed, "ensemble");
    pool->part = sl_alloc(pool->of.n, 1);
    if (!rng || !pool->part) {
        sl_rng_free(rng);
        return sl_fail_memory(pool->err);
    }
    for (size_t i = 0; i < pool->of.n; i++)
        pool->part[i] = (uint8_t)(i % PARTS);
    for (size_t i = pool->of.n; i > 1; i--) {
        const size_t j = (size_t)sl_rng_below(rng, i);
        const uint8_t swap = pool->part[i - 1];
        pool->part[i - 1] = pool->part[j];
        pool->part[j] = swap;
    }
    sl_rng_free(rng);
    return SL_OK;
}

/* The candidate that is right most often in these rows, the first of equals. */
static size_t best_single(const struct pool *pool, const uint32_t *rows, size_t n)
{
    size_t best = 0, most = 0;
    for (size_t m = 0; m < pool->of.m; m++) {
        size_t right = 0;
        for (size_t r = 0; r < n; r++)
            right += pool->predicted[m][rows[r]] == pool->truth[rows[r]];
        if (right > most) {
            most = right;
            best = m;
        }
    }
    return best;
}

/* All rows but those of a part; PARTS: all. */
static size_t list_rows(const struct pool *pool, int without, uint32_t *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < pool->of.n; i++)
        if (pool->part[i] != without)
            rows[n++] = (uint32_t)i;
    return n;
}

struct tally {
    size_t ensemble, single, only_ensemble, only_single; /* rows that are right */
};

/* Scores row i by both. */
static void compare(const struct pool *pool, const int *count, size_t best, size_t i, struct tally *tally)
{
    const int ensemble = sl_greedy_predict(&pool->of, count, i) == pool->truth[i],
              single = pool->predicted[best][i] == pool->truth[i];
    tally->ensemble += (size_t)ensemble;
    tally->single += (size_t)single;
    tally->only_ensemble += ensemble && !single;
    tally->only_single += single && !ensemble;
}

static int score_part(const struct pool *pool, int part, uint32_t *rows, int *count, struct tally *tally)
{
    const size_t n = list_rows(pool, part, rows), best = best_single(pool, rows, n);
    if (sl_greedy_select(&pool->of, rows, n, ROUNDS, count))
        return sl_fail_memory(pool->err);
    for (size_t i = 0; i < pool->of.n; i++)
        if (pool->part[i] == part)
            compare(pool, count, best, i, tally);
    return SL_OK;
}

static int by_weight(const void *a, const void *b)
{
    const struct sl_ensemble_member *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int list_members(const struct pool *pool, const int *count, struct sl_ensemble *e)
{
    int taken = 0;
    e->members = sl_alloc(pool->of.m, sizeof *e->members);
    if (!e->members)
        return sl_fail_memory(pool->err);
    for (size_t m = 0; m < pool->of.m; m++)
        taken += count[m];
    for (size_t m = 0; m < pool->of.m; m++)
        if (count[m])
            e->members[e->n_members++] =
                (struct sl_ensemble_member){pool->row[m], count[m], (double)count[m] / taken};
    qsort(e->members, e->n_members, sizeof *e->members, by_weight);
    return SL_OK;
}

/* Members by all rows. */
static int choose(const struct pool *pool, uint32_t *rows, int *count, struct sl_ensemble *e)
{
    const size_t n = list_rows(pool, PARTS, rows);
    if (sl_greedy_select(&pool->of, rows, n, ROUNDS, count))
        return sl_fail_memory(pool->err);
    e->best = pool->row[best_single(pool, rows, n)];
    return list_members(pool, count, e);
}

static void set_gain(struct sl_ensemble *e, const struct tally *t, double n)
{
    const double b = (double)t->only_ensemble, c = (double)t->only_single;
    const double reach = 1.959964 * sqrt(fmax(b + c - (b - c) * (b - c) / n, 0)) / n;
    e->accuracy = (double)t->ensemble / n;
    e->single = (double)t->single / n;
    e->gain = (b - c) / n;
    e->low = e->gain - reach;
    e->high = e->gain + reach;
}

/* Members and gain by selection. */
static int select_members(struct pool *pool, uint32_t *rows, int *count, struct sl_ensemble *e,
                          struct tally *tally)
{
    int code = deal_parts(pool);
    for (int part = 0; part < PARTS && !code; part++)
        code = score_part(pool, part, rows, count, tally);
    return code ? code : choose(pool, rows, count, e);
}

/* The members are those wanted; the best single row is the most accurate of them on the scored rows. */
static int take_wanted(struct pool *pool, uint32_t *rows, int *count, struct sl_ensemble *e,
                       struct tally *tally)
{
    const size_t n = pool->of.n;
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)i;
    const size_t best = best_single(pool, rows, n);
    for (size_t m = 0; m < pool->of.m; m++)
        count[m] = pool->wanted[pool->row[m]];
    for (size_t i = 0; i < n; i++)
        compare(pool, count, best, i, tally);
    e->best = pool->row[best];
    return list_members(pool, count, e);
}

static int make(struct pool *pool, struct sl_ensemble **ensemble)
{
    struct tally tally = {0};
    uint32_t *rows = NULL;
    int *count = NULL;
    struct sl_ensemble *e = *ensemble = sl_alloc_zero(1, sizeof *e);
    int code = e ? read_pool(pool) : sl_fail_memory(pool->err);
    if (!code) {
        rows = sl_alloc(pool->of.n, sizeof *rows);
        count = sl_alloc(pool->of.m, sizeof *count);
        code = rows && count ? SL_OK : sl_fail_memory(pool->err);
    }
    if (!code)
        code = (pool->wanted ? take_wanted : select_members)(pool, rows, count, e, &tally);
    if (!code) {
        e->n_scored = pool->of.n;
        e->n_candidates = pool->of.m;
        set_gain(e, &tally, (double)pool->of.n);
    }
    free(rows);
    free(count);
    release(pool);
    if (code) {
        sl_ensemble_free(e);
        *ensemble = NULL;
    }
    return code;
}

int sl_ensemble_make(const char *out, const struct sl_study *study, struct sl_ensemble **ensemble,
                     struct sl_error *err)
{
    struct sl_error unread;
    struct pool pool = {.study = study, .out = out, .err = err ? err : &unread};
    return make(&pool, ensemble);
}

int sl_ensemble_average(const char *out, const struct sl_study *study, const char *const *names,
                        const int *counts, size_t n, struct sl_ensemble **ensemble, struct sl_error *err)
{
    struct sl_error unread;
    struct pool pool = {.study = study, .out = out, .err = err ? err : &unread};
    struct sl_table *table = NULL;
    int *wanted = sl_alloc_zero(study->n_rows, sizeof *wanted);
    int code = wanted ? sl_table_make(study, &table, pool.err) : sl_fail_memory(pool.err);
    *ensemble = NULL;
    if (!code && n < 1)
        code = sl_fail(pool.err, SL_EUSAGE, "the mean of rows needs a row");
    for (size_t i = 0; i < n && !code; i++) {
        const struct sl_table_row *found = sl_table_find(table, names[i], pool.err);
        if (found)
            wanted[found->row - study->rows] += counts ? counts[i] : 1;
        else
            code = pool.err->code;
    }
    pool.wanted = wanted;
    if (!code)
        code = make(&pool, ensemble);
    sl_table_free(table);
    free(wanted);
    return code;
}

void sl_ensemble_free(struct sl_ensemble *ensemble)
{
    if (!ensemble)
        return;
    free(ensemble->members);
    free(ensemble);
}

/* plan_sizes.c - how many rows the trials of a plan fit and score. */
#include "study/plan_sizes.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/plan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_ROWS = 10000 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* auto: 10,000 validation rows, or a quarter of a smaller data set (none with folds, which need none), and
 * 10,000 training rows (more where train_sizes asks for them) or what is left. */
static void resolve_auto(const struct sl_settings *s, size_t n, size_t largest, size_t *train,
                         size_t *validation)
{
    size_t usual = USUAL_ROWS;
    *validation = s->validation >= 0 ? (size_t)s->validation : s->folds ? 0 : least(USUAL_ROWS, n / 4);
    if (s->folds && largest) /* rows whose smallest training part is the largest of the sizes */
        largest += (largest + (size_t)s->folds - 2) / (size_t)(s->folds - 1);
    if (largest > usual)
        usual = largest;
    *train = s->train >= 0 ? (size_t)s->train : *validation < n ? least(usual, n - *validation) : 0;
}

static int split_sizes(const struct sl_settings *s, size_t n, struct sl_plan_sizes *out, struct sl_error *err)
{
    size_t train, validation;
    resolve_auto(s, n, out->n_sizes ? out->sizes[out->n_sizes - 1] : 0, &train, &validation);
    if (s->folds && s->final)
        return sl_fail(err, SL_EUSAGE,
                       "folds and final exclude each other: cross-validate, or score the test file (a sweep "
                       "does both, one after the other, with refit)");
    if (!s->folds && !s->final && validation == 0 && s->validation < 0)
        return sl_fail(err, SL_EDATA, "%zu rows are too few to set some aside for validation", n);
    if (train + validation > n || (train == 0 && validation >= n)) {
        char wanted[32] = "all";
        if (train)
            snprintf(wanted, sizeof wanted, "%zu", train);
        return sl_fail(err, SL_EUSAGE, "train %s and validation %zu: the data set has only %zu rows", wanted,
                       validation, n);
    }
    out->n_train = train ? train : n - validation;
    out->n_validation = validation;
    out->n_fit = s->final == SL_FINAL_ALL ? out->n_train + validation : out->n_train;
    if ((size_t)s->folds > out->n_train)
        return sl_fail(err, SL_EUSAGE, "folds: %d is more than the %zu training rows", s->folds,
                       out->n_train);
    if (s->folds)
        out->n_fit = out->n_train - (out->n_train + (size_t)s->folds - 1) / (size_t)s->folds;
    return SL_OK;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The sizes as they are written, ascending. */
static int read_sizes(const struct sl_settings *s, struct sl_plan_sizes *out, struct sl_error *err)
{
    struct sl_values values = {0};
    if (!*s->train_sizes)
        return SL_OK;
    int code = sl_values_parse(&sl_train_sizes_param, s->train_sizes, &values, err);
    if (!code) {
        out->sizes = sl_alloc(values.n, sizeof *out->sizes);
        code = out->sizes ? SL_OK : sl_fail_memory(err);
    }
    for (size_t i = 0; i < values.n && !code; i++)
        out->sizes[out->n_sizes++] = strtoul(values.text[i], NULL, 10);
    sl_values_free(&values);
    if (!code)
        qsort(out->sizes, out->n_sizes, sizeof *out->sizes, by_size);
    return code;
}

/* A fold's training part, too, has to hold the largest. */
static int check_sizes(const struct sl_plan_sizes *sizes, struct sl_error *err)
{
    size_t largest = sizes->n_sizes ? sizes->sizes[sizes->n_sizes - 1] : 0;
    return largest > sizes->n_fit
               ? sl_fail(err, SL_EUSAGE,
                         "train_sizes: %zu is more than the %zu rows that a trial can be fitted on", largest,
                         sizes->n_fit)
               : SL_OK;
}

/* What an outer fold takes off the training rows. */
static void take_outer(const struct sl_experiment *e, struct sl_plan_sizes *out)
{
    if (e->part.outer)
        out->n_fit -= out->n_fit / (size_t)e->part.outer;
}

/* One size: a share of the rows. */
static int take_share(const struct sl_experiment *e, struct sl_plan_sizes *out, struct sl_error *err)
{
    out->sizes = sl_alloc(1, sizeof *out->sizes);
    if (!out->sizes)
        return sl_fail_memory(err);
    double n = ceil(e->part.rows * (double)out->n_fit);
    out->sizes[out->n_sizes++] = n < 2 ? 2 : (size_t)n;
    return SL_OK;
}

int sl_plan_sizes_make(const struct sl_experiment *experiment, size_t n, struct sl_plan_sizes *out,
                       struct sl_error *err)
{
    *out = (struct sl_plan_sizes){0};
    int code = read_sizes(&experiment->settings, out, err);
    if (!code)
        code = split_sizes(&experiment->settings, n, out, err);
    if (code)
        return code;
    take_outer(experiment, out);
    if (experiment->part.rows > 0 && !out->n_sizes)
        return take_share(experiment, out, err);
    return check_sizes(out, err);
}

void sl_plan_sizes_release(struct sl_plan_sizes *sizes)
{
    free(sizes->sizes);
    *sizes = (struct sl_plan_sizes){0};
}

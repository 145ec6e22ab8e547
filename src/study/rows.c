/* rows.c - which rows of the data a trial fits and scores.
 *
 * The split is drawn once for all trials.  Each repeat cuts its training rows into other folds, drawn from
 * seed + repeat: the split's luck is averaged over, as in repeated stratified k-fold cross-validation.
 * Cost: O(n) a trial, and the folds of one repeat are kept: memory does not grow with the repeats. */
#include "study/rows.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "study/trial_key.h"
#include <shortlist/split.h>
#include <string.h>

struct sl_partition {
    const struct sl_dataset *data, *test;
    struct sl_view rows, test_rows;
    uint32_t *train, *validation;
    size_t n_train, n_validation;
    int repeat;        /* whose folds these are; -1: none yet */
    uint16_t *fold_of; /* (n_train), or NULL without folds */
    int32_t *labels;   /* (n_train), likewise */
    int32_t *group_of; /* (n_train), likewise, and NULL without groups */
};

/* Folds ------------------------------------------------------------------------------------------- */

static int make_room_for_folds(struct sl_partition *p, struct sl_error *err)
{
    p->fold_of = sl_alloc(p->n_train, sizeof *p->fold_of);
    p->labels = sl_alloc(p->n_train, sizeof *p->labels);
    if (p->data->group_of)
        p->group_of = sl_alloc(p->n_train, sizeof *p->group_of);
    if (!p->fold_of || !p->labels || (p->data->group_of && !p->group_of))
        return sl_fail_memory(err);
    for (size_t i = 0; i < p->n_train; i++)
        p->labels[i] = p->rows.y[p->train[i]];
    for (size_t i = 0; p->group_of && i < p->n_train; i++)
        p->group_of[i] = p->data->group_of[p->train[i]];
    return SL_OK;
}

static int draw_folds(struct sl_partition *p, const struct sl_trial *t, struct sl_error *err)
{
    struct sl_view view = p->rows;
    const struct sl_groups groups = {p->data->n_groups, p->group_of};
    const uint64_t seed = t->split_seed + (uint64_t)t->repeat;
    if (p->repeat == t->repeat)
        return SL_OK;
    view.n = p->n_train;
    view.x = NULL;
    view.y = p->labels;
    view.weight = NULL;
    int code = p->group_of ? sl_group_folds(&view, &groups, t->folds, seed, p->fold_of, err)
                           : sl_folds(&view, t->folds, seed, p->fold_of, err);
    p->repeat = code ? -1 : t->repeat;
    return code;
}

/* The trial's fold of the training rows is scored, the others are fitted. */
static int take_fold(struct sl_partition *p, const struct sl_trial *t, struct sl_rows *rows,
                     struct sl_error *err)
{
    size_t n_score = 0;
    int code = draw_folds(p, t, err);
    if (code)
        return code;
    for (size_t i = 0; i < p->n_train; i++)
        n_score += p->fold_of[i] == t->fold;
    rows->fit = sl_alloc(p->n_train - n_score, sizeof *rows->fit);
    rows->score = sl_alloc(n_score, sizeof *rows->score);
    if (!rows->fit || !rows->score)
        return sl_fail_memory(err);
    for (size_t i = 0; i < p->n_train; i++) {
        if (p->fold_of[i] == t->fold)
            rows->score[rows->n_score++] = p->train[i];
        else
            rows->fit[rows->n_fit++] = p->train[i];
    }
    return SL_OK;
}

/* One trial --------------------------------------------------------------------------------------- */

static int copy_rows(const uint32_t *from, size_t n, uint32_t **to, size_t *n_to, struct sl_error *err)
{
    *to = sl_alloc(n, sizeof **to);
    if (!*to)
        return sl_fail_memory(err);
    if (n)
        memcpy(*to, from, n * sizeof **to);
    *n_to = n;
    return SL_OK;
}

/* The test file is scored after fitting training and validation rows together, or the training rows while
 * the validation rows are watched. */
static int take_final(const struct sl_partition *p, const struct sl_trial *t, struct sl_rows *rows,
                      struct sl_error *err)
{
    rows->n_score = p->test_rows.n;
    if (t->final == SL_FINAL_TRAIN) {
        int code = copy_rows(p->train, p->n_train, &rows->fit, &rows->n_fit, err);
        return code ? code : copy_rows(p->validation, p->n_validation, &rows->watch, &rows->n_watch, err);
    }
    rows->fit = sl_alloc(p->n_train + p->n_validation, sizeof *rows->fit);
    if (!rows->fit)
        return sl_fail_memory(err);
    rows->n_fit = p->n_train + p->n_validation;
    memcpy(rows->fit, p->train, p->n_train * sizeof *rows->fit);
    if (p->n_validation)
        memcpy(rows->fit + p->n_train, p->validation, p->n_validation * sizeof *rows->fit);
    return SL_OK;
}

static int take_split(const struct sl_partition *p, struct sl_rows *rows, struct sl_error *err)
{
    int code = copy_rows(p->train, p->n_train, &rows->fit, &rows->n_fit, err);
    return code ? code : copy_rows(p->validation, p->n_validation, &rows->score, &rows->n_score, err);
}

/* The first n of a stratified sequence of the rows to fit, in their order: a larger n holds the rows of a
 * smaller one. */
static int take_fewer(const struct sl_partition *p, const struct sl_trial *t, struct sl_rows *rows,
                      struct sl_error *err)
{
    struct sl_view view = p->rows;
    uint32_t *chosen = NULL, *none = NULL;
    size_t n, kept = 0;
    int32_t *labels = sl_alloc(rows->n_fit, sizeof *labels);
    unsigned char *is_chosen = sl_alloc_zero(rows->n_fit, 1);
    int code = labels && is_chosen ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; !code && i < rows->n_fit; i++)
        labels[i] = p->rows.y[rows->fit[i]];
    view.n = rows->n_fit;
    view.x = NULL;
    view.y = labels;
    if (!code)
        code = sl_split(&view, t->n_fit, 0, t->split_seed + (uint64_t)t->repeat, &chosen, &n, &none, err);
    for (size_t i = 0; !code && i < n; i++)
        is_chosen[chosen[i]] = 1;
    for (size_t i = 0; !code && i < rows->n_fit; i++)
        if (is_chosen[i])
            rows->fit[kept++] = rows->fit[i];
    rows->n_fit = code ? rows->n_fit : kept;
    free(chosen);
    free(none);
    free(labels);
    free(is_chosen);
    return code;
}

static int take_labels(const struct sl_partition *p, struct sl_rows *rows, struct sl_error *err)
{
    const struct sl_view *from = p->test ? &p->test_rows : &p->rows;
    rows->truth = sl_alloc(rows->n_score, sizeof *rows->truth);
    if (!rows->truth)
        return sl_fail_memory(err);
    for (size_t i = 0; i < rows->n_score; i++)
        rows->truth[i] = from->y[rows->score ? rows->score[i] : i];
    return SL_OK;
}

int sl_rows_make(struct sl_partition *p, const struct sl_trial *t, struct sl_rows **out, struct sl_error *err)
{
    struct sl_rows *rows = *out = sl_alloc_zero(1, sizeof *rows);
    if (!rows)
        return sl_fail_memory(err);
    int code = t->folds   ? take_fold(p, t, rows, err)
               : t->final ? take_final(p, t, rows, err)
                          : take_split(p, rows, err);
    if (!code && t->n_fit && t->n_fit < rows->n_fit)
        code = take_fewer(p, t, rows, err);
    if (!code)
        code = take_labels(p, rows, err);
    if (code) {
        sl_rows_free(rows);
        *out = NULL;
        return code;
    }
    sl_trial_split_key(t, sl_dataset_hash(p->data), p->test ? sl_dataset_hash(p->test) : NULL, rows->key);
    return SL_OK;
}

void sl_rows_free(struct sl_rows *rows)
{
    if (!rows)
        return;
    free(rows->fit);
    free(rows->score);
    free(rows->watch);
    free(rows->truth);
    free(rows);
}

int sl_rows_all(const struct sl_partition *p, const struct sl_trial *t, uint32_t **rows, size_t *n,
                struct sl_error *err)
{
    const size_t more = t->folds ? 0 : p->n_validation; /* with folds they are left alone */
    *n = p->n_train + more;
    *rows = sl_alloc(*n, sizeof **rows);
    if (!*rows)
        return sl_fail_memory(err);
    memcpy(*rows, p->train, p->n_train * sizeof **rows);
    if (more)
        memcpy(*rows + p->n_train, p->validation, more * sizeof **rows);
    return SL_OK;
}

/* The partition ----------------------------------------------------------------------------------- */

static int split(struct sl_partition *p, const struct sl_trial *t, struct sl_error *err)
{
    const struct sl_groups groups = {p->data->n_groups, p->data->group_of};
    p->n_validation = t->n_validation;
    if (!groups.of)
        return sl_split(&p->rows, t->n_train, t->n_validation, t->split_seed, &p->train, &p->n_train,
                        &p->validation, err);
    return sl_group_split(&p->rows, &groups, t->n_train, t->n_validation, t->split_seed, &p->train,
                          &p->n_train, &p->validation, &p->n_validation, err);
}

/* Takes the rows of the trial's outer fold out of the training rows. */
static int leave_outer(struct sl_partition *p, const struct sl_trial *t, struct sl_error *err)
{
    const struct sl_trial outer = {.folds = t->outer, .fold = t->outer_fold, .split_seed = t->split_seed};
    struct sl_rows rows = {0};
    int code = make_room_for_folds(p, err);
    if (!code)
        code = take_fold(p, &outer, &rows, err);
    if (!code) {
        free(p->train);
        p->train = rows.fit;
        p->n_train = rows.n_fit;
        rows.fit = NULL;
    }
    free(rows.fit);
    free(rows.score);
    free(p->fold_of);
    free(p->labels);
    free(p->group_of);
    p->fold_of = NULL;
    p->labels = p->group_of = NULL;
    p->repeat = -1;
    return code;
}

int sl_partition_make(const struct sl_plan *plan, const struct sl_dataset *data,
                      const struct sl_dataset *test, struct sl_partition **out, struct sl_error *err)
{
    const struct sl_trial *t = &plan->trials[0];
    struct sl_partition *p = sl_alloc_zero(1, sizeof *p);
    *out = NULL;
    if (!p)
        return sl_fail_memory(err);
    *p = (struct sl_partition){.data = data, .test = test, .rows = sl_dataset_view(data), .repeat = -1};
    if (test)
        p->test_rows = sl_dataset_view(test);
    int code = SL_OK;
    if (!p->rows.y || (test && !p->test_rows.y))
        code = sl_fail(err, SL_EDATA, "%s: the rows have no labels to learn from", sl_dataset_name(data));
    if (!code)
        code = split(p, t, err);
    if (!code && t->outer)
        code = leave_outer(p, t, err);
    if (!code && t->folds)
        code = make_room_for_folds(p, err);
    if (code)
        sl_partition_free(p);
    else
        *out = p;
    return code;
}

size_t sl_partition_rows(const struct sl_partition *p)
{
    return p->rows.n;
}

void sl_partition_free(struct sl_partition *p)
{
    if (!p)
        return;
    free(p->train);
    free(p->validation);
    free(p->fold_of);
    free(p->labels);
    free(p->group_of);
    free(p);
}

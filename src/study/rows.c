/* rows.c - which rows of the data a trial fits and scores.  Cost: O(n) a fold. */
#include "study/rows.h"
#include "core/memory.h"
#include "study/plan.h"
#include <string.h>

static int take_labels(struct sl_rows *rows, const struct sl_view *from, struct sl_error *err)
{
    rows->truth = sl_alloc(rows->n_score, sizeof *rows->truth);
    if (!rows->truth)
        return sl_fail_memory(err);
    for (size_t i = 0; i < rows->n_score; i++)
        rows->truth[i] = from->y[rows->score ? rows->score[i] : i];
    return SL_OK;
}

/* Fold f of the training rows is scored, the others are fitted. */
static int fill_fold(struct sl_rows *rows, const uint32_t *train, const uint16_t *fold_of, size_t n, int fold,
                     struct sl_error *err)
{
    rows->fit = sl_alloc(n, sizeof *rows->fit);
    rows->score = sl_alloc(n, sizeof *rows->score);
    if (!rows->fit || !rows->score)
        return sl_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (fold_of[i] == fold)
            rows->score[rows->n_score++] = train[i];
        else
            rows->fit[rows->n_fit++] = train[i];
    }
    return SL_OK;
}

static int fill_folds(struct sl_rows *rows, const struct sl_view *data, const uint32_t *train, size_t n,
                      int folds, uint64_t seed, struct sl_error *err)
{
    uint16_t *fold_of = sl_alloc(n, sizeof *fold_of);
    int32_t *labels = sl_alloc(n, sizeof *labels);
    struct sl_view view = *data;
    view.n = n;
    view.x = NULL;
    view.y = labels;
    int code = fold_of && labels ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; !code && i < n; i++)
        labels[i] = data->y[train[i]];
    if (!code)
        code = sl_folds(&view, folds, seed, fold_of, err);
    for (int f = 0; !code && f < folds; f++)
        code = fill_fold(&rows[f], train, fold_of, n, f, err);
    free(fold_of);
    free(labels);
    return code;
}

/* Training and validation rows together are fitted, the test file is scored. */
static int fill_final(struct sl_rows *rows, const uint32_t *train, size_t n_train, const uint32_t *validation,
                      size_t n_validation, const struct sl_view *test, struct sl_error *err)
{
    rows->n_fit = n_train + n_validation;
    rows->n_score = test->n;
    rows->fit = sl_alloc(rows->n_fit, sizeof *rows->fit);
    if (!rows->fit)
        return sl_fail_memory(err);
    memcpy(rows->fit, train, n_train * sizeof *train);
    if (n_validation)
        memcpy(rows->fit + n_train, validation, n_validation * sizeof *validation);
    return SL_OK;
}

static int fill(struct sl_rows *rows, const struct sl_trial *t, const struct sl_view *data,
                const struct sl_view *test, struct sl_error *err)
{
    uint32_t *train = NULL, *validation = NULL;
    size_t n_train;
    int code = sl_split(data, t->n_train, t->n_validation, t->split_seed, &train, &n_train, &validation, err);
    if (code)
        return code;
    if (t->folds)
        code = fill_folds(rows, data, train, n_train, t->folds, t->split_seed, err);
    else if (t->final == SL_FINAL_TRAIN) { /* the split's own arrays */
        *rows = (struct sl_rows){.fit = train, .n_fit = n_train, .n_score = test->n,
                                 .watch = validation, .n_watch = t->n_validation};
        return SL_OK;
    } else if (t->final)
        code = fill_final(rows, train, n_train, validation, t->n_validation, test, err);
    else { /* the split's own arrays */
        *rows =
            (struct sl_rows){.fit = train, .n_fit = n_train, .score = validation, .n_score = t->n_validation};
        return SL_OK;
    }
    free(train);
    free(validation);
    return code;
}

int sl_rows_make(const struct sl_plan *plan, const struct sl_dataset *data, const struct sl_dataset *test,
                 struct sl_rows **out, size_t *n, struct sl_error *err)
{
    struct sl_trial trial = plan->trials[0];
    struct sl_view rows_view = sl_dataset_view(data), test_view = {0};
    if (test)
        test_view = sl_dataset_view(test);
    if (!rows_view.y || (test && !test_view.y))
        return sl_fail(err, SL_EDATA, "%s: the rows have no labels to learn from", sl_dataset_name(data));
    *n = trial.folds ? (size_t)trial.folds : 1;
    *out = sl_alloc_zero(*n, sizeof **out);
    if (!*out)
        return sl_fail_memory(err);
    int code = fill(*out, &trial, &rows_view, &test_view, err);
    for (size_t f = 0; f < *n && !code; f++) {
        struct sl_rows *rows = &(*out)[f];
        trial.fold = (int)f;
        sl_trial_split_key(&trial, sl_dataset_hash(data), test ? sl_dataset_hash(test) : NULL, rows->key);
        code = take_labels(rows, test ? &test_view : &rows_view, err);
    }
    if (code) {
        sl_rows_free(*out, *n);
        *out = NULL;
    }
    return code;
}

void sl_rows_free(struct sl_rows *rows, size_t n)
{
    for (size_t f = 0; rows && f < n; f++) {
        free(rows[f].fit);
        free(rows[f].score);
        free(rows[f].watch);
        free(rows[f].truth);
    }
    free(rows);
}

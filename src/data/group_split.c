/* group_split.c - splits and folds in which the rows of a group stay together.
 *
 * Groups go one by one, the largest first and equal ones in shuffled order, to the part that is furthest from
 * its share of the group's classes: the sum over parts and classes of squared differences from the shares,
 * each class measured by its own size, grows least there.  With one row a group this is a stratified split;
 * with few groups it is as near to one as groups allow (in the manner of scikit-learn's
 * StratifiedGroupKFold). Cost: O(n p + g log g) for p parts and g groups. */
#include "core/memory.h"
#include <shortlist/rng.h>
#include <shortlist/split.h>
#include <stdlib.h>
#include <string.h>

struct dealer {
    const struct sl_view *data;
    size_t k, n_groups, n_parts;
    size_t *start;       /* (n_groups + 1): group g has rows[start[g]] ... rows[start[g + 1] - 1] */
    uint32_t *rows;      /* (n) */
    uint32_t *order;     /* (n_groups) in which groups are dealt */
    size_t *class_count; /* (k) rows of each class */
    size_t *held;        /* (n_parts, k) rows of each class that a part has */
    size_t *size;        /* (n_parts) */
};

static void dealer_release(struct dealer *d)
{
    free(d->start);
    free(d->rows);
    free(d->order);
    free(d->class_count);
    free(d->held);
    free(d->size);
}

static size_t label_of(const struct dealer *d, size_t i)
{
    return d->data->y ? (size_t)d->data->y[i] : 0;
}

static void fill_groups(struct dealer *d, const struct sl_groups *groups)
{
    for (size_t i = 0; i < d->data->n; i++) {
        d->start[groups->of[i] + 1]++;
        d->class_count[label_of(d, i)]++;
    }
    for (size_t g = 0; g < d->n_groups; g++)
        d->start[g + 1] += d->start[g];
    for (size_t i = 0; i < d->data->n; i++)
        d->rows[d->start[groups->of[i]]++] = (uint32_t)i;
    memmove(d->start + 1, d->start, d->n_groups * sizeof *d->start);
    d->start[0] = 0;
}

struct sized {
    size_t size, turn;
    uint32_t group;
};

static int by_size(const void *va, const void *vb)
{
    const struct sized *a = va, *b = vb;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static int order_groups(struct dealer *d, uint64_t seed, const char *key)
{
    struct sl_rng *rng = sl_rng_new(seed, key);
    struct sized *sized = sl_alloc(d->n_groups, sizeof *sized);
    int failed = !rng || !sized;
    for (size_t g = 0; g < d->n_groups; g++)
        d->order[g] = (uint32_t)g;
    if (!failed) {
        sl_rng_shuffle(rng, d->order, d->n_groups);
        for (size_t i = 0; i < d->n_groups; i++) {
            uint32_t g = d->order[i];
            sized[i] = (struct sized){d->start[g + 1] - d->start[g], i, g};
        }
        qsort(sized, d->n_groups, sizeof *sized, by_size);
        for (size_t i = 0; i < d->n_groups; i++)
            d->order[i] = sized[i].group;
    }
    free(sized);
    sl_rng_free(rng);
    return failed;
}

static int dealer_make(struct dealer *d, const struct sl_view *data, const struct sl_groups *groups,
                       size_t n_parts, uint64_t seed, const char *key, struct sl_error *err)
{
    *d = (struct dealer){
        .data = data, .k = data->y ? (size_t)data->k : 1, .n_groups = groups->n, .n_parts = n_parts};
    d->start = sl_alloc_zero(d->n_groups + 1, sizeof *d->start);
    d->rows = sl_alloc(data->n, sizeof *d->rows);
    d->order = sl_alloc(d->n_groups, sizeof *d->order);
    d->class_count = sl_alloc_zero(d->k, sizeof *d->class_count);
    d->held = sl_alloc_zero(n_parts, d->k * sizeof *d->held);
    d->size = sl_alloc_zero(n_parts, sizeof *d->size);
    if (!d->start || !d->rows || !d->order || !d->class_count || !d->held || !d->size)
        return sl_fail_memory(err);
    fill_groups(d, groups);
    return order_groups(d, seed, key) ? sl_fail_memory(err) : SL_OK;
}

/* How far the part is beyond its share of the group's classes, from the group's rows. */
static double excess(const struct dealer *d, size_t part, double share, const uint32_t *rows, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        size_t c = label_of(d, rows[i]);
        double size = (double)d->class_count[c];
        sum += ((double)d->held[part * d->k + c] / size - share) / size;
    }
    return sum;
}

static size_t choose_part(const struct dealer *d, const double *shares, const uint32_t *rows, size_t n)
{
    size_t best = 0;
    double least = 0;
    for (size_t p = 0; p < d->n_parts; p++) {
        double here = excess(d, p, shares[p], rows, n);
        if (p == 0 || here < least || (here == least && d->size[p] < d->size[best])) {
            best = p;
            least = here;
        }
    }
    return best;
}

/* part_of (n): of each row.  shares (n_parts) sum to 1. */
static void deal(struct dealer *d, const double *shares, uint16_t *part_of)
{
    for (size_t i = 0; i < d->n_groups; i++) {
        uint32_t g = d->order[i];
        const uint32_t *rows = d->rows + d->start[g];
        size_t n = d->start[g + 1] - d->start[g], part = n ? choose_part(d, shares, rows, n) : 0;
        for (size_t r = 0; r < n; r++) {
            part_of[rows[r]] = (uint16_t)part;
            d->held[part * d->k + label_of(d, rows[r])]++;
        }
        d->size[part] += n;
    }
}

static size_t count_groups(const struct dealer *d)
{
    size_t n = 0;
    for (size_t g = 0; g < d->n_groups; g++)
        n += d->start[g + 1] > d->start[g];
    return n;
}

int sl_group_folds(const struct sl_view *data, const struct sl_groups *groups, int folds, uint64_t seed,
                   uint16_t *fold_of, struct sl_error *err)
{
    struct dealer d = {0};
    double *shares = folds > 0 ? sl_alloc((size_t)folds, sizeof *shares) : NULL;
    if (folds < 2 || folds > UINT16_MAX) {
        free(shares);
        return sl_fail(err, SL_EUSAGE, "%d folds: from 2 to %d are possible", folds, UINT16_MAX);
    }
    int code =
        shares ? dealer_make(&d, data, groups, (size_t)folds, seed, "group folds", err) : sl_fail_memory(err);
    if (!code && count_groups(&d) < (size_t)folds)
        code = sl_fail(err, SL_EUSAGE, "%d folds of %zu groups, whose rows stay together", folds,
                       count_groups(&d));
    for (int f = 0; f < folds && !code; f++)
        shares[f] = 1.0 / folds;
    if (!code)
        deal(&d, shares, fold_of);
    free(shares);
    dealer_release(&d);
    return code;
}

/* Split ---------------------------------------------------------------------------------------------*/

/* The smallest group, which is dealt last, where dealing left a part empty. */
static void fill_empty_part(struct dealer *d, uint16_t *part_of)
{
    size_t last = d->n_groups;
    if (d->size[0] && d->size[1])
        return;
    while (last > 1 && d->start[d->order[last - 1] + 1] == d->start[d->order[last - 1]])
        last--;
    uint32_t g = d->order[last - 1];
    for (size_t r = d->start[g]; r < d->start[g + 1]; r++)
        part_of[d->rows[r]] = d->size[1] ? 0 : 1;
}

/* Rows of a part, ascending; free() them. */
static uint32_t *rows_of(const uint16_t *part_of, size_t n, uint16_t part, size_t *count)
{
    uint32_t *rows = sl_alloc(n, sizeof *rows);
    *count = 0;
    for (size_t i = 0; rows && i < n; i++) {
        if (part_of[i] == part)
            rows[(*count)++] = (uint32_t)i;
    }
    return rows;
}

/* n_train of the rows (n), stratified, in shuffled order. */
static int take_train(const struct sl_view *data, const uint32_t *rows, size_t n, size_t n_train,
                      uint64_t seed, uint32_t **train, size_t *n_train_out, struct sl_error *err)
{
    struct sl_view view = *data;
    uint32_t *none;
    int32_t *labels = data->y ? sl_alloc(n, sizeof *labels) : NULL;
    if (data->y && !labels)
        return sl_fail_memory(err);
    for (size_t i = 0; labels && i < n; i++)
        labels[i] = data->y[rows[i]];
    view.n = n;
    view.x = NULL;
    view.y = labels;
    int code = sl_split(&view, n_train < n ? n_train : 0, 0, seed, train, n_train_out, &none, err);
    free(labels);
    if (code)
        return code;
    free(none);
    for (size_t i = 0; i < *n_train_out; i++)
        (*train)[i] = rows[(*train)[i]];
    return SL_OK;
}

int sl_group_split(const struct sl_view *data, const struct sl_groups *groups, size_t n_train,
                   size_t n_validation, uint64_t seed, uint32_t **train, size_t *n_train_out,
                   uint32_t **validation, size_t *n_validation_out, struct sl_error *err)
{
    struct dealer d = {0};
    uint32_t *rest = NULL;
    size_t n_rest = 0;
    const double share = (double)n_validation / (double)data->n, shares[] = {1 - share, share};
    uint16_t *part_of = sl_alloc_zero(data->n, sizeof *part_of);
    *train = *validation = NULL;
    int code = part_of ? dealer_make(&d, data, groups, 2, seed, "group split", err) : sl_fail_memory(err);
    if (!code && n_validation && count_groups(&d) < 2)
        code = sl_fail(err, SL_EUSAGE,
                       "one group only, whose rows stay together: nothing is left to validate on");
    if (!code && n_validation) {
        deal(&d, shares, part_of);
        fill_empty_part(&d, part_of);
    }
    if (!code) {
        rest = rows_of(part_of, data->n, 0, &n_rest);
        *validation = rows_of(part_of, data->n, 1, n_validation_out);
        code = rest && *validation ? take_train(data, rest, n_rest, n_train, seed, train, n_train_out, err)
                                   : sl_fail_memory(err);
    }
    if (code) {
        free(*validation);
        *validation = NULL;
    }
    free(rest);
    free(part_of);
    dealer_release(&d);
    return code;
}

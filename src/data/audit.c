/* audit.c - counts what would make a comparison misleading: rows that come twice, test rows that were
 * trained on, equal rows with different labels, features without information.
 *
 * Rows are hashed into a table with open addressing; rows with equal hashes are compared in full, so a
 * collision costs time and never a wrong count.  Cost: O(n d) time, 16 bytes a row of memory. */
#include "core/hash.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <shortlist/audit.h>
#include <string.h>

/* The distinct rows of one view.  Every row belongs to the group of the first row equal to it. */
struct groups {
    const struct sl_view *view;
    uint32_t *slots; /* (n_slots): number of a group's first row + 1, or 0; a power of two > n */
    size_t n_slots;
    uint64_t *hashes; /* (n), of first rows */
};

static void groups_release(struct groups *groups)
{
    free(groups->slots);
    free(groups->hashes);
}

static int groups_make(struct groups *groups, const struct sl_view *view, struct sl_error *err)
{
    *groups = (struct groups){.view = view, .n_slots = 2};
    while (groups->n_slots < view->n + view->n / 2)
        groups->n_slots *= 2;
    groups->slots = sl_alloc_zero(groups->n_slots, sizeof *groups->slots);
    groups->hashes = sl_alloc(view->n, sizeof *groups->hashes);
    return groups->slots && groups->hashes ? SL_OK : sl_fail_memory(err);
}

/* What a row is compared and hashed by. */
struct plain {
    const void *bytes;
    size_t size;
};

/* Its entries that are not 0. */
static struct plain plain_sparse(const struct sl_view *view, size_t i, void *buffer)
{
    struct sl_sparse_row row = sl_view_row(view, i);
    struct {
        uint32_t column;
        float value;
    } *to = buffer;
    size_t n = 0;
    for (size_t e = 0; e < row.n; e++)
        if (row.value[e] != 0) {
            to[n].column = row.column[e];
            to[n++].value = row.value[e];
        }
    return (struct plain){buffer, n * sizeof *to};
}

/* 0.0 and -0.0 are equal but differ in their bits: rows are compared and hashed after this. */
static struct plain plain_row(const struct sl_view *view, size_t i, void *buffer)
{
    if (view->dtype == SL_SPARSE)
        return plain_sparse(view, i, buffer);
    const size_t width = view->d * sl_dtype_size(view->dtype);
    const void *row = (const char *)view->x + i * width;
    if (view->dtype == SL_U8)
        return (struct plain){row, width};
    for (size_t j = 0; j < view->d; j++) {
        if (view->dtype == SL_F32)
            ((float *)buffer)[j] = ((const float *)row)[j] + 0.0f;
        else
            ((double *)buffer)[j] = ((const double *)row)[j] + 0.0;
    }
    return (struct plain){buffer, width};
}

static int same_rows(const struct groups *groups, size_t first, struct plain row, void *buffer)
{
    struct plain other = plain_row(groups->view, first, buffer);
    return other.size == row.size && memcmp(other.bytes, row.bytes, row.size) == 0;
}

/* The slot of the group that row belongs to, or the empty slot where it would begin one. */
static size_t find_slot(const struct groups *groups, struct plain row, uint64_t hash, void *buffer)
{
    size_t mask = groups->n_slots - 1, slot = hash & mask;
    for (; groups->slots[slot]; slot = (slot + 1) & mask) {
        size_t first = groups->slots[slot] - 1;
        if (groups->hashes[first] == hash && same_rows(groups, first, row, buffer))
            break;
    }
    return slot;
}

/* Work space for one row each of the two that are compared. */
struct buffers {
    void *row, *other; // (d) doubles each
};

/* Adds every row of the view; first_of (n) says which row its group began with.  Returns the duplicates. */
static size_t add_rows(struct groups *groups, uint32_t *first_of, struct buffers *buffers)
{
    const struct sl_view *view = groups->view;
    size_t duplicates = 0;
    for (size_t i = 0; i < view->n; i++) {
        struct plain row = plain_row(view, i, buffers->row);
        uint64_t hash = sl_hash64(row.bytes, row.size, 0);
        size_t slot = find_slot(groups, row, hash, buffers->other);
        if (groups->slots[slot]) {
            first_of[i] = groups->slots[slot] - 1;
            duplicates++;
            continue;
        }
        groups->slots[slot] = (uint32_t)i + 1;
        groups->hashes[i] = hash;
        first_of[i] = (uint32_t)i;
    }
    return duplicates;
}

/* Rows of another view that equal some row of the groups. */
static size_t count_overlap(const struct groups *groups, const struct sl_view *other, struct buffers *buffers)
{
    size_t overlap = 0;
    for (size_t i = 0; i < other->n; i++) {
        struct plain row = plain_row(other, i, buffers->row);
        uint64_t hash = sl_hash64(row.bytes, row.size, 0);
        overlap += groups->slots[find_slot(groups, row, hash, buffers->other)] != 0;
    }
    return overlap;
}

/* Rows in groups that hold more than one label. */
static int count_conflicts(const struct sl_view *view, const uint32_t *first_of, size_t *conflicts,
                           struct sl_error *err)
{
    unsigned char *mixed = sl_alloc_zero(view->n, 1);
    if (!mixed)
        return sl_fail_memory(err);
    for (size_t i = 0; i < view->n; i++)
        mixed[first_of[i]] |= view->y[i] != view->y[first_of[i]];
    for (size_t i = 0; i < view->n; i++)
        *conflicts += mixed[first_of[i]];
    free(mixed);
    return SL_OK;
}

/* Missing values (NaN) are equal to each other. */
static int reals_differ(double a, double b)
{
    return a != b && !(isnan(a) && isnan(b));
}

static int differs(const struct sl_view *view, size_t i, size_t j)
{
    const uint8_t *bytes = view->x;
    const float *floats = view->x;
    const double *doubles = view->x;
    size_t at = i * view->d + j;
    return view->dtype == SL_U8    ? bytes[at] != bytes[j]
           : view->dtype == SL_F32 ? reals_differ((double)floats[at], (double)floats[j])
                                   : reals_differ(doubles[at], doubles[j]);
}

/* varies (d), zeroed; count (d) likewise: of a feature's entries that equal the first. */
static void find_varying_sparse(const struct sl_view *view, unsigned char *varies, size_t *count,
                                float *first)
{
    for (size_t i = 0; i < view->n; i++) {
        struct sl_sparse_row row = sl_view_row(view, i);
        for (size_t e = 0; e < row.n; e++) {
            const uint32_t j = row.column[e];
            if (!count[j])
                first[j] = row.value[e];
            varies[j] |= row.value[e] != first[j];
            count[j]++;
        }
    }
    for (size_t j = 0; j < view->d; j++) /* the others are 0 */
        varies[j] |= count[j] && count[j] < view->n && first[j] != 0;
}

static size_t count_constant(const struct sl_view *view, unsigned char *varies, struct buffers *buffers)
{
    size_t d = view->d, constant = 0;
    if (view->dtype == SL_SPARSE) {
        memset(buffers->row, 0, d * sizeof(double));
        find_varying_sparse(view, varies, buffers->row, buffers->other);
    }
    for (size_t i = 1; i < view->n && view->dtype != SL_SPARSE; i++)
        for (size_t j = 0; j < d; j++)
            varies[j] |= differs(view, i, j);
    for (size_t j = 0; j < d; j++)
        constant += !varies[j];
    return constant;
}

/* Rows of each class; labels are below k. */
static size_t *count_classes(const struct sl_view *view, int k)
{
    size_t *counts = sl_alloc_zero((size_t)k, sizeof *counts);
    for (size_t i = 0; counts && view->y && i < view->n; i++)
        counts[view->y[i]]++;
    return counts;
}

/* Features of a narrower type in a wider one, so that a byte file can be compared with a float file. */
static int widen(struct sl_view *view, enum sl_dtype dtype, void **owned, struct sl_error *err)
{
    int code = sl_view_convert(view, dtype, "", owned, err);
    view->x = *owned;
    view->dtype = dtype;
    return code;
}

/* What is counted in one part alone; leaves the groups for the comparison with the other part. */
static int audit_part(const struct sl_view *view, struct groups *groups, struct buffers *buffers,
                      size_t *duplicates, size_t *conflicts, struct sl_error *err)
{
    uint32_t *first_of = sl_alloc(view->n, sizeof *first_of);
    int code = groups_make(groups, view, err);
    if (!code && !first_of)
        code = sl_fail_memory(err);
    if (!code)
        *duplicates = add_rows(groups, first_of, buffers);
    if (!code && conflicts && view->y)
        code = count_conflicts(view, first_of, conflicts, err);
    free(first_of);
    return code;
}

static int audit_views(const struct sl_view *train, const struct sl_view *test, struct sl_audit *out,
                       struct sl_error *err)
{
    struct groups groups = {0}, test_groups = {0};
    struct buffers buffers = {sl_alloc(train->d, sizeof(double)), sl_alloc(train->d, sizeof(double))};
    unsigned char *varies = sl_alloc_zero(train->d, 1);
    int code = buffers.row && buffers.other && varies ? SL_OK : sl_fail_memory(err);
    if (!code)
        code = audit_part(train, &groups, &buffers, &out->duplicates, &out->conflicts, err);
    if (!code)
        out->constant = count_constant(train, varies, &buffers);
    if (!code && test)
        code = audit_part(test, &test_groups, &buffers, &out->duplicates_test, NULL, err);
    if (!code && test)
        out->overlap = count_overlap(&groups, test, &buffers);
    groups_release(&groups);
    groups_release(&test_groups);
    free(buffers.row);
    free(buffers.other);
    free(varies);
    return code;
}

static int fill_shape(const struct sl_view *train, const struct sl_view *test, struct sl_audit *out,
                      struct sl_error *err)
{
    out->n = train->n;
    out->n_test = test ? test->n : 0;
    out->d = train->d;
    out->k = test && test->k > train->k ? test->k : train->k;
    out->class_counts = count_classes(train, out->k);
    out->class_counts_test =
        test ? count_classes(test, out->k) : sl_alloc_zero((size_t)out->k, sizeof(size_t));
    return out->class_counts && out->class_counts_test ? SL_OK : sl_fail_memory(err);
}

int sl_audit(const struct sl_dataset *train, const struct sl_dataset *test, struct sl_audit *out,
             struct sl_error *err)
{
    struct sl_view a = train->view, b = test ? test->view : (struct sl_view){0};
    void *owned = NULL;
    *out = (struct sl_audit){0};
    if (test && a.d != b.d)
        return sl_fail(err, SL_EDATA, "the training part has %zu features and the test part %zu", a.d, b.d);
    int code = fill_shape(&a, test ? &b : NULL, out, err);
    if (!code && test && a.dtype != b.dtype)
        code = a.dtype < b.dtype ? widen(&a, b.dtype, &owned, err) : widen(&b, a.dtype, &owned, err);
    if (!code)
        code = audit_views(&a, test ? &b : NULL, out, err);
    free(owned);
    if (code)
        sl_audit_release(out);
    return code;
}

void sl_audit_release(struct sl_audit *audit)
{
    free(audit->class_counts);
    free(audit->class_counts_test);
    *audit = (struct sl_audit){0};
}

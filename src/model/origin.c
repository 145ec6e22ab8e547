/* origin.c - the rows that a model was fitted on, told again by a sample of their hashes.
 *
 * Kept are the smallest hashes, each once: a row is in the sample by its own hash alone, so that whether a
 * given row was fitted can be told exactly where its hash is not above the largest kept (bottom-k sampling,
 * Cohen and Kaplan 2007).  A hash is that of the row's features as the model takes them, each as a double;
 * labels do not count.  From the largest kept hash also follows how many different rows there were.
 *
 * Cost: O(n d) for n rows, and 64 KB. */
#include "model/origin.h"
#include "core/hash.h"
#include "core/memory.h"
#include "data/features.h"
#include "kernels/convert.h"
#include <math.h>

/* Hashes --------------------------------------------------------------------------------------------- */

/* Zeros do not count, so that sparse rows have the hashes of dense ones. */
static uint64_t add_feature(uint64_t hash, size_t column, double value)
{
    struct {
        uint64_t column;
        double value;
    } feature = {column, isnan(value) ? INFINITY : value}; /* a missing value, whatever its bits */
    return value == 0 ? hash : sl_hash64(&feature, sizeof feature, hash);
}

static uint64_t hash_sparse_row(const struct sl_csr *rows, size_t i)
{
    uint64_t hash = 0;
    for (size_t e = rows->start[i]; e < rows->start[i + 1]; e++)
        hash = add_feature(hash, rows->column[e], (double)rows->value[e]);
    return hash;
}

/* One row's; scratch (d). */
static uint64_t hash_row(const struct sl_view *view, size_t i, double *scratch)
{
    const size_t d = view->d;
    uint64_t hash = 0;
    if (view->dtype == SL_SPARSE)
        return hash_sparse_row(view->x, i);
    sl_convert(view->dtype, (const char *)view->x + i * d * sl_dtype_size(view->dtype), d, SL_F64, scratch);
    for (size_t j = 0; j < d; j++)
        hash = add_feature(hash, j, scratch[j]);
    return hash;
}

static int upwards(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts, keeps each once and the smallest only; returns how many are left. */
static size_t keep_smallest(uint64_t *hashes, size_t n)
{
    size_t kept = 0;
    qsort(hashes, n, sizeof *hashes, upwards);
    for (size_t i = 0; i < n && kept < SL_HASHES_MAX; i++)
        if (!kept || hashes[i] != hashes[kept - 1])
            hashes[kept++] = hashes[i];
    return kept;
}

int sl_model_origin_take(struct sl_model_origin *origin, const struct sl_view *view, struct sl_error *err)
{
    enum { ROOM = 2 * SL_HASHES_MAX };
    double *scratch = sl_alloc(view->d, sizeof *scratch);
    uint64_t *hashes = sl_alloc(ROOM, sizeof *hashes), most = UINT64_MAX;
    size_t n = 0;
    for (size_t i = 0; i < view->n && scratch && hashes; i++) {
        uint64_t hash = hash_row(view, i, scratch);
        if (hash > most)
            continue;
        hashes[n++] = hash;
        if (n < ROOM)
            continue;
        n = keep_smallest(hashes, n);
        most = n == SL_HASHES_MAX ? hashes[n - 1] : most;
    }
    free(scratch);
    if (!scratch || !hashes) {
        free(hashes);
        return sl_fail_memory(err);
    }
    origin->n = view->n;
    origin->n_hashes = keep_smallest(hashes, n);
    origin->hashes = hashes;
    return SL_OK;
}

void sl_model_origin_release(struct sl_model_origin *origin)
{
    free(origin->label);
    free(origin->id);
    free(origin->groups);
    free(origin->hashes);
    *origin = (struct sl_model_origin){0};
}

/* Rows seen before ----------------------------------------------------------------------------------- */

/* The largest hash by which a row can be told. */
static uint64_t largest_told(const struct sl_model_origin *o)
{
    return o->n_hashes < SL_HASHES_MAX ? UINT64_MAX : o->hashes[o->n_hashes - 1];
}

int sl_model_origin_differs(const struct sl_model_origin *o)
{
    double part = (double)largest_told(o) / (double)UINT64_MAX;
    return 2 * (double)o->n_hashes / part > (double)o->n;
}

int sl_model_origin_look(const struct sl_model_origin *o, const struct sl_view *view, struct sl_seen *seen,
                         struct sl_error *err)
{
    const uint64_t most = largest_told(o);
    double *scratch = sl_alloc(view->d, sizeof *scratch);
    if (!scratch)
        return sl_fail_memory(err);
    for (size_t i = 0; i < view->n; i++) {
        uint64_t hash = hash_row(view, i, scratch);
        if (hash > most)
            continue;
        seen->checked++;
        seen->found += bsearch(&hash, o->hashes, o->n_hashes, sizeof hash, upwards) != NULL;
    }
    free(scratch);
    return SL_OK;
}

/* In a record ---------------------------------------------------------------------------------------- */

void sl_model_origin_save(const struct sl_model_origin *o, struct sl_writer *w)
{
    sl_put_text(w, o->label);
    sl_put_text(w, o->id);
    sl_put_text(w, o->groups);
    sl_put_u64(w, o->n);
    sl_put_u64(w, o->n_hashes);
    for (size_t i = 0; i < o->n_hashes; i++)
        sl_put_u64(w, o->hashes[i]);
    sl_put_u8(w, (uint8_t)o->framing.known);
    sl_put_u8(w, (uint8_t)o->framing.background);
    sl_put_f64(w, o->framing.extent);
}

/* Records below format 5 have none. */
static void get_framing(struct sl_model_origin *o, struct sl_reader *r)
{
    if (r->format < 5)
        return;
    o->framing.known = sl_get_u8(r);
    o->framing.background = sl_get_u8(r);
    o->framing.extent = sl_get_f64(r);
}

/* "" stands for none. */
static char *get_name(struct sl_reader *r)
{
    char *name = sl_get_text(r);
    if (name && !*name) {
        free(name);
        name = NULL;
    }
    return name;
}

static int is_sound(const struct sl_model_origin *o)
{
    for (size_t i = 1; i < o->n_hashes; i++)
        if (o->hashes[i] <= o->hashes[i - 1])
            return 0;
    const struct sl_framing *f = &o->framing;
    return o->n_hashes <= o->n && (o->n_hashes > 0) == (o->n > 0) &&
           (!f->known || (f->known == 1 && f->extent > 0 && f->extent <= 1));
}

int sl_model_origin_load(struct sl_model_origin *o, struct sl_reader *r, struct sl_error *err)
{
    o->label = get_name(r);
    o->id = get_name(r);
    o->groups = get_name(r);
    o->n = sl_get_u64(r);
    o->n_hashes = sl_get_count(r, 0, SL_HASHES_MAX, sizeof *o->hashes);
    o->hashes = sl_alloc(o->n_hashes, sizeof *o->hashes);
    if (!o->hashes)
        return sl_fail_memory(err);
    for (size_t i = 0; i < o->n_hashes; i++)
        o->hashes[i] = sl_get_u64(r);
    get_framing(o, r);
    if (r->failed || !is_sound(o))
        return sl_reader_fail(r, err, "the record does not tell where the model's rows came from");
    return SL_OK;
}

/* split.c - stratified, shuffled splits and folds.
 *
 * Split: the classes are put into one sequence of n places such that, at every place t, each class has
 * come within one of t n_c / n times; the rows of a class fill its places in shuffled order.  Training
 * takes a prefix of the sequence and validation a suffix: both are stratified to within one row whatever
 * their sizes, the suffix does not know the prefix, and a longer prefix holds a shorter one.
 * The sequence is that of Pfair scheduling on one processor (S. Baruah, N. Cohen, C. Plaxton, D. Varvel,
 * "Proportionate progress", 1996): the j-th row of class c may stand at places floor(j n / n_c) to
 * ceil((j + 1) n / n_c) - 1, and of the rows that may stand at a place the one with the earliest deadline
 * takes it.  Cost: O(n log k).
 *
 * Folds: each class's rows, shuffled, are dealt one by one, one class after the other.  Cost: O(n). */
#include "core/memory.h"
#include <shortlist/rng.h>
#include <shortlist/split.h>
#include <string.h>

/* Rows by class -------------------------------------------------------------------------------------*/

/* The rows of the data set, one class after the other, each shuffled. */
struct pools {
    int k;
    size_t *start;  /* (k + 1): class c has rows[start[c]] ... rows[start[c + 1] - 1] */
    uint32_t *rows; /* (n) */
};

static void pools_release(struct pools *pools)
{
    free(pools->start);
    free(pools->rows);
}

static int label_of(const struct sl_view *data, size_t i)
{
    return data->y ? data->y[i] : 0;
}

static void fill_pools(struct pools *pools, const struct sl_view *data)
{
    size_t *start = pools->start;
    for (size_t i = 0; i < data->n; i++)
        start[label_of(data, i) + 1]++;
    for (int c = 0; c < pools->k; c++)
        start[c + 1] += start[c];
    for (size_t i = 0; i < data->n; i++)
        pools->rows[start[label_of(data, i)]++] = (uint32_t)i;
    /* Each start has moved to its class's end: move them back. */
    memmove(start + 1, start, (size_t)pools->k * sizeof *start);
    start[0] = 0;
}

static int shuffle_pools(struct pools *pools, const struct sl_rng *rng)
{
    for (int c = 0; c < pools->k; c++) {
        struct sl_rng *own = sl_rng_split(rng, (uint64_t)c);
        if (!own)
            return SL_ENOMEM;
        sl_rng_shuffle(own, pools->rows + pools->start[c], pools->start[c + 1] - pools->start[c]);
        sl_rng_free(own);
    }
    return SL_OK;
}

static int pools_make(struct pools *pools, const struct sl_view *data, const struct sl_rng *rng,
                      struct sl_error *err)
{
    *pools = (struct pools){.k = data->y ? data->k : 1};
    pools->start = sl_alloc_zero((size_t)pools->k + 1, sizeof *pools->start);
    pools->rows = sl_alloc(data->n, sizeof *pools->rows);
    if (!pools->start || !pools->rows)
        return sl_fail_memory(err);
    fill_pools(pools, data);
    return shuffle_pools(pools, rng) ? sl_fail_memory(err) : SL_OK;
}

/* A heap of classes ---------------------------------------------------------------------------------*/

struct entry {
    uint64_t when;
    int class;
};

struct heap {
    struct entry *entries;
    size_t n;
};

static int earlier(struct entry a, struct entry b)
{
    return a.when < b.when || (a.when == b.when && a.class < b.class);
}

static void heap_push(struct heap *heap, struct entry entry)
{
    size_t i = heap->n++;
    for (; i && earlier(entry, heap->entries[(i - 1) / 2]); i = (i - 1) / 2)
        heap->entries[i] = heap->entries[(i - 1) / 2];
    heap->entries[i] = entry;
}

static struct entry heap_pop(struct heap *heap)
{
    struct entry top = heap->entries[0], last = heap->entries[--heap->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->n)
            break;
        if (child + 1 < heap->n && earlier(heap->entries[child + 1], heap->entries[child]))
            child++;
        if (!earlier(heap->entries[child], last))
            break;
        heap->entries[i] = heap->entries[child];
        i = child;
    }
    heap->entries[i] = last;
    return top;
}

/* The sequence --------------------------------------------------------------------------------------*/

/* The first and the last place of row j (0-based) of a class of size rows among n; n < 2^32. */
static uint64_t release(uint64_t j, uint64_t n, uint64_t size)
{
    return j * n / size;
}

static uint64_t deadline(uint64_t j, uint64_t n, uint64_t size)
{
    return ((j + 1) * n + size - 1) / size - 1;
}

static void fill_sequence(const struct pools *pools, size_t n, struct heap *waiting, struct heap *ready,
                          size_t *used, uint32_t *sequence)
{
    for (int c = 0; c < pools->k; c++) {
        if (pools->start[c + 1] > pools->start[c])
            heap_push(waiting, (struct entry){0, c});
    }
    for (uint64_t t = 0; t < n; t++) {
        while (waiting->n && waiting->entries[0].when <= t) {
            int c = heap_pop(waiting).class;
            size_t size = pools->start[c + 1] - pools->start[c];
            heap_push(ready, (struct entry){deadline(used[c], n, size), c});
        }
        int c = heap_pop(ready).class;
        size_t size = pools->start[c + 1] - pools->start[c];
        sequence[t] = pools->rows[pools->start[c] + used[c]++];
        if (used[c] < size)
            heap_push(waiting, (struct entry){release(used[c], n, size), c});
    }
}

/* All rows of the data set, every prefix stratified.  The caller frees *out. */
static int make_sequence(const struct sl_view *data, uint64_t seed, uint32_t **out, struct sl_error *err)
{
    struct pools pools = {0};
    struct sl_rng *rng = sl_rng_new(seed, "split");
    int code = rng ? pools_make(&pools, data, rng, err) : sl_fail_memory(err);
    size_t k = (size_t)data->k;
    struct heap waiting = {sl_alloc(k, sizeof *waiting.entries), 0};
    struct heap ready = {sl_alloc(k, sizeof *ready.entries), 0};
    size_t *used = sl_alloc_zero(k, sizeof *used);
    *out = sl_alloc(data->n, sizeof **out);
    if (!code && (!waiting.entries || !ready.entries || !used || !*out))
        code = sl_fail_memory(err);
    if (!code)
        fill_sequence(&pools, data->n, &waiting, &ready, used, *out);
    if (code) {
        free(*out);
        *out = NULL;
    }
    free(waiting.entries);
    free(ready.entries);
    free(used);
    pools_release(&pools);
    sl_rng_free(rng);
    return code;
}

/* Split ---------------------------------------------------------------------------------------------*/

/* Copies part of the sequence, in an order that no longer shows the turns of the classes. */
static uint32_t *shuffled_copy(const uint32_t *rows, size_t n, uint64_t seed, const char *key)
{
    struct sl_rng *rng = sl_rng_new(seed, key);
    uint32_t *copy = sl_alloc(n, sizeof *copy);
    if (rng && copy) {
        memcpy(copy, rows, n * sizeof *copy);
        sl_rng_shuffle(rng, copy, n);
    } else {
        free(copy);
        copy = NULL;
    }
    sl_rng_free(rng);
    return copy;
}

static int check_sizes(const struct sl_view *data, size_t n_train, size_t n_validation, struct sl_error *err)
{
    if (data->n == 0 || data->n > UINT32_MAX)
        return sl_fail(err, SL_EUSAGE, "a data set of %zu rows can not be split", data->n);
    if (n_validation > data->n || n_train > data->n - n_validation)
        return sl_fail(err, SL_EUSAGE,
                       "%zu training and %zu validation rows are more than the %zu rows of the "
                       "data set",
                       n_train, n_validation, data->n);
    if (n_train == 0 && n_validation == data->n)
        return sl_fail(err, SL_EUSAGE, "%zu validation rows leave none of the %zu rows for training",
                       n_validation, data->n);
    return SL_OK;
}

int sl_split(const struct sl_view *data, size_t n_train, size_t n_validation, uint64_t seed, uint32_t **train,
             size_t *n_train_out, uint32_t **validation, struct sl_error *err)
{
    uint32_t *sequence; // (n)
    *train = *validation = NULL;
    int code = check_sizes(data, n_train, n_validation, err);
    if (!code)
        code = make_sequence(data, seed, &sequence, err);
    if (code)
        return code;
    if (n_train == 0)
        n_train = data->n - n_validation;
    *n_train_out = n_train;
    *train = shuffled_copy(sequence, n_train, seed, "split train");
    *validation = shuffled_copy(sequence + data->n - n_validation, n_validation, seed, "split validation");
    free(sequence);
    if (*train && *validation)
        return SL_OK;
    free(*train);
    free(*validation);
    *train = *validation = NULL;
    return sl_fail_memory(err);
}

/* Folds ---------------------------------------------------------------------------------------------*/

int sl_folds(const struct sl_view *data, int folds, uint64_t seed, uint16_t *fold_of, struct sl_error *err)
{
    size_t most = data->n < UINT16_MAX ? data->n : UINT16_MAX;
    if (folds < 2 || (size_t)folds > most)
        return sl_fail(err, SL_EUSAGE, "%d folds of %zu rows: from 2 to %zu are possible", folds, data->n,
                       most);
    struct pools pools = {0};
    struct sl_rng *rng = sl_rng_new(seed, "folds");
    int code = rng ? pools_make(&pools, data, rng, err) : sl_fail_memory(err);
    /* Dealing goes on from class to class, so that the folds' sizes differ by one row at most. */
    for (size_t i = 0; !code && i < data->n; i++)
        fold_of[pools.rows[i]] = (uint16_t)(i % (size_t)folds);
    pools_release(&pools);
    sl_rng_free(rng);
    return code;
}

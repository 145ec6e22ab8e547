/* cache.c - kernel rows of one pair of classes.
 *
 * A batch of rows against a tile of the pair's rows is one matrix product; threads, where a pair has
 * several, take tiles.  The memory is kept from one pair to the next.  When it is full the oldest rows that
 * nothing holds on to make room. */
#include "svm/cache.h"
#include "core/memory.h"
#include "core/threads.h"
#include "svm/steps.h"
#include <string.h>

enum {
    TILE = 1024, /* columns of a product */
    CHUNK = 64,  /* slots of a piece of memory */
};

int sl_svm_cache_init(struct sl_svm_cache *cache, const struct sl_svm_rows *rows, size_t max_n, size_t bytes)
{
    const size_t width = sl_svm_steps_width(max_n);
    size_t slots = max_n ? bytes / (width * sizeof(float)) : 0;
    slots = slots < max_n ? slots : max_n;
    slots = slots > 2 * SL_SVM_BATCH ? slots : 2 * SL_SVM_BATCH;
    *cache = (struct sl_svm_cache){
        .rows = rows, .max_n = max_n, .width = width, .slots = (slots + CHUNK - 1) / CHUNK * CHUNK};
    cache->chunks = sl_alloc_zero(cache->slots / CHUNK, sizeof *cache->chunks);
    cache->slot_of = sl_alloc(max_n, sizeof *cache->slot_of);
    cache->row_in = sl_alloc(cache->slots, sizeof *cache->row_in);
    cache->pinned = sl_alloc(max_n, 1);
    if (cache->chunks && cache->slot_of && cache->row_in && cache->pinned &&
        sl_svm_left_init(&cache->left, rows, SL_SVM_BATCH) == 0)
        return SL_OK;
    sl_svm_cache_release(cache);
    return SL_ENOMEM;
}

void sl_svm_cache_release(struct sl_svm_cache *cache)
{
    for (size_t c = 0; cache->chunks && c < cache->slots / CHUNK; c++)
        free(cache->chunks[c]);
    free(cache->chunks);
    free(cache->slot_of);
    free(cache->row_in);
    free(cache->pinned);
    sl_svm_left_release(&cache->left);
    *cache = (struct sl_svm_cache){0};
}

void sl_svm_cache_begin(struct sl_svm_cache *cache, const struct sl_svm_pair *pair, int threads)
{
    const size_t n = pair->n[0] + pair->n[1];
    cache->pair = pair;
    cache->threads = threads;
    cache->hand = 0;
    memset(cache->slot_of, -1, n * sizeof *cache->slot_of);
    memset(cache->row_in, -1, cache->slots * sizeof *cache->row_in);
    memset(cache->pinned, 0, n);
}

void sl_svm_cache_again(struct sl_svm_cache *cache, const struct sl_svm_pair *pair)
{
    cache->pair = pair;
    memset(cache->pinned, 0, pair->n[0] + pair->n[1]);
}

static float *slot_row(const struct sl_svm_cache *cache, size_t slot)
{
    return cache->chunks[slot / CHUNK] + slot % CHUNK * cache->width;
}

const float *sl_svm_cache_row(const struct sl_svm_cache *cache, size_t i)
{
    return cache->slot_of[i] < 0 ? NULL : slot_row(cache, (size_t)cache->slot_of[i]);
}

/* Gives row a slot that no pinned row holds, and pins it for now: a batch must not push out its own rows. */
static int take_slot(struct sl_svm_cache *cache, uint32_t row)
{
    int32_t old;
    do {
        cache->hand = cache->hand + 1 < cache->slots ? cache->hand + 1 : 0;
        old = cache->row_in[cache->hand];
    } while (old >= 0 && cache->pinned[old]);
    float **chunk = &cache->chunks[cache->hand / CHUNK];
    if (!*chunk)
        *chunk = sl_alloc_zero(CHUNK * cache->width, sizeof **chunk);
    if (!*chunk)
        return SL_ENOMEM;
    if (old >= 0)
        cache->slot_of[old] = -1;
    cache->row_in[cache->hand] = (int32_t)row;
    cache->slot_of[row] = (int32_t)cache->hand;
    return 0;
}

/* Columns at ... of the kernel rows of list (m), which stand in left. */
static int compute_tile(const struct sl_svm_cache *cache, const uint32_t *list, size_t m, int side, size_t at)
{
    const struct sl_svm_pair *pair = cache->pair;
    const size_t n = pair->n[side] - at < TILE ? pair->n[side] - at : TILE;
    float *values = sl_alloc(m * n, sizeof *values);
    const int code =
        values ? sl_svm_block(cache->rows, &cache->left, pair->first[side] + at, n, values, n) : SL_ENOMEM;
    for (size_t i = 0; i < m && !code; i++)
        memcpy(slot_row(cache, (size_t)cache->slot_of[list[i]]) + (side ? pair->n[0] : 0) + at,
               values + i * n, n * sizeof(float));
    free(values);
    return code;
}

static int compute_rows(const struct sl_svm_cache *cache, const uint32_t *list, size_t m)
{
    const struct sl_svm_pair *pair = cache->pair;
    const size_t tiles[2] = {(pair->n[0] + TILE - 1) / TILE, (pair->n[1] + TILE - 1) / TILE};
    const double values = (double)m * (double)(pair->n[0] + pair->n[1]);
    const int threads = sl_threads_for(values * sl_svm_operations(cache->rows), cache->threads);
    int code = SL_OK;
#pragma omp parallel for num_threads(threads) reduction(max : code)
    for (size_t t = 0; t < tiles[0] + tiles[1]; t++) {
        const int side = t >= tiles[0];
        const int tile = compute_tile(cache, list, m, side, (side ? t - tiles[0] : t) * TILE);
        code = tile > code ? tile : code;
    }
    return code;
}

static void rows_of_gram(const struct sl_svm_cache *cache, const uint32_t *list, size_t m)
{
    for (size_t i = 0; i < m; i++)
        sl_svm_gram_row(cache->gram, list[i], slot_row(cache, (size_t)cache->slot_of[list[i]]));
}

int sl_svm_cache_fetch(struct sl_svm_cache *cache, const uint32_t *list, size_t m)
{
    uint32_t missing[SL_SVM_BATCH], index[SL_SVM_BATCH];
    uint8_t held[SL_SVM_BATCH];
    size_t n = 0;
    for (size_t t = 0; t < m; t++) {
        held[t] = cache->pinned[list[t]];
        cache->pinned[list[t]] = 1;
    }
    int code = SL_OK;
    for (size_t t = 0; t < m && !code; t++)
        if (cache->slot_of[list[t]] < 0) {
            code = take_slot(cache, list[t]);
            index[n] = (uint32_t)sl_svm_pair_row(cache->pair, list[t]);
            missing[n++] = list[t];
        }
    for (size_t t = m; t-- > 0;)
        cache->pinned[list[t]] = held[t];
    if (code || n == 0)
        return code;
    if (cache->gram) {
        rows_of_gram(cache, missing, n);
        return SL_OK;
    }
    sl_svm_left_take(&cache->left, cache->rows, index, n);
    return compute_rows(cache, missing, n);
}

/* cache.h - kernel rows of one pair of classes, computed in batches and kept. */
#ifndef SL_SVM_CACHE_H
#define SL_SVM_CACHE_H

#include "svm/dual.h"
#include "svm/gram.h"
#include "svm/kernel.h"

enum { SL_SVM_BATCH = 512 }; /* rows fetched at a time, at most */

struct sl_svm_cache {
    const struct sl_svm_rows *rows;
    const struct sl_svm_gram_part *gram; /* NULL, or where kernel rows come from; else they are computed */
    const struct sl_svm_pair *pair;
    int threads;
    size_t max_n, slots;
    size_t width;     /* of a kernel row in memory: whole vectors */
    float **chunks;   /* pieces of memory, each for some slots; allocated when first needed */
    int32_t *slot_of; /* (max_n): where a kernel row is, or -1 */
    int32_t *row_in;  /* (slots): whose kernel row it is, or -1 */
    uint8_t *pinned;  /* (max_n): not 0: the row must stay; the caller's to set */
    size_t hand;      /* the slot given away last */
    struct sl_svm_left left;
};

/* For pairs of at most max_n rows; holds at least 2 SL_SVM_BATCH kernel rows, else so many bytes of them.
 * SL_OK or SL_ENOMEM. */
int sl_svm_cache_init(struct sl_svm_cache *cache, const struct sl_svm_rows *rows, size_t max_n, size_t bytes);
void sl_svm_cache_release(struct sl_svm_cache *cache);

/* Empties the cache for another pair, which stays the caller's.  Products are made by threads threads. */
void sl_svm_cache_begin(struct sl_svm_cache *cache, const struct sl_svm_pair *pair, int threads);
/* The same rows once more, say with other penalties: what is held stays. */
void sl_svm_cache_again(struct sl_svm_cache *cache, const struct sl_svm_pair *pair);

/* Makes the cache hold rows list[0 ... m-1] of the pair, m <= SL_SVM_BATCH, of which at most SL_SVM_BATCH
 * others are pinned.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_cache_fetch(struct sl_svm_cache *cache, const uint32_t *list, size_t m);

/* Kernel row i (n; finite numbers behind it, up to whole vectors), or NULL when it is not held.  Good until
 * the next fetch, longer if pinned. */
const float *sl_svm_cache_row(const struct sl_svm_cache *cache, size_t i);

#endif
